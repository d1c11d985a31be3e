//! "A theft, or something lost?" for two readings of which neither is likely enough alone. One good question
//! says more than the menu.

use super::{AfterEmergency, Dialogue, Heard, Line, Prompt, Step, Surroundings, Turn, confirm, emergency, matter};
use crate::intent::{Answer, Gate, Intent, Reading, Understanding};

/// The two between which a choice is offered, the likelier first.
pub(super) type Pair = [Intent; 2];

/// The two likeliest, when the plan takes them to be likely enough together. Danger is no choice: it has a
/// question of its own. Nor is something else, which is what a choice leaves open.
pub(super) fn between(readings: &[Reading], around: &Surroundings<'_>) -> Option<Pair> {
    let least = around.plan.dialogue.choose_permille?;
    let [first, second, ..] = readings else { return None };
    let pair = [first.intent, second.intent];
    let fits = !pair.iter().any(|intent| matches!(intent, Intent::OngoingEmergency | Intent::Other));
    (fits && first.confidence_permille + second.confidence_permille >= least).then_some(pair)
}

pub(super) fn question([first, second]: Pair) -> Vec<Line> {
    [Prompt::ChooseStart, confirm::matter_prompt(first), Prompt::ChooseOr, confirm::matter_prompt(second), Prompt::ChooseEnd]
        .map(Line::Say)
        .to_vec()
}

pub(super) fn ask(dialogue: &mut Dialogue, pair: Pair) -> Turn {
    dialogue.turn_to(Step::Choice(pair));
    Turn::Ask(question(pair))
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, pair: Pair, around: &Surroundings<'_>) -> Turn {
    match heard {
        Heard::Key('1') => dialogue.settle_on(pair[0], around),
        Heard::Key('2') => dialogue.settle_on(pair[1], around),
        Heard::Key('3') => confirm::other_matter(dialogue, around),
        Heard::Words(understood) => understand(dialogue, understood, pair, around),
        Heard::Key(_) | Heard::Mumble | Heard::Silence => again(dialogue, pair, around),
    }
}

/// One of the two by its own words, neither, or something else that is sure enough to be taken up.
fn understand(dialogue: &mut Dialogue, understood: &Understanding, pair: Pair, around: &Surroundings<'_>) -> Turn {
    let danger = understood.gate != Gate::None && !dialogue.cleared;
    match understood.readings.first() {
        Some(reading) if pair.contains(&reading.intent) => {
            dialogue.intent = Some(reading.intent);
            let then = AfterEmergency::Settle { confirm: false };
            if danger { emergency::ask(dialogue, then, around) } else { dialogue.settle(false, around) }
        }
        Some(reading) if reading.confidence_permille >= around.plan.dialogue.confirm_permille => {
            matter::understand(dialogue, understood, around)
        }
        _ if danger => emergency::ask(dialogue, AfterEmergency::Choice(pair), around),
        _ if understood.answer == Some(Answer::No) => confirm::other_matter(dialogue, around),
        _ => again(dialogue, pair, around),
    }
}

/// Without an answer the likelier stays: the operator sees how sure it was.
fn again(dialogue: &mut Dialogue, pair: Pair, around: &Surroundings<'_>) -> Turn {
    if dialogue.may_try_again(around) { Turn::Ask(question(pair)) } else { dialogue.settle(false, around) }
}
