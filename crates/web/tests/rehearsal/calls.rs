//! Calls that the made-up centre owes, why one is offered, and what a number alone tells of a caller.

use super::{MINUTE, ago, now, places, queue, waiting};
use domain::{
    ClassId, ContactId, OperatorId, PromiseId,
    contact::{CallKind, CallRecord, Channel, ContactState, NotReached},
    intent::{Intent, Language},
    place::PlaceSource,
    routing::{ContactView, Explanation, Reason},
};
use switchboard::KnownLocality;

/// Tried once in vain already.
pub fn owed_call(from: ContactId, since_ms: u64) -> CallRecord {
    CallRecord {
        kind: CallKind::KeepPlace,
        from,
        since: ago(since_ms),
        class: ClassId::new("report"),
        promise: PromiseId(501),
        not_before: now().plus_ms(14 * MINUTE),
        attempts: 1,
        attempts_all: 1,
        days: 0,
        last_attempt: Some(ago(6 * MINUTE)),
        attempt: None,
        cut_short: 0,
        last_cut_short: None,
        last_fault: Some(NotReached::Busy),
        in_front: false,
        textable: false,
    }
}

/// Rests until its time.
pub fn resting(id: u64) -> ContactView {
    let mut view = waiting(id, "vast", "report", Intent::ReportTheft, 25 * MINUTE);
    view.channel = Channel::CallBack;
    view.state = ContactState::Resting;
    view.call = Some(owed_call(ContactId(id - 1), 25 * MINUTE));
    view.line = None;
    view
}

/// What the number of a landline tells, as the switchboard hands it over.
pub fn by_number(number: &str) -> KnownLocality {
    let places = places();
    let locality = places.of_number(number).unwrap().locality.unwrap();
    let extent = places.extent(&locality).unwrap();
    KnownLocality {
        source: PlaceSource::AreaCode,
        at: ago(4 * MINUTE),
        name: Some(extent.name.to_owned()),
        municipality: Some(extent.municipality.clone()),
        circle: Some(extent.circle),
        locality,
    }
}

/// Why the desk was offered its caller.
pub fn explanation() -> Explanation {
    Explanation {
        queue: queue("vast", "report"),
        waited_ms: 192_000,
        step: 0,
        reason: Reason::LongestWait,
        language: Language::Swedish,
        eligible_contacts: 4,
        contacts_behind: vec![ContactId(100), ContactId(101)],
        operators_behind: vec![OperatorId(2), OperatorId(3)],
        idle_ms: 245_000,
    }
}
