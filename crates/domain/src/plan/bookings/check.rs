//! What cannot be kept is refused before anybody books it.

use super::{BookedStaff, BookingRule, SLOT_MS_MAX};
use crate::{
    plan::{
        Class, Day, Plan,
        check::Objections,
        fields::choose,
        hours::{is_nothing, minute},
        overtaking::spoken,
    },
    time::MINUTE_MS,
};
use jiff::civil::Time;

/// Nobody can tell what it is about in less.
const SLOT_MS_MIN: u64 = 5 * MINUTE_MS;

pub fn check(plan: &Plan, found: &mut Objections) {
    check_classes(plan, found);
    check_desks(plan, found);
    let Some(rule) = &plan.bookings else { return };
    check_times(plan, rule, found);
    for (number, row) in rule.times.iter().enumerate() {
        check_row(plan, rule, (number, row), found);
    }
    check_caps(plan, rule, found);
    if rule.most == Some(0) {
        found.fault(&["bookings/most"], "[bookings]: most is 0, so nothing can be booked", "write more than 0, or take it away");
    }
}

fn check_classes(plan: &Plan, found: &mut Objections) {
    for class in plan.classes.iter().filter(|class| class.book) {
        let paths = [&*format!("classes/{}/book", class.id), &*format!("classes/{}", class.id)];
        let what = |why: &str| format!("the class \"{}\" has book, but {why}", class.id);
        let mend = "take book away";
        if class.strict {
            found.fault(&paths, what("it goes before everybody: whoever may be in danger is never told to come back"), mend);
            continue;
        }
        let Some(rule) = &plan.bookings else {
            found.fault(&paths, what("the plan has no [bookings]"), format!("add [bookings], or {mend}"));
            continue;
        };
        let by_telephone = rule.times.iter().any(|row| row.class == class.id);
        if class.party.is_some() && by_telephone {
            found.notice(&paths, what("it is handed to a party instead of a queue of ours"), mend);
        }
        if !by_telephone && plan.desks.is_empty() {
            let mend = format!("add [[bookings.times]] with class = \"{}\", or {mend}", class.id);
            found.fault(&paths, what("nobody serves it: it has no row of booked times, and there is no desk"), mend);
        }
    }
    if plan.bookings.is_some() && !plan.classes.iter().any(|class| class.book) {
        let mend = "add `book = true` to the classes for which times may be booked, or take [bookings] away";
        found.notice(&["bookings"], "there are [bookings], but no class has book: nobody is offered a time", mend);
    }
}

fn check_times(plan: &Plan, rule: &BookingRule, found: &mut Objections) {
    let nought = [
        ("ahead_days", rule.ahead_days == 0),
        ("hold", rule.hold_ms == 0),
        ("grace", rule.grace_ms == 0),
        ("per_citizen_max", rule.per_citizen_max == 0),
    ];
    for (key, _) in nought.into_iter().filter(|(_, is_nought)| *is_nought) {
        found.fault(&[&format!("bookings/{key}"), "bookings"], format!("[bookings]: {key} is 0"), "write more than 0");
    }
    let slot = rule.slot_ms;
    if !(SLOT_MS_MIN..=SLOT_MS_MAX).contains(&slot) || !SLOT_MS_MAX.is_multiple_of(slot) {
        let what = format!("[bookings]: a slot of {} does not part the hour evenly", spoken(slot));
        found.fault(&["bookings/slot", "bookings"], what, "write 5, 10, 15, 20, 30 or 60 min");
        return;
    }
    if rule.notice_ms < rule.hold_ms {
        let what = "[bookings]: a time could be kept for a form until after it has begun: notice is shorter than hold";
        found.fault(&["bookings/notice", "bookings/hold"], what, "make hold the shorter of the two");
    }
    if rule.keep_ms > slot {
        let what = format!("[bookings]: operators are kept for longer ({}) than a slot is ({})", spoken(rule.keep_ms), spoken(slot));
        found.fault(&["bookings/keep", "bookings"], what, "make keep no longer than slot: each kept operator answers nobody meanwhile");
    }
    if !rule.times.is_empty() && plan.call_backs.is_none() {
        let mend = "add [call_backs], or take [[bookings.times]] away";
        found.fault(&["bookings"], "citizens can book a call, but the plan has no [call_backs]: nobody is ever rung", mend);
    }
    check_hours(plan, rule, found);
}

fn check_hours(plan: &Plan, rule: &BookingRule, found: &mut Objections) {
    if !rule.times.is_empty() && rule.hours.iter().all(Option::is_none) {
        let mend = "add the hours of each day, such as monday = \"08:00-16:00\"";
        found.fault(&["bookings"], "[bookings]: no day has hours, so nothing can be booked", mend);
    }
    for (key, hours) in Day::ALL.iter().zip(&rule.hours) {
        let Some((from, to)) = *hours else { continue };
        let path = format!("bookings/{key}");
        if is_nothing((from, to)) || minute(from) >= minute(to) {
            found.fault(&[&path], format!("[bookings]: the hours of {key} end before they begin"), "write hours such as \"08:00-16:00\"");
            continue;
        }
        let quiet = |at: u16| plan.call_backs.as_ref().is_some_and(|rule| rule.is_quiet(Time::midnight() + jiff::Span::new().minutes(at)));
        if !rule.times.is_empty() && (minute(from)..minute(to)).any(quiet) {
            let what = format!("[bookings]: on {key} times reach into the hours in which nobody is rung");
            found.fault(&[&path, "call_backs/quiet"], what, "keep booked times outside `quiet` of [call_backs]");
        }
    }
}

fn check_row(plan: &Plan, rule: &BookingRule, (number, row): (usize, &BookedStaff), found: &mut Objections) {
    let at = |key: &str| format!("bookings/times/{number}/{key}");
    let label = format!("booked times {}", number + 1);
    if plan.region(&row.region).is_none() {
        let mend = choose(row.region.as_str(), plan.regions.iter().map(|region| region.id.as_str()));
        found.fault(&[&at("region"), "regions"], format!("{label}: no region is called \"{}\"", row.region), mend);
    }
    if let Some(first) = rule.times[..number].iter().position(|other| (&other.region, &other.class) == (&row.region, &row.class)) {
        let what = format!("{label} is for the same queue as booked times {}", first + 1);
        found.fault(&[&at("region")], what, "join the two");
    }
    if row.most() == 0 {
        let what = format!("{label}: the share of {} operators is not one whole operator", row.staff);
        found.fault(&[&at("share"), &at("staff")], what, "write more staff or a greater share, or take the row away");
    }
    let Some(class) = plan.class(&row.class) else {
        let mend = choose(row.class.as_str(), plan.classes.iter().map(|class| class.id.as_str()));
        return found.fault(&[&at("class"), "classes"], format!("{label}: no class is called \"{}\"", row.class), mend);
    };
    if !class.book {
        let what = format!("{label}: the class \"{}\" has no `book = true`", class.id);
        found.fault(&[&at("class")], what, "add it to the class, or take the row away");
    }
    check_open(plan, rule, (&label, &at("class"), row, class), found);
}

/// Nobody is promised a time at which the class or the region is closed.
fn check_open(plan: &Plan, rule: &BookingRule, (label, path, row, class): (&str, &str, &BookedStaff, &Class), found: &mut Objections) {
    let of_region = plan.region(&row.region).and_then(|region| region.open);
    for (day, hours) in Day::ALL.iter().zip(&rule.hours) {
        let Some((from, to)) = hours else { continue };
        let of_class = class.open.as_ref().map(|open| (open.from, open.to, shut_on(open.days.as_slice(), *day)));
        // Hours that end before they begin are told by themselves.
        let is_told = |open: (Time, Time)| minute(open.0) >= minute(open.1);
        let outside = |open: (Time, Time)| !is_told(open) && (minute(*from) < minute(open.0) || minute(*to) > minute(open.1));
        let closed = of_class.is_some_and(|(open, close, shut)| shut || outside((open, close))) || of_region.is_some_and(outside);
        if closed {
            let what = format!("{label}: times can be booked on {day} when \"{}\" in {} is closed", class.id, row.region);
            found.fault(
                &[path, &format!("bookings/{day}")],
                what,
                "keep the hours of [bookings] inside `open` of the class and of the region",
            );
            return;
        }
    }
}

fn shut_on(days: &[Day], day: Day) -> bool {
    !days.is_empty() && !days.contains(&day)
}

fn check_caps(plan: &Plan, rule: &BookingRule, found: &mut Objections) {
    for (number, cap) in rule.caps.iter().enumerate() {
        let at = |key: &str| format!("bookings/caps/{number}/{key}");
        let label = format!("cap of booked times {}", number + 1);
        let rows = || rule.times.iter().filter(|row| row.region == cap.region);
        if rule.caps[..number].iter().any(|other| other.region == cap.region) {
            found.fault(&[&at("region")], format!("{label} is for a region that has one already"), "join the two");
        } else if plan.region(&cap.region).is_none() {
            let mend = choose(cap.region.as_str(), plan.regions.iter().map(|region| region.id.as_str()));
            found.fault(&[&at("region"), "regions"], format!("{label}: no region is called \"{}\"", cap.region), mend);
        } else if cap.most == 0 {
            found.fault(&[&at("most")], format!("{label} is 0, so nothing can be booked"), "write more than 0, or take the rows away");
        } else if cap.most >= rows().map(BookedStaff::most).sum() {
            found.notice(&[&at("most")], format!("{label} is no less than its rows together"), "write a smaller one, or take it away");
        }
    }
}

fn check_desks(plan: &Plan, found: &mut Objections) {
    for desk in &plan.desks {
        let at = |key: &str| format!("desks/{}/{key}", desk.id);
        if plan.region(&desk.region).is_none() {
            let mend = choose(desk.region.as_str(), plan.regions.iter().map(|region| region.id.as_str()));
            found.fault(&[&at("region"), "regions"], format!("desk \"{}\": no region is called \"{}\"", desk.id, desk.region), mend);
        }
        if desk.visitors == 0 {
            found.fault(&[&at("visitors")], format!("desk \"{}\" takes 0 visitors", desk.id), "write more than 0, or take the desk away");
        }
        let hours = (desk.open.from, desk.open.to);
        if is_nothing(hours) || minute(hours.0) >= minute(hours.1) {
            found.fault(
                &[&at("open")],
                format!("the hours of desk \"{}\" end before they begin", desk.id),
                "write hours such as \"09:00-15:00\"",
            );
        }
        if plan.bookings.is_none() {
            found.fault(
                &[&at("id"), "desks"],
                format!("desk \"{}\" takes visitors, but the plan has no [bookings]", desk.id),
                "add [bookings]",
            );
        }
    }
}
