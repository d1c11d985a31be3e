//! What a citizen who books a time has answered so far.

use domain::{ClassId, DeskId, RegionId, Timestamp, intent::Language, place::CountyCode};
use std::fmt;

/// How the citizen and we meet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// We ring.
    Call,
    /// The citizen comes to a desk.
    Visit(DeskId),
}

/// Where it is about.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Place {
    /// As it was written.
    pub municipality: String,
    pub county: Option<CountyCode>,
    pub unknown: bool,
    /// What follows of it; none when nobody knows.
    pub region: Option<RegionId>,
    pub answered: bool,
}

/// In which language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Tongue {
    Ours(Language),
    /// With an interpreter, of a language as it was written.
    Other,
}

/// A time that is kept while the form is filled.
#[derive(Clone)]
pub(crate) struct Held {
    /// Opens it; a secret.
    pub token: String,
    pub slot: Timestamp,
    pub until: Timestamp,
}

/// What became of it.
#[derive(Clone)]
pub(crate) struct Made {
    pub token: String,
}

/// The answers of one citizen. Personal data.
#[derive(Clone, Default)]
pub(crate) struct Draft {
    /// Nothing is going on and nobody is in danger.
    pub safe: bool,
    pub class: Option<ClassId>,
    pub about: String,
    pub place: Place,
    pub tongue: Option<Tongue>,
    pub interpreter: String,
    pub needs: String,
    pub way: Option<Way>,
    pub held: Option<Held>,
    /// The time that was kept is no longer: the citizen is told once.
    pub lost: bool,
    pub name: String,
    pub number: String,
    pub mail: String,
    pub reachable: bool,
    pub made: Option<Made>,
    /// Rises with every answer: what is booked is what was seen.
    pub revision: u64,
}

/// What people wrote stays out.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("safe", &self.safe)
            .field("held", &self.held.is_some())
            .field("made", &self.made.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_written_is_shown_by_debug() {
        let draft = Draft { number: "031-390 06 05".into(), name: "somebody".into(), ..Draft::default() };
        let shown = format!("{draft:?}");
        assert!(!shown.contains("390") && !shown.contains("somebody"), "{shown}");
    }
}
