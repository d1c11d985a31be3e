//! A citizen whom we asked to ring us again, and who answers for what presses.
//!
//! Whoever is asked to ring again and does not must not be forgotten: it is a pressing follow-up of the operator who
//! asked. It is kept once the citizen has rung in and been spoken with, or by hand as any other. Whatever presses has
//! somebody's name while anybody is there who took it; when they go it is the unit's, and told so.

use super::{
    Command,
    router::Router,
    state::{Contact, Intention, Phase, Promise},
};
use crate::{
    ContactId, MatterId, OperatorId, PromiseId, RegionId, Timestamp,
    contact::{Owner, PromiseKind, Settlement},
};

impl Router {
    pub(super) fn ring_back_asked(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let theirs = |contact: &&Contact| {
            contact.owner == Owner::Operator(operator) && matches!(contact.phase, Phase::Talking(_) | Phase::WrapUp { .. })
        };
        let Some(contact) = self.contacts.get(&id).filter(theirs) else { return false };
        let (matter, region) = (contact.matter, contact.region.clone());
        if self.ring_backs.contains_key(&matter) {
            return false;
        }
        let owner = self.who_answers(operator, region.as_ref());
        let promise = self.promise(now, matter, PromiseKind::FollowUp, owner, self.plan.follow_up.strict_ms, region);
        self.tell_about(promise, self.about(id));
        if let Some(known) = self.promises.get_mut(&promise) {
            known.ring_back = Some(id);
            self.ring_backs.insert(matter, promise);
        }
        self.out.push(Command::AwaitRingBack { contact: id, promise, matter });
        true
    }

    /// A conversation of the matter came to its outcome: whoever was asked to ring again has been spoken with.
    pub(super) fn rang_back(&mut self, contact: &Contact) {
        if contact.waited_ms.is_none() {
            return;
        }
        let Some(promise) = self.ring_backs.get(&contact.matter).copied() else { return };
        if self.promises.get(&promise).is_some_and(|known| known.ring_back != Some(contact.id)) {
            self.settle(promise, Settlement::Kept);
        }
    }

    /// An operator takes what a unit owes.
    pub(super) fn promise_taken(&mut self, promise: PromiseId, matter: MatterId, operator: OperatorId) -> bool {
        let may = |known: &&Promise| {
            known.matter == matter
                && matches!(known.owner, Owner::Unit(_))
                && !matches!(known.kind, PromiseKind::Answer | PromiseKind::Conclude)
        };
        let is_open = self.promises.get(&promise).filter(may).is_some();
        if !is_open || !self.is_at_work(operator) || !self.answers_for(promise, operator) {
            return false;
        }
        self.pass_promise(promise, Owner::Operator(operator));
        true
    }

    /// On duty or on a pause, and there.
    pub(super) fn is_at_work(&self, operator: OperatorId) -> bool {
        self.operators.get(&operator).is_some_and(|known| known.present && known.intent != Intention::Off)
    }

    /// Whose it is what presses: the operator's while they are at work, else the region's unit's. A record may be
    /// finished by somebody who is off duty.
    pub(super) fn who_answers(&self, operator: OperatorId, region: Option<&RegionId>) -> Owner {
        if self.is_at_work(operator) { Owner::Operator(operator) } else { self.unit_of(region) }
    }

    /// The operator goes: what presses is their unit's. What they are ringing about just now is the line's already.
    pub(super) fn leave_what_presses(&mut self, operator: OperatorId) {
        let theirs = |known: &Promise| known.pressing && known.owner == Owner::Operator(operator);
        let left: Vec<_> = self.promises.iter().filter(|(_, known)| theirs(known)).map(|(id, known)| (id, known.region.clone())).collect();
        for (promise, region) in left {
            self.pass_promise(promise, self.unit_of(region.as_ref()));
        }
    }
}
