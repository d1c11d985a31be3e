//! The emergency question: is it happening now, has it just happened, is it about to, is anyone in
//! danger? Asked unless the words were clearly safe; nothing switches it off. Where the plan leads what
//! is going on to the command centre it is put in two halves: danger here, the rest in `going_on`.

use super::{AfterEmergency, Dialogue, Heard, Helper, Leave, Line, Prompt, Step, Surroundings, Turn, choice, going_on};
use crate::{intent::Answer, plan::GoingOn};

pub(super) fn question(around: &Surroundings<'_>) -> Vec<Line> {
    vec![Line::Say(match around.plan.emergency.going_on {
        GoingOn::Emergency => Prompt::EmergencyQuestion,
        GoingOn::CommandCentre => Prompt::DangerQuestion,
    })]
}

/// Asks, unless it was answered with no already.
pub(super) fn ask(dialogue: &mut Dialogue, then: AfterEmergency, around: &Surroundings<'_>) -> Turn {
    if dialogue.cleared { go_on(dialogue, then, around) } else { ask_anew(dialogue, then, around) }
}

/// Asks, whatever was answered before: the caller pressed 9.
pub(super) fn ask_anew(dialogue: &mut Dialogue, then: AfterEmergency, around: &Surroundings<'_>) -> Turn {
    dialogue.turn_to(Step::Emergency(then));
    Turn::Ask(question(around))
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, then: AfterEmergency, around: &Surroundings<'_>) -> Turn {
    match heard.answer() {
        Some(Answer::Yes) => Turn::Leave(Leave::Help(Helper::Emergency)),
        // A no in words that may tell of danger all the same is asked about again.
        Some(Answer::No) if !heard.may_be_danger() => match around.plan.emergency.going_on {
            GoingOn::Emergency => cleared(dialogue, then, around),
            GoingOn::CommandCentre => going_on::ask(dialogue, then),
        },
        Some(Answer::No) | None => unanswered(dialogue, heard, question(around), around),
    }
}

/// Nothing is happening now and nobody is in danger: on with what was to follow.
pub(super) fn cleared(dialogue: &mut Dialogue, then: AfterEmergency, around: &Surroundings<'_>) -> Turn {
    (dialogue.cleared, dialogue.urged) = (true, false);
    go_on(dialogue, then, around)
}

pub(super) fn go_on(dialogue: &mut Dialogue, then: AfterEmergency, around: &Surroundings<'_>) -> Turn {
    match then {
        AfterEmergency::Matter => dialogue.ask_matter_or_settle(around),
        AfterEmergency::Choice(pair) => choice::ask(dialogue, pair),
        AfterEmergency::Settle { confirm } => dialogue.settle(confirm, around),
    }
}

/// Neither yes nor no: the question again while there is patience, then a person in front of the queue.
pub(super) fn unanswered(dialogue: &mut Dialogue, heard: &Heard, question: Vec<Line>, around: &Surroundings<'_>) -> Turn {
    match heard {
        // A person is asked for instead of an answer, after a sign of danger: before everybody else.
        Heard::Key('0') if dialogue.urged => dialogue.to_line(true, around),
        // Whoever cannot answer may be unable to: a person, before everybody else.
        Heard::Silence => dialogue.to_line(true, around),
        Heard::Key(_) | Heard::Words(_) | Heard::Mumble => {
            if dialogue.may_try_again(around) {
                Turn::Ask(question)
            } else {
                dialogue.to_line(true, around)
            }
        }
    }
}
