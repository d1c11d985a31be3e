//! The figures of simulated days, folded from what became of each caller. A caller belongs to the own
//! region, the class of the own matter and the half hour of arrival, wherever somebody answered.
//!
//! Words and formulas are those of the published levels (`docs/glossary.md`): short abandons are out of the
//! headline; whoever is rung back is in no level at all.

use crate::{
    Busy, Caller, Centre, Course, End, Fate,
    callers::{DAY_MS, Hours},
};
use serde::Serialize;
use std::collections::BTreeMap;

pub const HALF_HOURS: usize = 48;
const HALF_HOUR_MS: i64 = DAY_MS / HALF_HOURS as i64;

/// Callers and what became of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Calls {
    /// Came into line.
    pub offered: u64,
    pub answered: u64,
    /// Of them within T.
    pub in_time: u64,
    /// All who gave up while waiting, the short ones included.
    pub abandoned: u64,
    pub abandoned_in_time: u64,
    pub short: u64,
    /// Led to another region's queue on arrival.
    pub diverted: u64,
    /// Answered by an operator of another region.
    pub elsewhere: u64,
    pub interrupted: u64,
    /// Over all who were offered.
    pub wait_ms: u64,
    /// Over the answered.
    pub answer_ms: u64,
    /// Waits of all who were offered, counted by whole seconds.
    pub waits: BTreeMap<u32, u32>,
}

/// The figures that are shown and compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Answered within T of all but the short abandons.
    Level,
    AnsweredOnly,
    AllAbandons,
    Symmetric,
    Abandoned,
    /// Waited longer than T, answered or not.
    OverT,
    /// Of the answered, by another region.
    Elsewhere,
    MeanWait,
    MeanAnswer,
}

impl Measure {
    pub const ALL: [Self; 9] = [
        Self::Level,
        Self::AnsweredOnly,
        Self::AllAbandons,
        Self::Symmetric,
        Self::Abandoned,
        Self::OverT,
        Self::Elsewhere,
        Self::MeanWait,
        Self::MeanAnswer,
    ];

    /// As it is written in JSON, and the key of its names on pages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::AnsweredOnly => "answered_only",
            Self::AllAbandons => "all_abandons",
            Self::Symmetric => "symmetric",
            Self::Abandoned => "abandoned",
            Self::OverT => "over_t",
            Self::Elsewhere => "elsewhere",
            Self::MeanWait => "mean_wait",
            Self::MeanAnswer => "mean_answer",
        }
    }

    /// In English.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Level => "service level",
            Self::AnsweredOnly => "answered in time of the answered",
            Self::AllAbandons => "answered in time of all",
            Self::Symmetric => "answered or given up in time",
            Self::Abandoned => "gave up",
            Self::OverT => "waited too long",
            Self::Elsewhere => "answered in another region",
            Self::MeanWait => "mean wait of all",
            Self::MeanAnswer => "mean answer time of the answered",
        }
    }

    /// Seconds; everything else is a share.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::MeanWait | Self::MeanAnswer)
    }

    /// None when there is nothing to share or to take a mean of.
    #[must_use]
    pub fn of(self, calls: &Calls) -> Option<f64> {
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        match self {
            Self::Level => share(calls.in_time, calls.offered - calls.short),
            Self::AnsweredOnly => share(calls.in_time, calls.answered),
            Self::AllAbandons => share(calls.in_time, calls.offered),
            Self::Symmetric => share(calls.in_time + calls.abandoned_in_time, calls.offered),
            Self::Abandoned => share(calls.abandoned, calls.offered),
            Self::OverT => share(calls.offered - calls.in_time - calls.abandoned_in_time, calls.offered),
            Self::Elsewhere => share(calls.elsewhere, calls.answered),
            Self::MeanWait => share(calls.wait_ms, calls.offered).map(|ms| ms / 1_000.0),
            Self::MeanAnswer => share(calls.answer_ms, calls.answered).map(|ms| ms / 1_000.0),
        }
    }
}

impl Calls {
    fn count(&mut self, caller: &Caller, fate: &Fate, end: End, within_ms: u64) {
        let in_time = u64::from(fate.waited_ms <= within_ms);
        self.offered += 1;
        match end {
            End::Answered => {
                self.answered += 1;
                self.in_time += in_time;
                self.answer_ms += fate.waited_ms;
                self.elsewhere += u64::from(fate.answered_in.as_ref().is_some_and(|region| *region != caller.region));
            }
            End::Short | End::Abandoned | End::HandedOver => {
                self.abandoned += 1;
                self.abandoned_in_time += in_time;
                self.short += u64::from(end == End::Short);
            }
        }
        self.diverted += u64::from(fate.diverted);
        self.interrupted += u64::from(fate.interrupted);
        self.wait_ms += fate.waited_ms;
        *self.waits.entry(u32::try_from(fate.waited_ms / 1_000).unwrap_or(u32::MAX)).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let Self {
            offered,
            answered,
            in_time,
            abandoned,
            abandoned_in_time,
            short,
            diverted,
            elsewhere,
            interrupted,
            wait_ms,
            answer_ms,
            waits,
        } = other;
        self.offered += offered;
        self.answered += answered;
        self.in_time += in_time;
        self.abandoned += abandoned;
        self.abandoned_in_time += abandoned_in_time;
        self.short += short;
        self.diverted += diverted;
        self.elsewhere += elsewhere;
        self.interrupted += interrupted;
        self.wait_ms += wait_ms;
        self.answer_ms += answer_ms;
        for (second, count) in waits {
            *self.waits.entry(*second).or_default() += count;
        }
    }

    /// The wait in whole seconds that this share of all who were offered did not exceed.
    #[must_use]
    pub fn wait_quantile_s(&self, share: f64) -> Option<u32> {
        let mut left = (share * self.offered as f64).ceil().max(1.0) as u64;
        self.waits.iter().find_map(|(second, count)| {
            left = left.saturating_sub(u64::from(*count));
            (left == 0).then_some(*second)
        })
    }
}

/// One thing for each group of callers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Groups {
    /// Arrived within the window.
    pub whole: Calls,
    /// Arrived outside of it; never part of the published level.
    pub outside: Calls,
    /// Rung back, at whatever time.
    pub rung_back: Calls,
    /// Within the window, in the order of the plan.
    pub regions: Vec<Calls>,
    pub classes: Vec<Calls>,
    /// Of the whole day.
    pub half_hours: Vec<Calls>,
    pub handed_over: u64,
    /// Within the window.
    pub busy_ms: u64,
    pub on_duty_ms: u64,
}

/// What the figures of a case depend on beside its callers.
#[derive(Clone, Debug)]
pub struct Rules {
    pub window: Hours,
    pub within_ms: u64,
}

impl Groups {
    /// Folds one day; whoever came in the warm-up or after midnight is not counted.
    #[must_use]
    pub fn of_day(centre: &Centre, rules: &Rules, callers: &[Caller], course: &Course) -> Self {
        let plan = &centre.plan;
        let mut groups = Self {
            regions: vec![Calls::default(); plan.regions.len()],
            classes: vec![Calls::default(); plan.classes.len()],
            half_hours: vec![Calls::default(); HALF_HOURS],
            ..Self::default()
        };
        for (caller, fate) in callers.iter().zip(&course.fates) {
            let Some(end) = fate.end.filter(|_| (0..DAY_MS).contains(&caller.arrives_ms)) else { continue };
            if end == End::HandedOver {
                groups.handed_over += 1;
                continue;
            }
            let region = plan.regions.iter().position(|region| region.id == caller.region);
            let of_caller = plan.class_of(Some(caller.intent)).map(|class| &class.id);
            let class = plan.classes.iter().position(|class| Some(&class.id) == of_caller);
            groups.count(caller, fate, end, rules, (region, class));
        }
        groups.count_hours(centre, rules, &course.busy);
        groups
    }

    fn count(&mut self, caller: &Caller, fate: &Fate, end: End, rules: &Rules, (region, class): (Option<usize>, Option<usize>)) {
        let mut within: Vec<&mut Calls> = Vec::new();
        if caller.rung_back {
            within.push(&mut self.rung_back);
        } else if rules.window.contain(caller.arrives_ms) {
            within.push(&mut self.whole);
            within.extend(region.and_then(|region| self.regions.get_mut(region)));
            within.extend(class.and_then(|class| self.classes.get_mut(class)));
        } else {
            within.push(&mut self.outside);
        }
        if !caller.rung_back {
            let half = usize::try_from(caller.arrives_ms / HALF_HOUR_MS).unwrap_or(0);
            within.extend(self.half_hours.get_mut(half));
        }
        within.into_iter().for_each(|calls| calls.count(caller, fate, end, rules.within_ms));
    }

    fn count_hours(&mut self, centre: &Centre, rules: &Rules, busy: &[Busy]) {
        let Hours { from_ms, to_ms } = rules.window;
        let part = |busy: &Busy| (busy.to_ms.min(to_ms) - busy.from_ms.max(from_ms)).max(0).unsigned_abs();
        self.busy_ms = busy.iter().map(part).sum();
        let duties = centre.staff.iter().flat_map(|operator| &operator.duties);
        self.on_duty_ms = duties.map(|duty| duty.time_within_ms(from_ms, to_ms).max(0).unsigned_abs()).sum();
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (mine, theirs) in
            [(&mut self.whole, &other.whole), (&mut self.outside, &other.outside), (&mut self.rung_back, &other.rung_back)]
        {
            mine.add(theirs);
        }
        for (mine, theirs) in
            [(&mut self.regions, &other.regions), (&mut self.classes, &other.classes), (&mut self.half_hours, &other.half_hours)]
        {
            mine.resize(theirs.len().max(mine.len()), Calls::default());
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| mine.add(theirs));
        }
        self.handed_over += other.handed_over;
        self.busy_ms += other.busy_ms;
        self.on_duty_ms += other.on_duty_ms;
    }

    /// Single waits are needed of the whole run only, not of each of its days.
    pub(crate) fn forget_waits(&mut self) {
        let lists = [&mut self.regions, &mut self.classes, &mut self.half_hours];
        let singles = [&mut self.whole, &mut self.outside, &mut self.rung_back];
        singles.into_iter().chain(lists.into_iter().flatten()).for_each(|calls| calls.waits.clear());
    }

    /// Conversation and wrap-up over time on duty; more than 1 when many work on after their hours.
    #[must_use]
    pub fn occupancy(&self) -> Option<f64> {
        (self.on_duty_ms > 0).then(|| self.busy_ms as f64 / self.on_duty_ms as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 700 answered in time, 100 late; 150 gave up, 120 of them in time, 60 of those soon enough to be short.
    #[test]
    fn levels_are_those_of_the_worked_example() {
        let calls =
            Calls { offered: 950, answered: 800, in_time: 700, abandoned: 150, abandoned_in_time: 120, short: 60, ..Calls::default() };
        let check = |measure: Measure, expected: f64| {
            let found = measure.of(&calls).unwrap();
            assert!((found - expected).abs() < 5e-4, "{measure:?}: {found}");
        };
        check(Measure::Level, 0.787);
        check(Measure::AnsweredOnly, 0.875);
        check(Measure::AllAbandons, 0.737);
        check(Measure::Symmetric, 0.863);
        check(Measure::OverT, 130.0 / 950.0);
        assert!(Measure::ALL.iter().all(|measure| measure.of(&Calls::default()).is_none()), "nobody came");
    }

    #[test]
    fn quantiles_are_of_all_who_waited() {
        let calls = Calls { offered: 10, waits: BTreeMap::from([(0, 5), (30, 4), (90, 1)]), ..Calls::default() };
        let check = |share: f64, expected: u32| assert_eq!(calls.wait_quantile_s(share), Some(expected), "{share}");
        check(0.0, 0);
        check(0.5, 0);
        check(0.51, 30);
        check(0.9, 30);
        check(0.91, 90);
        check(1.0, 90);
        assert_eq!(Calls::default().wait_quantile_s(0.5), None);
    }
}
