//! The operators, and in teams those who are alike: of one post, so that who may take a contact and at which
//! level is asked once for all of them. Whoever was changed is filed anew before the next question is asked:
//! [`Staff::settle`].

use super::{
    eligibility::Wants,
    order::{OperatorRank, operator_rank},
    post::Post,
    reserved::Reserved,
    shares::Shares,
    state::Operator,
};
use crate::{
    ClassId, ContactId, OperatorId, Timestamp,
    numbered::Numbered,
    plan::{Class, Plan},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

#[derive(Clone, Default)]
pub(super) struct Staff {
    all: Numbered<OperatorId, Member>,
    /// Those without members are given to the next new post.
    teams: Vec<Team>,
    /// How many are idle.
    idle: usize,
    /// May have changed since they were filed.
    changed: Vec<OperatorId>,
    /// Somebody came, went or became free: whoever is kept for others may be so no more.
    loosened: bool,
    /// Booked calls for which operators are kept, or will be.
    reserved: BTreeMap<ContactId, Reserved>,
}

#[derive(Clone)]
struct Member {
    operator: Operator,
    filed: Option<Filed>,
}

/// Where and as what somebody stands in a team.
#[derive(Clone, PartialEq, Eq)]
struct Filed {
    team: usize,
    on_duty: bool,
    idle_since: Option<Timestamp>,
    /// Of those on duty.
    busy_with: Option<ClassId>,
}

/// All operators of one post.
#[derive(Clone)]
pub(super) struct Team {
    pub post: Arc<Post>,
    members: usize,
    pub on_duty: usize,
    /// How many of those on duty are busy with which class.
    busy: Vec<(ClassId, usize)>,
    /// The longest idle first, which is the order in which the members of a team answer.
    idle: BTreeSet<(Timestamp, OperatorId)>,
}

impl Team {
    fn file(&mut self, id: OperatorId, filed: &Filed) {
        self.members += 1;
        self.on_duty += usize::from(filed.on_duty);
        self.idle.extend(filed.idle_since.map(|since| (since, id)));
        let Some(class) = &filed.busy_with else { return };
        match self.busy.iter_mut().find(|(known, _)| known == class) {
            Some((_, busy)) => *busy += 1,
            None => self.busy.push((class.clone(), 1)),
        }
    }

    fn forget(&mut self, id: OperatorId, filed: &Filed) {
        self.members -= 1;
        self.on_duty -= usize::from(filed.on_duty);
        if let Some(since) = filed.idle_since {
            self.idle.remove(&(since, id));
        }
        let of_class = self.busy.iter_mut().find(|(known, _)| Some(known) == filed.busy_with.as_ref());
        of_class.into_iter().for_each(|(_, busy)| *busy -= 1);
    }

    pub fn idle(&self) -> usize {
        self.idle.len()
    }

    /// On duty and busy with classes that operators who are kept for this one are kept from.
    pub fn busy_with_others(&self, plan: &Plan, class: &Class) -> usize {
        self.busy.iter().filter(|(known, _)| plan.keeps_from(class, known)).map(|(_, busy)| busy).sum()
    }

    /// The ranks of those who are idle and may take it, the first to answer first.
    fn ranks<'a>(&'a self, wants: &Wants<'_>) -> impl Iterator<Item = OperatorRank> + use<'a> {
        let (of, awaits) = (operator_rank(wants, &self.post), wants.awaits);
        let may = move |(_, id): &&(Timestamp, OperatorId)| awaits.is_none_or(|awaited| awaited == *id);
        self.idle.iter().filter(may).map(move |(since, id)| of(*since, *id))
    }
}

impl Staff {
    pub fn get(&self, id: &OperatorId) -> Option<&Operator> {
        self.all.get(id).map(|member| &member.operator)
    }

    pub fn get_mut(&mut self, id: &OperatorId) -> Option<&mut Operator> {
        let member = self.all.get_mut(id)?;
        // Mostly one is changed several times.
        if self.changed.last() != Some(id) {
            self.changed.push(*id);
        }
        Some(&mut member.operator)
    }

    pub fn insert(&mut self, operator: Operator) {
        self.changed.push(operator.id);
        self.all.insert(operator.id, Member { operator, filed: None });
    }

    pub fn values(&self) -> impl Iterator<Item = &Operator> {
        self.all.values().map(|member| &member.operator)
    }

    pub fn keys(&self) -> impl Iterator<Item = OperatorId> {
        self.all.keys()
    }

    /// Files anew whoever may have changed.
    pub fn settle(&mut self) {
        while let Some(id) = self.changed.pop() {
            let Some(Member { operator, filed }) = self.all.get_mut(&id) else { continue };
            let team = match filed {
                Some(filed) if Arc::ptr_eq(&self.teams[filed.team].post, &operator.post) => filed.team,
                _ => team_of(&mut self.teams, operator),
            };
            let idle_since = operator.is_idle().then_some(operator.idle_since);
            let on_duty = operator.on_duty();
            let now = Filed { team, on_duty, idle_since, busy_with: operator.busy_with().filter(|_| on_duty).cloned() };
            if filed.as_ref() == Some(&now) {
                continue;
            }
            self.idle += usize::from(now.idle_since.is_some());
            self.teams[team].file(id, &now);
            if let Some(before) = filed {
                self.idle -= usize::from(before.idle_since.is_some());
                self.teams[before.team].forget(id, before);
            }
            let stays = |was: &&mut Filed| {
                was.team == team && was.on_duty == on_duty && (was.busy_with.is_none() || was.busy_with == now.busy_with)
            };
            self.loosened |= !filed.as_mut().is_some_and(|was| stays(&was));
            *filed = Some(now);
        }
    }

    /// Whether more operators than before may be taken for classes that they are not kept for.
    pub fn take_loosened(&mut self) -> bool {
        std::mem::take(&mut self.loosened)
    }

    /// How much of what the plan keeps for some classes is left for others.
    pub fn shares<'a>(&'a self, plan: &'a Plan, now: Timestamp) -> Shares<'a> {
        Shares::of(plan, self.teams(), self.reserved.values(), now)
    }

    pub fn reserve(&mut self, contact: ContactId, reserved: Reserved) {
        self.reserved.insert(contact, reserved);
    }

    /// Whether somebody was kept for it, or would have been.
    pub fn release(&mut self, contact: ContactId) -> bool {
        self.reserved.remove(&contact).is_some()
    }

    pub fn is_anything_reserved(&self) -> bool {
        !self.reserved.is_empty()
    }

    /// Those that have members. Their order says nothing.
    pub fn teams(&self) -> impl Iterator<Item = &Team> + Clone {
        debug_assert!(self.changed.is_empty(), "settled before it is asked");
        self.teams.iter().filter(|team| team.members > 0)
    }

    pub fn is_anybody_idle(&self) -> bool {
        debug_assert!(self.changed.is_empty(), "settled before it is asked");
        self.idle > 0
    }

    /// Whether anybody on duty could take what is asked for.
    pub fn is_served(&self, wants: &Wants<'_>, now: Timestamp) -> bool {
        self.teams().any(|team| team.on_duty > 0 && wants.could_meet(&team.post, now))
    }

    /// Whether anybody is free for it.
    pub fn has_idle_for(&self, wants: &Wants<'_>, now: Timestamp) -> bool {
        self.best_for(wants, now).is_some()
    }

    /// Who answers before all others that are idle and may take it. A team's first is enough: its members
    /// differ in nothing else that ranks them.
    pub fn best_for(&self, wants: &Wants<'_>, now: Timestamp) -> Option<OperatorRank> {
        self.teams_for(wants, now).filter_map(|team| team.ranks(wants).next()).min()
    }

    /// Those among whom are the first few who may take it; of each team so many.
    pub fn first_for<'a>(&'a self, wants: &'a Wants<'_>, now: Timestamp, few: usize) -> impl Iterator<Item = OperatorRank> + 'a {
        self.teams_for(wants, now).flat_map(move |team| team.ranks(wants).take(few))
    }

    fn teams_for<'a>(&'a self, wants: &'a Wants<'_>, now: Timestamp) -> impl Iterator<Item = &'a Team> {
        let shares = self.shares(wants.plan, now);
        let free = move |team: &&Team| !team.idle.is_empty() && wants.could_meet(&team.post, now) && shares.leave(wants, &team.post);
        self.teams().filter(free)
    }
}

/// The team of the operator's post, who from now on shares that post with its other members.
fn team_of(teams: &mut Vec<Team>, operator: &mut Operator) -> usize {
    let known = teams.iter().position(|team| team.members > 0 && team.post == operator.post);
    if let Some(place) = known {
        operator.post = teams[place].post.clone();
        return place;
    }
    let team = Team { post: operator.post.clone(), members: 0, on_duty: 0, busy: Vec::new(), idle: BTreeSet::new() };
    match teams.iter().position(|team| team.members == 0) {
        Some(place) => {
            teams[place] = team;
            place
        }
        None => {
            teams.push(team);
            teams.len() - 1
        }
    }
}
