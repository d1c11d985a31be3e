//! The order of the questions, and which of them is asked next.

use super::drafts::{Draft, Way};
use domain::{ClassId, DeskId, RegionId};
use switchboard::Deployment;

/// A page of its own each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Step {
    Danger,
    Ring112,
    Matter,
    Place,
    Language,
    Way,
    Time,
    Contact,
    Check,
    Done,
    Forget,
}

impl Step {
    pub const ALL: [Self; 11] = [
        Self::Danger,
        Self::Ring112,
        Self::Matter,
        Self::Place,
        Self::Language,
        Self::Way,
        Self::Time,
        Self::Contact,
        Self::Check,
        Self::Done,
        Self::Forget,
    ];

    /// Where "Back" leads; none is the beginning.
    pub fn before(self, draft: &Draft, deployment: &Deployment) -> Option<Self> {
        Some(match self {
            Self::Danger | Self::Done | Self::Forget => return None,
            Self::Ring112 | Self::Matter => Self::Danger,
            Self::Place => Self::Matter,
            Self::Language => Self::Place,
            Self::Way => Self::Language,
            Self::Time if deployment.plan.desks.is_empty() => Self::Language,
            Self::Time => Self::Way,
            Self::Contact => Self::Time,
            Self::Check if draft.made.is_some() => return None,
            Self::Check => Self::Contact,
        })
    }
}

/// What a free time depends on: another wish, and the time that was held fits no more.
#[derive(PartialEq, Eq)]
pub(crate) struct Wished {
    class: Option<ClassId>,
    region: Option<RegionId>,
    desk: Option<DeskId>,
    way: bool,
}

impl Draft {
    pub fn wish(&self) -> Wished {
        let desk = match &self.way {
            Some(Way::Visit(desk)) => Some(desk.clone()),
            _ => None,
        };
        Wished { class: self.class.clone(), region: self.place.region.clone(), desk, way: self.way.is_some() }
    }

    /// The first question that has no answer; the check when all have.
    pub fn first_open(&self) -> Step {
        match self {
            _ if self.made.is_some() => Step::Done,
            _ if !self.safe => Step::Danger,
            _ if self.class.is_none() => Step::Matter,
            _ if !self.place.answered => Step::Place,
            _ if self.tongue.is_none() => Step::Language,
            _ if self.way.is_none() => Step::Way,
            _ if self.held.is_none() => Step::Time,
            _ if !self.reachable => Step::Contact,
            _ => Step::Check,
        }
    }

    /// The page that is shown instead of one that comes too early, or too late.
    pub fn instead_of(&self, step: Step) -> Option<Step> {
        let first = self.first_open();
        match step {
            Step::Danger | Step::Ring112 | Step::Forget => None,
            _ if first == Step::Done => (step != Step::Done).then_some(Step::Done),
            _ => (step > first).then_some(first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::drafts::{Held, Made, Place, Tongue},
        *,
    };
    use domain::{Timestamp, intent::Language};

    fn whole() -> Draft {
        Draft {
            safe: true,
            class: Some(ClassId::new("report")),
            place: Place { answered: true, region: Some(RegionId::new("vast")), ..Place::default() },
            tongue: Some(Tongue::Ours(Language::Swedish)),
            way: Some(Way::Call),
            held: Some(Held { token: "t".into(), slot: Timestamp(0), until: Timestamp(1) }),
            reachable: true,
            ..Draft::default()
        }
    }

    #[test]
    fn the_first_question_without_an_answer_comes_next() {
        type Change = fn(&mut Draft);
        let cases: [(Change, Step); 9] = [
            (|draft| *draft = Draft::default(), Step::Danger),
            (|draft| draft.class = None, Step::Matter),
            (|draft| draft.place.answered = false, Step::Place),
            (|draft| draft.tongue = None, Step::Language),
            (|draft| draft.way = None, Step::Way),
            (|draft| draft.held = None, Step::Time),
            (|draft| draft.reachable = false, Step::Contact),
            (|_| {}, Step::Check),
            (|draft| draft.made = Some(Made { token: "t".into() }), Step::Done),
        ];
        for (change, expected) in cases {
            let mut draft = whole();
            change(&mut draft);
            assert_eq!(draft.first_open(), expected);
        }
    }

    #[test]
    fn nothing_is_asked_before_its_turn_and_what_was_answered_can_be_changed() {
        let waiting = Draft { held: None, ..whole() };
        for (step, instead) in [
            (Step::Matter, None),
            (Step::Way, None),
            (Step::Time, None),
            (Step::Contact, Some(Step::Time)),
            (Step::Check, Some(Step::Time)),
            (Step::Done, Some(Step::Time)),
            (Step::Danger, None),
        ] {
            assert_eq!(waiting.instead_of(step), instead, "{step:?}");
        }
        let made = Draft { made: Some(Made { token: "t".into() }), ..whole() };
        assert_eq!((made.instead_of(Step::Check), made.instead_of(Step::Done)), (Some(Step::Done), None));
    }
}
