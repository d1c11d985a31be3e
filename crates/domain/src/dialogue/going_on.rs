//! The second half of the emergency question, where the plan leads what is going on to the region's
//! command centre: nobody is in danger, but is it happening now, has it just happened, is it about to?

use super::{AfterEmergency, Dialogue, Heard, Helper, Leave, Line, Prompt, Step, Surroundings, Turn, emergency};
use crate::intent::Answer;

pub(super) fn question() -> Vec<Line> {
    vec![Line::Say(Prompt::GoingOnQuestion)]
}

pub(super) fn ask(dialogue: &mut Dialogue, then: AfterEmergency) -> Turn {
    dialogue.turn_to(Step::GoingOn(then));
    Turn::Ask(question())
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, then: AfterEmergency, around: &Surroundings<'_>) -> Turn {
    match heard.answer() {
        Some(Answer::Yes) => Turn::Leave(Leave::Help(Helper::CommandCentre)),
        Some(Answer::No) if !heard.may_be_danger() => emergency::cleared(dialogue, then, around),
        Some(Answer::No) | None => emergency::unanswered(dialogue, heard, question(), around),
    }
}
