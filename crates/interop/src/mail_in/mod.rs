//! A mail as it stands in a mailbox, read tolerantly: who says that they wrote it, how far a mail server that we trust
//! vouches for that, what they wrote, and whether a machine wrote it. Nothing in it is believed but what it names, nothing
//! of it is opened, and all that is shown of it is plain text.

mod disarm;
mod named;
mod origin;

pub use origin::{Origin, Vouched};

use crate::plain;
use disarm::{disarmed, mended};
use domain::{contact::Reference, intent::Language};
use mail_parser::{Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use named::named;
use std::{borrow::Cow, collections::BTreeSet, fmt};

/// What of the words is read; the rest stays in the mail itself.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Attachments that are named; the others are counted.
pub const ATTACHMENTS_NAMED_MAX: usize = 20;
/// Of a subject, an address or a message's name.
const FIELD_CHARS_MAX: usize = 320;
/// Bodies beyond this are not looked at for words.
const BODIES_MAX: usize = 20;
/// Messages that one mail says to answer; beyond this nobody means any of them.
const ANSWERS_MAX: usize = 50;
/// References that are named at once; beyond this nobody means any of them.
const REFERENCES_MAX: usize = 20;

/// What a mail says. Personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadMail {
    /// The address that it says to be from, in small letters; none where there is none, or several.
    pub from: Option<String>,
    pub name: Option<String>,
    pub subject: Option<String>,
    pub text: String,
    /// Its words went on beyond what is read.
    pub is_cut: bool,
    /// The first of them; nobody has opened one.
    pub attachments: Vec<Attached>,
    pub attachments_count: usize,
    pub message_id: Option<String>,
    /// Names of messages that it answers, without their angle brackets, the nearest first.
    pub answers: Vec<String>,
    /// The language that it says to be in, where that is one of ours.
    pub language: Option<Language>,
    /// Whether the mail server that we trust says that the address is right.
    pub vouched: Vouched,
    pub origin: Origin,
    /// What it names, in the order in which it was found, each once: in the address it came to, its subject, its words.
    pub references: Vec<Reference>,
}

/// What came with a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Attached {
    pub name: String,
    /// "image/jpeg", as it was said; what it is, nobody knows.
    pub media_type: String,
    pub bytes: u64,
}

impl fmt::Debug for ReadMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadMail(hidden)")
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attached(hidden)")
    }
}

/// Reads a mail, whole or its beginning. Whatever cannot be read is left out; none where there is nothing that anybody could
/// read: no words, no subject and nothing attached. `authserv_id` is the name by which the mail server that we trust signs
/// its findings.
#[must_use]
pub fn read(bytes: &[u8], authserv_id: Option<&str>) -> Option<ReadMail> {
    let mut bytes = disarmed(bytes);
    // Where it breaks off in its head, the last line of that is not ended, and would not be read.
    bytes.extend_from_slice(b"\r\n");
    let message = MessageParser::default().parse(&bytes)?;
    let (from, name) = sender(&message);
    let subject = message.subject().map(line).filter(|subject| !subject.is_empty());
    let (text, is_cut) = words(&message);
    let attachments_count = message.attachment_count();
    if text.is_empty() && subject.is_none() && attachments_count == 0 {
        return None;
    }
    let vouched = origin::vouched(&message, from.as_deref(), authserv_id);
    Some(ReadMail {
        references: references(&message, subject.as_deref(), &text),
        origin: origin::of(&message, from.as_deref()),
        attachments: message.attachments().take(ATTACHMENTS_NAMED_MAX).map(attached).collect(),
        message_id: message.message_id().map(line).filter(|id| !id.is_empty()),
        answers: answers(&message),
        language: language(&message),
        from,
        name,
        subject,
        text,
        is_cut,
        attachments_count,
        vouched,
    })
}

/// One address, or none that anybody could hold to.
fn sender(message: &Message<'_>) -> (Option<String>, Option<String>) {
    let Some(from) = message.from() else { return (None, None) };
    let mut all = from.iter();
    let (Some(only), None) = (all.next(), all.next()) else { return (None, None) };
    let address = only.address().map(|address| plain::line(&mended(address)).to_lowercase());
    let address = address.filter(|address| address.contains('@') && address.chars().count() <= FIELD_CHARS_MAX);
    (address, only.name().map(line).filter(|name| !name.is_empty()))
}

/// The words, plain or made plain of HTML.
fn words(message: &Message<'_>) -> (String, bool) {
    let mut text = String::new();
    let mut goes_on = message.text_body_count() > BODIES_MAX;
    for words in texts(message) {
        // More is not cleaned than can be kept.
        let (words, is_cut) = cut(&words, TEXT_CHARS_MAX);
        goes_on |= is_cut;
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&without_gaps(&plain::lines(&mended(&words))));
    }
    let (text, is_cut) = cut(text.trim(), TEXT_CHARS_MAX);
    (text, is_cut || goes_on)
}

/// The texts that are to be read. Of a mail that says to be of several parts and not where they end, all is one; a part that
/// breaks off is read as far as it goes.
fn texts<'m>(message: &'m Message<'m>) -> impl Iterator<Item = Cow<'m, str>> {
    let is_attached = |part: &MessagePart<'_>| part.content_disposition().is_some_and(|how| how.is_attachment());
    let broken_off = message.attachments().filter(move |part| part.is_encoding_problem && !is_attached(part));
    let whole = message.parts.first().filter(|part| message.parts.len() == 1 && part.is_content_type("multipart", "mixed"));
    let whole = whole.map(|part| String::from_utf8_lossy(part.contents()));
    message.text_bodies().take(BODIES_MAX).chain(broken_off.take(1)).filter_map(readable).chain(whole)
}

fn readable<'m>(body: &'m MessagePart<'m>) -> Option<Cow<'m, str>> {
    match &body.body {
        PartType::Text(words) => Some(words.as_ref().into()),
        PartType::Html(html) => Some(mail_parser::decoders::html::html_to_text(html).into()),
        _ => None,
    }
}

/// One empty line where several follow each other.
fn without_gaps(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.dedup_by(|one, before| one.is_empty() && before.is_empty());
    lines.join("\n")
}

fn cut(text: &str, chars_max: usize) -> (String, bool) {
    let mut chars = text.chars();
    let cut: String = chars.by_ref().take(chars_max).collect();
    (cut, chars.next().is_some())
}

/// One line of a field, no longer than a field is.
fn line(text: &str) -> String {
    cut(&plain::line(&mended(text)), FIELD_CHARS_MAX).0
}

fn attached(part: &MessagePart<'_>) -> Attached {
    let kind = part.content_type();
    let media_type = kind.and_then(|kind| Some(format!("{}/{}", kind.ctype(), kind.subtype()?)));
    let media_type = media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
    let name = part.attachment_name().map(line).unwrap_or_default();
    Attached { name, media_type: line(&media_type), bytes: u64::try_from(part.len()).unwrap_or(u64::MAX) }
}

fn references(message: &Message<'_>, subject: Option<&str>, text: &str) -> Vec<Reference> {
    let to = message.to().into_iter().flat_map(Address::iter).take(REFERENCES_MAX).filter_map(|to| to.address());
    // "svar+02834186@polisen.example"
    let tagged = to.filter_map(|to| to.split_once('@')?.0.split_once('+')?.1.parse().ok());
    let mut all: Vec<Reference> = tagged.collect();
    all.extend(subject.into_iter().chain([text]).flat_map(|text| named(text, REFERENCES_MAX)));
    let mut seen = BTreeSet::new();
    all.retain(|reference| seen.insert(*reference));
    all.truncate(REFERENCES_MAX);
    all
}

fn answers(message: &Message<'_>) -> Vec<String> {
    let ids = |value: &HeaderValue<'_>| -> Vec<String> {
        match value {
            HeaderValue::Text(id) => vec![line(id)],
            // The last is the nearest.
            HeaderValue::TextList(ids) => ids.iter().rev().take(ANSWERS_MAX).map(|id| line(id)).collect(),
            _ => Vec::new(),
        }
    };
    let mut all = ids(message.in_reply_to());
    all.extend(ids(message.references()));
    all.truncate(ANSWERS_MAX);
    all
}

fn language(message: &Message<'_>) -> Option<Language> {
    let said = origin::raw(message, "Content-Language").next()?.to_ascii_lowercase();
    Language::from_word(said.trim().split(['-', ',', ';']).next()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::MatterId;

    fn read_text(mail: &str) -> ReadMail {
        read(mail.as_bytes(), None).unwrap()
    }

    #[test]
    fn what_a_person_wrote_is_read_as_plain_text() {
        let one = Reference::of(MatterId(1));
        let mail = read_text(&format!(
            "From: =?utf-8?q?Anna_=E2=80=AEgreB?= <Anna@Example.org>\r\nTo: svar+{}@polisen.example\r\n\
             Subject: =?utf-8?b?w4RyZW5kZQ==?= {}\r\nMessage-ID: <a@example.org>\r\nIn-Reply-To: <x@polisen.example>\r\n\
             References: <w@polisen.example> <x@polisen.example>\r\nContent-Language: da-DK\r\n\
             Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             Hej,=20\r\n\r\n\r\n\r\nmin  gr=E5 \x1b[31mcykel\r\n",
            Reference::of(MatterId(2)).digits(),
            one.digits()
        ));
        assert_eq!((mail.from.as_deref(), mail.name.as_deref()), (Some("anna@example.org"), Some("Anna greB")));
        assert_eq!(mail.subject, Some(format!("Ärende {}", one.digits())));
        assert_eq!(mail.text, "Hej,\n\nmin grå [31mcykel");
        assert_eq!(mail.references, [Reference::of(MatterId(2)), one]);
        assert_eq!(mail.message_id.as_deref(), Some("a@example.org"));
        assert_eq!(mail.answers, ["x@polisen.example", "x@polisen.example", "w@polisen.example"]);
        assert_eq!((mail.language, mail.origin, mail.vouched), (Some(Language::Danish), Origin::Person, Vouched::Nobody));
        assert!(!format!("{mail:?}").contains("cykel"));
    }

    #[test]
    fn html_alone_is_made_plain_and_what_is_attached_is_named() {
        let mail = read_text(
            "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
             Content-Type: text/html; charset=utf-8\r\n\r\n<style>p{}</style><p>Han heter <b>Kim</b></p><script>alert(1)</script>\r\n--b\r\n\
             Content-Type: image/jpeg; name=\"\u{202e}gpj.exe\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n\
             AAAAAAAA\r\n--b--\r\n",
        );
        assert!(mail.text.contains("Han heter Kim") && !mail.text.contains('<'), "{}", mail.text);
        assert_eq!(mail.attachments_count, 1);
        assert_eq!((mail.attachments[0].name.as_str(), mail.attachments[0].bytes), ("gpj.exe", 6));
        assert_eq!(mail.attachments[0].media_type, "image/jpeg");
    }

    #[test]
    fn nothing_that_is_sent_is_too_much() {
        let many = format!(
            "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{}",
            "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(10_000)
        );
        let mail = read_text(&many);
        assert!(mail.is_cut && mail.text.len() < 100, "{}", mail.text.len());
        let files = format!(
            "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{}",
            "--b\r\nContent-Type: application/pdf; name=a\r\nContent-Disposition: attachment\r\n\r\nx\r\n".repeat(10_000)
        );
        let mail = read_text(&files);
        assert_eq!((mail.attachments.len(), mail.attachments_count), (ATTACHMENTS_NAMED_MAX, 10_000));
        let deep: String = (0..10_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
        assert!(read(deep.as_bytes(), None).is_none_or(|mail| mail.text.len() < 100));
        let long = format!("From: a@example.org\r\nSubject: {}\r\n\r\n{}", "s".repeat(1_000_000), "å".repeat(1_000_000));
        let mail = read_text(&long);
        assert_eq!((mail.subject.unwrap().len(), mail.text.chars().count(), mail.is_cut), (FIELD_CHARS_MAX, TEXT_CHARS_MAX, true));
        let names = format!("From: a@example.org\r\nReferences: {}\r\n\r\nx", "<a@b>".repeat(100_000));
        assert_eq!(read_text(&names).answers.len(), ANSWERS_MAX);
    }

    #[test]
    fn what_says_nothing_is_no_mail_and_what_is_broken_is_read_as_far_as_it_goes() {
        for nothing in [&b""[..], b"\r\n\r\n", b"From: a@example.org\r\n\r\n", &[0xff; 2_000], b"\0\0\0\0"] {
            assert_eq!(read(nothing, None), None, "{nothing:?}");
        }
        for (broken, text) in [
            ("Subject: x", ""),
            ("\r\nno head at all", "no head at all"),
            ("From: a@example.org\r\nContent-Type: multipart/mixed\r\n\r\nwithout a boundary", "without a boundary"),
            ("From: a@example.org\r\nContent-Type: text/plain; charset=no-such\r\n\r\nhej", "hej"),
            ("From: a@example.org\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!", "!!!!"),
            ("From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nthe end is missing", "the end is missing"),
        ] {
            assert_eq!(read(broken.as_bytes(), None).map(|mail| mail.text).as_deref(), Some(text), "{broken}");
        }
        let nobody = read_text("From: a@example.org, b@example.org\r\n\r\nhej");
        assert_eq!(nobody.from, None, "two senders are none");
    }
}
