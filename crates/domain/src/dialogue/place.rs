//! "Which municipality?" by voice, or the first three digits of the postal code by keys. `*`
//! leaves the entry; whoever does not answer is helped all the same.

use super::{Dialogue, Heard, Line, Prompt, Step, Surroundings, Turn};

/// Three digits tell the region nearly everywhere; more would only be more to get wrong.
const DIGITS: usize = 3;

pub(super) fn question(around: &Surroundings<'_>) -> Vec<Line> {
    vec![Line::Say(if around.recogniser { Prompt::WhichPlace } else { Prompt::WhichPlaceKeys })]
}

/// The open question, after one by names that found nothing.
pub(super) fn ask_openly(dialogue: &mut Dialogue, apology: Option<Prompt>, around: &Surroundings<'_>) -> Turn {
    dialogue.turn_to(Step::Place);
    Turn::Ask(apology.map(Line::Say).into_iter().chain(question(around)).collect())
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, around: &Surroundings<'_>) -> Turn {
    match heard {
        Heard::Key(digit) if digit.is_ascii_digit() => digit_keyed(dialogue, *digit, around),
        Heard::Key('*') => dialogue.to_line(false, around),
        // Many end an entry so: what was keyed is kept.
        Heard::Key(_) if !dialogue.entry.is_empty() => Turn::Wait,
        // What was named has been learnt already; anything else is not worth a second question.
        Heard::Words(words) if words.municipality.is_some() || words.county.is_some() => dialogue.to_line(false, around),
        Heard::Key(_) | Heard::Words(_) | Heard::Mumble => again(dialogue, Prompt::NotUnderstood, around),
        Heard::Silence if dialogue.entry.is_empty() => again(dialogue, Prompt::NotHeard, around),
        Heard::Silence => take_digits(dialogue, around).unwrap_or_else(|| dialogue.to_line(false, around)),
    }
}

fn digit_keyed(dialogue: &mut Dialogue, digit: char, around: &Surroundings<'_>) -> Turn {
    dialogue.entry.push(digit);
    if dialogue.entry.len() < DIGITS {
        return Turn::Wait;
    }
    take_digits(dialogue, around).unwrap_or_else(|| again(dialogue, Prompt::NotUnderstood, around))
}

/// Where the digits lead; nowhere when they are no postal code.
fn take_digits(dialogue: &mut Dialogue, around: &Surroundings<'_>) -> Option<Turn> {
    let digits = std::mem::take(&mut dialogue.entry);
    // The key that everywhere else says "it is happening now": one alone, or pressed again and again.
    let urgent = digits.bytes().all(|digit| digit == b'9');
    match around.places.of_postal_code(&digits) {
        Some(found) if digits != "9" => {
            // A code over a border is not asked about by names: the rest of its digits would choose one.
            dialogue.place = Some(found);
            Some(dialogue.to_line(false, around))
        }
        _ if urgent => Some(dialogue.happening_now(around)),
        _ => None,
    }
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
