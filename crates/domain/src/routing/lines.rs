//! Who stands where in line, kept beside the contacts so that nobody has to be looked for among all who are
//! open. It says nothing of its own: [`super::router::Router::enter`] tells it of every change of phase.

use super::state::{Phase, Reach};
use crate::{ContactId, QueueId, RegionId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Default)]
pub(super) struct Lines {
    /// Queued or offered.
    by_queue: BTreeMap<QueueId, BTreeSet<ContactId>>,
    /// Queued, by the region that they wait in.
    queued: BTreeMap<RegionId, BTreeSet<ContactId>>,
    /// Queued, and other regions may take them.
    widened: BTreeSet<ContactId>,
}

impl Lines {
    pub fn left(&mut self, id: ContactId, phase: &Phase) {
        if let Phase::Queued(entry) | Phase::Offered { entry, .. } = phase
            && let Some(standing) = self.by_queue.get_mut(&entry.queue)
        {
            standing.remove(&id);
        }
        if let Phase::Queued(entry) = phase {
            self.widened.remove(&id);
            if let Some(queued) = self.queued.get_mut(&entry.region) {
                queued.remove(&id);
            }
        }
    }

    pub fn entered(&mut self, id: ContactId, phase: &Phase) {
        if let Phase::Queued(entry) | Phase::Offered { entry, .. } = phase {
            put(&mut self.by_queue, &entry.queue, id);
        }
        if let Phase::Queued(entry) = phase {
            put(&mut self.queued, &entry.region, id);
            self.reaches(id, entry.reach);
        }
    }

    /// How far somebody queued reaches now.
    pub fn reaches(&mut self, id: ContactId, reach: Reach) {
        if reach > Reach::Region {
            self.widened.insert(id);
        }
    }

    /// Queued or offered in a queue, in the order of their numbers.
    pub fn of_queue(&self, queue: &QueueId) -> impl Iterator<Item = ContactId> {
        self.by_queue.get(queue).into_iter().flatten().copied()
    }

    pub fn count(&self, queue: &QueueId) -> usize {
        self.by_queue.get(queue).map_or(0, BTreeSet::len)
    }

    /// Everybody queued, region by region.
    pub fn queued(&self) -> impl Iterator<Item = ContactId> {
        self.queued.values().flatten().copied()
    }

    /// Everybody queued whom an operator of the region may reach; for the widened that is still to be asked.
    pub fn queued_for(&self, region: &RegionId) -> impl Iterator<Item = ContactId> {
        let own = self.queued.get(region);
        let others = self.widened.iter().filter(move |id| !own.is_some_and(|own| own.contains(*id)));
        own.into_iter().flatten().chain(others).copied()
    }
}

fn put<K: Ord + Clone>(lines: &mut BTreeMap<K, BTreeSet<ContactId>>, key: &K, id: ContactId) {
    match lines.get_mut(key) {
        Some(line) => line.insert(id),
        None => lines.entry(key.clone()).or_default().insert(id),
    };
}
