//! Where a mail comes from: a person or a machine, and how far a mail server of ours vouches for the address.

use mail_parser::{Message, MimeHeaders};

/// Who wrote a mail, as far as it says itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Nothing says otherwise.
    Person,
    /// A machine, of its own: a notice, a list. It is never answered.
    Machine,
    /// A machine that answers: a report of delivery, a note that somebody is away. It is never answered, and asks for nothing.
    MachineAnswer,
}

/// Whether the address of the sender is theirs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vouched {
    /// Our mail server found that the domain of the address stands for the mail (DMARC).
    Right,
    /// Our mail server found that it does not.
    Wrong,
    /// Nobody whom we trust says anything.
    Nobody,
}

/// Names before the @ that no person reads.
const MACHINES: [&str; 8] = ["mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "bounce", "bounces"];

/// The values of a header, as they were written.
pub fn raw<'x>(message: &'x Message<'_>, name: &'x str) -> impl Iterator<Item = &'x str> {
    message.headers_raw().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// RFC 3834 and its kin: whatever a machine sends of itself says so, or has nobody who could be answered.
pub fn of(message: &Message<'_>, from: Option<&str>) -> Origin {
    let header = |name| raw(message, name).next().map(str::to_ascii_lowercase);
    let submitted = header("Auto-Submitted").unwrap_or_default();
    let precedence = header("Precedence").unwrap_or_default();
    let is_report = message.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("multipart") && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
    });
    let answers = submitted.starts_with("auto-replied")
        || precedence == "auto_reply"
        || header("Return-Path").is_some_and(|path| path == "<>")
        || ["X-Autoreply", "X-Autorespond"].into_iter().any(|name| header(name).is_some())
        || is_report;
    if answers {
        return Origin::MachineAnswer;
    }
    let is_machine = !submitted.is_empty() && submitted.split([';', ' ', '(']).next() != Some("no")
        || matches!(precedence.as_str(), "bulk" | "junk" | "list")
        || ["List-Id", "List-Unsubscribe", "X-Auto-Response-Suppress", "Feedback-ID"].into_iter().any(|name| header(name).is_some())
        || from.is_some_and(is_machines);
    if is_machine { Origin::Machine } else { Origin::Person }
}

fn is_machines(from: &str) -> bool {
    let local = from.split_once('@').map_or(from, |(local, _)| local);
    let plain = local.split_once('+').map_or(local, |(before, _)| before);
    MACHINES.contains(&plain) || local.starts_with("owner-") || local.ends_with("-request") || local.ends_with("-owner")
}

/// What our own mail server found (RFC 8601). Its findings stand above the line by which it took the mail in; findings under
/// another name, or below that line, are anybody's.
pub fn vouched(message: &Message<'_>, from: Option<&str>, authserv_id: Option<&str>) -> Vouched {
    let Some((domain, id)) = from.and_then(|from| from.rsplit_once('@')).map(|(_, domain)| domain).zip(authserv_id) else {
        return Vouched::Nobody;
    };
    let above = message.headers_raw().take_while(|(name, _)| !name.eq_ignore_ascii_case("Received"));
    let all = above.filter(|(name, _)| name.eq_ignore_ascii_case("Authentication-Results")).map(|(_, value)| without_comments(value));
    let mut found = Vouched::Nobody;
    for findings in all {
        let mut parts = findings.split(';');
        let signed = parts.next().and_then(|signed| signed.split_whitespace().next()).unwrap_or_default();
        if !signed.eq_ignore_ascii_case(id) {
            continue;
        }
        for finding in parts {
            match dmarc(finding, domain) {
                Some(true) if found == Vouched::Nobody => found = Vouched::Right,
                Some(false) => found = Vouched::Wrong,
                _ => {}
            }
        }
    }
    found
}

/// Whether `dmarc=pass header.from=example.se` is of the very domain; none where it is no finding of DMARC, or one that found
/// nothing to go by.
fn dmarc(finding: &str, domain: &str) -> Option<bool> {
    let mut words = finding.split_whitespace();
    let (method, result) = words.next()?.split_once('=')?;
    if !method.eq_ignore_ascii_case("dmarc") {
        return None;
    }
    if !result.eq_ignore_ascii_case("pass") {
        return result.eq_ignore_ascii_case("fail").then_some(false);
    }
    let of = |word: &str| {
        let (name, value) = word.split_once('=')?;
        name.eq_ignore_ascii_case("header.from").then(|| value.trim_matches('"').eq_ignore_ascii_case(domain))
    };
    Some(words.find_map(of).unwrap_or(false))
}

/// The value without what stands in brackets, which may hold anything.
fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    let keep = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    value.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::read;
    use super::*;

    #[test]
    fn only_our_own_mail_server_vouches_for_an_address_and_only_for_its_domain() {
        let mail = |findings: &str| format!("{findings}From: A <Anna@Example.se>\r\nSubject: x\r\n\r\nhej\r\n");
        let ours = "mx.polisen.example";
        const PASS: &str = "Authentication-Results: mx.polisen.example; dmarc=pass header.from=example.se\r\n";
        for (findings, expected) in [
            (PASS.to_owned(), Vouched::Right),
            (format!("Authentication-Results: mx.polisen.example; spf=pass smtp.mailfrom=example.se\r\n{PASS}"), Vouched::Right),
            (
                "Authentication-Results: mx.polisen.example 1; spf=pass smtp.mailfrom=example.se;\r\n DMARC=pass (p=reject) header.from=Example.se\r\n"
                    .to_owned(),
                Vouched::Right,
            ),
            ("Authentication-Results: mx.polisen.example; dmarc=pass header.from=other.se\r\n".to_owned(), Vouched::Wrong),
            ("Authentication-Results: mx.polisen.example; dmarc=pass\r\n".to_owned(), Vouched::Wrong),
            ("Authentication-Results: mx.polisen.example; dkim=pass header.d=example.se\r\n".to_owned(), Vouched::Nobody),
            ("Authentication-Results: mx.polisen.example; dmarc=fail header.from=example.se\r\n".to_owned(), Vouched::Wrong),
            (format!("{PASS}Authentication-Results: mx.polisen.example; dmarc=fail header.from=example.se\r\n"), Vouched::Wrong),
            ("Authentication-Results: mx.polisen.example; dmarc=none header.from=example.se\r\n".to_owned(), Vouched::Nobody),
            ("Authentication-Results: mx.polisen.example; spf=pass smtp.mailfrom=example.se\r\n".to_owned(), Vouched::Nobody),
            ("Authentication-Results: mx.polisen.example; none (dmarc=pass header.from=example.se)\r\n".to_owned(), Vouched::Nobody),
            ("Authentication-Results: mx.polisen.example; none (; dmarc=pass header.from=example.se\r\n".to_owned(), Vouched::Nobody),
            (PASS.replace("mx.", "evil."), Vouched::Nobody),
            (format!("Received: from evil.example by mx.polisen.example\r\n{PASS}"), Vouched::Nobody),
            (format!("{PASS}Received: from evil.example by mx.polisen.example\r\n"), Vouched::Right),
            (String::new(), Vouched::Nobody),
        ] {
            assert_eq!(read(mail(&findings).as_bytes(), Some(ours)).unwrap().vouched, expected, "{findings}");
            assert_eq!(read(mail(&findings).as_bytes(), None).unwrap().vouched, Vouched::Nobody, "nobody is trusted: {findings}");
        }
        let several = format!("{PASS}From: a@example.se, b@example.se\r\n\r\nx");
        assert_eq!(read(several.as_bytes(), Some(ours)).unwrap().vouched, Vouched::Nobody, "two senders are none");
    }

    #[test]
    fn machines_are_told_from_people_and_those_that_answer_from_those_that_write() {
        for (head, expected) in [
            ("", Origin::Person),
            ("Auto-Submitted: no\r\n", Origin::Person),
            ("Return-Path: <a@example.se>\r\n", Origin::Person),
            ("Auto-Submitted: auto-generated\r\n", Origin::Machine),
            ("Auto-Submitted: auto-notified; owner-email=\"a@b\"\r\n", Origin::Machine),
            ("Precedence: bulk\r\n", Origin::Machine),
            ("List-Id: <list.example.se>\r\n", Origin::Machine),
            ("X-Auto-Response-Suppress: All\r\n", Origin::Machine),
            ("auto-submitted: Auto-Replied\r\n", Origin::MachineAnswer),
            ("Auto-Submitted: auto-replied (vacation)\r\n", Origin::MachineAnswer),
            ("Precedence: auto_reply\r\n", Origin::MachineAnswer),
            ("X-Autoreply: yes\r\n", Origin::MachineAnswer),
            ("Return-Path: <>\r\n", Origin::MachineAnswer),
            ("Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n", Origin::MachineAnswer),
            ("Content-Type: Multipart/Report; report-type=disposition-notification; boundary=b\r\n", Origin::MachineAnswer),
        ] {
            let mail = format!("{head}From: a@example.se\r\nSubject: x\r\n\r\nhej");
            assert_eq!(read(mail.as_bytes(), None).unwrap().origin, expected, "{head}");
        }
        for from in
            ["MAILER-DAEMON@mx.example", "noreply@example.se", "bounces+12@example.se", "owner-list@example.se", "list-request@example.se"]
        {
            let mail = format!("From: {from}\r\n\r\nhej");
            assert_eq!(read(mail.as_bytes(), None).unwrap().origin, Origin::Machine, "{from}");
        }
    }
}
