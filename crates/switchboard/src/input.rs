//! Everything that reaches the loop, in one queue and one order.

use crate::{
    additions::Addition,
    bookings::Asked,
    desk::{DeskEvent, OperatorAct, PageId, Refusal},
    forms::FiledForm,
    live::Deployment,
    operators::SoundOffered,
};
use domain::{AttemptId, ContactId, MatterId, OperatorId, plan::OperatorProfile, routing::Event};
use std::sync::Arc;
use storage::Payload;
use telephony::LegEvent;
use tokio::sync::{mpsc, oneshot};

/// What may wait for the loop before callers of the switchboard wait in turn.
pub(crate) const INPUTS_MAX: usize = 20_000;

pub(crate) type Reply = oneshot::Sender<Result<(), Refusal>>;

pub(crate) enum Input {
    Leg(LegEvent),
    /// What acting found out.
    Event(Event),
    /// The same with personal data to keep beside it.
    EventWith(Event, Vec<Payload>),
    /// The number of a citizen who is to be rung; an error when it could not be looked up.
    NumberFound {
        contact: ContactId,
        attempt: AttemptId,
        number: Result<Option<String>, ()>,
    },
    Act {
        operator: OperatorId,
        act: OperatorAct,
        reply: Reply,
    },
    /// Something was written to us; its numbers are given here.
    Written {
        addition: Box<Addition>,
        number: oneshot::Sender<(ContactId, MatterId)>,
        reply: Reply,
    },
    /// A form was filled in; its number is given here.
    Filed {
        form: Box<FiledForm>,
        /// Under which it is found again.
        key: String,
        number: oneshot::Sender<MatterId>,
        reply: Reply,
    },
    /// Of a leader or an operator, by name in the event.
    Led {
        event: Event,
        payloads: Vec<Payload>,
        reply: Reply,
    },
    PageOpened {
        operator: OperatorId,
        page: PageId,
        profile: OperatorProfile,
        telephone: Option<String>,
        sender: mpsc::Sender<DeskEvent>,
    },
    PageClosed {
        operator: OperatorId,
        page: PageId,
    },
    SoundOffered {
        operator: OperatorId,
        offered: SoundOffered,
        reply: Reply,
    },
    /// About a booked time.
    Booking {
        asked: Box<Asked>,
        reply: Reply,
    },
    /// The running deployment with a plan that was judged beside it.
    PlanWanted {
        next: Arc<Deployment>,
        reply: Reply,
    },
}
