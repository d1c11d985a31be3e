//! Additions: what is written to us later, or told in a later call, about a matter that is there already. It is owed by
//! whoever decided about the matter, opens it again where it was closed, and is closed only by a person with an outcome.
//! Who wrote it must be known, to the matter; else it waits, owed as well, for a person to say which matter it is of.

use super::{
    Command, Event,
    command::put,
    router::Router,
    state::{About, Phase, Promise},
};
use crate::{
    ContactId, MatterId, MessageNumber, OperatorId, PromiseId, RegionId, Timestamp,
    contact::{Channel, ContactState, NamedMatter, Outcome, Owner, PromiseKind, Reference, Settlement, Template, ledger::ContactRecord},
    intent::{Intent, Language},
};
use serde::Serialize;

/// An addition, or a report in writing, that nobody has settled yet. It holds its promise, and both have one owner.
#[derive(Clone, Debug)]
pub(super) struct Addition {
    pub matter: MatterId,
    pub promise: PromiseId,
    pub channel: Channel,
    pub language: Language,
    /// What a report is about; of an addition nobody says.
    pub intent: Option<Intent>,
    pub arrived: Timestamp,
    pub region: Option<RegionId>,
    pub verified: bool,
    pub to_link: bool,
    pub proposed: Option<MatterId>,
    pub next_message: MessageNumber,
}

/// An addition, or a report in writing, as others may see it; its words are personal data and stand elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AdditionView {
    pub contact: ContactId,
    pub matter: MatterId,
    pub reference: Reference,
    pub channel: Channel,
    pub language: Language,
    /// What a report is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// An addition or a report.
    pub kind: PromiseKind,
    pub arrived: Timestamp,
    pub region: Option<RegionId>,
    pub owner: Owner,
    pub promise: PromiseId,
    pub due: Timestamp,
    pub verified: bool,
    /// A person has still to say which matter it is of.
    pub to_link: bool,
    /// The matter that it names or that its sender has; nobody has said that it is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Reference>,
}

impl Router {
    pub(super) fn addition_received(&mut self, now: Timestamp, event: &Event) -> bool {
        let Event::AdditionReceived { contact, matter, channel, language, named, verified, region, reached } = event else {
            return false;
        };
        let (id, own) = (*contact, *matter);
        if self.is_known(id) || self.matters.contains_key(&own) {
            return false;
        }
        self.ids.pass_contact(id);
        let joined = named.as_ref().filter(|_| *verified);
        let region_named = named.as_ref().and_then(|named| named.region.clone());
        let (matter, owner, region) = match joined {
            Some(named) => {
                self.open_again(named);
                let (owner, of_matter) = self.decider(named);
                (named.matter, owner, of_matter.or_else(|| region.clone()))
            }
            None => {
                let region = region.clone().or(region_named);
                (own, self.unit_of(region.as_ref()), region)
            }
        };
        put(&mut self.out, || Command::OpenContact { contact: id, matter, channel: *channel, owner: owner.clone() });
        self.out.push(Command::MoveContact { contact: id, state: ContactState::Unread, owner: owner.clone() });
        let promise = self.promise_addition(now, matter, owner, *channel, region.clone());
        self.additions.insert(
            id,
            Addition {
                matter,
                promise,
                channel: *channel,
                language: *language,
                intent: None,
                arrived: now,
                region: region.clone(),
                verified: joined.is_some(),
                to_link: joined.is_none(),
                proposed: named.as_ref().filter(|_| joined.is_none()).map(|named| named.matter),
                next_message: MessageNumber::default(),
            },
        );
        self.keep_matter(matter);
        self.hold_addition(id, promise);
        let (uncertain, intent, urged) = (true, None, false);
        put(&mut self.out, || Command::Describe { contact: id, region, uncertain, intent, language: *language, urged });
        self.tell_writer(id, Template::Received, *reached);
        if joined.is_some() {
            self.waits_no_more(now, matter);
        }
        true
    }

    pub(super) fn is_known(&self, id: ContactId) -> bool {
        self.contacts.contains_key(&id) || self.additions.contains_key(&id) || self.closed.contains_key(&id)
    }

    /// A closed matter is open from here on.
    fn open_again(&mut self, named: &NamedMatter) {
        if !self.matters.contains_key(&named.matter) {
            let NamedMatter { matter, opened, decided_by, .. } = named.clone();
            put(&mut self.out, || Command::ReopenMatter { matter, opened, decided_by });
        }
    }

    /// Who is to read what is added to a matter: the unit that took its report, whoever has it in hand, or the region's unit.
    fn decider(&self, named: &NamedMatter) -> (Owner, Option<RegionId>) {
        let of_matter = self.promises.iter().filter(|(_, promise)| promise.matter == named.matter);
        let open = of_matter.min_by_key(|(id, promise)| (promise.due, *id)).map(|(_, promise)| promise);
        let region = named.region.clone().or_else(|| open.and_then(|promise| promise.region.clone()));
        let in_hand = open.map(|promise| promise.owner.clone()).filter(|owner| matches!(owner, Owner::Operator(_) | Owner::Unit(_)));
        let owner = named.decided_by.clone().or(in_hand).unwrap_or_else(|| self.unit_of(region.as_ref()));
        (owner, region)
    }

    fn promise_addition(
        &mut self,
        now: Timestamp,
        matter: MatterId,
        owner: Owner,
        channel: Channel,
        region: Option<RegionId>,
    ) -> PromiseId {
        let about = self.about_written(None, channel);
        let due = now.plus_ms(self.ordinary_ms(now, PromiseKind::Addition, &about));
        self.make(Promise { region, about, ..Promise::new(matter, PromiseKind::Addition, owner, due) })
    }

    pub(super) fn about_written(&self, intent: Option<Intent>, channel: Channel) -> About {
        About { class: self.plan.class_of(intent).map(|class| class.id.clone()), channel }
    }

    /// Records an addition as it stands, with the promise that it holds from now on.
    pub(super) fn hold_addition(&mut self, id: ContactId, promise: PromiseId) {
        if let Some(known) = self.promises.get_mut(&promise) {
            known.contact = Some(id);
        }
        let Some(addition) = self.additions.get_mut(&id) else { return };
        addition.promise = promise;
        let Addition { verified, to_link, proposed, .. } = *addition;
        self.out.push(Command::OweAddition { contact: id, promise, verified, to_link, proposed });
    }

    // Linking

    pub(super) fn contact_linked(&mut self, now: Timestamp, id: ContactId, named: &NamedMatter, operator: OperatorId) -> bool {
        if self.additions.contains_key(&id) {
            return self.link_addition(now, id, named);
        }
        self.link_call(now, id, named, operator)
    }

    /// What is owed passes to whoever has the matter, and keeps its time: for the citizen it is as old as it was.
    fn link_addition(&mut self, now: Timestamp, id: ContactId, named: &NamedMatter) -> bool {
        let Some(addition) = self.additions.get_mut(&id) else { return false };
        let (before, own) = (addition.promise, addition.matter);
        if own == named.matter {
            let was_open = std::mem::replace(&mut addition.to_link, false);
            addition.proposed = None;
            if was_open {
                self.hold_addition(id, before);
            }
            return was_open;
        }
        // What waits for the citizen waits no more: its time goes on before another promise takes it over.
        self.resume(now, before);
        let Some(known) = self.promises.get(&before).cloned() else { return false };
        self.open_again(named);
        let (owner, region) = self.decider(named);
        let Some(addition) = self.additions.get_mut(&id) else { return false };
        (addition.matter, addition.to_link, addition.proposed) = (named.matter, false, None);
        addition.region = region.clone().or(addition.region.take());
        let region = addition.region.clone();
        self.out.push(Command::LinkContact { contact: id, matter: named.matter });
        self.keep_matter(named.matter);
        let promise = self.make(Promise { matter: named.matter, contact: None, owner: owner.clone(), region, ..known });
        self.hold_addition(id, promise);
        self.out.push(Command::MoveContact { contact: id, state: ContactState::Unread, owner });
        self.settle(before, Settlement::Replaced);
        self.let_go_of_matter(own);
        self.close_matter_if_done(own);
        true
    }

    /// An operator has found out what the caller rings about. The call goes on under that reference, and what was told is
    /// owed a reading by whoever decided.
    fn link_call(&mut self, now: Timestamp, id: ContactId, named: &NamedMatter, operator: OperatorId) -> bool {
        let Some(contact) = self.contacts.get(&id).filter(|contact| contact.owner == Owner::Operator(operator)) else { return false };
        let in_hand = matches!(contact.phase, Phase::Talking(_) | Phase::WrapUp { .. });
        // A call that we owe is of the matter that owes it.
        if !in_hand || contact.call.is_some() || contact.matter == named.matter {
            return false;
        }
        let (before, own, channel, linked_before) = (contact.promise, contact.matter, contact.channel, contact.addition);
        let Some(known) = self.promises.get(&before).cloned() else { return false };
        self.open_again(named);
        let (owner, region) = self.decider(named);
        self.out.push(Command::LinkContact { contact: id, matter: named.matter });
        self.keep_matter(named.matter);
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.matter = named.matter;
            // Whom we owe a call rings about something else.
            contact.owed = None;
        }
        let conclude = self.make(Promise { matter: named.matter, contact: None, ..known });
        self.hold(id, conclude);
        self.settle(before, Settlement::Replaced);
        let promise = self.promise_addition(now, named.matter, owner, channel, region);
        if let Some(contact) = self.contacts.get_mut(&id) {
            contact.addition = Some(promise);
        }
        // The other matter was a mistake: nobody there has to read anything.
        if let Some(mistaken) = linked_before {
            self.settle(mistaken, Settlement::Replaced);
        }
        self.out.push(Command::OweAddition { contact: id, promise, verified: true, to_link: false, proposed: None });
        self.let_go_of_matter(own);
        self.close_matter_if_done(own);
        true
    }

    /// The unit of the operator who took a report: what is added to it later is theirs.
    pub(super) fn note_decision(&mut self, matter: MatterId, operator: OperatorId) {
        let region = self.operators.get(&operator).map(|known| known.post.region.clone());
        let unit = self.unit_of(region.as_ref());
        put(&mut self.out, || Command::DecideMatter { matter, unit });
    }

    // Its end

    /// Its promise was settled by a person; `outcome` is what became of it.
    pub(super) fn addition_settled(&mut self, now: Timestamp, contact: Option<ContactId>, outcome: &Outcome) {
        let Some((id, addition)) = contact.and_then(|id| self.additions.remove(&id).map(|addition| (id, addition))) else { return };
        self.let_go_of_matter(addition.matter);
        self.remember_closed(id);
        self.out.push(Command::CloseContact { contact: id, outcome: outcome.clone() });
        // Who wrote by hand of somebody at a desk was met there by others.
        if addition.channel != Channel::Desk {
            self.await_opinion(now, id, addition.intent, addition.language, addition.next_message);
        }
    }

    /// Somebody tried to answer it in vain, and owes it anew.
    pub(super) fn addition_stays_owed(&mut self, contact: Option<ContactId>, promise: PromiseId, operator: OperatorId) {
        let Some(id) = contact.filter(|id| self.additions.contains_key(id)) else { return };
        self.hold_addition(id, promise);
        self.out.push(Command::MoveContact { contact: id, state: ContactState::Unread, owner: Owner::Operator(operator) });
    }

    /// From its record, after a restart.
    pub(super) fn remember_addition(&mut self, record: &ContactRecord) {
        let Some(owed) = &record.addition else { return };
        let (matter, promise, channel, intent) = (record.matter, owed.promise, record.channel, record.intent);
        self.tell_about(promise, self.about_written(intent, channel));
        if let Some(known) = self.promises.get_mut(&promise) {
            known.contact = Some(record.contact);
        }
        self.keep_matter(matter);
        self.additions.insert(
            record.contact,
            Addition {
                matter,
                promise,
                channel,
                language: record.language,
                intent,
                arrived: record.arrived,
                region: record.region.clone(),
                verified: owed.verified,
                to_link: owed.to_link,
                proposed: owed.proposed,
                next_message: record.next_message(),
            },
        );
    }

    pub(super) fn addition_views(&self) -> Vec<AdditionView> {
        let view = |(contact, addition): (&ContactId, &Addition)| {
            let promise = self.promises.get(&addition.promise)?;
            Some(AdditionView {
                contact: *contact,
                matter: addition.matter,
                reference: Reference::of(addition.matter),
                channel: addition.channel,
                language: addition.language,
                intent: addition.intent,
                kind: promise.kind,
                arrived: addition.arrived,
                region: addition.region.clone(),
                owner: promise.owner.clone(),
                promise: addition.promise,
                due: promise.due,
                verified: addition.verified,
                to_link: addition.to_link,
                proposed: addition.proposed.map(Reference::of),
            })
        };
        self.additions.iter().filter_map(view).collect()
    }
}
