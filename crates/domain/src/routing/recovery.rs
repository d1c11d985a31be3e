//! After a restart: what the ledger says was open is remembered, and what was under way is owed.

use super::{
    bookings::Bookings,
    router::Router,
    state::{Contact, Eased, FormOffer, NextIds, Phase, Promise, Reach, Taking},
};
use crate::{
    ContactId, MatterId, OperatorId, PromiseId, RegionId, Timestamp,
    contact::{
        ContactState, Medium, Outcome, Owner, PromiseKind, Settlement, SystemCause, Template, VisitOutcome,
        ledger::{ContactRecord, Ledger},
    },
    place::Places,
    plan::Plan,
    survey::SurveyState,
};
use std::{collections::BTreeMap, sync::Arc};

impl Router {
    /// A router that remembers what is open. [`super::Event::Started`] must be its first event.
    #[must_use]
    pub fn restore(plan: Arc<Plan>, places: Arc<Places>, ledger: &Ledger, ids: NextIds) -> Self {
        let mut router = Self::new(plan, places, ids);
        let mut regions: BTreeMap<MatterId, &RegionId> = BTreeMap::new();
        let mut abouts = BTreeMap::new();
        for record in ledger.contacts.values() {
            abouts.insert(record.matter, router.about_record(record));
            if let Some(region) = &record.region {
                regions.entry(record.matter).or_insert(region);
            }
            if record.closed.is_some() {
                router.remember_closed(record.contact);
            }
        }
        router.surges.clone_from(&ledger.surges);
        router.await_end_of_surge();
        let owed = |record: &ContactRecord| {
            let contact = record.contact;
            record.messages_owed().map(|owed| ((contact, owed.message), owed.medium)).collect::<Vec<_>>()
        };
        router.messages = ledger.contacts.values().flat_map(owed).collect();
        router.bookings = Bookings::of(ledger);
        for survey in ledger.surveys.values().filter(|survey| survey.state == SurveyState::Awaited) {
            if let Some(record) = ledger.contacts.get(&survey.contact) {
                router.restore_survey(survey, record);
            }
        }
        // The promise of each conversation ends with it, and moves with its owner.
        let mut own: BTreeMap<(MatterId, &Owner), Vec<(PromiseKind, PromiseId)>> = BTreeMap::new();
        for record in ledger.promises.values().filter(|record| record.settled.is_none()) {
            if matches!(record.kind, PromiseKind::Answer | PromiseKind::Conclude) {
                own.entry((record.matter, &record.owner)).or_default().push((record.kind, record.promise));
            }
            let region = regions.get(&record.matter).map(|region| (*region).clone());
            let pressing = router.is_pressing(record.kind, record.due.since_ms(record.made));
            let (matter, kind, owner, due) = (record.matter, record.kind, record.owner.clone(), record.due);
            let about = abouts.get(&matter).cloned().unwrap_or_default();
            let (paused, ring_back) = (record.paused, record.ring_back);
            let promise = Promise { region, pressing, about, paused, ring_back, ..Promise::new(matter, kind, owner, due) };
            router.remember_promise(record.promise, promise);
        }
        // Who rings again about the same matter may come to the same operator, who then has two of it: whose
        // record is still to be finished goes on, so it is served first and by its kind.
        let is_over = |record: &&ContactRecord| record.state == ContactState::WrapUp;
        let open = || ledger.contacts.values().filter(|record| record.closed.is_none());
        let is_unread = |record: &&ContactRecord| record.state == ContactState::Unread;
        for record in open().filter(is_unread) {
            router.remember_addition(record);
        }
        let open = || open().filter(|record| !is_unread(record));
        for record in open().filter(is_over).chain(open().filter(|record| !is_over(record))) {
            // A call that we owe holds the promise that it names until the conversation is over.
            let visit = router.bookings.of_contact(record.contact).filter(|_| record.call.is_none()).and_then(|booked| booked.promise);
            let owed = record.call.as_ref().map(|call| call.promise).filter(|_| !is_over(&record)).or(visit);
            let theirs = own.entry((record.matter, &record.owner)).or_default();
            if let Some(owed) = owed.filter(|owed| router.promises.contains_key(owed)) {
                // Back in line after a voice was heard, it holds an answer beside what it keeps.
                let is_back = record.call.is_some() && !is_before_voice(record) && !theirs.is_empty();
                router.remember(record, if is_back { theirs.remove(0).1 } else { owed });
                continue;
            }
            let at = theirs.iter().position(|(kind, _)| is_over(&record) == (*kind == PromiseKind::Conclude)).unwrap_or(0);
            let promise = if theirs.is_empty() { PromiseId(0) } else { theirs.remove(at).1 };
            router.remember(record, promise);
        }
        for record in ledger.contacts.values().filter(|record| record.closed.is_some()) {
            router.remember_caller(Box::new(contact_of(record, PromiseId(0))));
        }
        router
    }

    fn remember(&mut self, record: &ContactRecord, promise: PromiseId) {
        let booked = self.bookings.of_contact(record.contact);
        let interpreter = booked.is_some_and(|booked| booked.interpreter);
        let (textable, mailable) = booked.map_or((false, false), |booked| (booked.textable, booked.mailable));
        self.keep_matter(record.matter);
        if record.call.is_some() {
            self.calls.insert(record.matter, record.contact);
            self.expectations.pass_over(record.contact);
        }
        let mut contact = contact_of(record, promise);
        contact.textable |= textable;
        contact.mailable |= mailable;
        self.contacts.insert(Box::new(Contact { eased: Eased { interpreter, ..Eased::default() }, ..contact }));
        self.hold(record.contact, promise);
    }

    /// What was under way when the last router ended is over as a call and owed as a follow-up. The
    /// records of conversations that were over are still their operators' to finish. Callers on the
    /// line of this router are not touched, whatever is named.
    pub(super) fn take_over(&mut self, now: Timestamp) -> bool {
        self.take_over_bookings(now);
        self.take_over_calls(now);
        let is_call = |contact: &Contact| contact.call.is_some() && !matches!(contact.phase, Phase::OperatorLost { .. });
        let stands = |contact: &Contact| matches!(contact.phase, Phase::WrapUp { .. } | Phase::Resting);
        let goes_on = |contact: &Contact| contact.on_line || is_call(contact) || stands(contact);
        let under_way = |contact: &&Contact| !goes_on(contact);
        let interrupted: Vec<ContactId> = self.contacts.values().filter(under_way).map(|contact| contact.id).collect();
        for id in interrupted {
            let Some(contact) = self.contacts.get(&id) else { continue };
            let owner = match (&contact.owner, &contact.region) {
                (Owner::Operator(operator), _) => Owner::Operator(*operator),
                (_, region) => self.unit_of(region.as_ref()),
            };
            let ordinary_ms = self.ordinary_ms(now, PromiseKind::FollowUp, &self.about(id));
            let within_ms = if contact.owed_soon { self.plan.follow_up.strict_ms } else { ordinary_ms };
            self.end_visit(now, id, VisitOutcome::SystemTerminated(SystemCause::Restart));
            self.owe(now, id, PromiseKind::FollowUp, owner, within_ms);
            self.close(now, id, Outcome::SystemTerminated(SystemCause::Restart), Settlement::Replaced);
        }
        true
    }
}

/// What the router knows of a contact from its record.
fn contact_of(record: &ContactRecord, promise: PromiseId) -> Contact {
    // Whoever was spoken with last; nobody has this number when it was nobody.
    let operator = match record.owner {
        Owner::Operator(operator) => operator,
        Owner::Dialogue | Owner::Queue(_) | Owner::Unit(_) => OperatorId(0),
    };
    let is_owed_call = record.call.is_some() && is_before_voice(record);
    let phase = match record.state {
        ContactState::WrapUp => Phase::WrapUp { operator },
        _ if is_owed_call => Phase::Resting,
        // A booked visit.
        ContactState::Resting => Phase::Resting,
        _ => Phase::OperatorLost { operator },
    };
    Contact {
        id: record.contact,
        matter: record.matter,
        channel: record.channel,
        arrived: record.arrived,
        language: record.language,
        recogniser: false,
        place: None,
        region: record.region.clone(),
        intent: record.intent,
        phase,
        since: record.segments.last().map_or(record.arrived, |segment| segment.since),
        owner: record.owner.clone(),
        promise,
        queued_since: record.call.as_ref().map(|call| call.since).or(record.visits.first().map(|visit| visit.entered)),
        returned_at: None,
        // The first voice: of a call that we owe, after the last attempt, as a machine that was heard before is nobody.
        waited_ms: record.waited_for_voice_ms().filter(|_| !is_owed_call),
        visiting: record.visits.last().filter(|visit| visit.outcome.is_none()).map(|visit| visit.queue.clone()),
        playback: 0,
        digits_to_come: (0, record.arrived),
        why: None,
        on_line: false,
        owed_soon: is_owed_soon(record),
        urged: record.urged,
        question: None,
        eased: Eased::default(),
        reach: Reach::Region,
        spoke_with: None,
        anonymous: false,
        corrected_from: None,
        turned_from: None,
        textable: record.call.as_ref().is_some_and(|call| call.textable),
        mailable: record.messages.iter().any(|known| known.medium == Medium::Mail),
        next_message: record.next_message(),
        told_not_reached: record.messages.iter().rfind(|known| known.template == Template::NotReached).map(|known| known.owed),
        circumstances: Vec::new(),
        told_danger: false,
        form: FormOffer::None,
        callable: false,
        taking: Taking::Nothing,
        times: None,
        call: record.call.clone().map(Box::new),
        owed: None,
        joined: false,
        addition: record.addition.as_ref().map(|addition| addition.promise),
    }
}

/// Nobody has spoken in a call that we owe: it rests, stands in line, or the citizen is being rung.
fn is_before_voice(record: &ContactRecord) -> bool {
    use ContactState::{Connecting, Dialling, Offered, Queued, Resting};
    let was_spoken_in = record.state != Resting && record.visits.last().is_some_and(|visit| visit.strict);
    matches!(record.state, Connecting | Dialling | Offered | Queued | Resting) && !was_spoken_in
}

/// Whoever gave a sign of danger, waited before everybody else, was on the way to 112, or was already
/// spoken with.
fn is_owed_soon(record: &ContactRecord) -> bool {
    match record.state {
        // A call that was being made.
        ContactState::Dialling => true,
        ContactState::Connecting if record.call.is_some() => true,
        // Put in front because whoever rang them was lost.
        ContactState::Queued | ContactState::Offered if record.call.is_some() => is_strict(record),
        ContactState::Resting if record.call.is_some() => false,
        _ if record.urged => true,
        ContactState::Dialogue => false,
        ContactState::Queued | ContactState::Offered | ContactState::Connecting => is_strict(record),
        _ => true,
    }
}

/// Whether it was last in line before everybody else.
fn is_strict(record: &ContactRecord) -> bool {
    record.visits.last().is_some_and(|visit| visit.strict)
}
