//! Who stands where in line, kept beside the contacts so that nobody has to be looked for among all who are
//! open. It says nothing of its own: [`super::router::Router::enter`] tells it of every change of phase.

use super::{
    eligibility::Wants,
    order::{ContactRank, contact_rank},
    post::Post,
    state::{Eased, Entry, Phase, Reach},
};
use crate::{ClassId, ContactId, OperatorId, QueueId, RegionId, Timestamp, intent::Language, named::Named, plan::Plan};
use std::{
    collections::BTreeSet,
    ops::Bound::{Excluded, Unbounded},
};

#[derive(Clone, Default)]
pub(super) struct Lines {
    /// How many are queued or offered.
    waiting: Named<QueueId, usize>,
    /// Queued, and only operators of their region may take them.
    own: Named<RegionId, Vec<Group>>,
    /// Queued, and other regions may take them.
    widened: Vec<Group>,
}

/// People in one queue who want the same: who may take one of them may take all.
#[derive(Clone)]
pub(super) struct Group {
    pub queue: QueueId,
    region: RegionId,
    class: ClassId,
    reach: Reach,
    eased: Eased,
    language: Language,
    any_class: bool,
    goes_first: bool,
    put_first: bool,
    booked: bool,
    awaits: Option<OperatorId>,
    /// By entry and number, which is the order in which they are taken.
    standing: BTreeSet<(Timestamp, ContactId)>,
}

/// Where a group is found again; it stays there until [`Lines::forget_empty`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupPlace {
    /// None for the widened.
    region: Option<RegionId>,
    at: usize,
}

impl Group {
    fn of(entry: &Entry, language: Language) -> Self {
        Self {
            queue: entry.queue.clone(),
            region: entry.region.clone(),
            class: entry.class.clone(),
            reach: entry.reach,
            eased: entry.eased.clone(),
            language,
            any_class: entry.is_for_any_class(),
            goes_first: entry.goes_first(),
            put_first: entry.put_first,
            booked: entry.booked,
            awaits: entry.awaits,
            standing: BTreeSet::new(),
        }
    }

    fn takes(&self, entry: &Entry, language: Language) -> bool {
        let Self { queue, region, class, reach, eased, language: spoken, any_class, goes_first, put_first, booked, awaits, standing: _ } =
            self;
        (*reach, *spoken, *any_class) == (entry.reach, language, entry.is_for_any_class())
            && (*goes_first, *put_first, *booked, *awaits) == (entry.goes_first(), entry.put_first, entry.booked, entry.awaits)
            && *queue == entry.queue
            && *region == entry.region
            && *class == entry.class
            && *eased == entry.eased
    }

    pub fn wants<'a>(&'a self, plan: &'a Plan) -> Wants<'a> {
        Wants {
            plan,
            language: self.language,
            region: &self.region,
            reach: self.reach,
            eased: &self.eased,
            class: plan.class(&self.class),
            any_class: self.any_class,
            goes_first: self.goes_first,
            put_first: self.put_first,
            booked: self.booked,
            awaits: self.awaits,
        }
    }

    pub fn len(&self) -> usize {
        self.standing.len()
    }

    pub fn contacts(&self) -> impl Iterator<Item = ContactId> {
        self.standing.iter().map(|(_, id)| *id)
    }

    /// Of the first few.
    pub fn first_ranks(&self, wants: Wants<'_>, now: Timestamp, few: usize) -> impl Iterator<Item = ContactRank> {
        self.standing.iter().take(few).map(move |(since, id)| contact_rank(&wants, *since, *id, now))
    }

    /// The first, or the next after somebody who stands or stood here.
    pub fn next_after(&self, last: Option<(Timestamp, ContactId)>) -> Option<(Timestamp, ContactId)> {
        match last {
            None => self.standing.first().copied(),
            Some(last) => self.standing.range((Excluded(last), Unbounded)).next().copied(),
        }
    }
}

impl Lines {
    pub fn left(&mut self, id: ContactId, phase: &Phase, language: Language) {
        if let Phase::Queued(entry) | Phase::Offered { entry, .. } = phase {
            *self.waiting.get_or_default(&entry.queue) -= 1;
        }
        if let Phase::Queued(entry) = phase
            && let Some(group) = self.groups_mut(entry).iter_mut().find(|group| group.takes(entry, language))
        {
            group.standing.remove(&(entry.since, id));
        }
    }

    pub fn entered(&mut self, id: ContactId, phase: &Phase, language: Language) {
        if let Phase::Queued(entry) | Phase::Offered { entry, .. } = phase {
            *self.waiting.get_or_default(&entry.queue) += 1;
        }
        if let Phase::Queued(entry) = phase {
            let groups = self.groups_mut(entry);
            let at = groups.iter().position(|group| group.takes(entry, language)).unwrap_or_else(|| {
                groups.push(Group::of(entry, language));
                groups.len() - 1
            });
            groups[at].standing.insert((entry.since, id));
        }
    }

    fn groups_mut(&mut self, entry: &Entry) -> &mut Vec<Group> {
        if entry.reach > Reach::Region {
            return &mut self.widened;
        }
        self.own.get_or_default(&entry.region)
    }

    /// Queues and classes come and go with plans.
    pub fn forget_empty(&mut self) {
        self.own.values_mut().chain([&mut self.widened]).for_each(|groups| groups.retain(|group| group.len() > 0));
        self.own.retain(|groups| !groups.is_empty());
        self.waiting.retain(|waiting| *waiting > 0);
    }

    /// Queued or offered in a queue.
    pub fn count(&self, queue: &QueueId) -> usize {
        self.waiting.get(queue).copied().unwrap_or(0)
    }

    /// Everybody queued, region by region.
    pub fn groups(&self) -> impl Iterator<Item = (GroupPlace, &Group)> {
        self.own.iter().flat_map(|(region, groups)| places(region, groups)).chain(self.groups_widened())
    }

    /// Everybody queued whom an operator of the post may reach; for the widened that is still to be asked.
    pub fn groups_for<'a>(&'a self, post: &'a Post) -> impl Iterator<Item = (GroupPlace, &'a Group)> {
        post.regions().flat_map(|region| self.groups_in(region)).chain(self.groups_widened())
    }

    fn groups_in<'a>(&'a self, region: &'a RegionId) -> impl Iterator<Item = (GroupPlace, &'a Group)> {
        self.own.get(region).into_iter().flat_map(|groups| places(region, groups))
    }

    fn groups_widened(&self) -> impl Iterator<Item = (GroupPlace, &Group)> {
        self.widened.iter().enumerate().map(|(at, group)| (GroupPlace { region: None, at }, group))
    }

    pub fn group(&self, place: &GroupPlace) -> Option<&Group> {
        match &place.region {
            Some(region) => self.own.get(region)?.get(place.at),
            None => self.widened.get(place.at),
        }
    }

    /// Everybody queued.
    pub fn queued(&self) -> impl Iterator<Item = ContactId> {
        self.own.values().flatten().chain(&self.widened).flat_map(Group::contacts)
    }

    /// Queued in a queue.
    pub fn of_queue<'a>(&'a self, queue: &'a QueueId, region: &RegionId) -> impl Iterator<Item = ContactId> + use<'a> {
        let groups = self.own.get(region).into_iter().flatten().chain(&self.widened);
        groups.filter(move |group| group.queue == *queue).flat_map(Group::contacts)
    }
}

fn places<'a>(region: &'a RegionId, groups: &'a [Group]) -> impl Iterator<Item = (GroupPlace, &'a Group)> {
    groups.iter().enumerate().map(|(at, group)| (GroupPlace { region: Some(region.clone()), at }, group))
}
