//! Hours of the local day, to the minute: when a region is open, when a site is staffed, and in which hours
//! something holds. Days of the week are not told apart, nor are the nights on which the clock is put.

use super::{
    Plan, Region, Site,
    fields::Fields,
    values::{HOURS, Kind},
};
use jiff::civil::Time;
use std::fmt;

const MINUTES_OF_DAY: u16 = 24 * 60;

const SPAN: Kind<(Time, Time)> =
    Kind { looks_like: "hours such as \"07:00-20:00\", over midnight \"20:00-07:00\", or several in square brackets", read: HOURS.read };

/// When a site is staffed: one span or a list of them, none for round the clock.
pub(super) fn read_staffed(fields: &mut Fields<'_, '_, '_>) -> Vec<(Time, Time)> {
    fields.one_or_several("staffed", &SPAN)
}

/// "24:00" is kept as the last instant of the day.
pub(super) fn minute(time: Time) -> u16 {
    let minute = u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
    if time == Time::MAX { MINUTES_OF_DAY } else { minute }
}

/// Hours that begin and end at the same time are none; 00:00-24:00 is the whole day.
pub(super) fn is_nothing((from, to): (Time, Time)) -> bool {
    from == to || (minute(from), minute(to)) == (MINUTES_OF_DAY, 0)
}

impl Site {
    /// Whether the plan counts on somebody being there.
    pub(crate) fn is_staffed(&self, at: u16) -> bool {
        let within = |(from, to): &(Time, Time)| {
            let (from, to) = (minute(*from), minute(*to));
            if from < to { from <= at && at < to } else { at >= from || at < to }
        };
        self.staffed.is_empty() || self.staffed.iter().any(within)
    }
}

impl Region {
    pub(super) fn is_open_at(&self, at: u16) -> bool {
        self.open.is_none_or(|(from, to)| minute(from) <= at && at < minute(to))
    }

    /// Whether there is a minute at which it is closed.
    pub(super) fn closes(&self) -> bool {
        self.open.is_some_and(|(from, to)| from < to && (minute(from), minute(to)) != (0, MINUTES_OF_DAY))
    }
}

/// Hours of the local day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hours {
    /// In order and apart from one another, none over midnight.
    spans: Vec<(u16, u16)>,
}

impl Hours {
    /// Those at which something holds that changes only when a region or class opens or closes, or a site's hours begin or end.
    pub(crate) fn when(plan: &Plan, holds: impl Fn(u16) -> bool) -> Self {
        let mut spans: Vec<(u16, u16)> = Vec::new();
        for (from, to) in pieces(plan).into_iter().filter(|(from, _)| holds(*from)) {
            match spans.last_mut().filter(|(_, end)| *end == from) {
                Some(last) => last.1 = to,
                None => spans.push((from, to)),
            }
        }
        Self { spans }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    #[must_use]
    pub fn is_whole_day(&self) -> bool {
        self.spans == [(0, MINUTES_OF_DAY)]
    }

    /// Whether they hold at a minute of the day.
    #[must_use]
    pub fn hold_at(&self, minute: u16) -> bool {
        self.spans.iter().any(|(from, to)| *from <= minute && minute < *to)
    }

    /// As people say them: what goes over midnight is one, and the day begins after it.
    fn spoken(&self) -> Vec<(u16, u16)> {
        match self.spans.as_slice() {
            [(0, morning), between @ .., (evening, MINUTES_OF_DAY)] => between.iter().copied().chain([(*evening, *morning)]).collect(),
            apart => apart.to_vec(),
        }
    }

    /// When they begin, as people say it.
    pub(super) fn begin(&self) -> Option<u16> {
        self.spoken().first().map(|(from, _)| *from)
    }
}

/// The day in pieces in which no region or class opens or closes and no site's hours begin or end.
pub(super) fn pieces(plan: &Plan) -> Vec<(u16, u16)> {
    let classes = plan.classes.iter().filter_map(|class| class.open.as_ref()).map(|open| (open.from, open.to));
    let regions = plan.regions.iter().filter_map(|region| region.open);
    let times = regions.chain(classes).chain(plan.sites.iter().flat_map(|site| site.staffed.iter().copied()));
    let mut cuts: Vec<u16> = times.flat_map(|(from, to)| [minute(from), minute(to)]).chain([0, MINUTES_OF_DAY]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_whole_day() {
            return f.write_str("at any hour");
        }
        let clock = |minute: &u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let spans: Vec<String> = self.spoken().iter().map(|(from, to)| format!("{}-{}", clock(from), clock(to))).collect();
        f.write_str(&spans.join(", "))
    }
}
