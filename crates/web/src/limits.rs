//! Every limit of the web surface, named. What exceeds one gets a clear answer, never silence.

use domain::time::HOUR_MS;
use std::time::Duration;
use storage::SessionLimits;

/// Connections held at once; more are closed at once. A desk has two, its stream and one that it asks by: room for 1,225 desks,
/// for pages that open more, and for citizens.
pub const CONNECTIONS_MAX: usize = 8_192;
/// From connecting to the last header.
pub const HEADERS_WAIT: Duration = Duration::from_secs(10);
/// Largest head of a request.
pub const HEADERS_BYTES_MAX: usize = 32 * 1024;
/// From the first byte of a TLS handshake to its end.
pub const HANDSHAKE_WAIT: Duration = Duration::from_secs(10);
/// Between two pieces of a body.
pub const BODY_PAUSE: Duration = Duration::from_secs(10);
/// From the headers to the answer; streams apart.
pub const ANSWER_WAIT: Duration = Duration::from_secs(20);
/// Largest body where nothing else is said (acts, sign-in).
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Largest report: three narratives, a hundred parties and things, each character at most four bytes
/// and escaped.
pub const REPORT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Largest addition as JSON, each sign of its text escaped.
pub const ADDITION_BYTES_MAX: usize = 256 * 1024;
/// Longest text of an addition, in characters; a mail may be longer.
pub const ADDITION_CHARS_MAX: usize = 20_000;
/// Longest subject, number or address of whoever adds.
pub const ADDITION_FIELD_CHARS_MAX: usize = 320;
/// Largest plan as a form or as JSON: a plan of the largest size that is read, each sign escaped.
pub const PLAN_BODY_BYTES_MAX: usize = 3 * 1024 * 1024;
/// Largest recording of a prompt with the form around it: two minutes of 16 bits at 48 kHz.
pub const RECORDING_BODY_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Plans that are tried on a recorded day at once: each reads much of the journal and keeps a processor busy.
pub const TRIALS_MAX: usize = 1;
/// Longest trial; shorter than [`ANSWER_WAIT`], so that there is time to say so.
pub const TRIAL_WAIT: Duration = Duration::from_secs(15);
/// Most entries that a trial reads: more than a country's busiest two days.
pub const TRIAL_ENTRIES_MAX: u64 = 1_000_000;
/// A journal up to this long is read from its beginning; of a longer one the day before is enough.
pub const TRIAL_WHOLE_ENTRIES_MAX: u64 = 100_000;
/// Longest reason for a change of the plan, in characters.
pub const REASON_CHARS_MAX: usize = 1_000;
/// Requests under way at once after which new ones are refused; streams apart. All desks of a country fetch at once when they
/// are told of a change.
pub const REQUESTS_MAX: usize = 2_048;
/// Open event streams of accounts and programs at once: 1,225 desks, and each opened anew before the old one is noticed gone.
pub const STREAMS_MAX: usize = 2_560;
/// Open event streams of one account.
pub const STREAMS_PER_ACCOUNT_MAX: usize = 8;
/// Open event streams of one program's token: it may feed many screens.
pub const STREAMS_PER_TOKEN_MAX: usize = 64;
/// Open event streams of public boards without sign-in, beside those above: they take no desk's room.
pub const STREAMS_ANONYMOUS_MAX: usize = 256;
/// And of one address among them: an office with its screens.
pub const STREAMS_PER_ADDRESS_MAX: usize = 32;
/// A sign of life on every stream, so that a page notices a dead connection.
pub const BEAT_EVERY: Duration = Duration::from_secs(5);
/// At most one "changed" in this time on each stream.
pub const CHANGES_EVERY: Duration = Duration::from_millis(400);
/// Of what changes for others alone a desk is told within so long for each open stream, so that all together fetch at most some
/// hundreds of times a second, and not all at once.
pub const OTHERS_CHANGES_FOR_EACH: Duration = Duration::from_micros(2_500);
pub const OTHERS_CHANGES_MAX: Duration = Duration::from_secs(3);
/// How often a stream asks whether its session still holds.
pub const SESSION_ASKED_EVERY: Duration = Duration::from_secs(30);
/// A session holds for a shift: an operator in a long conversation is not signed out.
pub const SESSION: SessionLimits = SessionLimits { idle_ms_max: 4 * HOUR_MS, age_ms_max: 12 * HOUR_MS };
/// How often ended sessions are removed.
pub const ENDED_FORGOTTEN_EVERY: Duration = Duration::from_secs(10 * 60);
/// Wrong passwords for one account, or from one address, before a pause.
pub const WRONG_PER_ACCOUNT_MAX: u32 = 5;
pub const WRONG_PER_ADDRESS_MAX: u32 = 20;
/// How long wrong passwords are remembered.
pub const WRONG_KEPT: Duration = Duration::from_secs(15 * 60);
/// Accounts and addresses remembered at once; the oldest is forgotten first.
pub const WRONG_REMEMBERED_MAX: usize = 10_000;
/// Password checks at once; each takes much memory on purpose.
pub const PASSWORD_CHECKS_MAX: usize = 2;
/// Rows of one answer of the API, and the usual number.
pub const ROWS_MAX: u32 = 1_000;
pub const ROWS_USUAL: u32 = 100;
/// Longest name and password that are looked at.
pub const NAME_CHARS_MAX: usize = 200;
pub const PASSWORD_CHARS_MAX: usize = 1_000;
/// How long open requests may take once the server is told to stop.
pub const STOPPING_WAIT: Duration = Duration::from_secs(3);
/// Answers of citizens who are filling a form, kept at once; the one touched longest ago makes room.
pub const DRAFTS_MAX: usize = 10_000;
/// Of one address among them: a household, an office, a library.
pub const DRAFTS_PER_ADDRESS_MAX: usize = 200;
/// How long answers are kept after they were last touched: more than 20 hours, so that nobody is hurried (WCAG 2.2.1).
pub const DRAFT_KEPT: Duration = Duration::from_secs(21 * 60 * 60);
/// Times that one address may hold within [`HOLDS_COUNTED`], taken or not.
pub const HOLDS_PER_ADDRESS_MAX: u32 = 30;
pub const HOLDS_COUNTED: Duration = Duration::from_secs(60 * 60);
/// Additions that one address may send within [`HOLDS_COUNTED`].
pub const ADDITIONS_PER_ADDRESS_MAX: u32 = 20;
/// Addresses remembered at once with what they held; the oldest is forgotten first.
pub const HOLDS_REMEMBERED_MAX: usize = 10_000;
/// Forms that one address may begin, and codes that it may try, within [`HOLDS_COUNTED`].
pub const FORMS_PER_ADDRESS_MAX: u32 = 60;
/// From leaving for a sign-in until coming back from it, in milliseconds: time to find a telephone and its code.
pub const SIGN_IN_MS_MAX: u64 = HOUR_MS / 2;
/// How long after a form was sent its answers are given out in the receipt, in milliseconds, to the browser that sent it:
/// time to save a file, and not until somebody else sits there.
pub const RECEIPT_ANSWERS_MS: u64 = HOUR_MS;
/// Receipts that are written at once; others wait for their turn.
pub const RECEIPTS_AT_ONCE: usize = 2;
/// How long a sign-in holds for a form that is being filled in, in milliseconds: as long as other answers are kept, so that
/// nobody is hurried. After it the answers are still there, and whoever it was signs in again.
pub const SIGNED_IN_MS_MAX: u64 = 21 * HOUR_MS;
/// Files that one address may begin to send within [`HOLDS_COUNTED`].
pub const UPLOADS_PER_ADDRESS_MAX: u32 = 300;
/// Files that are sent or fetched at once; more are told to come again.
pub const TRANSFERS_MAX: usize = 128;
/// Between two pieces of a file.
pub const TRANSFER_PAUSE: Duration = Duration::from_secs(30);
/// Longest single request that sends a file, and longest wait for one that is read through before it is given.
pub const TRANSFER_WAIT: Duration = Duration::from_secs(12 * 60 * 60);
/// Largest form with files in it: two of the largest and what stands around them.
pub const FILES_BODY_BYTES_MAX: usize = 4 * 1024 * 1024 * 1024 + 1024 * 1024;
/// How long the browser keeps what tells us which files came from it: as long as they wait to be sent.
pub const FILES_COOKIE_S: u64 = 24 * 60 * 60;
/// Longest words beside files, in characters.
pub const FILES_TEXT_CHARS_MAX: usize = 2_000;
