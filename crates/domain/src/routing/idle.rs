//! Why somebody who is free is offered nobody: for the sentence that says so. Asked of the same rule that matches,
//! so that no page has a second one.

use super::{eligibility::Wants, lines::Group, post::Post, router::Router, shares::Shares, state::Operator};
use crate::{Timestamp, plan::Plan};
use serde::Serialize;

/// Those who wait for somebody, each under the first thing that keeps them from an operator who is free. All are
/// 0 when nobody waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Idle {
    /// When the operator's site takes its first calls, while that is still to come.
    pub opens: Option<Timestamp>,
    /// They wait in other regions, and no step has led them here yet.
    pub elsewhere: usize,
    pub language: usize,
    /// Another skill or category of staff is asked for.
    pub matter: usize,
    /// What is left of the operators is kept for other matters.
    pub kept: usize,
    /// What is left of the operators is kept for booked calls whose time has come.
    pub booked: usize,
    /// They wait for the operator they spoke with.
    pub awaited: usize,
    /// Nothing else keeps them than that the site takes no calls yet.
    pub unopened: usize,
}

impl Idle {
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.elsewhere + self.language + self.matter + self.kept + self.booked + self.awaited + self.unopened
    }

    fn count(&mut self, wants: &Wants<'_>, post: &Post, shares: &Shares<'_>, group: &Group) {
        let place = match () {
            () if !wants.reaches_post(post) => &mut self.elsewhere,
            () if !wants.language_suits(post) => &mut self.language,
            () if !wants.matter_suits(post) => &mut self.matter,
            () if !shares.leave_booked(wants, post) => &mut self.booked,
            () if !shares.leave(wants, post) => &mut self.kept,
            () if wants.awaits.is_some() => &mut self.awaited,
            () => &mut self.unopened,
        };
        *place += group.len();
    }
}

impl Router {
    pub(super) fn why_idle(&self, operator: &Operator, plan: &Plan, shares: &Shares<'_>, now: Timestamp) -> Idle {
        let post = &operator.post;
        let mut idle = Idle { opens: post.opens.filter(|_| !post.is_open(now)), ..Idle::default() };
        for (_, group) in self.lines.groups() {
            idle.count(&group.wants(plan), post, shares, group);
        }
        idle
    }
}
