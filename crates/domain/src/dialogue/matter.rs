//! "What is it about?" in the caller's own words; without a recogniser the menu stands in.

use super::{AfterEmergency, Dialogue, Heard, Line, Prompt, Step, Surroundings, Turn, choice, emergency, menu};
use crate::intent::{Gate, Reading, Understanding};

pub(super) fn question(around: &Surroundings<'_>) -> Vec<Line> {
    if around.recogniser { vec![Line::Say(Prompt::WhatIsIt)] } else { menu::question() }
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, around: &Surroundings<'_>) -> Turn {
    match heard {
        Heard::Words(understood) => understand(dialogue, understood, around),
        Heard::Key(_) => menu::hear(dialogue, heard, around),
        Heard::Mumble => again(dialogue, Prompt::NotUnderstood, around),
        Heard::Silence => again(dialogue, Prompt::NotHeard, around),
    }
}

/// Keys come after the first misunderstanding: whoever was not understood once is offered another way.
fn again(dialogue: &mut Dialogue, apology: Prompt, around: &Surroundings<'_>) -> Turn {
    if !dialogue.may_try_again(around) {
        return emergency::ask(dialogue, AfterEmergency::Settle { confirm: false }, around);
    }
    dialogue.turn_to(Step::Menu);
    let mut lines = vec![Line::Say(apology)];
    lines.extend(menu::question());
    Turn::Ask(lines)
}

pub(super) fn understand(dialogue: &mut Dialogue, understood: &Understanding, around: &Surroundings<'_>) -> Turn {
    let limits = &around.plan.dialogue;
    let Some(Reading { intent, confidence_permille }) =
        understood.readings.first().copied().filter(|reading| reading.confidence_permille >= limits.confirm_permille)
    else {
        if let Some(pair) = choice::between(&understood.readings, around) {
            return choose(dialogue, understood.gate, pair, around);
        }
        // The words said too little about the matter; what they said about danger still counts.
        return match understood.gate {
            Gate::Ask if !dialogue.cleared => emergency::ask(dialogue, AfterEmergency::Matter, around),
            Gate::None | Gate::Ask | Gate::Direct => again(dialogue, Prompt::NotUnderstood, around),
        };
    };
    // Words beat a key pressed before.
    (dialogue.intent, dialogue.class) = (Some(intent), None);
    let confirm = confidence_permille < limits.straight_on_permille;
    match understood.gate {
        Gate::None => dialogue.settle(confirm, around),
        Gate::Ask | Gate::Direct => emergency::ask(dialogue, AfterEmergency::Settle { confirm }, around),
    }
}

/// The likelier of two stands until the caller has chosen.
fn choose(dialogue: &mut Dialogue, gate: Gate, pair: choice::Pair, around: &Surroundings<'_>) -> Turn {
    (dialogue.intent, dialogue.class) = (Some(pair[0]), None);
    match gate {
        Gate::None => choice::ask(dialogue, pair),
        Gate::Ask | Gate::Direct => emergency::ask(dialogue, AfterEmergency::Choice(pair), around),
    }
}
