//! What people think of how they were met: who is asked, what they answer, and how far the answers of some tell of all.
//!
//! A draw decides who is asked, the same whenever it is made: anybody can make it again from the journal.

mod figures;
mod record;

pub use figures::{Interval, Shares, Tally};
pub use record::SurveyRecord;
pub(crate) use record::apply;

use crate::{
    ContactId,
    intent::{Intent, words},
};
use serde::{Deserialize, Serialize};

words! {
    /// What is asked about.
    Aspect {
        /// How we met them.
        Treatment = "treatment",
        /// What we did with their matter.
        Handling = "handling",
        /// How easy it was to reach us.
        Accessibility = "accessibility",
    }
}

words! {
    /// Where a survey stands.
    SurveyState {
        /// Whoever was helped is asked when its time comes.
        Awaited = "awaited",
        Asked = "asked",
        /// They are not asked: nothing reaches them, or they were asked about something else not long ago.
        Spared = "spared",
        Answered = "answered",
    }
}

words! {
    /// How pleased somebody is with one thing.
    Rating {
        VeryBad = "very_bad",
        Bad = "bad",
        Neither = "neither",
        Good = "good",
        VeryGood = "very_good",
    }
}

impl Rating {
    /// Counted as satisfied, as in "nine of ten are".
    #[must_use]
    pub fn is_satisfied(self) -> bool {
        matches!(self, Self::Good | Self::VeryGood)
    }
}

/// What somebody answered; none of what they had no opinion about. Their own words stand beside the journal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug, Serialize, Deserialize)]
pub struct Opinion {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treatment: Option<Rating>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling: Option<Rating>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accessibility: Option<Rating>,
}

impl Opinion {
    #[must_use]
    pub fn about(&self, aspect: Aspect) -> Option<Rating> {
        match aspect {
            Aspect::Treatment => self.treatment,
            Aspect::Handling => self.handling,
            Aspect::Accessibility => self.accessibility,
        }
    }
}

/// Whether chance falls on a contact, by its number alone. `share_permille` of all numbers are drawn.
#[must_use]
pub fn is_drawn(contact: ContactId, share_permille: u16) -> bool {
    mixed(contact.0) % 1_000 < u64::from(share_permille)
}

/// Neighbours fall far from each other (the finaliser of splitmix64).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Matters about which nobody is asked: others may read the message, or whoever told us something wants to stay unknown.
#[must_use]
pub(crate) fn is_left_alone(intent: Option<Intent>) -> bool {
    matches!(intent, Some(Intent::ReportDomesticViolence | Intent::Tip | Intent::OngoingEmergency | Intent::MissingPerson))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_draw_takes_its_share_of_any_stretch_of_numbers() {
        for (share_permille, from) in [(0, 0), (200, 0), (200, 1_000_000), (500, 77), (1_000, 5)] {
            let drawn = (from..from + 10_000).filter(|number| is_drawn(ContactId(*number), share_permille)).count();
            let expected = usize::from(share_permille) * 10;
            assert!(drawn.abs_diff(expected) < 150, "{drawn} of 10,000 from {from}, expected {expected}");
        }
    }

    #[test]
    fn neighbours_are_not_drawn_alike() {
        let drawn: Vec<bool> = (0..1_000).map(|number| is_drawn(ContactId(number), 500)).collect();
        let changes = drawn.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!((400..600).contains(&changes), "{changes}");
    }
}
