//! Operators and when they work: plain values, whoever made them.
//! Nothing here says what anybody does at work: the router does.

use crate::callers::{DAY_MS, Hours};
use domain::plan::OperatorProfile;

/// Who answers, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Operator {
    pub profile: OperatorProfile,
    /// In order, without overlap.
    pub duties: Vec<Duty>,
}

/// One turn of duty, in milliseconds since midnight of the day that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    pub from_ms: i64,
    pub to_ms: i64,
    /// Each from and to, in order, within the duty.
    pub pauses: Vec<(i64, i64)>,
    pub ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Finishes whoever is spoken with, then goes.
    Leaves,
    /// The page is gone in this moment, in the middle of a word.
    Vanishes,
}

/// What an operator does of their own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Come,
    Pause,
    Resume,
    Leave,
    Vanish,
}

impl Duty {
    /// From before the first caller until after the last.
    #[must_use]
    pub fn always() -> Self {
        Self { from_ms: i64::MIN, to_ms: i64::MAX, pauses: Vec::new(), ending: Ending::Leaves }
    }

    /// The same hours on the day before, the day itself and the day after, so that whoever works over
    /// midnight works through.
    #[must_use]
    pub fn daily(hours: Hours, pauses: &[Hours]) -> Vec<Self> {
        let to_ms = hours.from_ms + hours.length_ms();
        // A pause that begins before the duty does is one after midnight.
        let placed = |pause: &Hours| {
            let from_ms = if pause.from_ms < hours.from_ms { pause.from_ms + DAY_MS } else { pause.from_ms };
            (from_ms, from_ms + pause.length_ms())
        };
        let mut pauses: Vec<(i64, i64)> = pauses.iter().map(placed).filter(|(from, to)| hours.from_ms <= *from && *to <= to_ms).collect();
        pauses.sort_unstable();
        let on = |shift: i64| Self {
            from_ms: hours.from_ms + shift,
            to_ms: to_ms + shift,
            pauses: pauses.iter().map(|(from, to)| (from + shift, to + shift)).collect(),
            ending: Ending::Leaves,
        };
        vec![on(-DAY_MS), on(0), on(DAY_MS)]
    }

    /// What is left of it when the site is away from one time to another.
    fn around(&self, (away, back): (i64, i64)) -> Vec<Self> {
        if back <= self.from_ms || self.to_ms <= away {
            return vec![self.clone()];
        }
        let part = |from_ms: i64, to_ms: i64, ending: Ending| {
            let pauses =
                self.pauses.iter().map(|(from, to)| (*from.max(&from_ms), *to.min(&to_ms))).filter(|(from, to)| from < to).collect();
            (from_ms < to_ms).then_some(Self { from_ms, to_ms, pauses, ending })
        };
        let parts = [part(self.from_ms, away, Ending::Vanishes), part(back, self.to_ms, self.ending)];
        parts.into_iter().flatten().collect()
    }

    /// Time on duty and not on pause between two times.
    #[must_use]
    pub fn time_within_ms(&self, from_ms: i64, to_ms: i64) -> i64 {
        let within = |from: i64, to: i64| (to.min(to_ms).saturating_sub(from.max(from_ms))).max(0);
        within(self.from_ms, self.to_ms) - self.pauses.iter().map(|(from, to)| within(*from, *to)).sum::<i64>()
    }
}

impl Operator {
    #[must_use]
    pub fn always(profile: OperatorProfile) -> Self {
        Self { profile, duties: vec![Duty::always()] }
    }

    /// Vanishes at one time and comes back, as far as on duty then, at another.
    pub fn lose(&mut self, away_ms: i64, back_ms: i64) {
        self.duties = self.duties.iter().flat_map(|duty| duty.around((away_ms, back_ms))).collect();
    }

    /// Everything done of their own accord, in order.
    pub(crate) fn turns(&self) -> Vec<(i64, Turn)> {
        let mut turns = Vec::new();
        for duty in &self.duties {
            turns.push((duty.from_ms, Turn::Come));
            turns.extend(duty.pauses.iter().flat_map(|(from, to)| [(*from, Turn::Pause), (*to, Turn::Resume)]));
            turns.push((duty.to_ms, if duty.ending == Ending::Vanishes { Turn::Vanish } else { Turn::Leave }));
        }
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn hours(from: i64, to: i64) -> Hours {
        Hours { from_ms: from * HOUR, to_ms: to * HOUR }
    }

    #[test]
    fn a_night_goes_over_midnight_with_its_pause() {
        let duties = Duty::daily(hours(22, 7), &[hours(2, 3)]);
        let all: Vec<_> = duties.iter().map(|duty| (duty.from_ms / HOUR, duty.to_ms / HOUR, duty.pauses.clone())).collect();
        assert_eq!(all[0], (-2, 7, vec![(2 * HOUR, 3 * HOUR)]));
        assert_eq!(all[1], (22, 31, vec![(26 * HOUR, 27 * HOUR)]));
        assert_eq!(duties[0].time_within_ms(0, 24 * HOUR), 6 * HOUR);
        assert_eq!(Duty::daily(hours(8, 16), &[hours(18, 19)])[1].pauses, [], "outside of the duty");
    }

    #[test]
    fn a_lost_site_cuts_its_duties() {
        let check = |lost: (i64, i64), expected: &[(i64, i64, Ending)]| {
            let mut operator = Operator { duties: vec![Duty::daily(hours(8, 16), &[hours(11, 12)])[1].clone()], ..somebody() };
            operator.lose(lost.0 * HOUR, lost.1 * HOUR);
            let found: Vec<_> = operator.duties.iter().map(|duty| (duty.from_ms / HOUR, duty.to_ms / HOUR, duty.ending)).collect();
            assert_eq!(found, expected, "{lost:?}");
        };
        check((10, 12), &[(8, 10, Ending::Vanishes), (12, 16, Ending::Leaves)]);
        check((6, 9), &[(9, 16, Ending::Leaves)]);
        check((14, 20), &[(8, 14, Ending::Vanishes)]);
        check((16, 18), &[(8, 16, Ending::Leaves)]);
        check((6, 18), &[]);
        let mut operator = Operator { duties: vec![Duty::daily(hours(8, 16), &[hours(11, 13)])[1].clone()], ..somebody() };
        operator.lose(10 * HOUR, 12 * HOUR);
        assert_eq!(operator.duties[1].pauses, [(12 * HOUR, 13 * HOUR)], "what is left of the pause");
    }

    fn somebody() -> Operator {
        Operator::always(OperatorProfile {
            site: domain::SiteId::new("s"),
            also_regions: Vec::new(),
            category: None,
            skills: Default::default(),
            languages: Vec::new(),
        })
    }
}
