//! The emergency question: is it happening now, has it just happened, is it about to, is anyone in
//! danger? Asked unless the words were clearly safe; nothing switches it off.

use super::{AfterEmergency, Dialogue, Heard, Leave, Line, Prompt, Step, Surroundings, Turn};
use crate::intent::{Answer, Gate};

pub(super) fn question() -> Vec<Line> {
    vec![Line::Say(Prompt::EmergencyQuestion)]
}

/// Asks, unless it was answered with no already and the caller did not press 9 again.
pub(super) fn ask(dialogue: &mut Dialogue, then: AfterEmergency, around: &Surroundings<'_>) -> Turn {
    if dialogue.cleared && then != AfterEmergency::Matter {
        return go_on(dialogue, then, around);
    }
    dialogue.step = Step::Emergency(then);
    Turn::Ask(question())
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, then: AfterEmergency, around: &Surroundings<'_>) -> Turn {
    match heard {
        Heard::Key('1') => Turn::Leave(Leave::Emergency),
        Heard::Key('2') => cleared(dialogue, then, around),
        Heard::Words(words) if words.gate == Gate::Direct => Turn::Leave(Leave::Emergency),
        Heard::Words(words) => match words.answer {
            Some(Answer::Yes) => Turn::Leave(Leave::Emergency),
            Some(Answer::No) => cleared(dialogue, then, around),
            None => once_more(dialogue, around),
        },
        // A person is asked for instead of an answer, after a sign of danger: before everybody else.
        Heard::Key('0') if dialogue.urged => dialogue.to_line(true, around),
        Heard::Key(_) | Heard::Mumble => once_more(dialogue, around),
        // Whoever cannot answer may be unable to: a person, before everybody else.
        Heard::Silence => dialogue.to_line(true, around),
    }
}

fn cleared(dialogue: &mut Dialogue, then: AfterEmergency, around: &Surroundings<'_>) -> Turn {
    (dialogue.cleared, dialogue.urged) = (true, false);
    go_on(dialogue, then, around)
}

fn go_on(dialogue: &mut Dialogue, then: AfterEmergency, around: &Surroundings<'_>) -> Turn {
    match then {
        AfterEmergency::Matter => dialogue.ask_matter_or_settle(around),
        AfterEmergency::Settle { confirm } => dialogue.settle(confirm, around),
    }
}

/// An answer that was none: ask again while there is patience, then a person in front of the queue.
fn once_more(dialogue: &mut Dialogue, around: &Surroundings<'_>) -> Turn {
    if dialogue.may_try_again(around) { Turn::Ask(question()) } else { dialogue.to_line(true, around) }
}
