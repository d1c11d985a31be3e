//! From what an operator asks to the event it is, for the contact they have or name.

use crate::desk::{Answered, OperatorAct, Refusal};
use domain::{ContactId, OperatorId, contact::NotReached, routing::Event};

/// The event for an act; what concerns the line alone is none.
pub(crate) fn event_of(act: &OperatorAct, operator: OperatorId, contact: Option<ContactId>) -> Result<Event, Refusal> {
    let with = |event: fn(ContactId, OperatorId) -> Event| contact.map(|contact| event(contact, operator)).ok_or(Refusal::NoContact);
    match act {
        OperatorAct::Ready => Ok(Event::OperatorReady { operator }),
        OperatorAct::Pause { reason } => Ok(Event::OperatorPaused { operator, reason: *reason }),
        OperatorAct::SignOut => Ok(Event::OperatorSignedOut { operator }),
        OperatorAct::Next { next } => Ok(Event::NextIntentChosen { operator, next: *next }),
        OperatorAct::Languages { languages } => Ok(Event::LanguagesChosen { operator, languages: languages.clone() }),
        OperatorAct::Accept { offer } => Ok(Event::OfferAccepted { offer: *offer, operator }),
        OperatorAct::Decline { offer } => Ok(Event::OfferDeclined { offer: *offer, operator }),
        OperatorAct::Hold => with(|contact, operator| Event::CallHeld { contact, operator }),
        OperatorAct::Resume => with(|contact, operator| Event::CallResumed { contact, operator }),
        OperatorAct::Consult { with } => {
            let contact = contact.ok_or(Refusal::NoContact)?;
            Ok(Event::ConsultAsked { contact, operator, with: with.clone() })
        }
        OperatorAct::EndConsult => with(|contact, operator| Event::ConsultEnded { contact, operator }),
        OperatorAct::Conference => with(|contact, operator| Event::ConferenceAsked { contact, operator }),
        OperatorAct::Transfer => with(|contact, operator| Event::TransferAsked { contact, operator }),
        OperatorAct::EndCall => with(|contact, operator| Event::CallEndedByOperator { contact, operator }),
        OperatorAct::ExtendWrapUp => with(|contact, operator| Event::WrapUpExtended { contact, operator }),
        OperatorAct::Outcome { contact: named, outcome } => {
            let contact = named.or(contact).ok_or(Refusal::NoContact)?;
            Ok(Event::OutcomeStated { contact, operator, outcome: (*outcome).into() })
        }
        OperatorAct::CorrectIntent { intent } => {
            let contact = contact.ok_or(Refusal::NoContact)?;
            Ok(Event::IntentCorrected { contact, operator, intent: *intent })
        }
        OperatorAct::SettlePromise { matter, promise, outcome } => {
            Ok(Event::PromiseSettled { matter: *matter, promise: *promise, operator, outcome: (*outcome).into() })
        }
        OperatorAct::RingCitizen { matter, promise } => Ok(Event::CallTaken { promise: *promise, matter: *matter, operator }),
        OperatorAct::NotThem { who } => {
            let contact = contact.ok_or(Refusal::NoContact)?;
            let why = match who {
                Answered::Machine => NotReached::Machine,
                Answered::WrongPerson => NotReached::WrongPerson,
            };
            Ok(Event::CallBackUnheard { contact, operator, why })
        }
        OperatorAct::SendFilesLink => with(|contact, operator| Event::FilesAsked { contact, operator }),
        OperatorAct::NextReport => Ok(Event::NextReportAsked { operator }),
        OperatorAct::AskedToRingBack => with(|contact, operator| Event::RingBackAsked { contact, operator }),
        OperatorAct::TakePromise { matter, promise } => Ok(Event::PromiseTaken { promise: *promise, matter: *matter, operator }),
        OperatorAct::PausePromise { matter, promise } => Ok(Event::PromisePaused { promise: *promise, matter: *matter, operator }),
        OperatorAct::ResumePromise { matter, promise } => Ok(Event::PromiseResumed { promise: *promise, matter: *matter, operator }),
        // What the records tell of the matter is looked up before.
        OperatorAct::Link { .. }
        | OperatorAct::Book(_)
        | OperatorAct::MoveBooking { .. }
        | OperatorAct::CancelBooking { .. }
        | OperatorAct::DecideReport { .. }
        | OperatorAct::AskCitizen { .. }
        | OperatorAct::Mute { .. }
        | OperatorAct::Keys { .. } => Err(Refusal::NotNow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        MatterId, PromiseId,
        contact::{Outcome, StatedOutcome, StatedSettlement, SystemCause},
    };

    #[test]
    fn an_outcome_is_said_of_the_contact_that_is_named_and_else_of_the_one_at_hand() {
        let operator = OperatorId(1);
        let outcome = |contact| OperatorAct::Outcome { contact, outcome: StatedOutcome::Helped };
        for (named, at_hand, expected) in [
            (Some(ContactId(7)), Some(ContactId(8)), Some(ContactId(7))),
            (Some(ContactId(7)), None, Some(ContactId(7))),
            (None, Some(ContactId(8)), Some(ContactId(8))),
            (None, None, None),
        ] {
            let stated = expected.map(|contact| Event::OutcomeStated { contact, operator, outcome: Outcome::Helped });
            assert_eq!(event_of(&outcome(named), operator, at_hand), stated.ok_or(Refusal::NoContact), "{named:?} {at_hand:?}");
        }
    }

    #[test]
    fn what_a_person_states_is_the_outcome_of_that_word() {
        let (operator, contact) = (OperatorId(1), ContactId(7));
        for stated in StatedOutcome::ALL {
            let event = event_of(&OperatorAct::Outcome { contact: None, outcome: *stated }, operator, Some(contact));
            let Ok(Event::OutcomeStated { outcome, .. }) = event else { panic!("{event:?}") };
            assert_eq!(outcome.word(), stated.word());
        }
        let (matter, promise) = (MatterId(7), PromiseId(3));
        for (stated, expected) in [
            (StatedSettlement::Helped, Outcome::Helped),
            (StatedSettlement::ReportReceived, Outcome::ReportReceived),
            (StatedSettlement::NotReached, Outcome::SystemTerminated(SystemCause::Deadline)),
        ] {
            let event = event_of(&OperatorAct::SettlePromise { matter, promise, outcome: stated }, operator, None);
            assert_eq!(event, Ok(Event::PromiseSettled { matter, promise, operator, outcome: expected }));
        }
    }
}
