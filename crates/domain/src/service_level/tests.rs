//! The worked example of definitions.md, days as a supervisor would check them by hand, and the
//! expected wait on invented queues.
#![allow(clippy::unwrap_used)]

mod understood;

use super::{Counts, DayBook, Expectations, Level, Rules};
use crate::{
    ClassId, ContactId, MatterId, OperatorId, PromiseId, QueueId, Timestamp, UnitId,
    contact::{CallKind, Channel, ContactState, Outcome, Owner, PromiseKind, Settlement, SystemCause, VisitOutcome, ledger::PromiseRecord},
    routing::Command,
    time::{HOUR_MS, MINUTE_MS, SECOND_MS},
};
use jiff::{
    civil::{Date, Time, date},
    tz::TimeZone,
};

const REPORT: &str = "vast.report";

// --- The six formulas ---------------------------------------------------------------------------

/// 1,000 offered; 700 answered in time, 100 late; 150 abandon, 120 of them in time, 60 of them short;
/// 50 call-backs, all accepted in time.
fn worked_example() -> Counts {
    let mut counts = Counts { offered: 1000, ..Counts::default() };
    let mut end = |times: u64, outcome, waited_ms| (0..times).for_each(|_| counts.end(outcome, waited_ms, 10 * MINUTE_MS));
    end(700, VisitOutcome::Answered, 10 * MINUTE_MS);
    end(100, VisitOutcome::Answered, 10 * MINUTE_MS + 1);
    end(60, VisitOutcome::AbandonedShort, 9 * SECOND_MS);
    end(60, VisitOutcome::Abandoned, 2 * MINUTE_MS);
    end(30, VisitOutcome::Abandoned, 20 * MINUTE_MS);
    end(50, VisitOutcome::CallbackAccepted, 3 * MINUTE_MS);
    counts
}

#[test]
fn the_worked_example_gives_all_six_figures() {
    let expected = Level {
        no_short: Some(787),
        answered_only: Some(875),
        all_abandons: Some(737),
        symmetric: Some(863),
        with_flow_out: Some(737),
        removed: Some(870),
    };
    let counts = worked_example();
    assert_eq!(counts.level(), expected);
    assert_eq!((counts.ended(), counts.still_waiting()), (1000, 0));
    assert_eq!(counts.over_permille(), Some(137), "130 of 950");
}

#[test]
fn callbacks_counted_as_flow_outs_give_seventy_per_cent() {
    let mut counts = worked_example();
    (counts.callbacks, counts.callbacks_in_time, counts.deflected) = (0, 0, 50);
    assert_eq!(counts.level().with_flow_out, Some(700));
}

#[test]
fn nothing_offered_gives_no_figure_rather_than_a_good_one() {
    let none = Level { no_short: None, answered_only: None, all_abandons: None, symmetric: None, with_flow_out: None, removed: None };
    assert_eq!(Counts::default().level(), none);
    assert_eq!(Counts::default().answered_wait_ms_mean(), None);
    let mut short_only = Counts::default();
    short_only.end(VisitOutcome::AbandonedShort, 3 * SECOND_MS, 10 * MINUTE_MS);
    assert_eq!((short_only.level().no_short, short_only.level().all_abandons), (None, Some(0)));
}

#[test]
fn waits_fall_into_bars_by_their_upper_end() {
    let mut counts = Counts::default();
    for waited_ms in [0, 10 * SECOND_MS, 10 * SECOND_MS + 1, HOUR_MS, HOUR_MS + 1] {
        counts.end(VisitOutcome::Answered, waited_ms, 10 * MINUTE_MS);
    }
    assert_eq!(counts.waits, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    assert_eq!(counts.answered_wait_ms_max, HOUR_MS + 1);
}

// --- The day book -------------------------------------------------------------------------------

fn stockholm() -> TimeZone {
    TimeZone::get("Europe/Stockholm").unwrap()
}

fn rules() -> Rules {
    let at = |hour| Time::constant(hour, 0, 0, 0);
    Rules { within_ms: 10 * MINUTE_MS, from: at(7), to: at(20), zone: stockholm() }
}

/// Local time of a day in Stockholm.
fn local(day: Date, hour: i8, minute: i8) -> Timestamp {
    Timestamp(day.at(hour, minute, 0, 0).to_zoned(stockholm()).unwrap().timestamp().as_millisecond())
}

const DAY: Date = date(2026, 11, 20);

fn open(contact: u64) -> Command {
    Command::OpenContact { contact: ContactId(contact), matter: MatterId(contact), channel: Channel::Telephone, owner: Owner::Dialogue }
}

fn enter(contact: u64, queue: &str) -> Command {
    Command::EnterQueue { contact: ContactId(contact), queue: QueueId::new(queue), strict: false }
}

fn end(contact: u64, queue: &str, outcome: VisitOutcome, waited_ms: u64) -> Command {
    Command::EndVisit { contact: ContactId(contact), queue: QueueId::new(queue), outcome, waited_ms }
}

fn close(contact: u64, outcome: Outcome) -> Command {
    Command::CloseContact { contact: ContactId(contact), outcome }
}

fn promise(promise: u64, due: Timestamp) -> Command {
    let owner = Owner::Unit(UnitId::new("supervisors.vast"));
    Command::MakePromise { promise: PromiseId(promise), matter: MatterId(1), promise_kind: PromiseKind::FollowUp, owner, due }
}

fn settle(promise: u64, settlement: Settlement) -> Command {
    Command::SettlePromise { promise: PromiseId(promise), matter: MatterId(1), settlement }
}

/// One call from ring to closing in one queue.
fn call(contact: u64, arrived: Timestamp, outcome: VisitOutcome, waited_ms: u64) -> Vec<(Timestamp, Vec<Command>)> {
    let closed = if outcome == VisitOutcome::Answered { Outcome::Helped } else { Outcome::Abandoned };
    vec![
        (arrived, vec![open(contact)]),
        (arrived.plus_ms(30 * SECOND_MS), vec![enter(contact, REPORT)]),
        (arrived.plus_ms(30 * SECOND_MS + waited_ms), vec![end(contact, REPORT, outcome, waited_ms), close(contact, closed)]),
    ]
}

fn book(entries: &[(Timestamp, Vec<Command>)]) -> DayBook {
    let mut book = DayBook::new(rules());
    for (at, commands) in entries {
        book.apply(*at, commands);
    }
    book
}

#[test]
fn a_call_counts_by_its_arrival_inside_or_outside_the_window() {
    let check = |arrived: Timestamp, inside: u64, outside: u64, half_hour: usize| {
        let book = book(&call(1, arrived, VisitOutcome::Answered, 5 * MINUTE_MS));
        let queue = &book.day_at(arrived).unwrap().queues[REPORT];
        assert_eq!((queue.inside.answered_in_time, queue.outside.answered_in_time), (inside, outside), "{arrived:?}");
        assert_eq!((queue.half_hours[half_hour].offered, queue.half_hours[half_hour].answered_in_time), (1, 1), "{arrived:?}");
    };
    check(local(DAY, 6, 59), 0, 1, 13);
    check(local(DAY, 7, 0), 1, 0, 14);
    check(local(DAY, 19, 59), 1, 0, 39);
    check(local(DAY, 20, 0), 0, 1, 40);
    // Summer time: seven in the morning is seven on the clock of that day.
    check(local(date(2026, 7, 1), 7, 0), 1, 0, 14);
}

#[test]
fn a_call_over_midnight_belongs_to_the_day_on_which_it_arrived() {
    let book = book(&call(1, local(DAY, 23, 58), VisitOutcome::Answered, 5 * MINUTE_MS));
    assert_eq!(book.day(DAY).unwrap().queues[REPORT].outside.answered, 1);
    assert_eq!(book.days().count(), 1);
}

#[test]
fn a_call_that_goes_to_another_queue_is_offered_once_in_the_whole() {
    let noon = local(DAY, 12, 0);
    let book = book(&[
        (noon, vec![open(1), enter(1, REPORT)]),
        (noon, vec![end(1, REPORT, VisitOutcome::Diverted, 0), enter(1, "syd.report")]),
        (noon, vec![end(1, "syd.report", VisitOutcome::Answered, 4 * MINUTE_MS)]),
    ]);
    let day = book.day(DAY).unwrap();
    assert_eq!((day.queues[REPORT].inside.offered, day.queues[REPORT].inside.diverted), (1, 1));
    let whole = day.whole();
    assert_eq!((whole.inside.offered, whole.inside.diverted, whole.inside.answered, whole.inside.still_waiting()), (1, 0, 1, 0));
    assert_eq!(whole.half_hours[24].offered, 1);
    assert_eq!(whole.inside.level().with_flow_out, Some(1000));
}

#[test]
fn who_comes_back_after_a_human_voice_weighs_once() {
    let noon = local(DAY, 12, 0);
    let book = book(&[
        (noon, vec![open(1), enter(1, REPORT), end(1, REPORT, VisitOutcome::Answered, MINUTE_MS)]),
        (noon, vec![enter(1, REPORT), end(1, REPORT, VisitOutcome::Abandoned, 20 * MINUTE_MS)]),
        (noon, vec![close(1, Outcome::Abandoned)]),
    ]);
    let queue = &book.day(DAY).unwrap().queues[REPORT];
    assert_eq!((queue.inside.offered, queue.inside.answered, queue.inside.abandoned), (1, 1, 0));
    assert_eq!((queue.returned, queue.returned_lost), (1, 1));
}

#[test]
fn a_call_that_the_system_ended_is_a_count_of_its_own() {
    let noon = local(DAY, 12, 0);
    let cause = SystemCause::Restart;
    let book = book(&[
        (noon, vec![open(1), enter(1, REPORT)]),
        (noon, vec![end(1, REPORT, VisitOutcome::SystemTerminated(cause), MINUTE_MS), close(1, Outcome::SystemTerminated(cause))]),
    ]);
    let day = book.day(DAY).unwrap();
    assert_eq!(day.queues[REPORT].inside.system_terminated, 1);
    assert_eq!(day.queues[REPORT].inside.level().all_abandons, None);
    assert_eq!(day.outcomes["system_terminated:restart"], 1);
}

#[test]
fn promises_belong_to_the_day_on_which_they_are_due() {
    let (noon, tomorrow) = (local(DAY, 12, 0), date(2026, 11, 21));
    let book = book(&[
        (noon, vec![promise(1, noon.plus_ms(HOUR_MS)), promise(2, noon.plus_ms(HOUR_MS)), promise(3, noon.plus_ms(HOUR_MS))]),
        (noon, vec![promise(4, local(tomorrow, 9, 0)), promise(5, noon.plus_ms(2 * HOUR_MS)), promise(6, noon.plus_ms(HOUR_MS))]),
        (noon.plus_ms(HOUR_MS), vec![settle(1, Settlement::Kept)]),
        (noon.plus_ms(HOUR_MS + 1), vec![settle(2, Settlement::Kept), settle(3, Settlement::Withdrawn), settle(6, Settlement::Replaced)]),
    ]);
    let today = book.day(DAY).unwrap().promises_of_all_kinds();
    assert_eq!((today.due, today.kept_in_time, today.kept_late, today.withdrawn, today.replaced), (3, 1, 1, 1, 1));
    assert_eq!(book.day(tomorrow).unwrap().promises_of_all_kinds().due, 1);
    assert_eq!(book.promises_late(noon.plus_ms(HOUR_MS + 1)), 0);
    assert_eq!(book.promises_late(noon.plus_ms(3 * HOUR_MS)), 1);
}

#[test]
fn what_is_put_off_to_the_next_opening_was_due_and_is_not_kept() {
    let (noon, tomorrow) = (local(DAY, 12, 0), date(2026, 11, 21));
    let (contact, not_before) = (ContactId(1), local(tomorrow, 8, 0));
    let rest = Command::RestCall { contact, not_before, fault: None, in_front: true, promise: Some(PromiseId(3)) };
    let book = book(&[
        (noon, vec![promise(1, noon.plus_ms(HOUR_MS)), promise(2, noon.plus_ms(HOUR_MS))]),
        // Of two that are replaced, the one of the call that rests.
        (noon, vec![promise(3, local(tomorrow, 9, 0)), rest, settle(1, Settlement::Replaced), settle(2, Settlement::Replaced)]),
        (local(tomorrow, 8, 30), vec![settle(3, Settlement::Kept)]),
    ]);
    let counts = |date| book.day(date).unwrap().promises_of_all_kinds();
    assert_eq!((counts(DAY).due, counts(DAY).kept_in_time, counts(DAY).kept_late, counts(DAY).replaced), (1, 0, 0, 1));
    assert_eq!((counts(tomorrow).due, counts(tomorrow).kept_in_time), (1, 1));
}

#[test]
fn a_book_that_begins_at_midnight_knows_what_was_promised_before() {
    let (yesterday, noon) = (local(date(2026, 11, 19), 18, 0), local(DAY, 12, 0));
    let owe = Command::OweCall {
        contact: ContactId(1),
        call_kind: CallKind::KeepPlace,
        from: ContactId(2),
        since: yesterday,
        class: ClassId::new("report"),
        promise: PromiseId(1),
        textable: false,
    };
    let before = (yesterday, vec![promise(1, noon), promise(2, noon), promise(3, local(DAY, 9, 0)), owe]);
    let speaks = Command::MoveContact { contact: ContactId(1), state: ContactState::Talking, owner: Owner::Operator(OperatorId(1)) };
    let today = [
        // In time by the voice, though its record was finished later.
        (local(DAY, 11, 0), vec![speaks]),
        (local(DAY, 12, 30), vec![settle(1, Settlement::Kept), close(1, Outcome::NotReached)]),
    ];
    let whole = book(&[&[before][..], &today].concat());
    let mut begun = DayBook::new(rules());
    for (n, due) in [(1, noon), (2, noon), (3, local(DAY, 9, 0))] {
        begun.owed_before(&PromiseRecord {
            promise: PromiseId(n),
            matter: MatterId(1),
            kind: PromiseKind::FollowUp,
            owner: Owner::Unit(UnitId::new("supervisors.vast")),
            made: yesterday,
            due,
            settled: None,
            settlement: None,
            paused: None,
            ring_back: None,
        });
    }
    begun.call_owed_before(ContactId(1), PromiseId(1));
    today.iter().for_each(|(at, commands)| begun.apply(*at, commands));
    let counts = begun.day(DAY).unwrap().promises_of_all_kinds();
    assert_eq!((counts.due, counts.kept_in_time, begun.promises_late(noon)), (3, 1, 1));
    assert_eq!((begun.day(DAY), begun.promises_late(noon)), (whole.day(DAY), whole.promises_late(noon)));
}

/// Two hundred calls over three days with every kind of ending, in the order of time.
fn three_days() -> Vec<(Timestamp, Vec<Command>)> {
    let outcomes = [
        VisitOutcome::Answered,
        VisitOutcome::Answered,
        VisitOutcome::Abandoned,
        VisitOutcome::AbandonedShort,
        VisitOutcome::CallbackAccepted,
        VisitOutcome::Emergency,
    ];
    let mut entries = Vec::new();
    for contact in 0..200_u64 {
        let arrived = local(DAY, 0, 5).plus_ms(contact * 20 * MINUTE_MS);
        let outcome = outcomes[usize::try_from(contact * 7 % 6).unwrap()];
        entries.extend(call(contact, arrived, outcome, contact * 37 % 1200 * SECOND_MS));
    }
    entries.sort_by_key(|(at, _)| *at);
    entries
}

#[test]
fn entry_by_entry_gives_what_a_recomputation_gives() {
    let entries = three_days();
    let mut incremental = DayBook::new(rules());
    let mut expectations = Expectations::default();
    for (n, (at, commands)) in entries.iter().enumerate() {
        incremental.apply(*at, commands);
        expectations.apply(*at, commands);
        if n % 97 == 0 {
            assert_eq!(incremental, book(&entries[..=n]), "after entry {n}");
        }
    }
    assert_eq!(incremental, book(&entries));
    let mut again = Expectations::default();
    entries.iter().for_each(|(at, commands)| again.apply(*at, commands));
    assert_eq!(expectations, again);
}

#[test]
fn the_accounts_of_a_day_add_up() {
    let book = book(&three_days());
    for (date, day) in book.days() {
        let whole = day.whole();
        assert_eq!(day.opened, day.outcomes.values().sum::<u64>(), "{date}");
        let offered = whole.inside.offered + whole.outside.offered;
        assert_eq!(day.opened, offered, "{date}");
        assert_eq!(offered, whole.inside.ended() + whole.outside.ended(), "{date}");
        assert_eq!(offered, whole.half_hours.iter().map(|slot| slot.offered).sum::<u64>(), "{date}");
        assert_eq!(whole.inside.answered, whole.inside.waits.iter().sum::<u64>(), "{date}");
    }
}

#[test]
fn finished_days_can_be_forgotten_but_not_those_under_way() {
    let mut book = book(&three_days());
    book.forget_before(date(2026, 11, 22));
    assert_eq!(book.days().map(|(date, _)| date).min(), Some(date(2026, 11, 22)));
    let late = local(date(2026, 11, 22), 23, 59);
    book.apply(late, &[open(900), enter(900, REPORT)]);
    book.forget_before(date(2026, 11, 24));
    assert!(book.day(date(2026, 11, 22)).is_some());
}

// --- The expected wait --------------------------------------------------------------------------

/// Callers one after the other, each waiting as told; the expectation when all have been answered.
fn after(waits_s: impl IntoIterator<Item = u64>) -> Expectations {
    let mut expectations = Expectations::default();
    let mut now = local(DAY, 12, 0);
    for (contact, wait_s) in (1..).zip(waits_s) {
        expectations.apply(now, &[enter(contact, REPORT)]);
        now = now.plus_ms(20 * SECOND_MS);
        expectations.apply(now, &[end(contact, REPORT, VisitOutcome::Answered, wait_s * SECOND_MS)]);
    }
    expectations
}

/// Waits between 1 and 100 s, scattered evenly.
fn steady(count: u64) -> impl Iterator<Item = u64> {
    (1..=count).map(|n| n * 37 % 101)
}

#[test]
fn a_steady_queue_announces_the_middle_to_the_fourth_fifth() {
    let expectations = after(steady(120));
    let (low_ms, high_ms) = expectations.interval_ms(&QueueId::new(REPORT)).unwrap();
    assert!((40_000..=60_000).contains(&low_ms) && (70_000..=90_000).contains(&high_ms), "{low_ms} {high_ms}");
    assert!(expectations.queue(&QueueId::new(REPORT)).unwrap().hit_rate().unwrap().is_calibrated());
}

#[test]
fn a_queue_is_silent_until_enough_predictions_have_held() {
    let queue = QueueId::new(REPORT);
    let check = |waits: u64, predicts: bool, announces: bool| {
        let expectations = after(steady(waits));
        let now = local(DAY, 12, 0).plus_ms(waits * 20 * SECOND_MS);
        assert_eq!(expectations.queue(&queue).unwrap().predict(now).is_some(), predicts, "{waits}");
        assert_eq!(expectations.interval_ms(&queue).is_some(), announces, "{waits}");
    };
    check(11, false, false);
    check(12, true, false);
    check(31, true, false);
    check(60, true, true);
    assert_eq!(Expectations::default().interval_ms(&queue), None);
}

#[test]
fn a_queue_whose_waits_only_grow_falls_silent() {
    let growing = after(steady(90).chain((1..=60).map(|n| 100 + n * 10)));
    assert_eq!(growing.interval_ms(&QueueId::new(REPORT)), None);
}

#[test]
fn callers_who_gave_up_after_the_announced_end_count_as_told_wrong() {
    let mut expectations = after(steady(120));
    let queue = QueueId::new(REPORT);
    let now = local(DAY, 13, 0);
    for contact in 1000..1030 {
        expectations.apply(now, &[enter(contact, REPORT)]);
        expectations.apply(now, &[end(contact, REPORT, VisitOutcome::Abandoned, 300 * SECOND_MS)]);
    }
    assert_eq!(expectations.interval_ms(&queue), None);
    assert!(expectations.queue(&queue).unwrap().hit_rate().unwrap().within_high_permille < 700);
}

#[test]
fn waits_of_another_hour_say_nothing() {
    let mut expectations = after(steady(120));
    expectations.apply(local(DAY, 15, 0), &[]);
    assert_eq!(expectations.interval_ms(&QueueId::new(REPORT)), None);
}
