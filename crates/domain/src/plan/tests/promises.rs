//! Rows of promises: which one holds, and every way to write one wrong.

use super::{MINUTE_MS, Plan, SWEDEN, examined, line_of, told};
use crate::{
    ClassId, RegionId,
    contact::{Channel, PromiseKind},
    plan::{EscalateTo, Source, read},
    promise::Target,
    time::HOUR_MS,
};

/// Sweden's plan without its rows of promises, and with these.
fn with(rows: &str) -> String {
    let start = SWEDEN.find("[[promises]]").unwrap();
    let end = SWEDEN[start..].find("\n\n\n").unwrap() + start;
    format!("{}{rows}{}", &SWEDEN[..start], &SWEDEN[end..])
}

fn plan(rows: &str) -> Plan {
    read(&Source { file: "plan.toml", text: &with(rows) }).unwrap_or_else(|faults| panic!("{}", told(&faults)))
}

#[test]
fn the_nearest_row_holds_word_by_word() {
    let plan = plan(
        "[[promises]]\nkind = \"call_back\"\nwithin = \"4 h\"\nsoon = \"30 min\"\n
         [[promises]]\nkind = \"call_back\"\nchannel = \"web\"\nwithin = \"2 working days\"\n
         [[promises]]\nkind = \"call_back\"\nclass = \"tip\"\nwithin = \"8 working hours\"\n
         [[promises]]\nkind = \"call_back\"\nclass = \"tip\"\nchannel = \"mail\"\nsteps = [{ late = \"5 min\", to = \"supervisors\" }]\n",
    );
    let check = |class: Option<&str>, channel, within: Target, steps: usize| {
        let class = class.map(ClassId::new);
        let row = (PromiseKind::CallBack, class.as_ref(), channel);
        assert_eq!(plan.promised_within(row.0, row.1, row.2), Some(within), "{row:?}");
        assert_eq!(plan.promised_soon_ms(row.0, row.1, row.2), Some(30 * MINUTE_MS), "{row:?}");
        assert_eq!(plan.late_steps(row.0, row.1, row.2).len(), steps, "{row:?}");
    };
    check(None, Channel::Telephone, Target::Plain { ms: 4 * HOUR_MS }, 0);
    check(Some("report"), Channel::Telephone, Target::Plain { ms: 4 * HOUR_MS }, 0);
    check(Some("report"), Channel::Web, Target::WorkingDays { days: 2 }, 0);
    check(Some("tip"), Channel::Web, Target::WorkingTime { ms: 8 * HOUR_MS }, 0);
    check(Some("tip"), Channel::Mail, Target::WorkingTime { ms: 8 * HOUR_MS }, 1);
    assert_eq!(plan.promised_within(PromiseKind::FollowUp, None, Channel::Telephone), None);
}

#[test]
fn swedens_late_promises_go_from_near_to_far() {
    let plan = super::sweden();
    let steps = plan.late_steps(PromiseKind::CallBack, None, Channel::Telephone);
    let told: Vec<_> = steps.iter().map(|step| (step.late_ms / MINUTE_MS, step.to, step.again_ms)).collect();
    let again = Some(30 * MINUTE_MS);
    assert_eq!(told, [(0, EscalateTo::Operator, None), (15, EscalateTo::Group, None), (30, EscalateTo::Supervisors, again)]);
    let region = RegionId::new("vast");
    let group = plan.group_of(Some(&region)).unwrap();
    assert_eq!((group.as_str(), plan.follow_up.is_group(&group, &region)), ("operators.vast", true));
    assert_eq!(plan.group_of(None), Some(plan.follow_up.unit_of(None)), "nobody knows the region");
}

#[test]
fn a_row_that_cannot_hold_is_refused_with_line_and_mend() {
    let check = |row: &str, fault: &str, mend: &str| {
        let text = with(&format!("[[promises]]\n{row}\n"));
        let faults = examined(&text).faults;
        assert!(told(&faults).contains(fault), "expected {fault:?}, found\n{}", told(&faults));
        assert!(told(&faults).contains(mend), "expected {mend:?}, found\n{}", told(&faults));
        let (first, last) = (line_of(&text, "[[promises]]"), line_of(&text, "# --- Ringing again"));
        assert!(faults.iter().all(|fault| (first..=last).contains(&fault.line)), "{}", told(&faults));
    };
    let back = |rest: &str| format!("kind = \"call_back\"\n{rest}");
    let steps = |steps: &str| back(&format!("steps = [{steps}]"));
    check("within = \"4 h\"", "promise 1 has no kind", "add `kind = …`");
    check("kind = \"callback\"\nwithin = \"4 h\"", "kind does not know \"callback\"", "did you mean \"call_back\"?");
    check(&back("class = \"reports\"\nwithin = \"4 h\""), "no class is called \"reports\"", "did you mean \"report\"?");
    check(&back("channel = \"fax\"\nwithin = \"4 h\""), "channel does not know \"fax\"", "use one of");
    check(&back(""), "promise 1 (call_back) says nothing", "add `within`");
    check(&back("within = \"0 min\""), "within is 0", "longer than 0");
    check(&back("within = \"two days\""), "within cannot be \"two days\"", "\"2 working days\"");
    check(&back("within = \"4 h\"\nsoon = \"4 h\""), "due soon (4 h) from the beginning (4 h)", "make soon the shorter");
    check(&back("within = \"4 h\"\n[[promises]]\nkind = \"call_back\"\nsoon = \"1 h\""), "for the same as promise 1", "join the two");
    check("kind = \"follow_up\"\nwithin = \"9 min\"", "shorter than that of urgent calls", "make strict the shorter");
    check("kind = \"answer\"\nwithin = \"9 min\"", "is for every class", "add `class = …`");
    check("kind = \"answer\"\nclass = \"urgent\"\nwithin = \"9 min\"", "which is strict", "its answer_within says it");
    let late = "{ late = \"0 min\", to = \"supervisors\" }";
    check(&format!("kind = \"conclude\"\nsteps = [{late}]"), "(conclude) cannot have steps", "a late record is closed");
    check(&format!("kind = \"answer\"\nclass = \"tip\"\nsteps = [{late}]"), "(answer) cannot have steps", "by the service level");
    check(&steps("{ late = \"0 min\", to = \"operator\" }"), "the last step goes to \"operator\"", "to = \"supervisors\"");
    check(&steps(&format!("{late}, {late}")), "step 2 comes no later (0 s) than the one before", "in the order of time");
    let back_again = format!("{late}, {{ late = \"5 min\", to = \"group\" }}, {{ late = \"9 min\", to = \"supervisors\" }}");
    check(&steps(&back_again), "step 2 goes back from \"supervisors\" to \"group\"", "from operator to group");
    check(&steps("{ late = \"0 min\", to = \"supervisors\", again = \"59 s\" }"), "told again too soon", "write at least 1 min");
    check(&steps("{ late = \"0 min\" }"), "promise 1, step 1 has no to", "add `to = …`");
    let many: Vec<String> = (0..9).map(|n| format!("{{ late = \"{n} min\", to = \"supervisors\" }}")).collect();
    check(&steps(&many.join(", ")), "has 9 steps; at most 8 may be", "leave some out");
}

#[test]
fn what_the_rows_need_elsewhere_must_be_there() {
    let check = |text: &str, fault: &str| {
        let faults = told(&examined(text).faults);
        assert!(faults.contains(fault), "expected {fault:?}, found\n{faults}");
    };
    check(&SWEDEN.replacen("group = \"operators.{region}\"", "", 1), "promise 1, step 2 goes to a group, but the plan names none");
    check(&SWEDEN.replacen("operators.{region}", "operators.{county}", 1), "group has \"{county}\", which nothing takes the place of");
    let (start, end) = (SWEDEN.find("[calendar]").unwrap(), SWEDEN.find("# --- What is promised").unwrap());
    let without = format!("{}{}", &SWEDEN[..start], &SWEDEN[end..]);
    check(&without, "promise 3 (report) counts working time, but the plan has no calendar");
    let without = without.replacen("within = \"8 working hours\"", "within = \"8 h\"", 1).replacen(
        "within = \"2 working days\"",
        "within = \"24 h\"",
        1,
    );
    assert_eq!(told(&examined(&without).faults), "", "nothing else of Sweden's is counted in working time");
    check(&without.replacen("within = \"4 h\"", "within = \"2 working days\"", 1), "counts working time, but the plan has no calendar");
    let calendar = |from: &str, to: &str, fault: &str| check(&SWEDEN.replacen(from, to, 1), fault);
    calendar("monday = \"08:00-16:30\"", "monday = \"16:30-08:00\"", "[calendar]: monday ends before it begins");
    calendar("on = \"easter - 2\"", "on = \"good friday\"", "on cannot be \"good friday\"");
    calendar("on = \"easter - 2\", ", "", "nothing says when it is");
    calendar("since = 2005", "since = 2005, until = 2004", "holiday \"Sveriges nationaldag\" ends before it begins");
    let lines: Vec<&str> = SWEDEN.lines().filter(|line| !line.contains("day = \"08:00-16:30\"")).collect();
    check(&lines.join("\n"), "[calendar]: nobody works on any day");
    let feedback = with("[[promises]]\nkind = \"feedback\"\nwithin = \"5 working days\"\n");
    assert!(told(&examined(&feedback).notices).contains("nothing promises feedback yet"));
}

#[test]
fn a_class_does_not_open_on_a_holiday_of_the_calendar() {
    let text = SWEDEN.replacen("skill = \"tip\"\n", "skill = \"tip\"\nopen = \"08:00-16:30\"\n", 1);
    let plan = read(&Source { file: "plan.toml", text: &text }).unwrap();
    let class = plan.class(&ClassId::new("tip")).unwrap();
    let opens = |local: &str| {
        let local: jiff::civil::DateTime = local.parse().unwrap();
        let at = local.to_zoned(plan.zone.clone()).unwrap().timestamp().as_millisecond();
        plan.class_closed(class, crate::Timestamp(at)).map(|closed| closed.opens.unwrap().local.to_string())
    };
    assert_eq!(opens("2027-01-05T12:00"), None);
    assert_eq!(opens("2027-01-06T12:00").as_deref(), Some("2027-01-07T08:00:00"));
    // Every day, when no days of the week are given: Saturday opens, Midsummer's Day does not.
    assert_eq!(opens("2026-06-13T12:00"), None);
    assert_eq!(opens("2026-06-19T12:00").as_deref(), Some("2026-06-21T08:00:00"));
}
