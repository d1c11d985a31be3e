//! From what an operator asks to the event it is, for the contact they have.

use crate::desk::{OperatorAct, Refusal};
use domain::{
    ContactId, OperatorId,
    contact::ContactState,
    routing::{Event, View},
};

/// The contact an operator is talking with, or else the oldest they still owe an outcome.
pub(crate) fn contact_of(view: &View, operator: OperatorId) -> Option<ContactId> {
    let busy_with = view.operators.iter().find(|known| known.operator == operator).and_then(|known| known.contact);
    busy_with.or_else(|| {
        let owed = |contact: &&domain::routing::ContactView| contact.operator == Some(operator) && contact.state == ContactState::WrapUp;
        view.contacts.iter().find(owed).map(|contact| contact.contact)
    })
}

/// The event for an act, or none for what concerns the line alone.
pub(crate) fn event_of(act: &OperatorAct, operator: OperatorId, contact: Option<ContactId>) -> Result<Option<Event>, Refusal> {
    let with = |event: fn(ContactId, OperatorId) -> Event| contact.map(|contact| Some(event(contact, operator))).ok_or(Refusal::NoContact);
    match act {
        OperatorAct::Ready => Ok(Some(Event::OperatorReady { operator })),
        OperatorAct::Pause { reason } => Ok(Some(Event::OperatorPaused { operator, reason: *reason })),
        OperatorAct::SignOut => Ok(Some(Event::OperatorSignedOut { operator })),
        OperatorAct::Next { next } => Ok(Some(Event::NextIntentChosen { operator, next: *next })),
        OperatorAct::Accept { offer } => Ok(Some(Event::OfferAccepted { offer: *offer, operator })),
        OperatorAct::Decline { offer } => Ok(Some(Event::OfferDeclined { offer: *offer, operator })),
        OperatorAct::Hold => with(|contact, operator| Event::CallHeld { contact, operator }),
        OperatorAct::Resume => with(|contact, operator| Event::CallResumed { contact, operator }),
        OperatorAct::Consult { with } => {
            let contact = contact.ok_or(Refusal::NoContact)?;
            Ok(Some(Event::ConsultAsked { contact, operator, with: with.clone() }))
        }
        OperatorAct::EndConsult => with(|contact, operator| Event::ConsultEnded { contact, operator }),
        OperatorAct::Conference => with(|contact, operator| Event::ConferenceAsked { contact, operator }),
        OperatorAct::Transfer => with(|contact, operator| Event::TransferAsked { contact, operator }),
        OperatorAct::EndCall => with(|contact, operator| Event::CallEndedByOperator { contact, operator }),
        OperatorAct::ExtendWrapUp => with(|contact, operator| Event::WrapUpExtended { contact, operator }),
        OperatorAct::Outcome { outcome } => {
            let contact = contact.ok_or(Refusal::NoContact)?;
            Ok(Some(Event::OutcomeStated { contact, operator, outcome: outcome.clone() }))
        }
        OperatorAct::CorrectIntent { intent } => {
            let contact = contact.ok_or(Refusal::NoContact)?;
            Ok(Some(Event::IntentCorrected { contact, operator, intent: *intent }))
        }
        OperatorAct::SettlePromise { matter, promise, outcome } => {
            Ok(Some(Event::PromiseSettled { matter: *matter, promise: *promise, operator, outcome: outcome.clone() }))
        }
        OperatorAct::Mute { .. } | OperatorAct::Keys { .. } => Ok(None),
    }
}
