//! "Is it in Halland, or in Skåne?" when what is known of the place lies over a border between a few: names that
//! callers know, instead of the open question. That one follows when it is in neither, or nothing was understood.

use super::{Dialogue, Heard, Line, Prompt, Step, Surroundings, Turn, place};
use crate::{
    intent::Answer,
    place::{CANDIDATES_MAX, CountyCode, PlaceEstimate},
};

/// Where it may be, likeliest first; empty when that cannot be asked by names.
fn candidates<'d>(dialogue: &'d Dialogue, around: &Surroundings<'_>) -> &'d [CountyCode] {
    let uncertain = dialogue.place.as_ref().filter(|place| place.uncertain);
    let led = |code: &CountyCode| stated(*code, around).is_some();
    let few = |codes: &&[CountyCode]| (2..=CANDIDATES_MAX).contains(&codes.len());
    uncertain.map(|place| place.candidates.as_slice()).filter(few).filter(|codes| codes.iter().all(led)).unwrap_or_default()
}

/// What is known when the caller says this one, where the plan has its region.
fn stated(code: CountyCode, around: &Surroundings<'_>) -> Option<PlaceEstimate> {
    around.places.of_county(code).filter(|place| place.region().is_some_and(|region| around.plan.region(region).is_some()))
}

pub(super) fn question(dialogue: &Dialogue, around: &Surroundings<'_>) -> Vec<Line> {
    let pieces = match *candidates(dialogue, around) {
        [first, second] => vec![(Prompt::NarrowStart, Some(first)), (Prompt::NarrowSecond, Some(second)), (Prompt::NarrowEndOfTwo, None)],
        [first, second, third] => vec![
            (Prompt::NarrowStart, Some(first)),
            (Prompt::NarrowSecond, Some(second)),
            (Prompt::NarrowThird, Some(third)),
            (Prompt::NarrowEndOfThree, None),
        ],
        _ => return place::question(around),
    };
    pieces.into_iter().flat_map(|(prompt, county)| [Some(Line::Say(prompt)), county.map(Line::County)]).flatten().collect()
}

/// None when there is nothing to choose from.
pub(super) fn ask(dialogue: &mut Dialogue, around: &Surroundings<'_>) -> Option<Turn> {
    if candidates(dialogue, around).is_empty() {
        return None;
    }
    dialogue.turn_to(Step::Narrow);
    Some(Turn::Ask(question(dialogue, around)))
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, around: &Surroundings<'_>) -> Turn {
    let apology = match heard {
        // What was named has been learnt already.
        Heard::Words(words) if words.municipality.is_some() || words.county.is_some() => return dialogue.to_line(false, around),
        Heard::Words(words) if words.answer == Some(Answer::No) => None,
        Heard::Key('*') => return dialogue.to_line(false, around),
        Heard::Key(key) => match chosen(dialogue, *key, around) {
            Some(Choice::County(place)) => {
                dialogue.place = Some(place);
                return dialogue.to_line(false, around);
            }
            Some(Choice::Elsewhere) => None,
            None => Some(Prompt::NotUnderstood),
        },
        Heard::Words(_) | Heard::Mumble => Some(Prompt::NotUnderstood),
        Heard::Silence => Some(Prompt::NotHeard),
    };
    place::ask_openly(dialogue, apology, around)
}

enum Choice {
    County(PlaceEstimate),
    Elsewhere,
}

/// The keys are in the order of the names; the one behind them is for somewhere else.
fn chosen(dialogue: &Dialogue, key: char, around: &Surroundings<'_>) -> Option<Choice> {
    let at = usize::try_from(key.to_digit(10)?.checked_sub(1)?).ok()?;
    let candidates = candidates(dialogue, around);
    match candidates.get(at) {
        Some(code) => stated(*code, around).map(Choice::County),
        None => (at == candidates.len()).then_some(Choice::Elsewhere),
    }
}
