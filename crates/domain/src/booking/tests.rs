#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    BookingId, ContactId, MatterId,
    contact::{ReachedBy, ledger::Ledger},
    intent::Language,
    place::Places,
    plan::{Plan, Source, read},
    routing::{Event, NextIds, Router},
    time::{HOUR_MS, MINUTE_MS},
};
use jiff::civil::{Date, date};
use std::{collections::BTreeMap, sync::Arc};

fn plan_with(changes: &[(&str, &str)]) -> Plan {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments/sweden/plan.toml");
    let mut text = std::fs::read_to_string(file).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    read(&Source { file: "plan.toml", text: &text }).unwrap()
}

fn at(plan: &Plan, date: Date, hour: i8, minute: i8) -> Timestamp {
    Timestamp(date.at(hour, minute, 0, 0).to_zoned(plan.zone.clone()).unwrap().timestamp().as_millisecond())
}

fn call(class: &str) -> Wish {
    Wish { class: ClassId::new(class), region: RegionId::new("vast"), desk: None }
}

fn visit(class: &str) -> Wish {
    Wish { desk: Some(DeskId::new("goteborg")), ..call(class) }
}

#[test]
fn a_day_has_the_slots_of_its_hours_and_a_night_with_another_clock_those_that_pass() {
    let whole = ("friday = \"09:00-15:00\"", "friday = \"09:00-15:00\"\nsunday = \"00:00-24:00\"");
    let plan = plan_with(&[whole, ("quiet = \"21:00-08:00\"", "quiet = \"00:00-00:00\"")]);
    for (day, wish, slots, first) in [
        (date(2026, 11, 23), call("report"), 14, Some((9, 0))),
        (date(2026, 11, 27), call("report"), 12, Some((9, 0))),
        (date(2026, 11, 28), call("report"), 0, None),
        (date(2026, 12, 25), call("report"), 0, None),
        (date(2026, 11, 23), visit("report"), 12, Some((9, 0))),
        (date(2026, 11, 29), visit("report"), 0, None),
        (date(2026, 11, 29), call("report"), 48, Some((0, 0))),
        (date(2026, 3, 29), call("report"), 46, Some((0, 0))),
        (date(2026, 10, 25), call("report"), 50, Some((0, 0))),
    ] {
        let found = plan.slots_on(day, &wish);
        assert_eq!(found.len(), slots, "{day} {wish:?}");
        assert_eq!(found.first().map(|(from, _)| *from), first.map(|(hour, minute)| at(&plan, day, hour, minute)), "{day}");
        assert!(found.windows(2).all(|pair| pair[0].1 == pair[1].0), "one after the other, none twice");
    }
}

#[test]
fn every_cap_counts_and_a_visit_takes_nobody_from_the_telephone() {
    let plan = plan_with(&[]);
    let (day, now) = (date(2026, 11, 24), at(&plan, date(2026, 11, 23), 9, 0));
    let slot = at(&plan, day, 10, 0);
    let mut diary = Diary::default();
    let mut take = |number: u64, wish: &Wish| {
        let wanted = TimeWanted { wish: wish.clone(), slot };
        let asked = diary.ask(&plan, now, &wanted, None);
        if let Ok(ends) = asked {
            diary.take(BookingId(number), Taken { wanted, ends });
        }
        asked.err()
    };
    for (number, wish, expected) in [
        (1, call("report"), None),
        (2, call("report"), None),
        // A quarter of eight operators.
        (3, call("report"), Some(Unbookable::Full)),
        (4, call("service"), None),
        // The region's three.
        (5, call("service"), Some(Unbookable::Full)),
        (6, visit("report"), None),
        (7, visit("service"), None),
        (8, visit("report"), Some(Unbookable::Full)),
        (9, call("violence"), Some(Unbookable::NotOffered)),
    ] {
        assert_eq!(take(number, &wish), expected, "{number}");
    }
    let free: Vec<usize> = diary.free_times(&plan, now, &call("report"), day, 1).iter().map(|time| time.free).take(6).collect();
    assert_eq!(free, [2, 2, 0, 2, 2, 2], "what is full is told as full");
}

#[test]
fn nothing_is_given_sooner_than_the_notice_or_further_than_the_days_ahead() {
    let plan = plan_with(&[]);
    let now = at(&plan, date(2026, 11, 23), 9, 0);
    let diary = Diary::default();
    for (day, hour, minute, expected) in [
        (date(2026, 11, 23), 9, 30, Err(Unbookable::TooSoon)),
        (date(2026, 11, 23), 10, 0, Ok(())),
        (date(2026, 11, 23), 10, 1, Err(Unbookable::Closed)),
        (date(2026, 11, 22), 10, 0, Err(Unbookable::Closed)),
        (date(2026, 12, 7), 15, 30, Ok(())),
        (date(2026, 12, 8), 9, 0, Err(Unbookable::TooFar)),
    ] {
        let wanted = TimeWanted { wish: call("report"), slot: at(&plan, day, hour, minute) };
        assert_eq!(diary.ask(&plan, now, &wanted, None).map(drop), expected, "{day} {hour}:{minute}");
    }
    let days = diary.free_times(&plan, now, &call("report"), date(2026, 11, 23), DAYS_MAX);
    assert_eq!(days.first().map(|time| time.slot), Some(at(&plan, date(2026, 11, 23), 10, 0)));
    assert_eq!(days.last().map(|time| time.slot), Some(at(&plan, date(2026, 12, 7), 15, 30)));
}

/// Numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// A router with its ledger, which asks for times by chance.
struct Rush {
    plans: Vec<Arc<Plan>>,
    places: Arc<Places>,
    router: Router,
    ledger: Ledger,
    ids: NextIds,
    now: Timestamp,
    seq: u64,
    next: u64,
    /// What each booking took at its time was allowed by the plan of that time: so much was taken at most.
    dice: Dice,
}

impl Rush {
    fn new(seed: u64) -> Self {
        let fewer = [("region = \"vast\"\nmost = 3", "region = \"vast\"\nmost = 2"), ("slot = \"30 min\"", "slot = \"20 min\"")];
        let plans = vec![Arc::new(plan_with(&[])), Arc::new(plan_with(&fewer))];
        let now = at(&plans[0], date(2026, 11, 23), 7, 0);
        let places = Arc::new(Places::default());
        let router = Router::new(plans[0].clone(), places.clone(), NextIds::default());
        let (ledger, ids) = (Ledger::default(), NextIds::default());
        Self { plans, places, router, ledger, ids, now, seq: 0, next: 1, dice: Dice(seed) }
    }

    fn record(&mut self, commands: &[crate::routing::Command]) {
        self.seq += 1;
        self.ids.apply(commands);
        assert_eq!(self.ledger.apply(self.seq, self.now, commands).map(drop), Ok(()), "what is decided fits what went before");
        assert_eq!(self.ledger.faults(), []);
    }

    fn take(&mut self, event: &Event) -> bool {
        let due = self.router.tick(self.now);
        self.record(&due);
        let decision = self.router.handle(self.now, event);
        self.record(&decision.commands);
        decision.took_effect
    }

    fn wanted(&mut self) -> TimeWanted {
        let class = if self.dice.below(2) == 0 { "report" } else { "service" };
        let wish = if self.dice.below(3) == 0 { visit(class) } else { call(class) };
        let half_hours = self.dice.below(6);
        TimeWanted { wish, slot: at(&self.plans[0], date(2026, 11, 24), 9, 0).plus_ms(half_hours * 30 * MINUTE_MS) }
    }

    fn any_booking(&mut self) -> BookingId {
        BookingId(1 + self.dice.below(self.next))
    }

    fn step(&mut self) {
        self.now = self.now.plus_ms(self.dice.below(4) * MINUTE_MS);
        match self.dice.below(16) {
            0..=5 => self.hold(),
            6..=8 => self.book(),
            9 => drop({
                let booking = self.any_booking();
                self.take(&Event::HoldLeft { booking })
            }),
            10..=11 => self.move_one(),
            12..=13 => drop({
                let booking = self.any_booking();
                self.take(&Event::BookingCancelled { booking, by: CancelledBy::Citizen, staff: None })
            }),
            14 => self.change_plan(),
            _ => self.restart(),
        }
        self.prove();
    }

    fn hold(&mut self) {
        let (wanted, booking) = (self.wanted(), BookingId(self.next));
        let due = self.router.tick(self.now);
        self.record(&due);
        let free = self.router.ask_time(self.now, &wanted, None);
        let held = self.take(&Event::TimeHeld { booking, wanted, key: None });
        assert_eq!(held, free.is_ok(), "who asks is told what then happens");
        self.next += u64::from(held);
    }

    fn book(&mut self) {
        let (booking, number) = (self.any_booking(), 1_000 + self.seq);
        let was_held =
            self.ledger.bookings.get(&booking).is_some_and(|record| record.state == BookingState::Held && self.now < record.hold_until);
        let (matter, contact) = (MatterId(number), ContactId(number));
        let reached = ReachedBy { textable: self.dice.below(2) == 0, mailable: self.dice.below(2) == 0 };
        let language = Language::Swedish;
        let event = Event::TimeBooked { booking, matter, contact, language, intent: None, interpreter: false, reached, at_desk: None };
        assert_eq!(self.take(&event), was_held, "what is held is booked, and nothing else");
    }

    fn move_one(&mut self) {
        let (booking, wanted) = (self.any_booking(), self.wanted());
        let before = self.ledger.bookings.get(&booking).cloned();
        let moved = self.take(&Event::BookingMoved { booking, wanted: wanted.clone(), staff: None });
        let after = self.ledger.bookings.get(&booking).map(|record| &record.wanted);
        match moved {
            true => assert_eq!(after, Some(&wanted)),
            false => assert_eq!(after, before.as_ref().map(|record| &record.wanted), "it stays where it is"),
        }
    }

    fn change_plan(&mut self) {
        let plan = self.plans[usize::from(self.dice.below(2) == 0)].clone();
        let open: Vec<BookingId> = self.open().keys().copied().collect();
        self.router.prepare(plan.clone(), self.places.clone());
        let _ = self.take(&Event::PlanChanged { plan: plan.digest.clone() });
        let still = self.open();
        let kept = |booking: &BookingId| still.contains_key(booking) || self.ledger.bookings[booking].state == BookingState::Expired;
        assert!(open.iter().all(kept), "a plan takes nothing back");
    }

    fn restart(&mut self) {
        let plan = self.router.plan().clone();
        self.router = Router::restore(plan.clone(), self.places.clone(), &self.ledger, self.ids);
        let started = Event::Started { plan: plan.digest.clone(), interrupted: Vec::new() };
        let decision = self.router.handle(self.now, &started);
        self.record(&decision.commands);
    }

    fn open(&self) -> BTreeMap<BookingId, BookingRecord> {
        let open = self.ledger.bookings.iter().filter(|(_, record)| record.state.is_open());
        open.map(|(booking, record)| (*booking, record.clone())).collect()
    }

    /// Counted by hand, minute by minute: never over the caps of the widest plan; and no hold outlives its time.
    fn prove(&mut self) {
        let due = self.router.tick(self.now);
        self.record(&due);
        let open = self.open();
        let begin = at(&self.plans[0], date(2026, 11, 24), 8, 0);
        for minute in (0..6 * 60).step_by(10) {
            let then = begin.plus_ms(minute * MINUTE_MS);
            let there =
                || open.values().filter(|record| record.wanted.slot <= then && then < record.ends).map(|record| &record.wanted.wish);
            let calls = |class: &str| there().filter(|wish| wish.desk.is_none() && wish.class.as_str() == class).count();
            let (report, service, visits) = (calls("report"), calls("service"), there().filter(|wish| wish.is_visit()).count());
            assert!(report <= 2 && service <= 2 && report + service <= 3 && visits <= 2, "{report} {service} {visits} at {then:?}");
        }
        for record in open.values().filter(|record| record.state == BookingState::Held) {
            assert!(self.now < record.hold_until, "booking {} is held for too long", record.booking);
        }
    }
}

#[test]
fn whatever_is_asked_nothing_is_sold_twice_and_nothing_kept_for_too_long() {
    let (mut held, mut booked, mut expired, mut moved, mut full) = (0, 0, 0, 0, 0);
    for seed in 1..=20 {
        let mut rush = Rush::new(seed);
        for _ in 0..300 {
            let before = rush.ledger.bookings.len();
            rush.step();
            full += usize::from(rush.ledger.bookings.len() == before);
        }
        let count = |is: fn(&BookingRecord) -> bool| rush.ledger.bookings.values().filter(|record| is(record)).count();
        held += count(|_| true);
        booked += count(|record| record.contact.is_some());
        expired += count(|record| record.state == BookingState::Expired);
        moved += count(|record| record.moves > 0);
    }
    // A test in which nothing happens shows nothing.
    assert!(held > 200 && booked > 50 && expired > 20 && moved > 10 && full > 100, "{held} {booked} {expired} {moved} {full}");
}

#[test]
fn what_is_released_is_free_at_once_and_moving_needs_no_second_place() {
    let only_one = [("region = \"vast\"\nmost = 3", "region = \"vast\"\nmost = 1")];
    let plan = plan_with(&only_one);
    let (now, slot) = (at(&plan, date(2026, 11, 23), 9, 0), at(&plan, date(2026, 11, 24), 10, 0));
    let wanted = |class: &str| TimeWanted { wish: call(class), slot };
    let mut diary = Diary::default();
    let ends = diary.ask(&plan, now, &wanted("report"), None).unwrap();
    assert_eq!(ends.since_ms(slot), HOUR_MS / 2);
    diary.take(BookingId(1), Taken { wanted: wanted("report"), ends });
    assert_eq!(diary.ask(&plan, now, &wanted("service"), None), Err(Unbookable::Full));
    assert_eq!(diary.ask(&plan, now, &wanted("service"), Some(BookingId(1))), Ok(ends), "its own place is no obstacle");
    assert!(diary.release(BookingId(1)).is_some());
    assert_eq!(diary.ask(&plan, now, &wanted("service"), None), Ok(ends));
    assert!(diary.release(BookingId(1)).is_none());
}
