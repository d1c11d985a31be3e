//! When what is closed opens: by the hours of a matter class and of a region, the days of the week and the days on
//! which nothing opens. Who is on duty outside the hours answers all the same; nothing here asks about that.

use super::{Class, Fields, Plan, Region, hours::minute, values::HOURS};
use crate::{Timestamp, intent::words};
use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};

/// So far ahead an opening is looked for; what is closed for longer does not say when it opens.
const DAYS_AHEAD_MAX: i64 = 6;

words! {
    /// A day of the week, as a plan names it.
    Day {
        Monday = "monday",
        Tuesday = "tuesday",
        Wednesday = "wednesday",
        Thursday = "thursday",
        Friday = "friday",
        Saturday = "saturday",
        Sunday = "sunday",
    }
}

impl Day {
    #[must_use]
    pub fn of(date: Date) -> Self {
        match date.weekday() {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

/// The hours of a matter class, in local time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub from: Time,
    /// Not included.
    pub to: Time,
    /// Without days off ([`Plan::is_day_off`]); an empty list is for every day.
    pub days: Vec<Day>,
}

/// What is closed opens then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opens {
    pub at: Timestamp,
    /// The same in local time.
    pub local: DateTime,
    /// Nights until then: 0 is today.
    pub nights: i64,
}

/// Closed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// None when it is further off than a week's days tell.
    pub opens: Option<Opens>,
}

pub(super) fn read(fields: &mut Fields<'_, '_, '_>) -> Option<Opening> {
    let hours = fields.optional("open", &HOURS);
    let days = fields.optional_words("open_days", Day::ALL, Day::word);
    if hours.is_none() && !days.is_empty() {
        fields.fault("open_days", "days are given, but no hours", "add `open = \"08:00-16:00\"`, or take the days away".to_owned());
    }
    hours.map(|(from, to)| Opening { from, to, days })
}

impl Class {
    /// Whether it can be open at this minute of the day.
    pub(super) fn is_open_at(&self, at: u16) -> bool {
        self.open.as_ref().is_none_or(|open| minute(open.from) <= at && at < minute(open.to))
    }
}

impl Plan {
    /// Whether a matter class has closed, wherever its callers are; none when it is open.
    #[must_use]
    pub fn class_closed(&self, class: &Class, now: Timestamp) -> Option<Closed> {
        self.closed(Some(class), None, now)
    }

    /// Whether a queue has closed, by the hours of its class or of its region; none when it is open.
    #[must_use]
    pub fn queue_closed(&self, class: &Class, region: &Region, now: Timestamp) -> Option<Closed> {
        self.closed(Some(class), Some(region), now)
    }

    fn closed(&self, class: Option<&Class>, region: Option<&Region>, now: Timestamp) -> Option<Closed> {
        if class.is_none_or(|class| class.open.is_none()) && region.is_none_or(|region| region.open.is_none()) {
            return None;
        }
        let local = now.local(&self.zone);
        let today = self.span_on(local.date(), class, region);
        if today.is_some_and(|(from, to)| from <= local.time() && local.time() < to) {
            return None;
        }
        let opens = (0..=DAYS_AHEAD_MAX).find_map(|nights| {
            let date = local.date().checked_add(jiff::Span::new().days(nights)).ok()?;
            let (from, _) = self.span_on(date, class, region)?;
            let local_then = date.to_datetime(from);
            let at = Timestamp(local_then.to_zoned(self.zone.clone()).ok()?.timestamp().as_millisecond());
            (at > now).then_some(Opens { at, local: local_then, nights })
        });
        Some(Closed { opens })
    }

    /// When both are open on a day.
    fn span_on(&self, date: Date, class: Option<&Class>, region: Option<&Region>) -> Option<(Time, Time)> {
        let of_class = class.and_then(|class| class.open.as_ref());
        let shut = |open: &Opening| self.is_day_off(date) || !open.days.is_empty() && !open.days.contains(&Day::of(date));
        if of_class.is_some_and(shut) {
            return None;
        }
        let spans = [of_class.map(|open| (open.from, open.to)), region.and_then(|region| region.open)];
        let both = spans.into_iter().flatten().fold((Time::MIN, Time::MAX), |(from, to), span| (from.max(span.0), to.min(span.1)));
        (both.0 < both.1).then_some(both)
    }
}
