//! A mail within a mail is not looked into: each wraps the next, and whoever takes such a chain apart needs as much stack as it
//! is long, which ends the whole program where a stranger makes it long enough. So the words by which a part says that it is a
//! mail are marked before a mail is read, also where they stand in somebody's text, and mended in whatever is shown.

use std::borrow::Cow;

/// The word, which of its letters is marked, and by what, small and large.
const MARKED: [(&[u8], usize, [u8; 2]); 2] = [(b"message", 4, [1, 3]), (b"digest", 3, [2, 4])];

/// The same bytes, but that no part of them is a mail, or a folder of mails.
pub fn disarmed(bytes: &[u8]) -> Vec<u8> {
    let mut safe = bytes.to_vec();
    // What goes on is another word; so letters of an encoded file are left alone.
    let goes_on = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|b| b.is_ascii_alphanumeric() || b"+=-".contains(b));
    for at in 0..bytes.len() {
        for (word, letter, [small, large]) in MARKED {
            let end = at + word.len();
            let is_here = bytes.get(at..end).is_some_and(|found| found.eq_ignore_ascii_case(word));
            if is_here && !goes_on(at.checked_sub(1)) && !goes_on(Some(end)) {
                safe[at + letter] = if bytes[at + letter].is_ascii_uppercase() { large } else { small };
            }
        }
    }
    safe
}

/// A text as its writer had it.
pub fn mended(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|b| (1..=4).contains(&b)) {
        return text.into();
    }
    let letter = |c| match c {
        '\u{1}' => 'a',
        '\u{2}' => 'e',
        '\u{3}' => 'A',
        '\u{4}' => 'E',
        other => other,
    };
    text.chars().map(letter).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read, *};

    /// More than any stack holds.
    const DEEP: usize = 100_000;

    #[test]
    fn mails_within_mails_end_nothing() {
        let chain = "Content-Type: message/rfc822\r\n\r\n".repeat(DEEP);
        let folded = "Con tent-Type:\r\n MESSAGE (x) /\r\n rfc822\r\n\r\n".repeat(DEEP);
        let digests: String =
            (0..DEEP / 10).map(|n| format!("Content-Type: multipart/digest; boundary=b{n}\r\n\r\n--b{n}\r\n\r\n")).collect();
        for (name, deep) in [("chain", &chain), ("folded", &folded), ("digests", &digests)] {
            let mail = read(format!("From: a@example.org\r\nSubject: djup\r\n{deep}").as_bytes(), None).unwrap();
            assert_eq!(mail.subject.as_deref(), Some("djup"), "{name}");
        }
        let encoded = format!("From: a@example.org\r\nContent-Transfer-Encoding: quoted-printable\r\n{chain}");
        assert!(read(encoded.as_bytes(), None).is_some());
    }

    #[test]
    fn a_mail_that_goes_with_another_is_named_and_words_stay_what_they_are() {
        let mail = read(
            b"From: message@example.org\r\nSubject: Digest, Message\r\nMessage-ID: <message.1@example.org>\r\n\
              Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nThe MESSAGE/digest of messages: https://example.org/message/1\r\n--b\r\n\
              Content-Type: message/rfc822; name=message.eml\r\n\r\nSubject: x\r\n\r\ninner\r\n--b--\r\n",
            None,
        )
        .unwrap();
        assert_eq!(mail.text, "The MESSAGE/digest of messages: https://example.org/message/1");
        assert_eq!((mail.from.as_deref(), mail.subject.as_deref()), (Some("message@example.org"), Some("Digest, Message")));
        assert_eq!(mail.message_id.as_deref(), Some("message.1@example.org"));
        let [attached] = mail.attachments.as_slice() else { panic!("{}", mail.attachments.len()) };
        assert_eq!((attached.name.as_str(), attached.media_type.as_str()), ("message.eml", "message/rfc822"));
    }

    #[test]
    fn encoded_files_are_left_alone() {
        for same in ["Message-ID: <a@b>", "xmessage", "messages", "digest=", "+digest", "massage"] {
            assert_eq!(disarmed(same.as_bytes()), same.as_bytes(), "{same}");
        }
        for marked in ["message", "/Digest;", "a: MESSAGE/rfc822", "message\n", "(digest)"] {
            let safe = disarmed(marked.as_bytes());
            assert_ne!(safe, marked.as_bytes());
            assert_eq!(mended(std::str::from_utf8(&safe).unwrap()), marked);
        }
    }
}
