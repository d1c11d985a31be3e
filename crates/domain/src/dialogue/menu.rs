//! The matter by keys: 3 report, 4 tip, 5 passport or permit, 6 a matter already reported, 7 else.
//! 1 and 2 are left free, because they answer yes and no everywhere.

use super::{AfterEmergency, Dialogue, Heard, Line, Prompt, Surroundings, Turn, emergency, matter};
use crate::intent::Intent;

pub(super) fn question() -> Vec<Line> {
    vec![Line::Say(Prompt::Menu)]
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, around: &Surroundings<'_>) -> Turn {
    let Heard::Key(key) = heard else {
        return match heard {
            Heard::Words(_) => matter::hear(dialogue, heard, around),
            _ => again(dialogue, around),
        };
    };
    // A representative of the class; the intent itself is recorded only where one key means just one.
    let (representative, exact) = match key {
        '3' => (Intent::ReportTheft, false),
        '4' => (Intent::Tip, true),
        '5' => (Intent::PassportId, false),
        '6' => (Intent::ExistingCaseStatus, true),
        '7' => (Intent::Other, true),
        _ => return again(dialogue, around),
    };
    dialogue.intent = exact.then_some(representative);
    let class = around.plan.class_of(Some(representative));
    dialogue.class = class.map(|class| class.id.clone());
    if class.is_some_and(|class| class.administrative) {
        return dialogue.settle(false, around);
    }
    emergency::ask(dialogue, AfterEmergency::Settle { confirm: false }, around)
}

fn again(dialogue: &mut Dialogue, around: &Surroundings<'_>) -> Turn {
    if !dialogue.may_try_again(around) {
        return emergency::ask(dialogue, AfterEmergency::Settle { confirm: false }, around);
    }
    let mut lines = vec![Line::Say(Prompt::NotHeard)];
    lines.extend(question());
    Turn::Ask(lines)
}
