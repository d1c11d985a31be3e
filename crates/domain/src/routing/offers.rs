//! Offers: the exclusive, time-limited lease of one contact to one operator, from ring to sound.

use super::{
    Alarm, Command, Explanation, Reason,
    command::put,
    eligibility::Wants,
    matching::waiting,
    order::{contact_rank, operator_rank},
    router::Router,
    shares::Shares,
    state::{Contact, Doing, Entry, Offer, Operator, Phase},
    timers::Timer,
};
use crate::{
    ContactId, OfferId, OperatorId, Timestamp,
    contact::{ContactState, Owner},
};
use std::sync::Arc;

/// How many of those behind are named in an explanation.
const BEHIND_MAX: usize = 3;

impl Router {
    /// Pairs that may meet and have not been brought together. Always empty after an event; the watch and the
    /// tests look all the same, among all contacts and not only where they are kept at hand.
    #[must_use]
    pub fn standing_pairs(&self, now: Timestamp) -> Vec<(ContactId, OperatorId)> {
        let shares = &self.operators.shares(&self.plan, now);
        self.contacts
            .values()
            .filter_map(waiting)
            .flat_map(|(contact, entry)| {
                let wants = Wants::of(&self.plan, contact, entry);
                self.operators
                    .values()
                    .filter(move |operator| wants.may_meet(operator, shares, now))
                    .map(|operator| (contact.id, operator.id))
            })
            .collect()
    }

    /// Who waits though the operator of this offer may take them and they come before the one it is
    /// for. Nobody, at the moment of the offer; the tests look.
    #[must_use]
    pub fn overtaken_by(&self, now: Timestamp, offer: OfferId) -> Vec<ContactId> {
        let Some(leased) = self.offers.get(&offer) else { return Vec::new() };
        let Some(operator) = self.operators.get(&leased.operator) else { return Vec::new() };
        let Some(contact) = self.contacts.get(&leased.contact) else { return Vec::new() };
        let Phase::Offered { entry, .. } = &contact.phase else { return Vec::new() };
        let rank = contact_rank(&Wants::of(&self.plan, contact, entry), entry.since, contact.id, now);
        let shares = self.shares_before(operator, now);
        self.contacts
            .values()
            .filter_map(waiting)
            .map(|(other, entry)| (Wants::of(&self.plan, other, entry), entry.since, other.id))
            .filter(|(wants, since, id)| wants.would_meet(operator, &shares, now) && contact_rank(wants, *since, *id, now) < rank)
            .map(|(_, _, id)| id)
            .collect()
    }

    /// Whom the operator of this offer may take, and who may take its contact: all of them in their order, these
    /// two among them, found by asking everybody. The tests hold what was chosen and explained against it.
    #[must_use]
    pub fn alternatives(&self, now: Timestamp, offer: OfferId) -> Option<(Vec<ContactId>, Vec<OperatorId>)> {
        let leased = self.offers.get(&offer)?;
        let operator = self.operators.get(&leased.operator)?;
        let contact = self.contacts.get(&leased.contact)?;
        let wants = Wants::of(&self.plan, contact, contact.phase.entry()?);
        let shares = self.shares_before(operator, now);
        let in_line = self.contacts.values().filter(|other| waiting(other).is_some() || other.id == contact.id);
        let eligible = in_line.filter_map(|other| {
            let entry = other.phase.entry()?;
            let wants = Wants::of(&self.plan, other, entry);
            wants.would_meet(operator, &shares, now).then(|| contact_rank(&wants, entry.since, other.id, now))
        });
        let mut contacts: Vec<_> = eligible.collect();
        contacts.sort_unstable();
        let free = self.operators.values().filter(|other| wants.may_meet(other, &shares, now) || other.id == operator.id);
        let mut operators: Vec<_> = free.map(|other| operator_rank(&wants, &other.post)(other.idle_since, other.id)).collect();
        operators.sort_unstable();
        Some((contacts.iter().map(|rank| rank.3).collect(), operators.iter().map(|rank| rank.4).collect()))
    }

    /// What was left for others before this operator was offered somebody.
    fn shares_before(&self, operator: &Operator, now: Timestamp) -> Shares<'_> {
        self.operators.shares(&self.plan, now).without(&operator.post, operator.busy_with())
    }

    /// For this reason, or for the one that the order gave.
    pub(super) fn offer(&mut self, now: Timestamp, id: ContactId, operator: OperatorId, reason: Option<Reason>) {
        let Some(mut why) = self.explain(now, id, operator) else { return };
        why.reason = reason.unwrap_or(why.reason);
        let why = Arc::new(why);
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        let Phase::Queued(entry) = &contact.phase else { return };
        let entry = entry.clone();
        contact.why = Some(why.clone());
        let offer = self.ids.offer();
        let until = now.plus_ms(self.plan.offers.ring_ms);
        self.offers.insert(offer, Offer { contact: id, operator, consult: None });
        self.timers.set(Timer::Offer(offer), until);
        self.timers.clear(Timer::NextStep(id));
        self.set_doing(now, operator, Doing::Offered(offer));
        if let Some(operator) = self.operators.get_mut(&operator) {
            operator.class = Some(entry.class.clone());
        }
        let owner = Owner::Queue(entry.queue.clone());
        self.enter(now, id, ContactState::Offered, owner, Phase::Offered { entry, offer });
        put(&mut self.out, || Command::Ring { offer, contact: id, operator, until, why });
    }

    fn explain(&self, now: Timestamp, id: ContactId, operator: OperatorId) -> Option<Explanation> {
        let contact = self.contacts.get(&id)?;
        let Phase::Queued(entry) = &contact.phase else { return None };
        let taker = self.operators.get(&operator)?;
        let shares = self.operators.shares(&self.plan, now);
        let (mut eligible_contacts, mut behind) = (0, First::default());
        for (_, group) in self.lines.groups_for(&taker.post).filter(|(_, group)| group.len() > 0) {
            let wants = group.wants(&self.plan);
            if wants.would_meet(taker, &shares, now) {
                eligible_contacts += group.len();
                // Of each group the first few are enough, this one among them.
                group.first_ranks(wants, now, BEHIND_MAX + 1).for_each(|rank| behind.take(rank));
            }
        }
        let wants = Wants::of(&self.plan, contact, entry);
        let mut others = First::default();
        self.operators.first_for(&wants, now, BEHIND_MAX + 1).for_each(|rank| others.take(rank));
        let reason = match entry {
            Entry { returned: true, .. } => Reason::Returned,
            _ if wants.lacks_language(&taker.post) => Reason::Interpreter,
            entry if entry.goes_first() => Reason::Strict,
            Entry { awaits: Some(_), .. } => Reason::SpokeBefore,
            Entry { booked: true, .. } => Reason::Booked,
            Entry { put_first: true, .. } => Reason::PutFirst,
            _ if wants.lacking(&taker.post) > 0 => Reason::Eased,
            Entry { region, .. } if !taker.post.is_of(region) => Reason::Overflow,
            Entry { region, .. } if contact.region.as_ref().is_some_and(|own| own != region) => Reason::Diverted,
            _ => Reason::LongestWait,
        };
        Some(Explanation {
            queue: entry.queue.clone(),
            waited_ms: now.since_ms(entry.since),
            step: entry.step,
            reason,
            language: contact.language,
            eligible_contacts,
            contacts_behind: behind.in_order().map(|rank| rank.3).filter(|other| *other != id).take(BEHIND_MAX).collect(),
            operators_behind: others.in_order().map(|rank| rank.4).filter(|other| *other != operator).take(BEHIND_MAX).collect(),
            idle_ms: now.since_ms(taker.idle_since),
        })
    }

    // Answers to an offer

    pub(super) fn offer_accepted(&mut self, now: Timestamp, offer: OfferId, operator: OperatorId) -> bool {
        let Some(leased) = self.offers.get(&offer).filter(|leased| leased.operator == operator).cloned() else { return false };
        if let Some(attempt) = leased.consult {
            self.forget_offer(offer);
            self.colleague_answered(now, leased.contact, attempt, operator);
            return true;
        }
        let Some(Phase::Offered { entry, .. }) = self.contacts.get(&leased.contact).map(|contact| contact.phase.clone()) else {
            return false;
        };
        self.forget_offer(offer);
        if self.contacts.get(&leased.contact).is_some_and(Contact::is_off_line_call) {
            self.ring_citizen(now, leased.contact, operator, entry);
            return true;
        }
        self.set_doing(now, operator, Doing::Connecting(leased.contact));
        self.timers.set(Timer::Connecting(leased.contact), now.plus_ms(self.plan.offers.connect_ms_max));
        let phase = Phase::Connecting { entry, operator };
        self.enter(now, leased.contact, ContactState::Connecting, Owner::Operator(operator), phase);
        put(&mut self.out, || Command::Connect { contact: leased.contact, operator });
        true
    }

    pub(super) fn offer_declined(&mut self, now: Timestamp, offer: OfferId, operator: OperatorId) -> bool {
        let theirs = self.offers.get(&offer).is_some_and(|leased| leased.operator == operator);
        if theirs {
            self.offer_ended(now, offer);
        }
        theirs
    }

    pub(super) fn offer_expired(&mut self, now: Timestamp, offer: OfferId) {
        let Some(leased) = self.offers.get(&offer).cloned() else { return };
        self.alarm(Alarm::OperatorUnresponsive { operator: leased.operator }, Some(leased.contact));
        self.offer_ended(now, offer);
    }

    /// Not answered: the operator is no longer taken for idle, the contact keeps its age.
    fn offer_ended(&mut self, now: Timestamp, offer: OfferId) {
        let Some(leased) = self.offers.get(&offer).cloned() else { return };
        self.forget_offer(offer);
        self.out.push(Command::StopRinging { offer, operator: leased.operator });
        self.unresponsive(now, leased.operator);
        match leased.consult {
            Some(attempt) => {
                self.colleague_failed(now, leased.contact, attempt);
                self.ask_all_steps_anew();
            }
            None => self.back_in_line(now, leased.contact),
        }
    }

    /// Takes an offer back because the contact is gone or needs something else.
    pub(super) fn withdraw_offer(&mut self, now: Timestamp, offer: OfferId) {
        let Some(leased) = self.offers.get(&offer).cloned() else { return };
        self.forget_offer(offer);
        self.out.push(Command::StopRinging { offer, operator: leased.operator });
        self.operator_free(now, leased.operator);
    }

    pub(super) fn forget_offer(&mut self, offer: OfferId) {
        self.offers.remove(&offer);
        self.timers.clear(Timer::Offer(offer));
    }

    /// Back to the same place in line after an offer or connection that came to nothing. There is one
    /// operator less for all who wait.
    pub(super) fn back_in_line(&mut self, now: Timestamp, id: ContactId) {
        match self.contacts.get(&id).map(|contact| contact.phase.clone()) {
            Some(Phase::Offered { entry, .. }) => self.wait(now, id, entry),
            Some(Phase::Dialling { entry, operator, attempt }) => self.rung_no_more(now, id, (entry, operator), attempt),
            Some(Phase::Connecting { .. }) if self.contacts.get(&id).is_some_and(|contact| contact.call.is_some()) => {
                self.left_by_operator(now, id);
            }
            Some(Phase::Connecting { entry, .. }) => {
                self.timers.clear(Timer::Connecting(id));
                if !self.is_asked(id) {
                    self.play_music(id);
                }
                self.wait(now, id, entry);
            }
            _ => return,
        }
        self.match_everybody_anew();
    }

    // From acceptance to sound

    /// The operator's sound cannot be had: the caller waits again, in the old place, or in front when
    /// they had spoken already.
    pub(super) fn operator_unreachable(&mut self, now: Timestamp, id: ContactId, operator: OperatorId) -> bool {
        let spoken = match self.contacts.get(&id).map(|contact| &contact.phase) {
            Some(Phase::Connecting { operator: connecting, .. } | Phase::Dialling { operator: connecting, .. })
                if *connecting == operator =>
            {
                false
            }
            Some(Phase::OperatorLost { operator: lost }) if *lost == operator && self.is_present(operator) => true,
            Some(Phase::Talking(talk)) if talk.operator == operator => true,
            _ => return false,
        };
        self.end_talk(now, id, operator);
        self.alarm(Alarm::OperatorUnresponsive { operator }, Some(id));
        self.unresponsive(now, operator);
        self.out.push(Command::Release { contact: id, operator });
        if spoken {
            self.enter_in_front(now, id, true);
        } else {
            self.back_in_line(now, id);
        }
        true
    }

    pub(super) fn connecting_ran_out(&mut self, now: Timestamp, id: ContactId) {
        if let Some(Phase::Connecting { operator, .. } | Phase::OperatorLost { operator }) =
            self.contacts.get(&id).map(|contact| &contact.phase)
        {
            let operator = *operator;
            self.operator_unreachable(now, id, operator);
        }
    }
}

/// The first in order: those behind, and the one that they are behind.
struct First<T> {
    all: [Option<T>; BEHIND_MAX + 1],
    count: usize,
}

impl<T: Copy> Default for First<T> {
    fn default() -> Self {
        Self { all: [None; BEHIND_MAX + 1], count: 0 }
    }
}

impl<T: Ord + Copy> First<T> {
    fn take(&mut self, one: T) {
        // Most come in order, and who is behind enough others goes no further.
        let mut place = self.count;
        while place > 0 && self.all[place - 1].is_some_and(|before| one < before) {
            place -= 1;
        }
        if place <= BEHIND_MAX {
            self.all[place..].rotate_right(1);
            self.all[place] = Some(one);
            self.count = (self.count + 1).min(BEHIND_MAX + 1);
        }
    }

    fn in_order(&self) -> impl Iterator<Item = &T> {
        self.all.iter().flatten()
    }
}
