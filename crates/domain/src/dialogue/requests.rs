//! What callers may ask for at every question instead of answering it: to start over, a person, to leave a
//! tip. Which words ask for it stands in a deployment's `requests.toml`. Danger in the same words goes before it.

use super::{AfterEmergency, Dialogue, Heard, Step, Surroundings, Turn, emergency, matter};
use crate::intent::{Answer, Gate, Intent, Request, Understanding};

/// Whoever starts over more often is taken not to have answered.
const STARTS_OVER_MAX: u8 = 3;

/// Begins anew, with what the same words say of a matter. A question about danger stays until it is answered.
pub(super) fn start_over(dialogue: &mut Dialogue, understood: &Understanding, around: &Surroundings<'_>) -> Option<Turn> {
    let Understanding { request, gate, answer, readings, .. } = understood;
    let asked = dialogue.asks_about_danger();
    let danger = *gate == Gate::Direct || asked && *answer == Some(Answer::Yes);
    if *request != Some(Request::StartOver) || danger || dialogue.starts_over == STARTS_OVER_MAX {
        return None;
    }
    dialogue.starts_over += 1;
    dialogue.forget();
    if asked {
        return Some(emergency::ask_anew(dialogue, AfterEmergency::Matter, around));
    }
    if readings.is_empty() && *gate == Gate::None {
        return Some(Turn::Ask(matter::question(around)));
    }
    dialogue.urged |= *gate == Gate::Ask && !readings.is_empty();
    Some(matter::understand(dialogue, understood, around))
}

/// A person or a tip; none where the words answer the question about danger, which comes first.
pub(super) fn take_up(dialogue: &mut Dialogue, understood: &Understanding, around: &Surroundings<'_>) -> Option<Turn> {
    match understood.request.filter(|_| understood.gate == Gate::None)? {
        Request::StartOver => None,
        Request::Tip => tip(dialogue, around),
        Request::Person => person(dialogue, understood.answer, around),
    }
}

fn tip(dialogue: &mut Dialogue, around: &Surroundings<'_>) -> Option<Turn> {
    match dialogue.step {
        Step::Emergency(_) | Step::GoingOn(_) => {
            (dialogue.intent, dialogue.class) = (Some(Intent::Tip), None);
            settle_afterwards(dialogue);
            None
        }
        Step::Narrow | Step::Place => {
            (dialogue.intent, dialogue.class) = (Some(Intent::Tip), None);
            dialogue.place_asked = !dialogue.may_try_again(around);
            Some(dialogue.settle(false, around))
        }
        Step::Matter | Step::Menu | Step::Confirm(_) | Step::Choice(_) => Some(dialogue.settle_on(Intent::Tip, around)),
    }
}

/// As key 0, which is no digit in words.
fn person(dialogue: &mut Dialogue, answer: Option<Answer>, around: &Surroundings<'_>) -> Option<Turn> {
    dialogue.entry.clear();
    if dialogue.asks_about_danger() && answer.is_some() {
        dialogue.want_person();
        settle_afterwards(dialogue);
        return None;
    }
    Some(dialogue.hear(&Heard::Key('0'), around))
}

/// Nothing more is asked of the matter once the question about danger is answered.
fn settle_afterwards(dialogue: &mut Dialogue) {
    if let Step::Emergency(then) | Step::GoingOn(then) = &mut dialogue.step {
        *then = AfterEmergency::Settle { confirm: false };
    }
}
