//! Whose desk a change concerns. A desk shows its operator's own state, contact and promises at once; what changes for others
//! it may show a little later, because a thousand desks that all draw themselves anew at every call of anybody keep the
//! machine from answering calls.

use domain::{
    ContactId, OperatorId, PromiseId,
    contact::Owner,
    routing::{ContactView, OperatorView, PromiseView, View},
};
use std::collections::{BTreeMap, BTreeSet};

/// The operators whose own state, contact or promises are others than before.
#[must_use]
pub fn by_change(before: &View, after: &View) -> BTreeSet<OperatorId> {
    let mut concerned = BTreeSet::new();
    let were: BTreeMap<OperatorId, &OperatorView> = before.operators.iter().map(|view| (view.operator, view)).collect();
    let (old, new) = (contacts(before), contacts(after));
    for view in &after.operators {
        let was = were.get(&view.operator).copied();
        let their = |contacts: &BTreeMap<ContactId, &ContactView>| view.contact.and_then(|id| contacts.get(&id).copied()).cloned();
        if was != Some(view) || their(&old) != their(&new) {
            concerned.insert(view.operator);
        }
    }
    concerned.extend(of_promises(before, after));
    concerned
}

fn contacts(view: &View) -> BTreeMap<ContactId, &ContactView> {
    view.contacts.iter().map(|contact| (contact.contact, contact)).collect()
}

/// Who owes what was made, changed, passed on or settled; what a unit owes is everybody's a little later.
fn of_promises(before: &View, after: &View) -> BTreeSet<OperatorId> {
    let by_id = |view| -> BTreeMap<PromiseId, &PromiseView> { promises(view).map(|promise| (promise.promise, promise)).collect() };
    let (old, new) = (by_id(before), by_id(after));
    let changed_in = |these: &BTreeMap<PromiseId, &PromiseView>, those: &BTreeMap<PromiseId, &PromiseView>| -> Vec<OperatorId> {
        let changed = these.iter().filter(|(id, promise)| those.get(id) != Some(promise));
        changed.filter_map(|(_, promise)| operator_of(&promise.owner)).collect()
    };
    changed_in(&old, &new).into_iter().chain(changed_in(&new, &old)).collect()
}

fn promises(view: &View) -> impl Iterator<Item = &PromiseView> {
    view.promises.iter().filter(|promise| operator_of(&promise.owner).is_some())
}

fn operator_of(owner: &Owner) -> Option<OperatorId> {
    match owner {
        Owner::Operator(operator) => Some(*operator),
        Owner::Dialogue | Owner::Queue(_) | Owner::Unit(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        MatterId, RegionId, SiteId, Timestamp, UnitId,
        contact::{PromiseKind, Reference},
        routing::OperatorState,
    };

    fn operator(id: u64) -> OperatorView {
        OperatorView {
            operator: OperatorId(id),
            site: SiteId::new("goteborg"),
            region: RegionId::new("vast"),
            state: OperatorState::Idle,
            since: Timestamp(0),
            on_duty: true,
            pause: None,
            next: None,
            contact: None,
            offer: None,
            until: None,
            languages: Vec::new(),
            taking: Vec::new(),
            queues: Vec::new(),
            idle: None,
        }
    }

    fn promise(id: u64, owner: Owner) -> PromiseView {
        PromiseView {
            promise: PromiseId(id),
            matter: MatterId(id),
            reference: Reference::of(MatterId(id)),
            kind: PromiseKind::Report,
            owner,
            due: Timestamp(1_000),
            soon_ms: None,
            step: None,
            pressing: false,
            paused: None,
            ring_back: false,
        }
    }

    fn view(operators: &[OperatorView], promises: &[PromiseView]) -> View {
        View { operators: operators.to_vec(), promises: promises.to_vec(), ..View::default() }
    }

    #[test]
    fn a_state_and_a_promise_concern_whose_they_are_and_nobody_else() {
        let (one, two) = (operator(1), operator(2));
        let busy = OperatorView { state: OperatorState::Engaged, ..two.clone() };
        let theirs = |ids: &[u64]| ids.iter().copied().map(OperatorId).collect::<BTreeSet<_>>();
        let check = |before: View, after: View, expected: &[u64]| assert_eq!(by_change(&before, &after), theirs(expected));
        let both = [one.clone(), two.clone()];
        check(view(&both, &[]), view(&both, &[]), &[]);
        check(view(&both, &[]), view(&[one.clone(), busy], &[]), &[2]);
        let owed_by = |owner: Owner| [promise(7, owner)];
        let (of_one, of_two) = (owed_by(Owner::Operator(OperatorId(1))), owed_by(Owner::Operator(OperatorId(2))));
        let of_unit = owed_by(Owner::Unit(UnitId::new("operators.vast")));
        check(view(&both, &of_one), view(&both, &of_two), &[1, 2]);
        check(view(&both, &of_unit), view(&both, &of_two), &[2]);
        check(view(&both, &of_unit), view(&both, &[]), &[]);
        check(view(&both, &of_one), view(&both, &[]), &[1]);
    }
}
