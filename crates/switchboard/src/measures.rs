//! Every figure that is measured for machines, with its name: what Prometheus shows of the
//! switchboard. Figures for people are folds over the journal and are not made here.

use domain::{
    Timestamp,
    contact::{Medium, PromiseKind},
    routing::{PromiseView, QueueView},
    service_level::{Compared, Day, LanguageDays},
};
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use std::time::Duration;

/// Calls that reached us, whatever became of them.
pub(crate) const CALLS: &str = "svar_calls_total";
/// Calls that only heard the announcement of a fault.
pub(crate) const CALLS_TURNED_AWAY: &str = "svar_calls_turned_away_total";
/// Journal entries known to be safe.
pub(crate) const JOURNAL_ENTRIES: &str = "svar_journal_entries_total";
/// Entries decided and not yet safe.
pub(crate) const JOURNAL_UNSAVED: &str = "svar_journal_unsaved";
/// Whether entries are being saved in time: 1 or 0.
pub(crate) const JOURNAL_WORKS: &str = "svar_journal_works";
/// Utterances given to a recogniser, by `engine` and `result` (`words`, `failed`).
pub(crate) const RECOGNITIONS: &str = "svar_recognitions_total";
/// How long a recogniser took, by `engine` and `result`.
pub(crate) const RECOGNITION_SECONDS: &str = "svar_recognition_seconds";
/// Sound given to a recogniser, in milliseconds, by `engine`.
pub(crate) const RECOGNISED_SOUND: &str = "svar_recognised_sound_milliseconds_total";
/// What that cost, in millionths of the money that `cost_per_minute` is in, by `engine`.
pub(crate) const RECOGNITION_COST: &str = "svar_recognition_cost_micros_total";
/// Packets of sound that were sent, and those of them that were more than 5 ms late.
pub(crate) const SOUND_PACKETS: &str = "svar_sound_packets_total";
pub(crate) const SOUND_PACKETS_LATE: &str = "svar_sound_packets_late_total";
/// Attempts at messages, by `medium`, `result` (`sent`, `failed`, `given_up`) and `why`.
pub(crate) const MESSAGES: &str = "svar_messages_total";
/// Messages that are owed, by `medium`.
pub(crate) const MESSAGES_OWED: &str = "svar_messages_owed";
/// How long the oldest of them has been owed.
pub(crate) const MESSAGES_OLDEST: &str = "svar_messages_oldest_seconds";
/// Mails that were found, by what became of them: `taken`, `again`, `machine_answer`, `unreadable`, `not_yet`, `not_saved`.
pub(crate) const MAILS: &str = "svar_mails_total";
/// Alarms raised.
pub(crate) const ALARMS: &str = "svar_alarms_total";
/// Contacts that are open.
pub(crate) const CONTACTS_OPEN: &str = "svar_contacts_open";
/// Contacts that wait in a queue.
pub(crate) const CONTACTS_WAITING: &str = "svar_contacts_waiting";
/// Predicted waits whose end is known, of the latest ones, by `queue`.
pub(crate) const WAIT_PREDICTIONS: &str = "svar_wait_predictions";
/// The share of them, from 0 to 1, that ended within the interval's `end` (`low`, `high`), by `queue`.
pub(crate) const WAIT_HITS: &str = "svar_wait_hits_ratio";
/// Whether waits are announced, by `queue`: 1 or 0.
pub(crate) const WAIT_CALIBRATED: &str = "svar_wait_calibrated";
/// Callers whom a share of how callers are understood counts, by `language`, `share` (`corrected`, `no_idea`, `asked`,
/// `said_no`) and `days` (`today`, or the four weeks `before`).
pub(crate) const UNDERSTOOD_CALLERS: &str = "svar_understood_callers";
/// That share of them, from 0 to 1.
pub(crate) const UNDERSTOOD_SHARE: &str = "svar_understood_ratio";
/// Whether the share is another today than before, by more than chance explains, by `language` and `share`: 1 or 0.
pub(crate) const UNDERSTOOD_DRIFTED: &str = "svar_understood_drifted";

pub(crate) const PROMISES_OPEN: &str = "svar_promises_open";
pub(crate) const PROMISES_TODAY: &str = "svar_promises_today";

/// How even the sound's clock is, as telephony counts it.
pub(crate) fn show_sound(stats: &telephony::Stats) {
    metrics::counter!(SOUND_PACKETS).absolute(stats.packets_out);
    metrics::counter!(SOUND_PACKETS_LATE).absolute(stats.late_packets);
}

/// Gives each figure its sentence, once, when the switchboard starts.
pub(crate) fn describe() {
    describe_counter!(CALLS, Unit::Count, "Calls that reached us, whatever became of them.");
    describe_counter!(CALLS_TURNED_AWAY, Unit::Count, "Calls that only heard the announcement of a fault.");
    describe_counter!(JOURNAL_ENTRIES, Unit::Count, "Journal entries known to be safe.");
    describe_gauge!(JOURNAL_UNSAVED, Unit::Count, "Journal entries decided and not yet safe.");
    describe_gauge!(JOURNAL_WORKS, "1 while entries are saved in time, 0 otherwise.");
    describe_counter!(RECOGNITIONS, Unit::Count, "Utterances given to a recogniser, by engine and result.");
    describe_histogram!(RECOGNITION_SECONDS, Unit::Seconds, "How long a recogniser took, by engine and result.");
    describe_counter!(RECOGNISED_SOUND, Unit::Milliseconds, "Sound given to a recogniser, by engine.");
    describe_counter!(
        RECOGNITION_COST,
        Unit::Count,
        "What recognition cost, in millionths of the money that cost_per_minute is in, by engine."
    );
    describe_counter!(SOUND_PACKETS, Unit::Count, "Packets of sound that were sent.");
    describe_counter!(SOUND_PACKETS_LATE, Unit::Count, "Packets of sound that were sent more than 5 ms after their time.");
    describe_counter!(MESSAGES, Unit::Count, "Attempts at messages, by medium, result and why.");
    describe_gauge!(MESSAGES_OWED, Unit::Count, "Messages that are owed, by medium.");
    describe_gauge!(MESSAGES_OLDEST, Unit::Seconds, "How long the oldest message has been owed.");
    describe_counter!(MAILS, Unit::Count, "Mails that were found, by what became of them.");
    describe_counter!(ALARMS, Unit::Count, "Alarms raised.");
    describe_gauge!(CONTACTS_OPEN, Unit::Count, "Contacts that are open.");
    describe_gauge!(CONTACTS_WAITING, Unit::Count, "Contacts that wait in a queue.");
    describe_gauge!(PROMISES_OPEN, Unit::Count, "Promises that are owed, by kind; late 1 are those past their time.");
    describe_gauge!(PROMISES_TODAY, Unit::Count, "Promises due today, by kind: due, and kept in_time or late.");
    describe_gauge!(WAIT_PREDICTIONS, Unit::Count, "Latest predicted waits whose end is known, by queue.");
    describe_gauge!(WAIT_HITS, "Share of the predicted waits that ended before the interval's end, low or high, by queue.");
    describe_gauge!(WAIT_CALIBRATED, "1 while predicted waits hold as they should and may be announced, by queue.");
    describe_gauge!(
        UNDERSTOOD_CALLERS,
        Unit::Count,
        "Callers whom a share of how callers are understood counts, by language, share and days."
    );
    describe_gauge!(UNDERSTOOD_SHARE, "Share of these callers: corrected, no_idea, asked or said_no, by language and days.");
    describe_gauge!(UNDERSTOOD_DRIFTED, "1 while a share is another today than before, by more than chance explains, by language.");
}

/// One utterance that was given to a recogniser.
pub(crate) fn note_recognition(engine: &'static str, result: &'static str, took: Duration, sound_ms: u64, cost_per_minute: f64) {
    metrics::counter!(RECOGNITIONS, "engine" => engine, "result" => result).increment(1);
    metrics::histogram!(RECOGNITION_SECONDS, "engine" => engine, "result" => result).record(took);
    metrics::counter!(RECOGNISED_SOUND, "engine" => engine).increment(sound_ms);
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // seconds of sound
    let micros = (cost_per_minute * 1e6 * sound_ms as f64 / 60_000.0).round() as u64;
    metrics::counter!(RECOGNITION_COST, "engine" => engine).increment(micros);
}

/// One attempt at a message, or its end.
pub(crate) fn note_message(medium: Medium, result: &'static str, why: &'static str) {
    metrics::counter!(MESSAGES, "medium" => medium.word(), "result" => result, "why" => why).increment(1);
}

pub(crate) fn show_messages_owed(medium: Medium, count: u64, oldest_ms: u64) {
    metrics::gauge!(MESSAGES_OWED, "medium" => medium.word()).set(u32::try_from(count).unwrap_or(u32::MAX));
    metrics::gauge!(MESSAGES_OLDEST, "medium" => medium.word()).set(u32::try_from(oldest_ms / 1_000).unwrap_or(u32::MAX));
}

/// How often the waits that a queue would announce have held. Queues without a prediction have no figure.
pub(crate) fn show_hit_rates(queues: &[QueueView]) {
    for QueueView { queue, hit_rate, .. } in queues {
        let Some(rate) = hit_rate else { continue };
        let share = |permille: u16| f64::from(permille) / 1_000.0;
        metrics::gauge!(WAIT_PREDICTIONS, "queue" => queue.to_string()).set(gauged(rate.predictions));
        metrics::gauge!(WAIT_HITS, "queue" => queue.to_string(), "end" => "low").set(share(rate.within_low_permille));
        metrics::gauge!(WAIT_HITS, "queue" => queue.to_string(), "end" => "high").set(share(rate.within_high_permille));
        metrics::gauge!(WAIT_CALIBRATED, "queue" => queue.to_string()).set(u32::from(rate.is_calibrated()));
    }
}

/// What is owed, and how today's promises were kept.
pub(crate) fn show_promises(promises: &[PromiseView], today: &Day, now: Timestamp) {
    for kind in PromiseKind::ALL {
        for (late, word) in [(false, "0"), (true, "1")] {
            let open = promises.iter().filter(|promise| promise.kind == *kind && promise.is_late(now) == late).count();
            metrics::gauge!(PROMISES_OPEN, "kind" => kind.word(), "late" => word).set(gauged(open));
        }
        let counts = today.promises.get(kind).copied().unwrap_or_default();
        for (count, word) in [(counts.due, "due"), (counts.kept_in_time, "in_time"), (counts.kept_late, "late")] {
            metrics::gauge!(PROMISES_TODAY, "kind" => kind.word(), "kept" => word).set(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }
}

/// How callers are understood. A share of nobody is left as it was.
pub(crate) fn show_understood(languages: &[LanguageDays]) {
    for LanguageDays { language, compared, .. } in languages {
        for Compared { share, today, before, drifted } in compared {
            let (language, share) = (language.word(), share.word());
            for (days, part) in [("today", today), ("before", before)] {
                let of = u32::try_from(part.of).unwrap_or(u32::MAX);
                metrics::gauge!(UNDERSTOOD_CALLERS, "language" => language, "share" => share, "days" => days).set(of);
                let Some(permille) = part.permille() else { continue };
                metrics::gauge!(UNDERSTOOD_SHARE, "language" => language, "share" => share, "days" => days)
                    .set(f64::from(permille) / 1_000.0);
            }
            metrics::gauge!(UNDERSTOOD_DRIFTED, "language" => language, "share" => share).set(u32::from(*drifted));
        }
    }
}

/// A number of things as a gauge takes it.
pub(crate) fn gauged(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
