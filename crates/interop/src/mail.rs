//! A mail as it goes to a mail server (RFC 5322): plain text in UTF-8, perhaps with one file, and marked as written by a
//! program (RFC 3834), so that no other program answers it. What a citizen wrote as an address is held against a narrow
//! form, so that nothing in it can become a header or a second receiver.

use domain::{Timestamp, intent::Language};
use lettre::{
    Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// What mail servers take at least (RFC 5321): before the @, and in all.
const LOCAL_MAX: usize = 64;
const ADDRESS_MAX: usize = 254;
const LABEL_MAX: usize = 63;

/// One mail. Personal data.
#[derive(Clone, Copy)]
pub struct Mail<'a> {
    /// "Polisen <svar@polisen.example>"
    pub from: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    pub language: Language,
    /// The same for every attempt at one mail; letters and digits.
    pub id: &'a str,
    pub at: Timestamp,
    pub file: Option<File<'a>>,
}

/// What goes with it.
#[derive(Clone, Copy)]
pub struct File<'a> {
    pub name: &'a str,
    /// "text/calendar; charset=utf-8"
    pub media_type: &'a str,
    pub body: &'a str,
}

impl fmt::Debug for Mail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({}, hidden)", self.id)
    }
}

impl fmt::Debug for File<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("File(hidden)")
    }
}

/// The address as it is sent to, where what somebody wrote is one: letters, digits and plain signs before the @, a name
/// with a dot after it.
#[must_use]
pub fn address(written: &str) -> Option<String> {
    let written = written.trim();
    let (local, domain) = written.rsplit_once('@')?;
    let atom = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b));
    let label = |part: &str| {
        let inner = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        inner && (1..=LABEL_MAX).contains(&part.len()) && !part.starts_with('-') && !part.ends_with('-')
    };
    let is_address = written.len() <= ADDRESS_MAX
        && local.len() <= LOCAL_MAX
        && local.split('.').all(atom)
        && domain.contains('.')
        && domain.split('.').all(label)
        && !domain.rsplit('.').next().is_some_and(|top| top.bytes().all(|b| b.is_ascii_digit()));
    is_address.then(|| format!("{local}@{}", domain.to_ascii_lowercase()))
}

/// The bare address of a sender that may have a name before it; none when it is no sender.
#[must_use]
pub fn sender(from: &str) -> Option<String> {
    let mailbox: Mailbox = from.parse().ok()?;
    address(mailbox.email.as_ref())
}

/// What others call this mail by, in `Message-ID` and, when they answer, in `In-Reply-To`.
#[must_use]
pub fn message_id(id: &str, from: &str) -> Option<String> {
    let sender = sender(from)?;
    Some(format!("<{id}@{}>", sender.rsplit_once('@')?.1))
}

/// The whole mail with its headers; none when an address is none or the file's type is no media type.
#[must_use]
pub fn write(mail: &Mail<'_>) -> Option<Vec<u8>> {
    let from: Mailbox = mail.from.parse().ok()?;
    let to = Mailbox::new(None, address(mail.to)?.parse().ok()?);
    let milliseconds = u64::try_from(mail.at.0).ok()?;
    let builder = Message::builder()
        .from(from)
        .to(to)
        .subject(one_line(mail.subject))
        .message_id(Some(message_id(mail.id, mail.from)?))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds))
        .raw_header(header("Auto-Submitted", "auto-generated")?)
        .raw_header(header("Content-Language", mail.language.word())?);
    let text = SinglePart::plain(mail.text.to_owned());
    let message = match mail.file {
        None => builder.singlepart(text),
        Some(file) => {
            let media_type = ContentType::parse(file.media_type).ok()?;
            let file = Attachment::new(one_line(file.name)).body(file.body.to_owned(), media_type);
            builder.multipart(MultiPart::mixed().singlepart(text).singlepart(file))
        }
    };
    message.ok().map(|message| message.formatted())
}

fn header(name: &str, value: &str) -> Option<HeaderValue> {
    let name = HeaderName::new_from_ascii(name.to_owned()).ok()?;
    Some(HeaderValue::new(name, value.to_owned()))
}

/// No line of ours begins in the middle of somebody's words.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const MAIL: Mail<'_> = Mail {
        from: "Polisen <svar@polisen.example>",
        to: "anna@example.org",
        subject: "Er tid är bokad",
        text: "Hej!\n\nKlockan nio.\n",
        language: Language::Swedish,
        id: "0a1b",
        at: Timestamp(1_796_047_200_000),
        file: None,
    };

    fn written(mail: &Mail<'_>) -> String {
        String::from_utf8(write(mail).unwrap()).unwrap()
    }

    #[test]
    fn only_plain_addresses_are_sent_to() {
        let check = |written: &str, expected: Option<&str>| assert_eq!(address(written).as_deref(), expected, "{written:?}");
        check("anna@example.org", Some("anna@example.org"));
        check(" Anna.B+svar@Example.ORG ", Some("Anna.B+svar@example.org"));
        for wrong in [
            "",
            "anna",
            "@example.org",
            "anna@",
            "anna@localhost",
            "anna@@example.org",
            "anna b@example.org",
            "anna@example.org\nBcc: b@example.org",
            "anna@example.org, b@example.org",
            "<anna@example.org>",
            "\"anna b\"@example.org",
            "anna@[127.0.0.1]",
            "anna@127.0.0.1",
            "anna@-example.org",
            ".anna@example.org",
            "anna..b@example.org",
            "ånna@example.org",
            "anna@exämple.org",
        ] {
            check(wrong, None);
        }
        check(&format!("{}@example.org", "a".repeat(65)), None);
        check(&format!("a@{}.org", "a".repeat(250)), None);
    }

    #[test]
    fn a_mail_says_that_a_program_wrote_it_and_in_which_language() {
        let whole = written(&MAIL);
        for header in [
            "From: Polisen <svar@polisen.example>\r\n",
            "To: anna@example.org\r\n",
            "Message-ID: <0a1b@polisen.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Language: sv\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Date: Mon, 30 Nov 2026 14:00:00 +0000\r\n",
        ] {
            assert!(whole.contains(header), "{header:?} in\n{whole}");
        }
        assert!(whole.contains("Subject: ") && whole.contains("=?utf-8?b?") && whole.is_ascii(), "{whole}");
        assert!(!format!("{MAIL:?}").contains("anna"));
    }

    #[test]
    fn nothing_in_it_becomes_a_header() {
        let whole = written(&Mail { subject: "a\r\nBcc: b@example.org", ..MAIL });
        assert!(whole.contains("Subject: a Bcc: b@example.org\r\n") && !whole.contains("\nBcc:"), "{whole}");
        assert_eq!(write(&Mail { to: "anna@example.org\r\nBcc: b@example.org", ..MAIL }), None);
        assert_eq!(write(&Mail { from: "nobody", ..MAIL }), None);
    }

    #[test]
    fn a_file_goes_with_it() {
        let file = File { name: "tid.ics", media_type: "text/calendar; charset=utf-8; method=PUBLISH", body: "BEGIN:VCALENDAR\r\n" };
        let whole = written(&Mail { file: Some(file), ..MAIL });
        assert!(whole.contains("Content-Type: multipart/mixed;"), "{whole}");
        assert!(whole.contains("Content-Type: text/calendar; charset=utf-8; method=PUBLISH\r\n"), "{whole}");
        assert!(whole.contains("filename=\"tid.ics\""), "{whole}");
        assert_eq!(write(&Mail { file: Some(File { media_type: "none", ..file }), ..MAIL }), None);
    }
}
