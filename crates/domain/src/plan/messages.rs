//! What citizens are told in writing: the words of each template, by text message and by mail, and what may stand open
//! in them. A text message fits into what [`super::texts`] allows; a mail has a subject and plain lines.

mod filling;

pub use filling::with_link;

use super::{
    Plan, Words,
    check::Objections,
    fields::Fields,
    read::read_words_of,
    texts::{SEGMENTS_MAX, segments},
    values::{LONG_TEXT, TEXT},
};
use crate::{
    Timestamp,
    contact::{Medium, Template},
    intent::Language,
};
use filling::{LINK, chosen, filled, links_stand_apart, opens};
use jiff::{civil::DateTime, tz::TimeZone};
use std::collections::BTreeMap;

/// What may stand open in words, between braces.
const OPEN: [&str; 6] = ["reference", "when", "address", "number", "authority", LINK];
/// As long as what is filled in gets, for counting segments.
const LONGEST_REFERENCE: &str = "00000000";
const LONGEST_WHEN: &str = "Wednesday 30 September at 00:00";
const ADDRESS_CHARS: usize = 60;
const LINK_CHARS: usize = 92;

/// The words of every template that the plan has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages(BTreeMap<Template, Wording>);

/// One template's; a medium without words is not used for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wording {
    text: Words,
    subject: Words,
    mail: Words,
}

/// A message as it is sent. Personal data: it tells of a matter.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Of a mail alone.
    pub subject: Option<String>,
    pub text: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(hidden)")
    }
}

/// What is filled in.
#[derive(Clone, Default)]
pub struct Filling {
    pub reference: String,
    pub when: Option<Timestamp>,
    /// Where something is, on the web or on the ground.
    pub address: String,
    /// Whether a link will be known when it is sent: it is left open until then (see [`with_link`]).
    pub linked: bool,
}

impl Messages {
    /// Whether there are words for this.
    #[must_use]
    pub fn has(&self, template: Template, medium: Medium, language: Language) -> bool {
        self.words(template, medium).is_some_and(|words| words.contains_key(&language))
    }

    fn words(&self, template: Template, medium: Medium) -> Option<&Words> {
        let wording = self.0.get(&template)?;
        Some(match medium {
            Medium::Text => &wording.text,
            Medium::Mail => &wording.mail,
        })
    }
}

impl Plan {
    /// The whole message; none where the plan has no words for it.
    #[must_use]
    pub fn letter(&self, template: Template, medium: Medium, language: Language, filling: &Filling) -> Option<Letter> {
        let words = self.messages.words(template, medium)?.get(&language)?;
        let subject = self.messages.0.get(&template).and_then(|wording| wording.subject.get(&language));
        let when = filling.when.map_or_else(String::new, |when| said(language, when, &self.zone));
        let of = |open: &str| match open {
            "reference" => Some(filling.reference.clone()),
            "when" => Some(when.clone()),
            "address" => Some(filling.address.clone()),
            "number" => Some(self.own_number().to_owned()),
            "authority" => self.title.get(&language).cloned(),
            _ => None,
        };
        let known = |open: &str| if open == LINK { filling.linked } else { of(open).is_some_and(|text| !text.is_empty()) };
        let fill = |words: &String| filled(&chosen(words, known), of);
        Some(Letter { subject: subject.filter(|_| medium == Medium::Mail).map(fill), text: fill(words) })
    }

    /// The number that citizens ring.
    fn own_number(&self) -> &str {
        let shown = self.call_backs.as_ref().map(|rule| &rule.shown);
        shown.or(self.numbers.first()).map_or("", String::as_str)
    }
}

/// A day and a time as people write them.
fn said(language: Language, at: Timestamp, zone: &TimeZone) -> String {
    let local: DateTime = at.local(zone);
    let (weekdays, months) = match language {
        Language::Swedish => (SWEDISH_DAYS, SWEDISH_MONTHS),
        Language::English => (ENGLISH_DAYS, ENGLISH_MONTHS),
        Language::Danish => (DANISH_DAYS, DANISH_MONTHS),
    };
    let nth = |names: &'static str, place: i8| names.split(' ').nth(usize::try_from(place - 1).unwrap_or(0)).unwrap_or_default();
    let (weekday, month) = (nth(weekdays, local.weekday().to_monday_one_offset()), nth(months, local.month()));
    let (day, hour, minute) = (local.day(), local.hour(), local.minute());
    match language {
        Language::Swedish => format!("{weekday} {day} {month} kl. {hour:02}.{minute:02}"),
        Language::English => format!("{weekday} {day} {month} at {hour:02}:{minute:02}"),
        Language::Danish => format!("{weekday} den {day}. {month} kl. {hour:02}.{minute:02}"),
    }
}

const SWEDISH_DAYS: &str = "måndag tisdag onsdag torsdag fredag lördag söndag";
const ENGLISH_DAYS: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";
const DANISH_DAYS: &str = "mandag tirsdag onsdag torsdag fredag lørdag søndag";
const SWEDISH_MONTHS: &str = "januari februari mars april maj juni juli augusti september oktober november december";
const ENGLISH_MONTHS: &str = "January February March April May June July August September October November December";
const DANISH_MONTHS: &str = "januar februar marts april maj juni juli august september oktober november december";

pub(super) fn read(whole: &mut Fields<'_, '_, '_>, languages: &[Language]) -> Messages {
    let Some(mut table) = whole.optional_table("messages") else { return Messages::default() };
    let mut all = BTreeMap::new();
    // The words of a form stand with its destination.
    for template in Template::ALL.iter().filter(|template| **template != Template::Form) {
        let Some(mut fields) = table.optional_table(template.word()) else { continue };
        let mut words = |key, kind| match fields.has(key) {
            true => read_words_of(&mut fields, key, languages, kind),
            false => {
                fields.allow(key);
                Words::new()
            }
        };
        let wording = Wording { text: words("text", &LONG_TEXT), subject: words("subject", &TEXT), mail: words("mail", &LONG_TEXT) };
        fields.finish();
        all.insert(*template, wording);
    }
    table.finish();
    Messages(all)
}

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    for (template, wording) in &plan.messages.0 {
        let path = format!("messages/{template}");
        if wording.mail.is_empty() != wording.subject.is_empty() {
            let what = format!("[messages.{template}] has one of `subject` and `mail` without the other");
            found.fault(&[&path], what, "write both for a mail, or neither");
        }
        if wording.mail.is_empty() && wording.text.is_empty() {
            found.fault(&[&path], format!("[messages.{template}] has no words"), "write `text`, or `subject` and `mail`");
        }
        for (key, words) in [("text", &wording.text), ("subject", &wording.subject), ("mail", &wording.mail)] {
            for (language, words) in words {
                check_words(plan, found, (*template, key, *language), words);
            }
        }
    }
}

fn check_words(plan: &Plan, found: &mut Objections, (template, key, language): (Template, &str, Language), words: &str) {
    let whole = format!("messages/{template}/{key}");
    let place = format!("{whole}/{language}");
    let paths = [&*place, &*whole, &*format!("messages/{template}")];
    for open in opens(words) {
        if !OPEN.contains(&open) {
            let what = format!("nothing is filled in for {{{open}}} in \"{language}\"");
            found.fault(&paths, what, format!("write one of {}", OPEN.map(|open| format!("{{{open}}}")).join(", ")));
        } else if open == "when" && !template.tells_time() {
            found.fault(&paths, format!("a message \"{template}\" tells of no time"), "take {when} away");
        } else if open == LINK && (!template.leads_somewhere() || key == "subject") {
            found.fault(&paths, format!("no link goes with the {key} of \"{template}\""), "take {link} away");
        }
    }
    if key != "mail" && words.chars().any(char::is_control) {
        found.fault(&paths, format!("the {key} in \"{language}\" has more than one line"), "write it in one line");
    }
    if !links_stand_apart(words) {
        let what =
            format!("{{link}} in \"{language}\" does not stand in brackets of its own: where there is none, nothing could be left out");
        found.fault(&paths, what, "write [ Change or cancel it: {link}], with what is of no use without it inside");
    }
    if key != "text" {
        return;
    }
    let longest = filled(&with_link(words, Some(&"a".repeat(LINK_CHARS))), |open| {
        Some(match open {
            "reference" => LONGEST_REFERENCE.to_owned(),
            "when" => LONGEST_WHEN.to_owned(),
            "address" => "a".repeat(longest_place(plan, language)),
            "number" => plan.own_number().to_owned(),
            "authority" => plan.title.get(&language).cloned().unwrap_or_default(),
            _ => return None,
        })
    });
    let count = segments(&longest);
    if count > SEGMENTS_MAX {
        let what = format!("the text message in \"{language}\" needs {count} segments; {SEGMENTS_MAX} are the most");
        let mend = "say it in fewer words; signs that telephones do not share, such as “ or –, make every other one count more";
        found.fault(&paths, what, mend);
    }
}

/// Of the desks, with their names.
fn longest_place(plan: &Plan, language: Language) -> usize {
    let chars = |desk: &super::Desk| {
        desk.name.chars().count() + plan.in_language(&desk.address, language).map_or(0, |text| text.chars().count() + 2)
    };
    plan.desks.iter().map(chars).max().unwrap_or(0).max(ADDRESS_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_people_write_it() {
        let zone = TimeZone::get("Europe/Stockholm").expect("it is known");
        let check = |language, expected| assert_eq!(said(language, Timestamp(1_796_047_200_000), &zone), expected);
        check(Language::Swedish, "måndag 30 november kl. 15.00");
        check(Language::English, "Monday 30 November at 15:00");
        check(Language::Danish, "mandag den 30. november kl. 15.00");
    }
}
