//! The plans that storms begin with and change between.

use crate::world::sweden;
use domain::plan::Plan;
use std::sync::Arc;

/// Steps that insist on less, one after the other.
const EASING: &str = "
[[overflow]]
any_staff_category = true
waited = \"20 s\"

[[overflow]]
skill = \"report\"
classes = [\"violence\", \"tip\"]
regions = [\"vast\", \"syd\"]
more_than_waiting = 1

[[overflow]]
interpreter = true
waited = \"1 min\"

";

/// Rows that make promises late in a storm, and tell of them again.
const SOON_LATE: &str = "[[promises]]
kind = \"follow_up\"
within = \"11 min\"
soon = \"5 min\"
steps = [
  { late = \"0 min\", to = \"operator\", again = \"1 min\" },
  { late = \"2 min\", to = \"group\" },
  { late = \"4 min\", to = \"supervisors\", again = \"2 h\" },
]

[[promises]]
kind = \"call_back\"
class = \"report\"
within = \"1 working hour\"
steps = [{ late = \"1 min\", to = \"supervisors\" }]

[[promises]]
kind = \"conclude\"
within = \"2 min\"

[[promises]]
kind = \"call_back\"
";

/// Plans to change between: the same, a line handed to the switchboard instead, other steps and regions,
/// what is going on led to the command centre, classes for one category of staff and steps that insist on less,
/// classes that have closed, promises that are due within minutes and go from hand to hand when they are late.
pub fn plans() -> Vec<Arc<Plan>> {
    let change = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let closed = |line: &str| change(line, &format!("{line}\nopen = \"03:00-04:00\""));
    let booked_at_night = |day: &str, hours: &str| change(&format!("{day} = \"{hours}\""), &format!("{day} = \"03:00-04:00\""));
    let few = change("more_than_waiting = 15", "more_than_waiting = 2");
    vec![
        sweden(std::slice::from_ref(&few)),
        sweden(&[
            few.clone(),
            change("attempts_max = 3\ndays_max = 3", "attempts_max = 1\ndays_max = 1"),
            change("skill = \"tip\"", "party = \"switchboard\"\nskill = \"tip\""),
        ]),
        sweden(&[
            few.clone(),
            change("gap = \"20 min\"", "gap = \"1 min\""),
            change("going_on = \"emergency\"", "going_on = \"command_centre\""),
        ]),
        sweden(&[
            few.clone(),
            change("[[sites]]", "[[divert_on_entry]]\nto = \"neighbours\"\nmore_than_waiting = 0\nfewer_waiting_there = true\n\n[[sites]]"),
        ]),
        sweden(&[
            few.clone(),
            change("skills = [", "staff_categories = [\"officer\", \"civilian\"]\nskills = ["),
            change("skill = \"violence\"", "skill = \"violence\"\nstaff_category = \"officer\""),
            change("[[sites]]", &format!("{EASING}[[sites]]")),
        ]),
        sweden(&[
            few.clone(),
            change("kept = \"60 %\"\nkept_from = [\"information\", ", "kept = \"50 %\"\nkept_from = [\"violence\", "),
            change("skill = \"tip\"\n", "skill = \"tip\"\nkept = \"30 %\"\n"),
            change("intents = [\"report_theft", "surge_offer = \"web\"\nintents = [\"report_theft"),
            change("[follow_up]", "[affinity]\nwithin = \"2 h\"\nhold = \"45 s\"\n\n[follow_up]"),
        ]),
        sweden(&[
            few.clone(),
            change("kind = \"follow_up\"\n", "kind = \"follow_up\"\nchannel = \"web\"\n"),
            change("[[promises]]\nkind = \"call_back\"\n", SOON_LATE),
        ]),
        sweden(&[
            few,
            change("quiet = \"21:00-08:00\"", "quiet = \"08:10-08:30\""),
            closed("surge_call_within = \"24 h\""),
            closed("party = \"switchboard\""),
            booked_at_night("monday", "09:00-16:00"),
            booked_at_night("tuesday", "09:00-16:00"),
            booked_at_night("wednesday", "09:00-16:00"),
            booked_at_night("thursday", "09:00-16:00"),
            booked_at_night("friday", "09:00-15:00"),
            change("name = \"Falkenberg\"\nregion = \"vast\"", "name = \"Falkenberg\"\nregion = \"syd\""),
        ]),
    ]
}
