//! Brings together who waits and who is free: once, when all that an event or deadline changed is done. So
//! nobody is offered by what held in the midst of it, and nobody overtakes.

use super::{
    eligibility::Wants,
    order::{contact_rank, operator_rank},
    router::Router,
    state::{Contact, Entry, Operator, Phase},
};
use crate::{
    ContactId, OperatorId, RegionId, Timestamp,
    dialogue::{Line, Prompt},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
};

/// What an event has left to be decided at its end.
#[derive(Clone, Default)]
pub(super) struct Undecided {
    /// Who may meet whom has changed for all: guards are asked and operators looked for anew.
    everybody: bool,
    /// The same, but only guards and empty steps may have changed.
    all_steps: bool,
    /// Whose steps may have changed.
    steps: BTreeSet<ContactId>,
    /// Who may be taken now by somebody who is free already.
    seeking: BTreeSet<ContactId>,
    /// Who may take somebody who waits already.
    free: BTreeSet<OperatorId>,
    /// Who hears how it went.
    told: BTreeMap<ContactId, Waiting>,
}

impl Undecided {
    fn is_nothing(&self) -> bool {
        let Self { everybody, all_steps, steps, seeking, free, told } = self;
        !everybody && !all_steps && steps.is_empty() && seeking.is_empty() && free.is_empty() && told.is_empty()
    }

    fn seeks(&self, contact: ContactId) -> bool {
        self.everybody || self.seeking.contains(&contact)
    }
}

/// What is heard by somebody who came into line, or to its front, and was not taken at once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiting {
    Welcome,
    /// 112 did not answer: instead of the welcome, which nobody has to hear who is in danger.
    Fallback,
    Music,
}

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

    pub(super) fn tell_when_matched(&mut self, id: ContactId, waiting: Waiting) {
        self.undecided.told.insert(id, waiting);
    }

    /// First all are widened, then who seeks is offered in order of rank: a later arrival never takes the
    /// operator whom its own arrival let in for those before.
    pub(super) fn bring_together(&mut self, now: Timestamp) {
        self.operators.settle();
        if self.undecided.is_nothing() {
            return;
        }
        let mut open = std::mem::take(&mut self.undecided);
        if open.everybody || open.all_steps {
            open.steps = self.queued().map(|(contact, _)| contact.id).collect();
        }
        for id in &open.steps {
            if self.pass_steps(now, *id) {
                open.seeking.insert(*id);
            }
        }
        self.offer_in_order(now, &open);
        for (id, waiting) in open.told {
            self.tell_how_it_went(id, waiting);
        }
    }

    /// Nobody who sought nobody before meets now: only pairs are looked at of which one half is new.
    fn offer_in_order(&mut self, now: Timestamp, open: &Undecided) {
        if !self.operators.is_anybody_idle() {
            return;
        }
        // A heap, because mostly the first are all that is asked for.
        let mut ranked: BinaryHeap<_> = self.candidates(open).map(|wants| Reverse(contact_rank(&wants, now))).collect();
        let mut free = self.still_free(open);
        while let Some(Reverse((_, _, _, id))) = ranked.pop() {
            if !free && !open.seeks(id) {
                continue;
            }
            let Some((contact, entry)) = self.contacts.get(&id).and_then(waiting) else { continue };
            let wants = Wants::of(&self.plan, contact, entry);
            let best = self
                .operators
                .idle(&self.plan, entry)
                .filter(|operator| open.seeks(id) || open.free.contains(&operator.id))
                .filter(|operator| wants.may_meet(operator, now))
                .min_by_key(|operator| operator_rank(&wants, operator))
                .map(|operator| operator.id);
            if let Some(operator) = best {
                self.offer(now, id, operator);
                self.operators.settle();
                free = self.still_free(open);
                if !self.operators.is_anybody_idle() || (!free && !open.everybody && open.seeking.is_empty()) {
                    return;
                }
            }
        }
    }

    /// Whether any of those who became free still is.
    fn still_free(&self, open: &Undecided) -> bool {
        open.free.iter().any(|id| self.operators.get(id).is_some_and(Operator::is_idle))
    }

    /// Who seeks, and whom those who are free may reach; some perhaps twice.
    fn candidates<'a>(&'a self, open: &'a Undecided) -> impl Iterator<Item = Wants<'a>> {
        let all = self.lines.queued().filter(|_| open.everybody);
        let seeking = open.seeking.iter().copied().filter(|_| !open.everybody);
        let free =
            open.free.iter().filter(|_| !open.everybody).filter_map(|id| self.operators.get(id)).filter(|operator| operator.is_idle());
        let reached = free.flat_map(|operator| self.lines.queued_for(&operator.region));
        all.chain(seeking).chain(reached).filter_map(|id| {
            let (contact, entry) = self.contacts.get(&id).and_then(waiting)?;
            Some(Wants::of(&self.plan, contact, entry))
        })
    }

    fn tell_how_it_went(&mut self, id: ContactId, waiting: Waiting) {
        if self.is_asked(id) {
            return;
        }
        let lines = match (self.contacts.get(&id).map(|contact| &contact.phase), waiting) {
            (Some(Phase::Offered { .. }), _) => vec![Line::Say(Prompt::Connecting)],
            (Some(Phase::Queued(entry)), Waiting::Welcome) => self.words_of_welcome(id, &entry.queue),
            (Some(Phase::Queued(_)), Waiting::Fallback) => vec![Line::Say(Prompt::EmergencyFallback)],
            (Some(Phase::Queued(_)), Waiting::Music) => return self.play_music(id),
            _ => return,
        };
        self.play(id, lines, false);
    }

    /// Everybody queued, region by region.
    pub(super) fn queued(&self) -> impl Iterator<Item = (&Contact, &Entry)> {
        self.lines.queued().filter_map(|id| self.contacts.get(&id).and_then(waiting))
    }

    /// Everybody queued whom an operator of the region may reach, and some whom they may not.
    pub(super) fn queued_for(&self, region: &RegionId) -> impl Iterator<Item = (&Contact, &Entry)> {
        self.lines.queued_for(region).filter_map(|id| self.contacts.get(&id).and_then(waiting))
    }
}

pub(super) fn waiting(contact: &Contact) -> Option<(&Contact, &Entry)> {
    match &contact.phase {
        Phase::Queued(entry) => Some((contact, entry)),
        _ => None,
    }
}
