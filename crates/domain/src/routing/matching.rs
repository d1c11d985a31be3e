//! Brings together who waits and who is free: once, when all that an event or deadline changed is done. So
//! nobody is offered by what held in the midst of it, and nobody overtakes.

use super::{
    eligibility::Wants,
    lines::GroupPlace,
    order::{ContactRank, contact_rank, operator_rank},
    router::Router,
    state::{Contact, Entry, Operator, Phase},
};
use crate::{
    ContactId, OperatorId, Timestamp,
    dialogue::{Line, Prompt},
};
use std::{cmp::Reverse, collections::BinaryHeap};

/// What an event has left to be decided at its end.
#[derive(Clone, Default)]
pub(super) struct Undecided {
    /// Who may meet whom has changed for all: guards are asked and operators looked for anew.
    everybody: bool,
    /// The same, but only guards and empty steps may have changed.
    all_steps: bool,
    /// The same, but nobody's steps: operators who were kept for others may not be so any more.
    all_pairs: bool,
    /// Whose steps may have changed.
    steps: Few<ContactId>,
    /// Who may be taken now by somebody who is free already.
    seeking: Few<ContactId>,
    /// Who may take somebody who waits already.
    free: Few<OperatorId>,
    /// Who hears how it went.
    told: Few<(ContactId, Waiting)>,
    /// Room for those who are ranked.
    ranked: BinaryHeap<Reverse<Candidate>>,
}

impl Undecided {
    fn is_nothing(&self) -> bool {
        let Self { everybody, all_steps, all_pairs, steps, seeking, free, told, ranked: _ } = self;
        !everybody && !all_steps && !all_pairs && steps.is_empty() && seeking.is_empty() && free.is_empty() && told.is_empty()
    }

    /// Whether all who wait are looked at, and not only those who seek or may be taken by whoever became free.
    fn of_all(&self) -> bool {
        self.everybody || self.all_pairs
    }

    fn seeks(&self, contact: ContactId) -> bool {
        self.of_all() || self.seeking.contains(contact)
    }

    /// Nothing, with room for what comes next.
    fn empty(&mut self) {
        (self.everybody, self.all_steps, self.all_pairs) = (false, false, false);
        self.steps.0.clear();
        self.seeking.0.clear();
        self.free.0.clear();
        self.told.0.clear();
        self.ranked.clear();
    }
}

/// A set that mostly holds one, in order; its room is used from event to event.
#[derive(Clone)]
struct Few<T>(Vec<T>);

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + Ord> Few<T> {
    fn insert(&mut self, one: T) {
        if let Err(at) = self.0.binary_search(&one) {
            self.0.insert(at, one);
        }
    }

    fn contains(&self, one: T) -> bool {
        self.0.binary_search(&one).is_ok()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn iter(&self) -> impl Iterator<Item = T> {
        self.0.iter().copied()
    }
}

/// What is heard by somebody who came into line, or to its front, and was not taken at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Waiting {
    Welcome,
    /// 112 did not answer: instead of the welcome, which nobody has to hear who is in danger.
    Fallback,
    /// Whom they were rung for is gone.
    OperatorLost,
    Music,
}

/// Somebody who may be offered next, and the group that they are the next of.
type Candidate = (ContactRank, Option<GroupPlace>);

impl Router {
    /// A newcomer in line, or one who may be taken by others than before.
    pub(super) fn seek_operator(&mut self, id: ContactId) {
        self.undecided.seeking.insert(id);
        self.undecided.steps.insert(id);
    }

    pub(super) fn seek_contact(&mut self, operator: OperatorId) {
        self.undecided.free.insert(operator);
    }

    pub(super) fn ask_steps_anew(&mut self, id: ContactId) {
        self.undecided.steps.insert(id);
    }

    /// Operators went off duty: guards and empty steps are asked anew.
    pub(super) fn ask_all_steps_anew(&mut self) {
        self.undecided.all_steps = true;
    }

    /// Operators may take others than before.
    pub(super) fn match_everybody_anew(&mut self) {
        self.undecided.everybody = true;
    }

    /// Operators who were kept for others may not be so any more.
    pub(super) fn count_shares_anew(&mut self) {
        self.undecided.all_pairs |= self.plan.kept_classes().next().is_some() || self.operators.is_anything_reserved();
    }

    /// Nobody is kept any more for a booked call that was.
    pub(super) fn match_all_pairs_anew(&mut self) {
        self.undecided.all_pairs = true;
    }

    /// Of what is to be told the latest counts.
    pub(super) fn tell_when_matched(&mut self, id: ContactId, waiting: Waiting) {
        self.undecided.told.0.retain(|(other, _)| *other != id);
        self.undecided.told.insert((id, waiting));
    }

    /// First all are widened, then who seeks is offered in order of rank: a later arrival never takes the
    /// operator whom its own arrival let in for those before.
    pub(super) fn bring_together(&mut self, now: Timestamp) {
        self.operators.settle();
        if self.operators.take_loosened() {
            self.count_shares_anew();
        }
        if self.undecided.is_nothing() {
            return;
        }
        let mut open = std::mem::take(&mut self.undecided);
        if open.everybody || open.all_steps {
            open.steps.0.clear();
            open.steps.0.extend(self.lines.queued());
            open.steps.0.sort_unstable();
        }
        for id in open.steps.iter() {
            if self.pass_steps(now, id) {
                open.seeking.insert(id);
            }
        }
        self.offer_in_order(now, &mut open);
        for (id, waiting) in open.told.iter() {
            self.tell_how_it_went(now, id, waiting);
        }
        if self.undecided.is_nothing() {
            open.empty();
            self.undecided = open;
        }
    }

    /// Nobody who sought nobody before meets now: only pairs are looked at of which one half is new. Of each group
    /// only the first is ranked, for the others come after them; the next when that one is decided.
    fn offer_in_order(&mut self, now: Timestamp, open: &mut Undecided) {
        if !self.operators.is_anybody_idle() {
            return;
        }
        let mut ranked = std::mem::take(&mut open.ranked);
        self.rank_first(now, open, &mut ranked);
        self.offer_ranked(now, open, &mut ranked);
        open.ranked = ranked;
    }

    fn offer_ranked(&mut self, now: Timestamp, open: &Undecided, ranked: &mut BinaryHeap<Reverse<Candidate>>) {
        while let Some(Reverse((rank, group))) = ranked.pop() {
            let (_, _, since, id) = rank;
            if let Some(operator) = self.best_operator(now, id, open) {
                self.offer(now, id, operator, None);
                self.operators.settle();
                if !self.operators.is_anybody_idle() {
                    return;
                }
            }
            ranked.extend(group.and_then(|place| self.next_of_group(now, open, place, Some((since, id)))).map(Reverse));
        }
    }

    /// Who seeks, and the first of each group that somebody who became free may take; some perhaps twice.
    fn rank_first(&self, now: Timestamp, open: &Undecided, ranked: &mut BinaryHeap<Reverse<Candidate>>) {
        let mut rank_group = |place| ranked.extend(self.next_of_group(now, open, place, None).map(Reverse));
        if open.of_all() {
            return self.lines.groups().for_each(|(place, _)| rank_group(place));
        }
        for operator in open.free.iter().filter_map(|id| self.operators.get(&id)).filter(|operator| operator.is_idle()) {
            self.lines.groups_for(&operator.post).for_each(|(place, _)| rank_group(place));
        }
        for id in open.seeking.iter() {
            if let Some((contact, entry)) = self.contacts.get(&id).and_then(waiting) {
                ranked.push(Reverse((contact_rank(&Wants::of(&self.plan, contact, entry), entry.since, id, now), None)));
            }
        }
    }

    /// The first of a group, or the next after one; none when nobody free may take any of them. That never
    /// changes while offers are made, because they only make operators busy.
    fn next_of_group(
        &self,
        now: Timestamp,
        open: &Undecided,
        place: GroupPlace,
        after: Option<(Timestamp, ContactId)>,
    ) -> Option<Candidate> {
        let group = self.lines.group(&place)?;
        let (since, id) = group.next_after(after)?;
        let wants = group.wants(&self.plan);
        let may_be_taken = match open.of_all() {
            true => self.operators.has_idle_for(&wants, now),
            false => self.free_for(open, &wants, now).next().is_some(),
        };
        may_be_taken.then(|| (contact_rank(&wants, since, id, now), Some(place)))
    }

    /// Who answers before all others that may take the contact now: whoever seeks is taken by any, others by
    /// those who became free.
    fn best_operator(&self, now: Timestamp, id: ContactId, open: &Undecided) -> Option<OperatorId> {
        let (contact, entry) = self.contacts.get(&id).and_then(waiting)?;
        let wants = Wants::of(&self.plan, contact, entry);
        let best = if open.seeks(id) {
            self.operators.best_for(&wants, now)
        } else {
            let rank = |operator: &Operator| operator_rank(&wants, &operator.post)(operator.idle_since, operator.id);
            self.free_for(open, &wants, now).map(rank).min()
        };
        best.map(|(_, _, _, _, operator)| operator)
    }

    /// Who became free and may take it.
    fn free_for<'a>(&'a self, open: &'a Undecided, wants: &'a Wants<'_>, now: Timestamp) -> impl Iterator<Item = &'a Operator> {
        let shares = self.operators.shares(&self.plan, now);
        open.free.iter().filter_map(|id| self.operators.get(&id)).filter(move |operator| wants.may_meet(operator, &shares, now))
    }

    fn tell_how_it_went(&mut self, now: Timestamp, id: ContactId, waiting: Waiting) {
        let listens = self.contacts.get(&id).is_some_and(|contact| contact.on_line);
        if !listens || self.is_asked(id) {
            return;
        }
        let lines = match (self.contacts.get(&id).map(|contact| &contact.phase), waiting) {
            (Some(Phase::Offered { .. }), _) => vec![Line::Say(Prompt::Connecting)],
            (Some(Phase::Queued(entry)), Waiting::Welcome) => {
                let queue = entry.queue.clone();
                self.words_of_welcome(now, id, &queue)
            }
            (Some(Phase::Queued(_)), Waiting::Fallback) => vec![Line::Say(Prompt::EmergencyFallback)],
            (Some(Phase::Queued(_)), Waiting::OperatorLost) => vec![Line::Say(Prompt::OperatorLost)],
            (Some(Phase::Queued(_)), Waiting::Music) => return self.play_music(id),
            _ => return,
        };
        self.play(id, lines, false);
    }

    /// Everybody queued, region by region.
    pub(super) fn queued(&self) -> impl Iterator<Item = (&Contact, &Entry)> {
        self.lines.queued().filter_map(|id| self.contacts.get(&id).and_then(waiting))
    }
}

pub(super) fn waiting(contact: &Contact) -> Option<(&Contact, &Entry)> {
    match &contact.phase {
        Phase::Queued(entry) => Some((contact, entry)),
        _ => None,
    }
}
