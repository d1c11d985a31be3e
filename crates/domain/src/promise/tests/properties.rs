//! What holds of every clock and every calendar, tried on seeded days around those that are special.

use super::*;

const ROUNDS: usize = 4_000;
/// Around which points in time are drawn: clock changes, midsummer, Easter, the year's end.
const SPECIAL: [&str; 8] = [
    "2026-03-29T02:30",
    "2026-10-25T02:30",
    "2027-03-28T01:59:59",
    "2026-06-19T12:00",
    "2026-04-03T08:00",
    "2026-12-24T16:30",
    "2026-12-31T23:59:59.999",
    "2024-02-29T00:00",
];

/// Seeded, the same on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// A point in time within five days of a special one.
    fn time(&mut self, zone: &TimeZone) -> Timestamp {
        let special = SPECIAL[usize::try_from(self.below(SPECIAL.len() as u64)).unwrap()];
        Timestamp(at(zone, special).0 - 120 * HOUR_MS as i64).plus_ms(self.below(240 * 60) * MINUTE_MS + self.below(3) * 29_999)
    }
}

/// Both countries' calendars, and the longest hours in the zone of each.
fn calendars() -> Vec<Calendar> {
    let mut all = vec![calendar("sweden"), calendar("denmark")];
    all.extend(["Europe/Stockholm", "Europe/Copenhagen"].map(round_the_clock));
    all
}

#[test]
fn working_time_adds_up_and_never_runs_back() {
    let mut dice = Dice(1);
    for round in 0..ROUNDS {
        let calendars = calendars_once();
        let calendar = &calendars[round % calendars.len()];
        let mut times = [dice.time(&calendar.zone), dice.time(&calendar.zone), dice.time(&calendar.zone)];
        times.sort_unstable();
        let [first, second, third] = times;
        let ms = |from, to| calendar.working_ms(from, to);
        if third.since_ms(first) < 30 * 24 * HOUR_MS {
            assert_eq!(ms(first, third), ms(first, second) + ms(second, third), "{first:?} {second:?} {third:?}");
            assert!(ms(first, third) <= third.since_ms(first));
            assert_eq!(ms(third, first), 0);
        }
        let owed_ms = dice.below(60 * 60) * MINUTE_MS;
        let due = calendar.after_working_ms(first, owed_ms).unwrap();
        assert_eq!(ms(first, due), owed_ms, "what is promised passes until it is due: {first:?}");
        assert!(owed_ms == 0 || ms(first, Timestamp(due.0 - 1)) < owed_ms, "and not before: {first:?}");
        let later = first.plus_ms(dice.below(72 * 60) * MINUTE_MS);
        for target in
            [Target::Plain { ms: owed_ms }, Target::WorkingTime { ms: owed_ms }, Target::WorkingDays { days: 1 + dice.below(9) as u16 }]
        {
            let due = target.due(first, Some(calendar));
            assert!(first <= due && due <= target.due(later, Some(calendar)), "later promised, later due: {target:?} {first:?}");
        }
    }
}

/// Read once: reading a plan takes longer than all the rest.
fn calendars_once() -> &'static [Calendar] {
    static ALL: std::sync::LazyLock<Vec<Calendar>> = std::sync::LazyLock::new(calendars);
    &ALL
}

#[test]
fn a_pause_moves_the_due_time_by_what_stood_and_nothing_else_does() {
    let mut dice = Dice(2);
    let (mut moved, mut late) = (0, 0);
    for round in 0..ROUNDS {
        let calendars = calendars_once();
        let calendar = &calendars[round % calendars.len()];
        let made = dice.time(&calendar.zone);
        let working = dice.below(2) == 0;
        let ms = (1 + dice.below(40 * 60)) * MINUTE_MS;
        let target = if working { Target::WorkingTime { ms } } else { Target::Plain { ms } };
        let mut clock = Clock::new(made, target.due(made, Some(calendar)), working);
        let mut now = made;
        for _ in 0..4 {
            let due = clock.due();
            now = now.plus_ms(dice.below(30 * 60) * MINUTE_MS);
            if !clock.apply(now, Happened::Paused, Some(calendar)) {
                assert_eq!((clock.due(), clock.state(now, 0)), (due, State::Late), "only what is late cannot stand");
                late += 1;
                break;
            }
            let since = now;
            now = now.plus_ms(dice.below(100 * 60) * MINUTE_MS);
            assert!(clock.apply(now, Happened::Resumed, Some(calendar)));
            assert!(now <= clock.due() && due <= clock.due(), "in time when it was paused, in time when it goes on");
            let (stood_ms, moved_ms, left_ms) = if working {
                (calendar.working_ms(since, now), calendar.working_ms(due, clock.due()), calendar.working_ms(now, clock.due()))
            } else {
                (now.since_ms(since), clock.due().since_ms(due), clock.due().since_ms(now))
            };
            assert_eq!(moved_ms, stood_ms, "made {made:?}, paused {since:?} to {now:?}");
            let before_ms = if working { calendar.working_ms(since, due) } else { due.since_ms(since) };
            assert_eq!(left_ms, before_ms, "what was left is left: made {made:?}, paused {since:?} to {now:?}");
            moved += usize::from(moved_ms > 0);
        }
    }
    assert!(moved > ROUNDS / 4 && late > ROUNDS / 20, "{moved} moved, {late} were late");
}

#[test]
fn another_calendar_changes_no_promise_that_was_made() {
    let (ours, theirs) = (calendar("sweden"), calendar("denmark"));
    let made = at(&ours.zone, "2026-06-04T12:00");
    let due = Target::WorkingDays { days: 1 }.due(made, Some(&ours));
    let mut clock = Clock::new(made, due, true);
    assert_ne!(Target::WorkingDays { days: 1 }.due(made, Some(&theirs)), due, "the two would promise otherwise");
    assert_eq!((clock.due(), clock.state(due, 0)), (due, State::Due));
    // What stands is counted by the calendar in force when it goes on: two hours of Thursday and one of Monday.
    let monday = at(&ours.zone, "2026-06-08T09:00");
    assert!(clock.apply(at(&ours.zone, "2026-06-04T13:00"), Happened::Paused, Some(&ours)));
    assert!(clock.apply(monday, Happened::Resumed, Some(&theirs)));
    assert_eq!(clock.due(), at(&ours.zone, "2026-06-08T11:00"));
}
