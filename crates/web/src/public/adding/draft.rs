//! What a citizen who adds to a matter has answered so far, and which question comes next.

use domain::contact::Reference;
use std::fmt;

/// A page of its own each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Step {
    Matter,
    Text,
    Contact,
    Check,
    Done,
    Forget,
}

impl Step {
    pub const ALL: [Self; 6] = [Self::Matter, Self::Text, Self::Contact, Self::Check, Self::Done, Self::Forget];
}

/// The answers of one citizen. Personal data.
#[derive(Clone, Default)]
pub(crate) struct Draft {
    /// As it was written.
    pub matter: String,
    /// What that says; none for whoever has none.
    pub reference: Option<Reference>,
    /// They have no reference at hand.
    pub unknown: bool,
    pub named: bool,
    pub text: String,
    pub told: bool,
    pub number: String,
    pub mail: String,
    pub reachable: bool,
    /// It was handed on, and is not known to be safe: never handed on twice.
    pub handed_on: bool,
    /// It has come.
    pub made: Option<Made>,
    /// Rises with every answer: what is sent is what was seen.
    pub revision: u64,
}

/// What it was taken in as; the reference is not known any more after a restart.
#[derive(Clone, Copy)]
pub(crate) struct Made {
    pub reference: Option<Reference>,
}

/// What people wrote stays out.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").field("made", &self.made.is_some()).finish_non_exhaustive()
    }
}

impl Draft {
    /// It has come; what we have of it is with the addition now.
    pub fn sent(reference: Option<Reference>) -> Self {
        Self { made: Some(Made { reference }), ..Self::default() }
    }

    /// The first question that has no answer; the check when all have.
    pub fn first_open(&self) -> Step {
        match self {
            _ if self.made.is_some() => Step::Done,
            _ if !self.named => Step::Matter,
            _ if !self.told => Step::Text,
            _ if !self.reachable => Step::Contact,
            _ => Step::Check,
        }
    }

    /// The page that is shown instead of one that comes too early, or too late.
    pub fn instead_of(&self, step: Step) -> Option<Step> {
        let first = self.first_open();
        match step {
            Step::Forget => None,
            _ if first == Step::Done => (step != Step::Done).then_some(Step::Done),
            _ => (step > first).then_some(first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_come_in_their_order_and_nothing_after_it_was_sent() {
        let mut draft = Draft::default();
        assert_eq!((draft.first_open(), draft.instead_of(Step::Check)), (Step::Matter, Some(Step::Matter)));
        draft.named = true;
        assert_eq!(
            (draft.first_open(), draft.instead_of(Step::Matter), draft.instead_of(Step::Contact)),
            (Step::Text, None, Some(Step::Text))
        );
        (draft.told, draft.reachable) = (true, true);
        assert_eq!((draft.first_open(), draft.instead_of(Step::Done)), (Step::Check, Some(Step::Check)));
        let sent = Draft::sent(None);
        for step in [Step::Matter, Step::Text, Step::Contact, Step::Check] {
            assert_eq!(sent.instead_of(step), Some(Step::Done));
        }
        assert_eq!(sent.instead_of(Step::Done), None);
    }

    #[test]
    fn nothing_that_was_written_is_shown_by_debug() {
        let draft = Draft { number: "031-390 06 05".into(), text: "somebody".into(), ..Draft::default() };
        let shown = format!("{draft:?}");
        assert!(!shown.contains("390") && !shown.contains("somebody"), "{shown}");
    }
}
