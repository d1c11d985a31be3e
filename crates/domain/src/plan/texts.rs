//! Text messages: which numbers take one, the words of each form's, and what fits into one.

use super::{
    Plan, Words,
    check::Objections,
    fields::Fields,
    read::read_words,
    values::{TEXT, TEXT_LENGTH_MAX},
};
use crate::{
    destination::{Destination, Serves},
    intent::Language,
};

/// Digits of a whole number with its country code (ITU-T E.164), at least and at most.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// A message is paid and delivered by segments; whoever reads it on a small telephone has enough at this.
pub(super) const SEGMENTS_MAX: usize = 3;
/// Where the words of a message have the web address.
const ADDRESS: &str = "{address}";
/// What one segment of one message holds, and each of several (3GPP TS 23.038 and 23.040): in the alphabet that
/// telephones share, and in UTF-16 as soon as one sign is not of it.
const SHARED_UNITS: (usize, usize) = (160, 153);
const UTF16_UNITS: (usize, usize) = (70, 67);
const SHARED: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                      ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Written in the shared alphabet as two.
const SHARED_AS_TWO: &str = "^{}\\[~]|€\u{c}";

/// Which numbers can be sent a text message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextRule {
    /// "+46": before a number that is shown without one.
    pub country: String,
    /// How numbers begin that take messages, with the country code.
    pub numbers: Vec<String>,
}

/// What a caller is sent about a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where the form is on the web; https.
    pub address: String,
    words: Words,
}

impl TextRule {
    /// The number with its country code, where a message can reach it.
    #[must_use]
    pub fn reachable(&self, shown: &str) -> Option<String> {
        let dialled: String = shown.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}')).collect();
        let whole = match (dialled.strip_prefix('+'), dialled.strip_prefix("00")) {
            (Some(digits), _) | (None, Some(digits)) => format!("+{digits}"),
            (None, None) => format!("{}{}", self.country, dialled.strip_prefix('0').unwrap_or(&dialled)),
        };
        let digits = whole.strip_prefix('+')?;
        let is_number = NUMBER_DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        (is_number && self.numbers.iter().any(|beginning| whole.starts_with(beginning))).then_some(whole)
    }
}

impl Message {
    /// The whole message; none in a language that it has no words in.
    #[must_use]
    pub fn in_language(&self, language: Language) -> Option<String> {
        self.words.get(&language).map(|words| words.replace(ADDRESS, &self.address))
    }
}

impl Plan {
    /// The message about the form of this name.
    #[must_use]
    pub fn message_of(&self, form: &str) -> Option<&Message> {
        self.destinations.iter().find(|destination| destination.id == form)?.message.as_ref()
    }
}

pub(super) fn read_rule(whole: &mut Fields<'_, '_, '_>) -> Option<TextRule> {
    let mut table = whole.optional_table("texts")?;
    let rule = TextRule { country: table.required("country", &TEXT), numbers: table.list("numbers", &TEXT) };
    table.finish();
    Some(rule)
}

pub(super) fn read_message(fields: &mut Fields<'_, '_, '_>, languages: &[Language]) -> Option<Message> {
    let address = fields.optional("address", &TEXT);
    let has_words = fields.has("text");
    let words = if has_words { read_words(fields, "text", languages) } else { Words::new() };
    let (key, what, mend) = match (address, has_words) {
        (Some(address), true) => return Some(Message { address, words }),
        (None, false) => {
            fields.allow("text");
            return None;
        }
        (Some(_), false) => {
            fields.allow("text");
            let mend = format!("add `text = {{ … }}`, the words in each language, with {ADDRESS} where the address stands");
            ("address", "there is a web address, but no words to send it with", mend)
        }
        (None, true) => ("text", "there are words to send, but no web address", "add `address = \"https://…\"`".to_owned()),
    };
    fields.fault(key, what, mend);
    // Told once.
    fields.spoil("id");
    None
}

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    if let Some(rule) = &plan.texts {
        check_rule(rule, found);
    }
    for destination in &plan.destinations {
        match &destination.message {
            Some(message) => check_message(destination, message, found),
            None if destination.serves == Serves::Form => {
                let what = format!("the form \"{}\" has no web address: nobody is offered it by text message", destination.id);
                found.notice(&[&path(destination, "id")], what, "add `address` and `text`, unless that is meant");
            }
            None => {}
        }
    }
    let first = plan.destinations.iter().find(|destination| destination.message.is_some());
    if let Some(first) = first.filter(|_| plan.texts.is_none()) {
        let what = "the plan has text messages, but does not say which numbers take one: nobody is sent any";
        found.notice(&[&path(first, "text")], what, "add [texts] with `country` and `numbers`");
    }
}

fn path(destination: &Destination, key: &str) -> String {
    format!("destinations/{}/{key}", destination.id)
}

fn check_rule(rule: &TextRule, found: &mut Objections) {
    let is_beginning = |text: &str| text.strip_prefix('+').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    if !is_beginning(&rule.country) {
        found.fault(&["texts/country"], format!("\"{}\" is no country code", rule.country), "write it with its +, such as \"+46\"");
    }
    if rule.numbers.is_empty() {
        found.fault(&["texts/numbers"], "no number takes text messages", "name how such numbers begin, or take [texts] away");
    }
    for beginning in rule.numbers.iter().filter(|beginning| !is_beginning(beginning)) {
        let what = format!("no whole number begins with \"{beginning}\"");
        found.fault(&["texts/numbers"], what, "write + and the country code before it, such as \"+4670\"");
    }
}

fn check_message(destination: &Destination, message: &Message, found: &mut Objections) {
    if destination.serves != Serves::Form {
        let what = format!("destination \"{}\" has a web address, but serves \"{}\"", destination.id, destination.serves);
        found.fault(&[&path(destination, "address")], what, "take `address` and `text` away: only a form is sent");
    }
    if !is_web_address(&message.address) {
        let what = format!("\"{}\" is not a web address that can be sent", message.address);
        found.fault(&[&path(destination, "address")], what, "write it whole and plain, such as \"https://police.example/report\"");
    }
    let whole = path(destination, "text");
    for (language, words) in &message.words {
        let place = format!("{whole}/{language}");
        if words.matches(ADDRESS).count() != 1 {
            found.fault(
                &[&place, &whole],
                format!("the text message in \"{language}\" must have {ADDRESS} once"),
                "write it where the address is to stand",
            );
        }
        let count = segments(&words.replace(ADDRESS, &message.address));
        if count > SEGMENTS_MAX {
            let what = format!("the text message in \"{language}\" needs {count} segments; {SEGMENTS_MAX} are the most");
            let mend = "say it in fewer words; signs that telephones do not share, such as “ or –, make every other one count more";
            found.fault(&[&place, &whole], what, mend);
        }
    }
}

/// https, a name with a dot, and nothing that would have to be escaped or that hides where it leads.
pub(super) fn is_web_address(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    host.contains('.')
        && host.split('.').all(label)
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/?&=%#+".contains(&b))
        && text.len() <= TEXT_LENGTH_MAX
}

/// How many segments a message is sent in.
pub(super) fn segments(text: &str) -> usize {
    let shared = |sign: char| match sign {
        sign if SHARED.contains(sign) => Some(1),
        sign if SHARED_AS_TWO.contains(sign) => Some(2),
        _ => None,
    };
    let of = |units: usize, (alone, each): (usize, usize)| if units <= alone { 1 } else { units.div_ceil(each) };
    match text.chars().map(shared).sum::<Option<usize>>() {
        Some(units) => of(units, SHARED_UNITS),
        None => of(text.encode_utf16().count(), UTF16_UNITS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_counted_in_segments_as_the_networks_do() {
        let check = |text: &str, expected: usize| assert_eq!(segments(text), expected, "{text}");
        check("", 1);
        check(&"å".repeat(160), 1);
        check(&"å".repeat(161), 2);
        check(&"a".repeat(306), 2);
        check(&"a".repeat(307), 3);
        check(&"€".repeat(80), 1);
        check(&"€".repeat(81), 2);
        check(&format!("{}–", "a".repeat(69)), 1);
        check(&format!("{}–", "a".repeat(70)), 2);
        check(&"🚲".repeat(36), 2);
    }

    #[test]
    fn only_whole_plain_addresses_are_sent() {
        let check = |text: &str, expected: bool| assert_eq!(is_web_address(text), expected, "{text}");
        check("https://polisen.se/utsatt-for-brott/polisanmalan/", true);
        check("https://politi.dk/anmeld", true);
        check("https://police.example/report?form=2&lang=en#start", true);
        check("http://polisen.se/", false);
        check("https://polisen", false);
        check("https://", false);
        check("https://.se/", false);
        check("https://someone@polisen.se/", false);
        check("https://polisen.se:8443/", false);
        check("https://polisen.se/två", false);
        check("https://polisen.se/a b", false);
        check(&format!("https://polisen.se/{}", "a".repeat(200)), false);
    }

    /// Numbers of ranges that the Swedish authority sets aside for fiction.
    #[test]
    fn numbers_that_take_messages_are_told_by_how_they_begin() {
        let rule = |country: &str, numbers: &[&str]| TextRule {
            country: country.to_owned(),
            numbers: numbers.iter().map(|number| (*number).to_owned()).collect(),
        };
        let sweden = rule("+46", &["+4670", "+4673"]);
        let check = |shown: &str, expected: Option<&str>| assert_eq!(sweden.reachable(shown).as_deref(), expected, "{shown}");
        for shown in ["0701740605", "+46701740605", "0046701740605", "070-174 06 05", "+46 70 174 06 05"] {
            check(shown, Some("+46701740605"));
        }
        check("0313900600", None);
        check("701740605", Some("+46701740605"));
        check("070", None);
        check("+46 (0)70 174 06 05", None);
        check("anonymous", None);
        check("", None);
        let elsewhere = rule("+45", &["+452"]);
        assert_eq!(elsewhere.reachable("+46701740605"), None);
    }
}
