//! Who could answer a contact that waits, and what they are doing: for the sentence that says why it waits.
//! Asked of the same rule that matches, so that no page has a second one.

use super::{
    eligibility::Wants,
    post::Post,
    router::Router,
    state::{Doing, Intention, Operator},
};
use crate::Timestamp;
use serde::Serialize;
use std::sync::Arc;

/// Operators at work who could answer, by what they are doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Able {
    pub ready: usize,
    /// In a call, or about to be.
    pub talking: usize,
    pub wrap_up: usize,
    /// Or let an offer ring out.
    pub paused: usize,
}

impl Able {
    #[must_use]
    pub fn all(self) -> usize {
        self.ready + self.talking + self.wrap_up + self.paused
    }

    fn count(&mut self, operator: &Operator) {
        let counted = match (&operator.doing, operator.intent) {
            _ if !operator.present => return,
            (Doing::Offered(_) | Doing::Connecting(_) | Doing::Engaged(_) | Doing::Assisting { .. }, _) => &mut self.talking,
            (Doing::WrapUp { .. }, _) => &mut self.wrap_up,
            (Doing::Unresponsive, _) | (Doing::Nothing, Intention::Paused(_)) => &mut self.paused,
            (Doing::Nothing, Intention::OnDuty) => &mut self.ready,
            (Doing::Nothing, Intention::Off) => return,
        };
        *counted += 1;
    }

    fn add(&mut self, other: Self) {
        let Self { ready, talking, wrap_up, paused } = other;
        self.ready += ready;
        self.talking += talking;
        self.wrap_up += wrap_up;
        self.paused += paused;
    }
}

/// What those of each post are doing, counted once for all who wait.
pub(super) struct AtWork(Vec<(Arc<Post>, Able)>);

impl AtWork {
    pub fn able(&self, wants: &Wants<'_>, now: Timestamp) -> Able {
        let mut able = Able::default();
        self.0.iter().filter(|(post, _)| wants.could_meet(post, now)).for_each(|(_, of_post)| able.add(*of_post));
        able
    }
}

impl Router {
    pub(super) fn at_work(&self) -> AtWork {
        let mut posts: Vec<(Arc<Post>, Able)> = Vec::new();
        for operator in self.operators.values() {
            // Those who are alike share their post.
            let known = posts.iter().position(|(post, _)| Arc::ptr_eq(post, &operator.post));
            let at = known.unwrap_or_else(|| {
                posts.push((operator.post.clone(), Able::default()));
                posts.len() - 1
            });
            posts[at].1.count(operator);
        }
        AtWork(posts)
    }
}
