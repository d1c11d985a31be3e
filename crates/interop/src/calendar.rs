//! An appointment as a file that calendars read (iCalendar, RFC 5545), written strictly: lines end with CR LF and are
//! folded at 75 octets, texts are escaped, times are in UTC so that no table of zones is needed, and a later file of the
//! same appointment takes the place of the earlier one by its UID and SEQUENCE. Nothing is read back here.

use domain::{Timestamp, intent::Language};
use jiff::tz::TimeZone;

/// A line is no longer, its end left out (RFC 5545, 3.1).
const LINE_OCTETS_MAX: usize = 75;
const END: &str = "\r\n";

/// What is written of it.
pub struct Appointment<'a> {
    /// The same for as long as it lasts, and of no other in the world.
    pub uid: &'a str,
    /// When the file is written.
    pub stamp: Timestamp,
    /// Rises with every change.
    pub sequence: u32,
    pub begins: Timestamp,
    pub ends: Timestamp,
    /// Taken back: calendars strike it out.
    pub cancelled: bool,
    pub summary: &'a str,
    pub description: &'a str,
    pub place: &'a str,
    /// Whose appointment it is, by name and telephone number.
    pub organiser: &'a str,
    pub telephone: &'a str,
    /// In which the texts are written.
    pub language: Language,
}

impl Appointment<'_> {
    /// What the file does to a calendar (RFC 5546): it is put in or changed, or taken out.
    #[must_use]
    pub fn method(&self) -> &'static str {
        if self.cancelled { "CANCEL" } else { "PUBLISH" }
    }
}

/// The whole file.
#[must_use]
pub fn write(appointment: &Appointment<'_>) -> String {
    let language = appointment.language.word();
    let text = |name: &str, value: &str| format!("{name};LANGUAGE={language}:{}", escaped(value));
    let telephone: String = appointment.telephone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Svar//Svar//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("METHOD:{}", appointment.method()),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", escaped(appointment.uid)),
        format!("DTSTAMP:{}", utc(appointment.stamp)),
        format!("SEQUENCE:{}", appointment.sequence),
        format!("ORGANIZER;CN={}:tel:{telephone}", parameter(appointment.organiser)),
        format!("DTSTART:{}", utc(appointment.begins)),
        format!("DTEND:{}", utc(appointment.ends)),
        format!("STATUS:{}", if appointment.cancelled { "CANCELLED" } else { "CONFIRMED" }),
        text("SUMMARY", appointment.summary),
        text("LOCATION", appointment.place),
        text("DESCRIPTION", appointment.description),
        "CLASS:PRIVATE".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line)).collect()
}

fn utc(at: Timestamp) -> String {
    at.local(&TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (3.3.11).
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => written.push_str("\\\\"),
            ';' => written.push_str("\\;"),
            ',' => written.push_str("\\,"),
            '\n' => written.push_str("\\n"),
            c if c.is_control() => {}
            c => written.push(c),
        }
    }
    written
}

/// The value of a parameter, in quotation marks: these cannot be escaped (3.2).
fn parameter(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c == '"' { '\'' } else { c }).filter(|c| !c.is_control()).collect();
    format!("\"{plain}\"")
}

/// The line and its end, in pieces of at most [`LINE_OCTETS_MAX`]; a piece after the first begins with a space, and no
/// letter is cut.
fn folded(line: &str) -> String {
    let mut written = String::with_capacity(line.len() + END.len());
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS_MAX {
            written.push_str(END);
            written.push(' ');
            octets = 1;
        }
        written.push(c);
        octets += c.len_utf8();
    }
    written.push_str(END);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appointment() -> Appointment<'static> {
        Appointment {
            uid: "5b1c0f9e@svar",
            stamp: Timestamp(1_795_000_000_000),
            sequence: 2,
            begins: Timestamp(1_795_100_400_000),
            ends: Timestamp(1_795_101_300_000),
            cancelled: false,
            summary: "Polisen ringer; 114 14, kl. 14",
            description: "Referens 1234 5678.\nÅtta\\nio",
            place: "Telefon",
            organiser: "Polisen \"114 14\"",
            telephone: "+46 114 14",
            language: Language::Swedish,
        }
    }

    #[test]
    fn an_appointment_is_written_as_the_standard_says() {
        let text = write(&appointment());
        for line in [
            "METHOD:PUBLISH\r\n",
            "UID:5b1c0f9e@svar\r\n",
            "SEQUENCE:2\r\n",
            "DTSTART:20261119T150000Z\r\n",
            "DTEND:20261119T151500Z\r\n",
            "STATUS:CONFIRMED\r\n",
            "SUMMARY;LANGUAGE=sv:Polisen ringer\\; 114 14\\, kl. 14\r\n",
            "DESCRIPTION;LANGUAGE=sv:Referens 1234 5678.\\nÅtta\\\\nio\r\n",
            "ORGANIZER;CN=\"Polisen '114 14'\":tel:+4611414\r\n",
        ] {
            assert!(text.contains(line), "{line:?} is not in {text}");
        }
        let cancelled = write(&Appointment { cancelled: true, ..appointment() });
        assert!(cancelled.contains("STATUS:CANCELLED\r\n") && cancelled.contains("METHOD:CANCEL\r\n"), "{cancelled}");
    }

    #[test]
    fn lines_are_folded_without_cutting_a_letter() {
        for text in ["å".repeat(400), "a".repeat(74), "a".repeat(75), "a".repeat(76), "🚓".repeat(100), String::new()] {
            let written = folded(&text);
            assert!(written.ends_with(END));
            for line in written.strip_suffix(END).unwrap_or_default().split(END) {
                assert!(line.len() <= LINE_OCTETS_MAX, "{} octets", line.len());
            }
            assert_eq!(written.replace("\r\n ", "").trim_end(), text);
        }
    }

    #[test]
    fn nothing_that_is_written_in_a_text_begins_a_line_of_its_own() {
        let evil = "x\r\nATTENDEE:mailto:a@example.org\r\n\u{b}\u{0}END:VEVENT";
        let text = write(&Appointment { summary: evil, description: evil, place: evil, organiser: evil, uid: evil, ..appointment() });
        let unfolded = text.replace("\r\n ", "");
        assert_eq!(unfolded.split(END).filter(|line| line.starts_with("ATTENDEE") || *line == "END:VEVENT").count(), 1);
    }
}
