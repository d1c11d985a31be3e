//! Call-backs: who is offered one, when and how often a citizen is rung, and which numbers may be rung at all.

use super::{
    Class, Closed, Fields, Plan, Region,
    check::{Objections, PARTY_RING_MS_MAX},
    hours::{is_nothing, minute},
    overtaking::spoken,
    read::dialled,
    telephone::bare,
    values::{DURATION, HOURS, SMALL_COUNT, TEXT},
};
use crate::{Timestamp, time::HOUR_MS};
use jiff::civil::Time;

/// Digits of a number that can be rung, at least and at most (ITU-T E.164).
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 6..=15;
/// So many nights and closures are looked past for the time of a call.
const TURNS_MAX: usize = 60;

/// How citizens are rung back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBackRule {
    /// Offered by voice when half of those in the queue are expected to wait longer than this.
    pub offer_over_ms: u64,
    /// How long the citizen is rung.
    pub ring_ms: u64,
    /// Attempts on one day.
    pub attempts_max: u8,
    /// Days on which it is tried before a person decides.
    pub days_max: u8,
    /// Least time between two attempts.
    pub gap_ms: u64,
    /// Nobody is rung from the first until before the second, in local time, also over midnight.
    pub quiet: (Time, Time),
    /// The number that citizens see; one of the plan's own.
    pub shown: String,
    /// How numbers begin that may be rung.
    pub numbers: Vec<String>,
    /// How those of them begin that may not.
    pub never: Vec<String>,
}

impl CallBackRule {
    /// The number as it is dialled, where it may be rung: without the signs that make it readable, and with + in front
    /// of a country code. A number that may not be rung may not with its country code either.
    #[must_use]
    pub fn diallable(&self, number: &str) -> Option<String> {
        let dialled = bare(number);
        let digits = dialled.strip_prefix('+').unwrap_or(&dialled);
        let is_number = NUMBER_DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let allowed = self.numbers.iter().any(|beginning| dialled.starts_with(beginning.as_str()));
        (is_number && allowed && !self.never.iter().any(|never| self.is_of(&dialled, never))).then_some(dialled)
    }

    fn is_of(&self, dialled: &str, never: &str) -> bool {
        let countries = self.numbers.iter().filter(|beginning| beginning.starts_with('+'));
        let mut at_home = countries.filter_map(|country| dialled.strip_prefix(country.as_str()));
        dialled.starts_with(never)
            || at_home.any(|rest| match never.strip_prefix('0') {
                Some(national) => rest.starts_with(national) || rest.starts_with(never),
                // A short number has no area code; a longer one that begins so is somebody's.
                None => rest == never,
            })
    }

    /// Whether nobody is rung at this time of the day.
    #[must_use]
    pub fn is_quiet(&self, at: Time) -> bool {
        self.is_quiet_at(minute(at))
    }

    fn is_quiet_at(&self, at: u16) -> bool {
        let (from, to) = (minute(self.quiet.0), minute(self.quiet.1));
        if from <= to { from <= at && at < to } else { at >= from || at < to }
    }
}

impl Plan {
    /// The end of the quiet hours; none outside them.
    #[must_use]
    pub fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        let rule = self.call_backs.as_ref()?;
        let local = now.local(&self.zone);
        rule.is_quiet(local.time()).then(|| self.next_at(now, rule.quiet.1))
    }

    /// When the next quiet hours begin.
    #[must_use]
    pub fn quiet_from(&self, now: Timestamp) -> Option<Timestamp> {
        let rule = self.call_backs.as_ref().filter(|rule| !is_nothing(rule.quiet))?;
        Some(self.next_at(now, rule.quiet.0))
    }

    /// The beginning of the next local day.
    #[must_use]
    pub fn next_day(&self, now: Timestamp) -> Timestamp {
        self.next_at(now, Time::midnight())
    }

    /// The first time from this one on at which citizens may be rung about a class of a region: outside the quiet hours
    /// and while it is open. Looked for as far ahead as a month.
    #[must_use]
    pub fn callable_from(&self, class: &Class, region: &Region, from: Timestamp) -> Timestamp {
        let mut at = from;
        for _ in 0..TURNS_MAX {
            at = match (self.quiet_until(at), self.queue_closed(class, region, at)) {
                (Some(quiet), _) => quiet,
                (None, Some(Closed { opens: Some(opens) })) => opens.at,
                (None, Some(Closed { opens: None })) => self.next_day(at),
                (None, None) => return at,
            };
        }
        at
    }

    /// The next time of day after this.
    pub(super) fn next_at(&self, now: Timestamp, time: Time) -> Timestamp {
        let today = now.local(&self.zone).date();
        // "24:00" is kept as the last instant of the day.
        let (time, later) = if time == Time::MAX { (Time::midnight(), 1) } else { (time, 0) };
        let at = |days: i64| {
            let date = today.checked_add(jiff::Span::new().days(days + later)).ok()?;
            let then = date.to_datetime(time).to_zoned(self.zone.clone()).ok()?;
            Some(Timestamp(then.timestamp().as_millisecond())).filter(|at| *at > now)
        };
        (0..=2).find_map(at).unwrap_or_else(|| now.plus_ms(24 * HOUR_MS))
    }
}

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    let classes = plan.classes.iter().filter(|class| class.call_back);
    for class in classes.clone() {
        let paths = [&*format!("classes/{}/call_back", class.id), &*format!("classes/{}", class.id)];
        let what = |why: &str| format!("the class \"{}\" has call_back, but {why}", class.id);
        let mend = "take call_back away";
        if plan.call_backs.is_none() {
            found.fault(&paths, what("the plan has no [call_backs]"), format!("add [call_backs], or {mend}"));
        }
        if class.strict {
            found.fault(&paths, what("it goes before everybody: who may be in danger is never told to hang up"), mend);
        } else if class.party.is_some() {
            found.notice(&paths, what("it is handed to a party instead of a queue of ours"), mend);
        }
        let quiet = |at: u16| plan.call_backs.as_ref().is_some_and(|rule| rule.is_quiet_at(at));
        let hours = class.open.as_ref().map(|open| minute(open.from)..minute(open.to));
        if hours.is_some_and(|mut hours| hours.all(quiet)) {
            let mend = format!("open it outside `quiet` of [call_backs], or {mend}");
            found.fault(&paths, what("it is open in the quiet hours alone: nobody is ever rung"), mend);
        }
    }
    let Some(rule) = &plan.call_backs else { return };
    if classes.count() == 0 {
        let mend = "add `call_back = true` to the classes whose callers may be rung back, or take [call_backs] away";
        found.notice(&["call_backs"], "there are [call_backs], but no class has call_back: nobody is offered one", mend);
    }
    check_times(rule, found);
    check_numbers(plan, rule, found);
}

fn check_times(rule: &CallBackRule, found: &mut Objections) {
    let nought = [
        ("offer_over", rule.offer_over_ms == 0),
        ("ring", rule.ring_ms == 0),
        ("attempts_max", rule.attempts_max == 0),
        ("days_max", rule.days_max == 0),
        ("gap", rule.gap_ms == 0),
    ];
    for (key, _) in nought.into_iter().filter(|(_, is_nought)| *is_nought) {
        found.fault(&[&format!("call_backs/{key}"), "call_backs"], format!("[call_backs]: {key} is 0"), "write more than 0");
    }
    if rule.ring_ms > PARTY_RING_MS_MAX {
        let what = format!("[call_backs]: a citizen is rung for longer than {}", spoken(PARTY_RING_MS_MAX));
        found.fault(&["call_backs/ring", "call_backs"], what, "write a shorter time; an operator waits meanwhile");
    }
    if (0..24 * 60).all(|minute| rule.is_quiet_at(minute)) {
        let what = "[call_backs]: quiet is the whole day, so nobody is ever rung";
        found.fault(&["call_backs/quiet", "call_backs"], what, "leave hours at which citizens may be rung, such as \"21:00-08:00\"");
    }
}

fn check_numbers(plan: &Plan, rule: &CallBackRule, found: &mut Objections) {
    if !plan.numbers.contains(&rule.shown) {
        let what = format!("[call_backs]: \"{}\" is shown, which is no number of this plan", rule.shown);
        found.fault(&["call_backs/shown", "call_backs"], what, format!("write one of `numbers`: {}", plan.numbers.join(", ")));
    }
    if rule.numbers.is_empty() {
        let mend = "write how numbers begin that may be rung, such as numbers = [\"0\", \"+46\"]";
        found.fault(&["call_backs/numbers", "call_backs"], "[call_backs]: no number may be rung", mend);
    }
    for (key, beginnings) in [("numbers", &rule.numbers), ("never", &rule.never)] {
        let is_beginning = |beginning: &&String| {
            let digits = beginning.strip_prefix('+').unwrap_or(beginning);
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        };
        for beginning in beginnings.iter().filter(|beginning| !is_beginning(beginning)) {
            let what = format!("[call_backs]: no number begins with \"{beginning}\" ({key})");
            found.fault(&[&format!("call_backs/{key}"), "call_backs"], what, "write digits, with + in front of a country code");
        }
    }
}

pub(super) fn read(whole: &mut Fields<'_, '_, '_>) -> Option<CallBackRule> {
    let mut table = whole.optional_table("call_backs")?;
    let rule = CallBackRule {
        offer_over_ms: table.required("offer_over", &DURATION),
        ring_ms: table.required("ring", &DURATION),
        attempts_max: table.required("attempts_max", &SMALL_COUNT),
        days_max: table.required("days_max", &SMALL_COUNT),
        gap_ms: table.required("gap", &DURATION),
        quiet: table.required("quiet", &HOURS),
        shown: dialled(&table.required("shown", &TEXT)),
        numbers: table.list("numbers", &TEXT),
        never: table.optional_list("never", &TEXT),
    };
    table.finish();
    Some(rule)
}
