//! "In which municipality?" by voice, or the first three digits of the postal code by keys. `*`
//! leaves the entry; whoever does not answer is helped all the same.

use super::{AfterEmergency, Dialogue, Heard, Line, Prompt, Surroundings, Turn, emergency};
use crate::intent::Gate;

/// Three digits tell the region nearly everywhere; more would only be more to get wrong.
const DIGITS: usize = 3;

pub(super) fn question(around: &Surroundings<'_>) -> Vec<Line> {
    vec![Line::Say(if around.recogniser { Prompt::WhichPlace } else { Prompt::WhichPlaceKeys })]
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, around: &Surroundings<'_>) -> Turn {
    match heard {
        Heard::Key(digit) if digit.is_ascii_digit() => digit_keyed(dialogue, *digit, around),
        Heard::Key(_) => dialogue.to_line(false, around),
        Heard::Words(words) if words.gate == Gate::Direct => Turn::Leave(super::Leave::Emergency),
        // What was named has been learnt already; anything else is not worth a second question.
        Heard::Words(words) if words.municipality.is_some() => dialogue.to_line(false, around),
        Heard::Words(words) if words.gate == Gate::Ask && !dialogue.cleared => {
            emergency::ask(dialogue, AfterEmergency::Settle { confirm: false }, around)
        }
        Heard::Words(_) | Heard::Mumble => again(dialogue, Prompt::NotUnderstood, around),
        Heard::Silence if dialogue.entry.is_empty() => again(dialogue, Prompt::NotHeard, around),
        Heard::Silence => {
            take_digits(dialogue, around);
            dialogue.to_line(false, around)
        }
    }
}

fn digit_keyed(dialogue: &mut Dialogue, digit: char, around: &Surroundings<'_>) -> Turn {
    dialogue.entry.push(digit);
    if dialogue.entry.len() < DIGITS {
        return Turn::Wait;
    }
    if take_digits(dialogue, around) { dialogue.to_line(false, around) } else { again(dialogue, Prompt::NotUnderstood, around) }
}

fn take_digits(dialogue: &mut Dialogue, around: &Surroundings<'_>) -> bool {
    let found = around.places.of_postal_code(&dialogue.entry);
    dialogue.entry.clear();
    let known = found.is_some();
    dialogue.place = found.or(dialogue.place.take());
    known
}

fn again(dialogue: &mut Dialogue, apology: Prompt, around: &Surroundings<'_>) -> Turn {
    dialogue.entry.clear();
    if !dialogue.may_try_again(around) {
        return dialogue.to_line(false, around);
    }
    let mut lines = vec![Line::Say(apology)];
    lines.extend(question(around));
    Turn::Ask(lines)
}
