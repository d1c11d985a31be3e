//! Call-backs in the language of the scenarios.

use super::additions;
use domain::{
    AttemptId, ContactId, DecisionId, MatterId, OperatorId, PromiseId, Timestamp,
    contact::NotReached,
    plan::Escalation,
    routing::{Command, Event},
};

/// "keys a number that may be rung", "keys a number that may not be rung", "keys a number that has enough booked"
pub fn number_given(contact: ContactId, words: &[&str]) -> Option<Event> {
    let (usable, booked_enough) = match words {
        ["that", "may", "be", "rung"] => (true, false),
        ["that", "may", "not", "be", "rung"] => (false, false),
        ["that", "has", "enough", "booked"] => (true, true),
        _ => return None,
    };
    Some(Event::NumberGiven { contact, usable, textable: false, booked_enough })
}

/// "answers", "is not reached: busy"
pub fn of_citizen(contact: ContactId, attempt: AttemptId, words: &[&str]) -> Option<Event> {
    match words {
        ["answers"] => Some(Event::CitizenAnswered { contact, attempt }),
        ["is", "not", "reached:", why] => Some(Event::CitizenNotReached { contact, attempt, why: NotReached::from_word(why)? }),
        _ => None,
    }
}

/// "hears a machine in call 2", "rings about promise 3 of matter 1"
pub fn of_operator(operator: OperatorId, words: &[&str]) -> Option<Event> {
    let unheard = |contact: &str, why| Some(Event::CallBackUnheard { contact: ContactId(contact.parse().ok()?), operator, why });
    match words {
        ["hears", "a", "machine", "in", "call", contact] => unheard(contact, NotReached::Machine),
        ["hears", "somebody", "else", "in", "call", contact] => unheard(contact, NotReached::WrongPerson),
        ["rings", "about", "promise", promise, "of", "matter", matter] => {
            Some(Event::CallTaken { promise: PromiseId(promise.parse().ok()?), matter: MatterId(matter.parse().ok()?), operator })
        }
        ["asks", "the", "citizen", "of", "call", contact, "to", "ring", "back"] => {
            Some(Event::RingBackAsked { contact: ContactId(contact.parse().ok()?), operator })
        }
        ["has", "call", contact, "send", "files"] => Some(Event::FilesAsked { contact: ContactId(contact.parse().ok()?), operator }),
        ["asks", "for", "the", "next", "report"] => Some(Event::NextReportAsked { operator }),
        ["decides", "promise", promise, "of", "matter", matter, "as", decision, rest @ ..] => {
            let (promise, matter) = (PromiseId(promise.parse().ok()?), MatterId(matter.parse().ok()?));
            let (_, reached) = additions::reached(rest);
            Some(Event::ReportDecided { matter, promise, operator, decision: DecisionId::new(decision), reached })
        }
        ["asks", "about", "promise", promise, "of", "matter", matter, rest @ ..] => {
            let (promise, matter) = (PromiseId(promise.parse().ok()?), MatterId(matter.parse().ok()?));
            let (_, reached) = additions::reached(rest);
            Some(Event::CitizenAsked { matter, promise, operator, reached })
        }
        [does @ .., "promise", promise, "of", "matter", matter] => {
            let (promise, matter) = (PromiseId(promise.parse().ok()?), MatterId(matter.parse().ok()?));
            match does {
                ["answers", "for"] => Some(Event::PromiseTaken { promise, matter, operator }),
                ["pauses"] => Some(Event::PromisePaused { promise, matter, operator }),
                ["resumes"] => Some(Event::PromiseResumed { promise, matter, operator }),
                _ => None,
            }
        }
        _ => None,
    }
}

pub fn late(promise: PromiseId, step: Option<Escalation>, operator: Option<OperatorId>) -> String {
    let step = step.map_or(String::new(), |at| format!(", step {} to {}", at.step, at.to));
    let who = operator.map_or(String::new(), |operator| format!(", operator {operator} has it"));
    format!("promise {promise} is late{step}{who}")
}

pub fn line(command: &Command, time: &dyn Fn(Timestamp) -> String) -> String {
    match command {
        Command::DialCitizen { contact, operator, from, until, .. } => {
            format!("rings the citizen of call {from} until {}, for operator {operator} in call {contact}", time(*until))
        }
        Command::CancelCitizen { contact, lost: true, .. } => format!("lets go of the citizen of call {contact}: none of their attempts"),
        Command::CancelCitizen { contact, .. } => format!("stops ringing the citizen of call {contact}"),
        Command::AskNumber { contact } => format!("collects the keys of call {contact}"),
        Command::OweCall { contact, call_kind, from, since, class, promise, .. } => {
            format!("owes a call ({call_kind}, {class}) to call {from} since {}: call {contact}, promise {promise}", time(*since))
        }
        Command::RestCall { contact, not_before, fault, in_front, promise } => {
            let why = fault.map_or(String::new(), |fault| format!(" after {fault}"));
            let keeps = promise.map_or(String::new(), |promise| format!(", and keeps promise {promise}"));
            let front = if *in_front { ", then in front" } else { "" };
            format!("call {contact} rests until {}{why}{front}{keeps}", time(*not_before))
        }
        Command::PausePromise { promise, .. } => format!("promise {promise} waits for the citizen"),
        Command::ResumePromise { promise, due, .. } => format!("promise {promise} waits no more, due {}", time(*due)),
        Command::AwaitRingBack { contact, promise, .. } => format!("promise {promise} is kept when the citizen of call {contact} rings in"),
        other => panic!("{other:?}"),
    }
}
