//! Forms read from text, filled in as a page would, checked and made into reports.

use super::*;
use crate::{
    Timestamp,
    intent::Language,
    plan::Source,
    report::{PartyRole, numbers::Country},
};
use jiff::civil::Date;

const PARTS: &str = r#"
country = "sweden"

[[pages]]
id = "now"
[[pages.questions]]
id = "going-on"
label = { sv = "Pågår det?", en = "Is it going on?", da = "Sker det nu?" }
kind = "yes_no"
answer = "known"
[[pages.questions.leads]]
is = ["yes"]
way = "112"
text = { sv = "Ring 112.", en = "Ring 112.", da = "Ring 112." }

[[pages]]
id = "reporter"
title = { sv = "Du", en = "You", da = "Du" }
[[pages.questions]]
id = "name"
label = { sv = "Namn", en = "Name", da = "Navn" }
kind = "name"
answer = "needed"
fills = "reporter.name"
[[pages.questions]]
id = "number"
label = { sv = "Personnummer", en = "Number", da = "Nummer" }
kind = "identity"
answer = "optional"
fills = "reporter.identity_number"
[[pages.questions]]
id = "telephone"
label = { sv = "Telefon", en = "Telephone", da = "Telefon" }
kind = "telephone"
answer = "known"
fills = "reporter.telephone"
"#;

const CRIMES: &str = "code;valid_from;valid_to;group;name\n9830;;;bicycle_theft;cykel\n0845;;2024-12-31;theft;utgången\n";

const HEAD: &str = r#"
order = 1
name = { sv = "Stöld", en = "Theft", da = "Tyveri" }
about = { sv = "a", en = "a", da = "a" }
path = { sv = "stold", en = "theft", da = "tyveri" }
kind = "theft"
intent = "report_theft"
status = "known"
minutes = 5
codes = ["9830"]
needs = [{ sv = "a", en = "a", da = "a" }]
next = { sv = "a", en = "a", da = "a" }

[[not_for]]
who = { sv = "a", en = "a", da = "a" }
way = "ring"
"#;

const PAGES: &str = r#"
[[pages]]
use = "now"

[[pages]]
id = "things"
title = { sv = "Vad?", en = "What?", da = "Hvad?" }
repeats = 3
one = { sv = "Sak", en = "Thing", da = "Ting" }
[[pages.questions]]
id = "what"
label = { sv = "Vad", en = "What", da = "Hvad" }
kind = "choice"
answer = "needed"
fills = "property.what"
[[pages.questions.options]]
id = "bicycle"
name = { sv = "Cykel", en = "Bicycle", da = "Cykel" }
[[pages.questions.options]]
id = "telephone"
name = { sv = "Telefon", en = "Telephone", da = "Telefon" }
[[pages.questions]]
id = "imei"
label = { sv = "IMEI", en = "IMEI", da = "IMEI" }
kind = "imei"
answer = "needed"
fills = "property.identity_number"
show_if = [{ question = "what", is = ["telephone"] }]
[[pages.questions]]
id = "value"
label = { sv = "Värde", en = "Value", da = "Værdi" }
kind = "amount"
answer = "optional"
fills = "property.value"

[[pages]]
id = "lock"
show_if = [{ question = "what", is = ["bicycle"] }]
[[pages.questions]]
id = "locked"
label = { sv = "Låst?", en = "Locked?", da = "Låst?" }
kind = "yes_no"
answer = "needed"

[[pages]]
id = "when"
title = { sv = "När?", en = "When?", da = "Hvornår?" }
[[pages.questions]]
id = "from"
label = { sv = "Från", en = "From", da = "Fra" }
kind = "moment"
answer = "needed"
fills = "from"
[[pages.questions]]
id = "to"
label = { sv = "Till", en = "To", da = "Til" }
kind = "moment"
answer = "needed"
fills = "to"

[[pages]]
id = "where"
[[pages.questions]]
id = "place"
label = { sv = "Var?", en = "Where?", da = "Hvor?" }
kind = "place"
answer = "needed"
fills = "place"

[[pages]]
use = "reporter"
"#;

fn read(text: &str) -> Result<Catalogue, Vec<String>> {
    let source = |file, text| Source { file, text };
    let texts = FormTexts {
        parts: source("parts.toml", PARTS),
        crimes: Some(source("crimes.csv", CRIMES)),
        forms: vec![("theft", source("theft.toml", text))],
    };
    Forms::read(&texts).map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

fn theft() -> Form {
    read(&format!("{HEAD}{PAGES}")).expect("the form is whole").forms.remove(0)
}

fn entered(fields: &[(&str, &str)]) -> Entered {
    Entered::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn code(name: &str) -> Option<String> {
    (name == "Skara").then(|| "1495".to_owned())
}

fn asking() -> Asking<'static> {
    Asking { today: Date::constant(2026, 11, 29), municipality: &code, identified: None }
}

/// Answers the page that comes next; the faults as "question.part rule".
fn answer(form: &Form, answers: &mut Answers, page: &str, fields: &[(&str, &str)]) -> Result<(), Vec<String>> {
    let (next, row) = form.first_open(answers).expect("something is open");
    assert_eq!(next.id, page, "another page is open");
    let given = form.look(next, row, answers, &entered(fields), &asking()).map_err(told)?;
    answers.take(next, row, given);
    Ok(())
}

fn told(wrong: Vec<Wrong>) -> Vec<String> {
    let one = |wrong: Wrong| {
        let part = wrong.part.map(|part| format!(".{part}")).unwrap_or_default();
        format!("{}{part} {}", wrong.question, wrong.rule)
    };
    wrong.into_iter().map(one).collect()
}

/// Answered to the end, with one telephone and one bicycle.
fn whole() -> (Form, Answers) {
    let form = theft();
    let mut answers = Answers::default();
    let mut page = |page: &str, fields: &[(&str, &str)]| answer(&form, &mut answers, page, fields).expect("it is right");
    page("now", &[("going-on", "no")]);
    page("things", &[("what", "telephone"), ("imei", "49 015420 323751 8"), ("value", "1 200 kr")]);
    page("things", &[("what", "bicycle")]);
    answers.end_rows(form.page("things").expect("it is there"), true);
    let mut page = |page: &str, fields: &[(&str, &str)]| answer(&form, &mut answers, page, fields).expect("it is right");
    page("lock", &[("locked", "unknown")]);
    let from = [("from.day", "28"), ("from.month", "11"), ("from.year", "2026"), ("from.clock", "9.30")];
    page("when", &[&from[..], &[("to.unknown", "yes")]].concat());
    page("where", &[("place.street", "Storgatan 1"), ("place.municipality", "Skara")]);
    page("reporter", &[("name", "Anna Exempel"), ("telephone", "+46 70-174 06 05")]);
    (form, answers)
}

#[test]
fn a_form_is_answered_page_by_page_and_makes_a_report() {
    let (form, answers) = whole();
    assert!(form.is_whole(&answers));
    let name = |code: &str| (code == "1495").then(|| "Skara".to_owned());
    let report = form.report(&answers, Language::Swedish, &name);
    assert_eq!(report.faults(), []);
    assert_eq!((report.place.as_str(), report.municipality.as_deref()), ("Storgatan 1", Some("Skara")));
    assert_eq!((report.from.as_str(), report.to.as_str()), ("2026-11-28T09:30", ""));
    let things: Vec<_> = report.property.iter().map(|thing| (&*thing.what, &*thing.identity_number, &*thing.value)).collect();
    assert_eq!(things, [("Telefon", "490154203237518", "1200"), ("Cykel", "", "")]);
    let [reporter] = report.parties.as_slice() else { panic!("one person is told") };
    assert_eq!((reporter.role, &*reporter.name, &*reporter.telephone), (PartyRole::Reporter, "Anna Exempel", "+46701740605"));
    let pages: Vec<_> = form.sheet(&answers).pages.iter().map(|page| (page.page.id.clone(), page.row)).collect();
    let expected =
        [("now", None), ("things", Some(0)), ("things", Some(1)), ("lock", None), ("when", None), ("where", None), ("reporter", None)];
    assert_eq!(pages, expected.map(|(page, row)| (page.to_owned(), row)));
}

#[test]
fn another_answer_before_asks_again_only_what_it_opens() {
    let (form, mut answers) = whole();
    let things = form.page("things").expect("it is there");
    answers.remove_row(things, 1);
    answers.end_rows(things, true);
    assert!(form.is_whole(&answers), "without the bicycle nobody asks for its lock");
    assert!(form.sheet(&answers).pages.iter().all(|page| page.page.id != "lock"));
    // A telephone whose number was never asked.
    answers.take(things, 0, vec![("what".into(), Given::Chosen(vec!["bicycle".into()]))]);
    assert!(form.is_whole(&answers), "the lock was answered before");
    answers.take(things, 1, vec![("what".into(), Given::Chosen(vec!["telephone".into()])), ("value".into(), Given::Nothing)]);
    let (page, row) = form.first_open(&answers).expect("its number is asked");
    assert_eq!((&*page.id, row), ("things", 1));
}

#[test]
fn an_answer_can_lead_another_way() {
    let form = theft();
    let mut answers = Answers::default();
    answer(&form, &mut answers, "now", &[("going-on", "yes")]).expect("it is an answer");
    let stop = form.stop(&answers).expect("it leads to 112");
    assert_eq!((&*stop.page.id, &stop.lead.way), ("now", &Way::Emergency));
    assert!(!form.is_whole(&answers));
}

#[test]
fn what_is_wrong_is_told_with_its_field() {
    let form = theft();
    let check = |page: &str, fields: &[(&str, &str)], expected: &[&str]| {
        let page = form.page(page).expect("it is there");
        let looked = form.look(page, 0, &Answers::default(), &entered(fields), &asking()).map_err(told);
        assert_eq!(looked.err().unwrap_or_default(), expected, "{fields:?}");
    };
    check("now", &[], &["going-on missing_known"]);
    check("now", &[("going-on", "perhaps")], &["going-on not_an_option"]);
    check("now", &[("going-on", "unknown")], &["going-on not_an_option"]);
    check("now", &[("going-on", "yes"), ("going-on", "no")], &["going-on not_an_option"]);
    check("things", &[], &["what missing"]);
    check("things", &[("what", "unknown")], &[]);
    check("things", &[("what", "telephone")], &["imei missing"]);
    check("things", &[("what", "telephone"), ("imei", "1")], &["imei number_length"]);
    check("things", &[("what", "telephone"), ("imei", ""), ("imei.unknown", "yes")], &[]);
    check("things", &[("what", "bicycle"), ("value", "much")], &["value not_an_amount"]);
    check("where", &[("place.municipality", "Nowhere")], &["place.municipality not_a_municipality"]);
    check("where", &[("place.street", &"x".repeat(201))], &["place.street too_long"]);
    let day = |day: &'static str, month: &'static str, year: &'static str| [("from.day", day), ("from.month", month), ("from.year", year)];
    let to = ("to.unknown", "yes");
    let moment = |day: [(&'static str, &'static str); 3]| [&day[..], &[to]].concat();
    check("when", &moment(day("30", "11", "2026")), &["from.day in_the_future"]);
    check("when", &moment(day("31", "2", "2026")), &["from.day not_a_day"]);
    check("when", &moment(day("1", "", "2026")), &["from.month not_a_day"]);
    check("when", &moment(day("1", "1", "26")), &["from.year too_long_ago"]);
    check("when", &moment(day("29", "11", "2026")), &[]);
    let clock = |clock: &'static str| [&day("1", "11", "2026")[..], &[("from.clock", clock), to]].concat();
    check("when", &clock("25:00"), &["from.clock not_a_clock"]);
    check("when", &clock("0930"), &[]);
    let until = [&day("2", "11", "2026")[..], &[("to.day", "1"), ("to.month", "11"), ("to.year", "2026")]].concat();
    check("when", &until, &["to.day ends_before"]);
    check("reporter", &[("name.unknown", "yes")], &["telephone missing_known"]);
    check("reporter", &[("name", "A"), ("telephone", "070")], &["telephone not_a_telephone"]);
    check("reporter", &[("name", "A"), ("telephone", "08-123 45"), ("number", "640823-3235")], &["number number_check"]);
    // What nobody asked is not read.
    check("now", &[("going-on", "no"), ("name", &"x".repeat(100_000))], &[]);
}

#[test]
fn words_lose_what_hides_them() {
    let form = theft();
    let page = form.page("reporter").expect("it is there");
    let fields = [("name", "Anna\u{202e}\u{0}\r\nExempel "), ("telephone", "112 34"), ("number", "")];
    let read = form.look(page, 0, &Answers::default(), &entered(&fields), &asking()).expect("it is right");
    assert_eq!(read[0].1, Given::Words("Anna Exempel".into()));
    assert_eq!(read[1].1, Given::Nothing);
}

#[test]
fn whoever_is_identified_is_not_asked_and_writes_no_other_number() {
    let (form, mut answers) = whole();
    let today = Date::constant(2026, 11, 29);
    let by = |name, number| Identified::by("BankID", Timestamp(1), (name, number), Country::Sweden, today);
    assert!(by(Some("Anna"), "19640823-3235").is_none(), "a number that nobody has identifies nobody");
    let known = by(Some(" Anna\u{202e}\nBerg "), "640823-3234").expect("it is a number");
    answers.identify(&form, &known);
    let page = form.page("reporter").expect("it is there");
    let asking = Asking { identified: Some(&known), ..asking() };
    let sent = entered(&[("name", "Somebody"), ("number", "19121212-1212"), ("telephone", "070-174 06 05")]);
    let given = form.look(page, 0, &answers, &sent, &asking).expect("it is right");
    assert_eq!(given.iter().map(|(question, _)| question.as_str()).collect::<Vec<_>>(), ["telephone"]);
    answers.take(page, 0, given);
    assert!(form.is_whole(&answers));
    let report = form.report(&answers, Language::Swedish, &|_| None);
    let [reporter] = report.parties.as_slice() else { panic!("one person is told") };
    assert_eq!((&*reporter.name, &*reporter.identity_number), ("Anna Berg", "196408233234"));
    assert_eq!(format!("{known:?}"), "Identified(hidden)");
    answers.forget_identity(&form);
    assert_eq!(form.first_open(&answers).map(|(page, _)| page.id.as_str()), Some("reporter"));
    // Without a name it is asked for.
    let known = by(None, "640823-3234").expect("it is a number");
    let looked = form.look(page, 0, &answers, &entered(&[("telephone", "070-174 06 05")]), &Asking { identified: Some(&known), ..asking });
    assert_eq!(looked.map_err(told), Err(vec!["name missing".to_owned()]));
}

#[test]
fn no_more_things_than_the_form_has_room_for() {
    let form = theft();
    let page = form.page("things").expect("it is there");
    let looked = form.look(page, 3, &Answers::default(), &entered(&[("what", "bicycle")]), &asking());
    assert_eq!(looked.map_err(told), Err(vec!["what too_many".to_owned()]));
}

#[test]
fn faults_of_a_form_are_told_with_line_and_mend() {
    let check = |from: &str, to: &str, expected: &str| {
        let text = format!("{HEAD}{PAGES}");
        assert!(text.contains(from), "{from}");
        let faults = read(&text.replacen(from, to, 1)).expect_err("it has a fault");
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:#?}");
    };
    check("[[pages]]\nuse = \"now\"", "", "its first page does not ask whether 112 is needed");
    check("use = \"now\"", "use = \"nov\"", "theft.toml:19: page number 1: there is no page \"nov\" among the parts");
    check("is = [\"bicycle\"]", "is = [\"car\"]", "\"car\" cannot be answered to \"what\"");
    check("question = \"what\", is = [\"bicycle\"]", "question = \"place\", is = [\"bicycle\"]", "no question \"place\" is asked before");
    check("kind = \"amount\"", "kind = \"amunt\"", "did you mean \"amount\"?");
    check("fills = \"from\"", "fills = \"form\"", "did you mean \"from\"?");
    check("fills = \"from\"", "fills = \"reporter.name\"\nchars_max = 600", "the report has 500 characters for this");
    check("id = \"imei\"", "id = \"what\"", "another question has this id");
    check("codes = [\"9830\"]", "codes = [\"1234\"]", "there is no crime code 1234");
    check("way = \"ring\"", "way = \"form\"\nform = \"loss\"", "not_for leads to the form \"loss\", which is not there");
    check("use = \"reporter\"", "use = \"now\"", "nobody who sends it can be reached");
    check("title = { sv = \"När?\"", "titel = { sv = \"När?\"", "nothing is called \"titel\" here");
    check("da = \"Hvornår?\" }", "}", "has no da");
    check("kind = \"theft\"", "kind = \"murder\"", "kind does not know \"murder\"");
    check("one = {", "ones = {", "repeats and one stand together");
    check("minutes = 5", "minutes = 5\nsign_in = \"offered\"\nanonymous = true", "it may be sent without a name, and has sign_in");
    check("minutes = 5", "minutes = 5\nsign_in = \"always\"", "sign_in does not know \"always\"");
}

#[test]
fn only_what_betrays_nobody_may_be_kept_as_a_file() {
    use crate::{intent::Intent as I, report::ReportKind as K};
    let form = theft();
    for (kind, intent, anonymous, may) in [
        (K::Theft, I::ReportTheft, false, true),
        (K::Loss, I::ReportLostItem, false, true),
        (K::Theft, I::ReportTheft, true, false),
        (K::Theft, I::ReportDomesticViolence, false, false),
        (K::DomesticViolence, I::ReportTheft, false, false),
        (K::Violence, I::ReportViolence, false, false),
        (K::Threat, I::ReportTheft, false, false),
        (K::Tip, I::Tip, true, false),
        (K::Other, I::Traffic, false, false),
    ] {
        assert_eq!(Form { kind, intent, anonymous, ..form.clone() }.may_be_kept(), may, "{kind:?} {intent:?} {anonymous}");
    }
}
