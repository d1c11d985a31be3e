//! Who could answer a contact that waits, and what they are doing: for the sentence that says why it waits.
//! Asked of the same rule that matches, so that no page has a second one.

use super::{
    eligibility::Wants,
    post::Post,
    router::Router,
    shares::Shares,
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
    /// Free, but kept for other matters.
    pub kept: usize,
}

impl Able {
    #[must_use]
    pub fn all(self) -> usize {
        self.ready + self.talking + self.wrap_up + self.paused + self.kept
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
        let Self { ready, talking, wrap_up, paused, kept } = other;
        self.ready += ready;
        self.talking += talking;
        self.wrap_up += wrap_up;
        self.paused += paused;
        self.kept += kept;
    }
}

/// What those of each post are doing, counted once for all who wait.
pub(super) struct AtWork<'a> {
    posts: Vec<(Arc<Post>, Able)>,
    shares: Shares<'a>,
}

impl AtWork<'_> {
    pub fn able(&self, wants: &Wants<'_>, now: Timestamp) -> Able {
        let mut able = Able::default();
        for (post, of_post) in self.posts.iter().filter(|(post, _)| wants.could_meet(post, now)) {
            able.add(match self.shares.leave(wants, post) {
                true => *of_post,
                false => Able { ready: 0, kept: of_post.ready, ..*of_post },
            });
        }
        able
    }
}

impl Router {
    pub(super) fn at_work(&self, now: Timestamp) -> AtWork<'_> {
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
        AtWork { posts, shares: self.operators.shares(&self.plan, now) }
    }
}
