//! The operators, and in teams those who are alike: of one post, so that who may take a contact and at which
//! level is asked once for all of them. Whoever was changed is filed anew before the next question is asked:
//! [`Staff::settle`].

use super::{
    eligibility::Wants,
    order::{OperatorRank, operator_rank},
    post::Post,
    state::Operator,
};
use crate::{OperatorId, Timestamp, numbered::Numbered};
use std::{collections::BTreeSet, sync::Arc};

#[derive(Clone, Default)]
pub(super) struct Staff {
    all: Numbered<OperatorId, Member>,
    /// Those without members are given to the next new post.
    teams: Vec<Team>,
    /// How many are idle.
    idle: usize,
    /// May have changed since they were filed.
    changed: Vec<OperatorId>,
}

#[derive(Clone)]
struct Member {
    operator: Operator,
    filed: Option<Filed>,
}

/// Where and as what somebody stands in a team.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Filed {
    team: usize,
    on_duty: bool,
    idle_since: Option<Timestamp>,
}

/// All operators of one post.
#[derive(Clone)]
pub(super) struct Team {
    pub post: Arc<Post>,
    members: usize,
    pub on_duty: usize,
    /// The longest idle first, which is the order in which the members of a team answer.
    idle: BTreeSet<(Timestamp, OperatorId)>,
}

impl Team {
    fn file(&mut self, id: OperatorId, filed: Filed) {
        self.members += 1;
        self.on_duty += usize::from(filed.on_duty);
        self.idle.extend(filed.idle_since.map(|since| (since, id)));
    }

    fn forget(&mut self, id: OperatorId, filed: Filed) {
        self.members -= 1;
        self.on_duty -= usize::from(filed.on_duty);
        if let Some(since) = filed.idle_since {
            self.idle.remove(&(since, id));
        }
    }

    /// The ranks of those who are idle, the first to answer first.
    fn ranks<'a>(&'a self, wants: &Wants<'_>) -> impl Iterator<Item = OperatorRank> + use<'a> {
        let of = operator_rank(wants, &self.post);
        self.idle.iter().map(move |(since, id)| of(*since, *id))
    }
}

impl Staff {
    pub fn get(&self, id: &OperatorId) -> Option<&Operator> {
        self.all.get(id).map(|member| &member.operator)
    }

    pub fn get_mut(&mut self, id: &OperatorId) -> Option<&mut Operator> {
        let member = self.all.get_mut(id)?;
        self.changed.push(*id);
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
            let now = Filed { team, on_duty: operator.on_duty(), idle_since };
            let before = filed.replace(now);
            if before == Some(now) {
                continue;
            }
            self.idle += usize::from(now.idle_since.is_some());
            self.teams[team].file(id, now);
            if let Some(before) = before {
                self.idle -= usize::from(before.idle_since.is_some());
                self.teams[before.team].forget(id, before);
            }
        }
    }

    /// Those that have members. Their order says nothing.
    pub fn teams(&self) -> impl Iterator<Item = &Team> {
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
        self.teams_for(wants, now).next().is_some()
    }

    /// Who answers before all others that are idle and may take it. A team's first is enough: its members
    /// differ in nothing else that ranks them.
    pub fn best_for(&self, wants: &Wants<'_>, now: Timestamp) -> Option<OperatorRank> {
        self.teams_for(wants, now).filter_map(|team| team.ranks(wants).next()).min()
    }

    /// Those among whom are the first few who may take it; of each team so many.
    pub fn first_for(&self, wants: &Wants<'_>, now: Timestamp, few: usize) -> impl Iterator<Item = OperatorRank> {
        self.teams_for(wants, now).flat_map(move |team| team.ranks(wants).take(few))
    }

    fn teams_for(&self, wants: &Wants<'_>, now: Timestamp) -> impl Iterator<Item = &Team> {
        self.teams().filter(move |team| !team.idle.is_empty() && wants.could_meet(&team.post, now))
    }
}

/// The team of the operator's post, who from now on shares that post with its other members.
fn team_of(teams: &mut Vec<Team>, operator: &mut Operator) -> usize {
    let known = teams.iter().position(|team| team.members > 0 && team.post == operator.post);
    if let Some(place) = known {
        operator.post = teams[place].post.clone();
        return place;
    }
    let team = Team { post: operator.post.clone(), members: 0, on_duty: 0, idle: BTreeSet::new() };
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
