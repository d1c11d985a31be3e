//! Times that citizens book: how long a slot is, when there are any, and how many can be kept in one. The staff that is
//! given to booked times is counted in whole operators, and the desks that take visitors stand beside it.

mod check;

pub(super) use check::check;

use super::{
    Day, Fields, Opening, Plan, Words,
    calendar::of_weekdays,
    hours, opening,
    read::{read_id, read_words},
    values::{COUNT, DURATION, HOURS, ID, SHARE, SMALL_COUNT, TEXT},
};
use crate::{ClassId, DeskId, RegionId, Timestamp, booking::Wish, intent::Language};
use jiff::civil::{Date, Time};
use std::collections::BTreeMap;

/// No slot is longer: whoever looks for what overlaps looks back so far.
pub const SLOT_MS_MAX: u64 = 60 * crate::time::MINUTE_MS;

/// How times are booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingRule {
    /// How long one booked call or visit may take.
    pub slot_ms: u64,
    /// From Monday to Sunday; none is a day without booked calls.
    pub hours: [Option<(Time, Time)>; 7],
    /// So many days ahead of today a time may be.
    pub ahead_days: u8,
    /// A time is booked at least so long before it begins.
    pub notice_ms: u64,
    /// How long a time is kept while the form is filled.
    pub hold_ms: u64,
    /// How long after its slot a booked call or visit is still in time.
    pub grace_ms: u64,
    /// So long before it begins the citizen is reminded.
    pub remind_ms: u64,
    /// So long before it begins an operator is kept free for it.
    pub keep_ms: u64,
    /// Open bookings of one citizen.
    pub per_citizen_max: u8,
    /// Booked calls in one slot, over all regions and classes; none leaves it to the rows.
    pub most: Option<usize>,
    /// The hours, also over midnight, in which callers in line are told of the first free times, whoever is on duty;
    /// none leaves it to the hours at which their matter is closed.
    pub night: Option<(Time, Time)>,
    pub times: Vec<BookedStaff>,
    pub caps: Vec<BookingCap>,
}

/// The operators of a region who keep booked calls of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedStaff {
    pub region: RegionId,
    pub class: ClassId,
    /// Operators that the region has for the class in every slot.
    pub staff: usize,
    /// The share of them that may be booked.
    pub share_permille: u16,
}

/// The most booked calls of a region in one slot, over its classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingCap {
    pub region: RegionId,
    pub most: usize,
}

/// A police desk that takes visitors at booked times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    pub id: DeskId,
    pub name: String,
    pub region: RegionId,
    pub address: Words,
    pub open: Opening,
    /// Visitors in one slot.
    pub visitors: usize,
}

/// What can be kept in one slot: at each of these a booking counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Of the queue, or of the desk.
    pub line: usize,
    pub region: Option<usize>,
    pub all: Option<usize>,
}

impl BookedStaff {
    /// Whole operators: nobody is promised the half of one.
    #[must_use]
    pub fn most(&self) -> usize {
        self.staff.saturating_mul(usize::from(self.share_permille.min(1000))) / 1000
    }
}

impl Plan {
    #[must_use]
    pub fn desk(&self, id: &DeskId) -> Option<&Desk> {
        self.desks.iter().find(|desk| desk.id == *id)
    }

    /// Classes for which times can be booked.
    pub fn booked_classes(&self) -> impl Iterator<Item = &super::Class> {
        self.classes.iter().filter(|class| class.book && !class.strict && self.bookings.is_some())
    }

    /// How many of what is wished for one slot takes; none where it cannot be booked at all.
    #[must_use]
    pub fn room_for(&self, wish: &Wish) -> Option<Room> {
        let rule = self.bookings.as_ref()?;
        self.class(&wish.class).filter(|class| class.book && !class.strict)?;
        if let Some(desk) = &wish.desk {
            let desk = self.desk(desk).filter(|desk| desk.region == wish.region)?;
            return Some(Room { line: desk.visitors, region: None, all: None });
        }
        let row = rule.times.iter().find(|row| row.region == wish.region && row.class == wish.class)?;
        let region = rule.caps.iter().find(|cap| cap.region == wish.region).map(|cap| cap.most);
        Some(Room { line: row.most(), region, all: rule.most })
    }

    /// The slots of a local day in which it could be kept, earliest first; none on a day off.
    #[must_use]
    pub fn slots_on(&self, date: Date, wish: &Wish) -> Vec<(Timestamp, Timestamp)> {
        let (Some(rule), false) = (&self.bookings, self.is_day_off(date)) else { return Vec::new() };
        let hours = match &wish.desk {
            None => usize::try_from(date.weekday().to_monday_zero_offset()).ok().and_then(|day| rule.hours[day]),
            Some(desk) => {
                let open = self.desk(desk).map(|desk| &desk.open);
                open.filter(|open| open.days.is_empty() || open.days.contains(&Day::of(date))).map(|open| (open.from, open.to))
            }
        };
        let Some((from, to)) = hours.filter(|hours| !hours::is_nothing(*hours)) else { return Vec::new() };
        let (Some(from), Some(to)) = (self.instant(date, from), self.instant(date, to)) else { return Vec::new() };
        // By what passes: the night in which the clock is put has an hour less or more, and no slot twice.
        let slot = |at: &Timestamp| (*at, at.plus_ms(rule.slot_ms));
        let begin = std::iter::successors(Some(from), |at| Some(at.plus_ms(rule.slot_ms.max(1))));
        begin.take_while(|at| at.plus_ms(rule.slot_ms) <= to).map(|at| slot(&at)).collect()
    }

    /// An hour that the clock leaves out is the one after it; of one that comes twice the first counts.
    fn instant(&self, date: Date, time: Time) -> Option<Timestamp> {
        let zoned = date.to_datetime(time).to_zoned(self.zone.clone()).ok()?;
        let rest = u64::from(zoned.timestamp().subsec_nanosecond() % 1_000_000 != 0);
        Some(Timestamp(zoned.timestamp().as_millisecond()).plus_ms(rest))
    }
}

pub(super) fn read(whole: &mut Fields<'_, '_, '_>) -> Option<BookingRule> {
    let mut table = whole.optional_table("bookings")?;
    let rule = BookingRule {
        slot_ms: table.required("slot", &DURATION),
        hours: of_weekdays(|day| table.optional(day.word(), &HOURS)),
        ahead_days: table.required("ahead_days", &SMALL_COUNT),
        notice_ms: table.required("notice", &DURATION),
        hold_ms: table.required("hold", &DURATION),
        grace_ms: table.required("grace", &DURATION),
        remind_ms: table.required("remind", &DURATION),
        keep_ms: table.required("keep", &DURATION),
        per_citizen_max: table.required("per_citizen_max", &SMALL_COUNT),
        most: table.optional("most", &COUNT),
        night: table.optional("night", &HOURS),
        times: read_times(&mut table),
        caps: read_caps(&mut table),
    };
    table.finish();
    Some(rule)
}

fn read_times(table: &mut Fields<'_, '_, '_>) -> Vec<BookedStaff> {
    let mut number = 0;
    table.optional_tables("times", "row of booked times", |fields| {
        fields.rename(format!("bookings/times/{number}"), format!("booked times {}", number + 1));
        number += 1;
        BookedStaff {
            region: RegionId::new(&fields.required("region", &ID)),
            class: ClassId::new(&fields.required("class", &ID)),
            staff: fields.required("staff", &COUNT),
            share_permille: fields.required("share", &SHARE),
        }
    })
}

fn read_caps(table: &mut Fields<'_, '_, '_>) -> Vec<BookingCap> {
    let mut number = 0;
    table.optional_tables("caps", "cap", |fields| {
        fields.rename(format!("bookings/caps/{number}"), format!("cap of booked times {}", number + 1));
        number += 1;
        BookingCap { region: RegionId::new(&fields.required("region", &ID)), most: fields.required("most", &COUNT) }
    })
}

pub(super) fn read_desks(whole: &mut Fields<'_, '_, '_>, languages: &[Language]) -> Vec<Desk> {
    let mut seen = BTreeMap::new();
    whole.optional_tables("desks", "desk", |fields| {
        let id = DeskId::new(&read_id(fields, ("desks", "desk"), &ID, &mut seen));
        let has_hours = fields.has("open");
        let open = opening::read(fields);
        if !has_hours {
            fields.fault("open", "nothing says when it takes visitors", "add `open = \"09:00-15:00\"`".to_owned());
        }
        Desk {
            id,
            name: fields.required("name", &TEXT),
            region: RegionId::new(&fields.required("region", &ID)),
            address: read_words(fields, "address", languages),
            // Harmless beside its fault.
            open: open.unwrap_or(Opening { from: Time::midnight(), to: Time::midnight(), days: Vec::new() }),
            visitors: fields.required("visitors", &COUNT),
        }
    })
}
