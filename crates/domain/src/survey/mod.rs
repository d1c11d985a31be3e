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
    /// From this one on somebody counts as satisfied, as in "nine of ten are".
    pub const SATISFIED_FROM: Self = Self::Good;

    /// From 1, the worst, to 5.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::VeryBad => 1,
            Self::Bad => 2,
            Self::Neither => 3,
            Self::Good => 4,
            Self::VeryGood => 5,
        }
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

/// Whether somebody may be asked about a matter: it is known, and a message that others read betrays nobody. Whoever told us
/// something wants to stay unknown, and behind a matter that nobody made out may be violence at home.
#[must_use]
pub(crate) fn may_be_asked_about(intent: Option<Intent>) -> bool {
    use Intent as I;
    match intent {
        None | Some(I::Operator | I::Other | I::Tip | I::Complaint) => false,
        Some(I::ReportViolence | I::ReportDomesticViolence | I::OngoingEmergency | I::MissingPerson) => false,
        Some(I::ReportTheft | I::ReportBicycleTheft | I::ReportFraud | I::ReportDamage | I::ReportLostItem | I::LostAndFound) => true,
        Some(I::NoiseDisturbance | I::Traffic | I::PassportId | I::PermitsWeapons | I::ExistingCaseStatus) => true,
    }
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
