//! The operators, with those on duty and those idle kept by region. Whoever was changed is filed anew before
//! the next question is asked: [`Staff::settle`].

use super::state::{Entry, Operator, Reach};
use crate::{OperatorId, RegionId, plan::Plan};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Default)]
pub(super) struct Staff {
    all: BTreeMap<OperatorId, Operator>,
    on_duty: Filed,
    idle: Filed,
    /// May have changed since they were filed.
    changed: Vec<OperatorId>,
}

#[derive(Clone, Default)]
struct Filed {
    by_region: BTreeMap<RegionId, BTreeSet<OperatorId>>,
    region_of: BTreeMap<OperatorId, RegionId>,
}

impl Filed {
    fn file(&mut self, id: OperatorId, region: Option<&RegionId>) {
        let before = self.region_of.get(&id);
        if before == region {
            return;
        }
        if let Some(filed) = before.and_then(|before| self.by_region.get_mut(before)) {
            filed.remove(&id);
        }
        match region {
            Some(region) => {
                self.by_region.entry(region.clone()).or_default().insert(id);
                self.region_of.insert(id, region.clone());
            }
            None => {
                self.region_of.remove(&id);
            }
        }
    }

    /// Those of the regions that an entry reaches.
    fn in_reach<'a>(&'a self, plan: &'a Plan, entry: &'a Entry) -> impl Iterator<Item = OperatorId> + 'a {
        let own = if entry.reach == Reach::Region { self.by_region.get(&entry.region) } else { None };
        let wide = if entry.reach == Reach::Region { None } else { Some(&self.by_region) };
        let wide = wide.into_iter().flatten().filter(|(region, _)| entry.reaches(plan, region)).map(|(_, filed)| filed);
        own.into_iter().chain(wide).flatten().copied()
    }
}

impl Staff {
    pub fn get(&self, id: &OperatorId) -> Option<&Operator> {
        self.all.get(id)
    }

    pub fn get_mut(&mut self, id: &OperatorId) -> Option<&mut Operator> {
        let operator = self.all.get_mut(id)?;
        self.changed.push(*id);
        Some(operator)
    }

    pub fn insert(&mut self, operator: Operator) {
        self.changed.push(operator.id);
        self.all.insert(operator.id, operator);
    }

    pub fn values(&self) -> impl Iterator<Item = &Operator> {
        self.all.values()
    }

    pub fn keys(&self) -> impl Iterator<Item = &OperatorId> {
        self.all.keys()
    }

    /// Files anew whoever may have changed.
    pub fn settle(&mut self) {
        for id in self.changed.drain(..) {
            let Some(operator) = self.all.get(&id) else { continue };
            self.on_duty.file(id, operator.on_duty().then_some(&operator.region));
            self.idle.file(id, operator.is_idle().then_some(&operator.region));
        }
    }

    fn is_settled(&self) -> bool {
        self.changed.is_empty()
    }

    pub fn is_anybody_idle(&self) -> bool {
        debug_assert!(self.is_settled());
        !self.idle.region_of.is_empty()
    }

    /// On duty in the regions that an entry reaches.
    pub fn on_duty<'a>(&'a self, plan: &'a Plan, entry: &'a Entry) -> impl Iterator<Item = &'a Operator> {
        debug_assert!(self.is_settled());
        self.on_duty.in_reach(plan, entry).filter_map(|id| self.all.get(&id))
    }

    /// On duty in a region.
    pub fn on_duty_in(&self, region: &RegionId) -> impl Iterator<Item = &Operator> {
        debug_assert!(self.is_settled());
        self.on_duty.by_region.get(region).into_iter().flatten().filter_map(|id| self.all.get(id))
    }

    /// Idle in the regions that an entry reaches.
    pub fn idle<'a>(&'a self, plan: &'a Plan, entry: &'a Entry) -> impl Iterator<Item = &'a Operator> {
        debug_assert!(self.is_settled());
        self.idle.in_reach(plan, entry).filter_map(|id| self.all.get(&id))
    }
}
