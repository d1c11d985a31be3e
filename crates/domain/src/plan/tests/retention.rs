//! How long matters are kept: which row holds, when a matter is due, and every way to write a row wrong.

use super::{Plan, SWEDEN, examined, line_of, sweden, told};
use crate::{
    ClassId, ContactId, MatterId, QueueId, Timestamp,
    contact::{Channel, Owner, ledger::Ledger},
    intent::{Intent, Language},
    plan::{Source, read},
    routing::Command,
    time::HOUR_MS,
};

const DAY_MS: u64 = 24 * HOUR_MS;
const CLOSED: Timestamp = Timestamp(1_000);

fn with(rows: &str) -> String {
    format!("{SWEDEN}\n{rows}")
}

fn plan(rows: &str) -> Plan {
    read(&Source { file: "plan.toml", text: &with(rows) }).unwrap_or_else(|faults| panic!("{}", told(&faults)))
}

/// A matter with a contact for each of these: the line it stood in, and what it was about.
fn keeping(plan: &Plan, contacts: &[(Option<&str>, Option<Intent>)]) -> (String, Option<u64>) {
    let (mut ledger, owner) = (Ledger::default(), Owner::Dialogue);
    for (number, (queue, intent)) in (1..).zip(contacts) {
        let contact = ContactId(number);
        let mut commands = vec![
            Command::OpenContact { contact, matter: MatterId(1), channel: Channel::Telephone, owner: owner.clone() },
            Command::Describe { contact, region: None, uncertain: false, intent: *intent, language: Language::Swedish, urged: false },
        ];
        commands.extend(queue.map(|queue| Command::EnterQueue { contact, queue: QueueId::new(queue), strict: false }));
        ledger.apply(number, Timestamp(0), &commands).unwrap();
    }
    let records: Vec<_> = ledger.contacts.values().cloned().collect();
    let keeping = plan.keeping(CLOSED, &records).unwrap();
    (keeping.class.to_string(), keeping.due.map(|due| due.since_ms(CLOSED) / DAY_MS))
}

#[test]
fn a_matter_is_kept_as_long_as_the_row_of_its_class_says() {
    let plan = plan(
        "[[retention]]\nclass = [\"tip\", \"urgent\"]\nafter = \"30 d\"\n
         [[retention]]\nclass = \"report\"\nafter = \"1825 d\"\n
         [[retention]]\nafter = \"90 d\"\n",
    );
    let (bicycle, tip) = (Some(Intent::ReportBicycleTheft), Some(Intent::Tip));
    let check = |contacts: &[(Option<&str>, Option<Intent>)], class: &str, days: u64| {
        assert_eq!(keeping(&plan, contacts), (class.to_owned(), Some(days)), "{contacts:?}");
    };
    check(&[(Some("vast.report"), None)], "report", 1825);
    check(&[(None, bicycle)], "report", 1825);
    check(&[(None, tip)], "tip", 30);
    check(&[(Some("vast.urgent"), bicycle)], "urgent", 30);
    // What an addition is about nobody told; the matter is what it was.
    check(&[(None, tip), (None, None)], "tip", 30);
    // Of several the one that is kept longest.
    check(&[(None, tip), (Some("syd.report"), None)], "report", 1825);
    check(&[(None, tip), (Some("syd.service"), None)], "service", 90);
    // Nobody understood it, or the plan has its line no longer.
    check(&[(None, None)], "service", 90);
    check(&[(Some("vast.bygone"), None)], "bygone", 90);
    check(&[], "service", 90);
}

#[test]
fn what_no_row_speaks_of_is_never_erased_by_itself() {
    let none = sweden();
    assert_eq!((none.retention.len(), keeping(&none, &[(Some("vast.report"), None)])), (0, ("report".to_owned(), None)));
    let some = plan("[[retention]]\nclass = \"tip\"\nafter = \"30 d\"\n");
    assert_eq!(keeping(&some, &[(None, Some(Intent::Tip))]), ("tip".to_owned(), Some(30)));
    assert_eq!(keeping(&some, &[(Some("vast.report"), None), (None, Some(Intent::Tip))]), ("report".to_owned(), None));
    assert_eq!(some.kept_ms(&ClassId::new("tip")), Some(30 * DAY_MS));
    let notices = told(&examined(&with("[[retention]]\nclass = \"tip\"\nafter = \"30 d\"\n")).notices);
    assert!(notices.contains("never erased by themselves: urgent, violence, report"), "{notices}");
    assert!(!notices.contains("tip"), "{notices}");
}

#[test]
fn a_row_that_cannot_hold_is_refused_with_line_and_mend() {
    let check = |rows: &str, fault: &str, mend: &str, at: &str| {
        let text = with(&format!("[[retention]]\n{rows}\n"));
        let faults = examined(&text).faults;
        assert!(told(&faults).contains(fault), "expected {fault:?}, found\n{}", told(&faults));
        assert!(told(&faults).contains(mend), "expected {mend:?}, found\n{}", told(&faults));
        let line = SWEDEN.matches('\n').count() + 2 + line_of(rows, at);
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [line], "{}", told(&faults));
    };
    check("class = \"reports\"\nafter = \"365 d\"", "no class is called \"reports\"", "did you mean \"report\"?", "class");
    check("class = [\"tip\", \"tip\"]\nafter = \"9 d\"", "retention 1 is for class \"tip\", as retention 1 is", "once", "class");
    check(
        "class = \"tip\"\nafter = \"9 d\"\n[[retention]]\nclass = [\"report\", \"tip\"]\nafter = \"8 d\"",
        "retention 2 is for class \"tip\", as retention 1 is",
        "name the class once",
        "class = [",
    );
    check("after = \"9 d\"\n[[retention]]\nafter = \"8 d\"", "is for all other classes, as retention 1 is", "take one", "[[retention]]");
    check("class = []\nafter = \"9 d\"", "class is an empty list", "or leave the line out", "class");
    check("after = \"0 d\"", "sooner than a day after it was closed", "such as \"365 d\"", "after");
    check("after = \"23 h\"", "sooner than a day after it was closed", "write at least a day", "after");
    check("after = \"1 year\"", "after cannot be \"1 year\"", "write a time such as \"365 d\"", "after");
    check("after = \"36501 d\"", "after cannot be \"36501 d\"", "at most 36500", "after");
    check("after = \"-1 d\"", "after cannot be \"-1 d\"", "whole days", "after");
    check("after = 365", "after cannot be 365", "whole days", "after");
    check("class = \"tip\"\nwhen = \"9 d\"\nafter = \"9 d\"", "nothing is called \"when\"", "", "when");
    let missing = examined(&with("[[retention]]\nclass = \"tip\"\n")).faults;
    assert!(told(&missing).contains("retention 1 has no after"), "{}", told(&missing));
}
