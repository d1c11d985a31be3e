//! The plan's page as it is drawn. Faults and bounds come from the rules in English, and are marked so.

use super::{Checked, Done, Told, Typed, difference, trial_sight};
use crate::{
    access::Reader,
    clock,
    fault::Fault,
    layout::{self, Frame},
    limits::REASON_CHARS_MAX,
    preferences::Preferences,
    words::Words,
};
use domain::{Timestamp, access::Permission, plan};
use maud::{Markup, html};
use switchboard::{Deployment, OperatorNames, PlanChange, PlanOutcome, PlanRefusal};

/// The language that the rules speak of a plan.
const RULES_LANGUAGE: &str = "en";
/// Of a faulty line no more than this is shown beside the fault.
const LINE_CHARS_MAX: usize = 140;

pub struct Sight<'a> {
    pub words: Words,
    pub deployment: &'a Deployment,
    pub now: Timestamp,
    /// Newest first.
    pub changes: &'a [PlanChange],
    pub names: &'a OperatorNames,
    pub typed: &'a Typed,
    pub told: &'a Told,
}

impl<'a> Sight<'a> {
    fn time(&self, at: Timestamp) -> String {
        clock::time_of_day(at, &self.deployment.plan.zone, self.now)
    }

    /// The change by which the version in force came.
    fn current(&self) -> Option<&'a PlanChange> {
        let adopted = self.changes.iter().filter(|change| change.outcome == Some(PlanOutcome::Adopted));
        adopted.max_by_key(|change| (change.ended, change.id)).filter(|change| change.digest == self.deployment.plan.digest)
    }

    fn author(&self, change: &PlanChange) -> String {
        let Some(account) = change.account else { return self.words.t("plan-by-start") };
        let numbered = || self.words.with("operator-numbered", [("number", account.to_string().into())]);
        self.names.get(&account).cloned().unwrap_or_else(numbered)
    }

    fn reason(&self, change: &PlanChange) -> String {
        if change.account.is_none() { self.words.t("plan-why-start") } else { change.reason.clone() }
    }
}

/// The whole page.
#[must_use]
pub fn draw(sight: &Sight<'_>, reader: &Reader, preferences: Preferences) -> Markup {
    let title = sight.words.t("plan-title");
    let frame = Frame { preferences, title: &title, reader: Some(reader), here: "plan", address: "/plan", parts: &[] };
    let may_change = reader.may(Permission::ChangePlan) && reader.operator.is_some();
    let content = html! {
        main #content .page .plan-page tabindex="-1" {
            h1 { (title) }
            (told(sight))
            (in_force(sight))
            (to_come(sight, may_change))
            (new_version(sight, may_change))
            (earlier(sight, may_change))
        }
    };
    layout::page(&frame, &content)
}

fn told(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    match sight.told {
        Told::Nothing => html! {},
        Told::Done(done) => html! { p #note .note role="status" tabindex="-1" autofocus { (words.t(key_of(*done))) } },
        Told::Problems(problems) => {
            let told = problems.iter().map(|problem| {
                let (what, mend) = problem.keys();
                (Some(problem.field()), words.t(what), words.t(mend))
            });
            summary(words, &told.collect::<Vec<_>>())
        }
        Told::Refused(refusal) => {
            let (what, mend) = Fault::from(refusal.clone()).in_words(words);
            summary(words, &[(field_of(refusal), what, mend)])
        }
        Told::NotTried(fault) => {
            let (what, mend) = fault.in_words(words);
            summary(words, &[(Some("plan-day"), what, mend)])
        }
        Told::Tried(tried) => trial_sight::draw(words, tried),
        Told::Checked(checked) => html! {
            section #result aria-labelledby="result-title" {
                (verdict(sight, checked))
                (notices(sight, checked))
                (bounds(words, checked))
                (changed_lines(sight))
            }
        },
    }
}

fn key_of(done: Done) -> &'static str {
    match done {
        Done::Adopted => "plan-done-adopted",
        Done::Planned => "plan-done-planned",
        Done::Withdrawn => "plan-done-withdrawn",
        Done::Returned => "plan-done-returned",
    }
}

fn field_of(refusal: &PlanRefusal) -> Option<&'static str> {
    match refusal {
        PlanRefusal::Faults(_) | PlanRefusal::InForce => Some("plan-text"),
        PlanRefusal::Past => Some("plan-due"),
        PlanRefusal::Unknown | PlanRefusal::NotSaved => None,
    }
}

/// What stands in the way, each with the way to its field. It has the focus when the page comes.
fn summary(words: Words, problems: &[(Option<&str>, String, String)]) -> Markup {
    html! {
        div #summary .fault role="alert" tabindex="-1" autofocus {
            h2 { (words.t("plan-not-done")) }
            ul {
                @for (field, what, mend) in problems {
                    li { @if let Some(field) = field { a href={ "#" (field) } { (what) } } @else { (what) } " " (mend) }
                }
            }
        }
    }
}

fn verdict(sight: &Sight<'_>, checked: &Checked) -> Markup {
    let words = sight.words;
    html! {
        @if checked.faults.is_empty() {
            div #verdict .note role="status" tabindex="-1" autofocus {
                h2 #result-title { (words.t("plan-sound")) }
                p { (words.t("plan-sound-about")) }
            }
        } @else {
            div #summary .fault role="alert" tabindex="-1" autofocus {
                h2 #result-title { (words.with("plan-faulty", [("count", checked.faults.len().into())])) }
                p { (words.t("plan-faulty-about")) }
                ol #faults .findings { @for fault in &checked.faults { (finding(sight, fault)) } }
            }
        }
    }
}

fn notices(sight: &Sight<'_>, checked: &Checked) -> Markup {
    html! {
        @if !checked.notices.is_empty() {
            h3 { (sight.words.t("plan-notices")) }
            ol #notices .findings { @for notice in &checked.notices { (finding(sight, notice)) } }
        }
    }
}

/// Where, what and how to mend it; with the line as it was typed.
fn finding(sight: &Sight<'_>, fault: &plan::Fault) -> Markup {
    let words = sight.words;
    let file = Some(&fault.file).filter(|file| file.contains('.'));
    let line = if file.is_none() && fault.line > 0 { sight.typed.text.lines().nth(fault.line - 1) } else { None };
    let place = match (file, fault.line) {
        (Some(file), _) => file.clone(),
        (None, 0) => words.t("plan-whole"),
        (None, line) => words.with("plan-line", [("line", line.to_string().into())]),
    };
    html! {
        li {
            p { a href="#plan-text" { (place) } ": " span lang=(RULES_LANGUAGE) { (fault.what) } }
            @if let Some(line) = line { p { code { (line.chars().take(LINE_CHARS_MAX).collect::<String>()) } } }
            p { (words.t("plan-mend")) " " span lang=(RULES_LANGUAGE) { (fault.mend) } }
        }
    }
}

fn bounds(words: Words, checked: &Checked) -> Markup {
    html! {
        @if !checked.bounds.is_empty() {
            h3 { (words.t("plan-bounds")) }
            ul #bounds .findings { @for bound in &checked.bounds { li lang=(RULES_LANGUAGE) { (bound.to_string()) } } }
        }
    }
}

fn changed_lines(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let difference = difference::between(&sight.deployment.text, &sight.typed.text);
    html! {
        h3 { (words.t("plan-difference")) }
        @if difference.removed.is_empty() && difference.added.is_empty() { p .empty { (words.t("plan-no-difference")) } } @else {
            ul #difference .difference {
                @for line in &difference.removed { (changed_line("removed", "−", &words.t("plan-line-removed"), *line)) }
                @for line in &difference.added { (changed_line("added", "+", &words.t("plan-line-added"), *line)) }
            }
            @if difference.more > 0 { p .quiet { (words.with("plan-more-lines", [("count", difference.more.into())])) } }
        }
    }
}

fn changed_line(class: &str, sign: &str, said: &str, (number, line): (usize, &str)) -> Markup {
    html! {
        li class=(class) {
            span .only-heard { (said) " " }
            span .number aria-hidden="true" { (sign) " " }
            span .number { (number) } " " code { (line) }
        }
    }
}

fn in_force(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    html! {
        section #in-force aria-labelledby="in-force-title" {
            h2 #in-force-title { (words.t("plan-in-force")) }
            dl .facts {
                dt { (words.t("plan-version")) } dd { code { (sight.deployment.plan.digest) } }
                @if let Some(change) = sight.current() {
                    dt { (words.t("plan-since")) } dd .number { (sight.time(change.ended.unwrap_or(change.due))) }
                    dt { (words.t("plan-by")) } dd { (sight.author(change)) }
                    dt { (words.t("plan-why")) } dd { (sight.reason(change)) }
                }
            }
        }
    }
}

fn to_come(sight: &Sight<'_>, may_change: bool) -> Markup {
    let words = sight.words;
    let mut rows: Vec<_> = sight.changes.iter().filter(|change| change.ended.is_none()).collect();
    rows.sort_by_key(|change| (change.due, change.id));
    html! {
        section #to-come aria-labelledby="to-come-title" {
            h2 #to-come-title { (words.t("plan-to-come")) }
            @if rows.is_empty() { p .empty { (words.t("plan-nothing-to-come")) } } @else {
                div .scrolls role="group" tabindex="0" aria-labelledby="to-come-title" {
                    table .list {
                        (head(words, &["plan-version", "plan-from", "plan-by", "plan-why"], may_change))
                        tbody { @for change in rows {
                            tr {
                                th scope="row" { code { (change.digest) } }
                                td .due { (sight.time(change.due)) }
                                td { (sight.author(change)) }
                                td { (sight.reason(change)) }
                                @if may_change { td { (withdrawal(words, change)) } }
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn head(words: Words, columns: &[&str], with_act: bool) -> Markup {
    html! {
        thead { tr {
            @for column in columns { th scope="col" { (words.t(column)) } }
            @if with_act { th scope="col" { (words.t("plan-act")) } }
        } }
    }
}

fn withdrawal(words: Words, change: &PlanChange) -> Markup {
    html! {
        form method="post" action="/plan/withdraw" {
            input type="hidden" name="change" value=(change.id);
            button type="submit" { (words.t("plan-withdraw")) " " span .only-heard { (change.digest) } }
        }
    }
}

fn new_version(sight: &Sight<'_>, may_change: bool) -> Markup {
    let (words, typed) = (sight.words, sight.typed);
    let invalid = faulty_fields(sight);
    let is_invalid = |field: &str| invalid.contains(&field).then_some("true");
    // Of a faulty text the number of faults is enough; all of them would be read aloud at every return to the field.
    let about = if matches!(sight.told, Told::Checked(_)) { "result-title" } else { "summary" };
    let told_by = |field: &str| invalid.contains(&field).then_some(about);
    html! {
        section #new-version aria-labelledby="new-title" {
            h2 #new-title { (words.t("plan-new")) }
            p .quiet { (words.t("plan-new-about")) }
            form .stack method="post" action="/plan/check" {
                label for="plan-text" { (words.t("plan-text")) }
                // The first end of a line in a field belongs to the tag, not to the text.
                textarea #plan-text .plan-text name="text" rows="24" wrap="off" spellcheck="false" autocapitalize="none"
                    autocomplete="off" required aria-invalid=[is_invalid("plan-text")] aria-describedby=[told_by("plan-text")] {
                        "\n" (typed.text)
                    }
                @if may_change {
                    label for="plan-reason" { (words.t("plan-reason")) }
                    input #plan-reason name="reason" autocomplete="off" required maxlength=(REASON_CHARS_MAX) value=(typed.reason)
                        aria-invalid=[is_invalid("plan-reason")] aria-describedby=[told_by("plan-reason")];
                    label for="plan-due" { (words.t("plan-due")) }
                    input #plan-due type="datetime-local" name="due" value=(typed.due)
                        aria-invalid=[is_invalid("plan-due")] aria-describedby="plan-due-about";
                    p #plan-due-about .quiet { (words.with("plan-due-about", [("zone", zone_of(sight).into())])) }
                }
                div .acts {
                    button #plan-check type="submit" formnovalidate { (words.t("plan-check")) }
                    @if may_change { button #plan-adopt .primary type="submit" formaction="/plan/adopt" { (words.t("plan-adopt")) } }
                }
                label for="plan-day" { (words.t("plan-day")) }
                input #plan-day type="date" name="day" value=(typed.day)
                    aria-invalid=[is_invalid("plan-day")] aria-describedby="plan-day-about";
                p #plan-day-about .quiet { (words.t("plan-day-about")) }
                div .acts { button #plan-try type="submit" formaction="/plan/preview" formnovalidate { (words.t("plan-try")) } }
            }
        }
    }
}

fn zone_of(sight: &Sight<'_>) -> String {
    sight.deployment.plan.zone.iana_name().unwrap_or("UTC").to_owned()
}

/// The fields that must be typed otherwise.
fn faulty_fields(sight: &Sight<'_>) -> Vec<&'static str> {
    match sight.told {
        Told::Problems(problems) => problems.iter().map(|problem| problem.field()).collect(),
        Told::Refused(refusal) => field_of(refusal).into_iter().collect(),
        Told::Checked(checked) if !checked.faults.is_empty() => vec!["plan-text"],
        Told::NotTried(_) => vec!["plan-day"],
        Told::Checked(_) | Told::Tried(_) | Told::Nothing | Told::Done(_) => Vec::new(),
    }
}

fn earlier(sight: &Sight<'_>, may_change: bool) -> Markup {
    let words = sight.words;
    let current = sight.current().map(|change| change.id);
    let rows: Vec<_> = sight.changes.iter().filter(|change| change.ended.is_some() && Some(change.id) != current).collect();
    html! {
        section #earlier aria-labelledby="earlier-title" {
            h2 #earlier-title { (words.t("plan-earlier")) }
            @if rows.is_empty() { p .empty { (words.t("plan-nothing-earlier")) } } @else {
                div .scrolls role="group" tabindex="0" aria-labelledby="earlier-title" {
                    table .list {
                        (head(words, &["plan-version", "plan-when", "plan-by", "plan-why"], may_change))
                        tbody { @for change in rows { (earlier_row(sight, change, may_change)) } }
                    }
                }
            }
        }
    }
}

fn earlier_row(sight: &Sight<'_>, change: &PlanChange, may_change: bool) -> Markup {
    let words = sight.words;
    let was_adopted = change.outcome == Some(PlanOutcome::Adopted);
    html! {
        tr {
            th scope="row" { code { (change.digest) } }
            td {
                @match change.outcome {
                    Some(PlanOutcome::Withdrawn) => (words.t("plan-was-withdrawn")),
                    Some(PlanOutcome::Refused) => span .mark .late { (words.t("plan-was-refused")) },
                    Some(PlanOutcome::Adopted) | None => (words.t("plan-was-adopted")),
                }
                " " span .due { (sight.time(change.ended.unwrap_or(change.due))) }
            }
            td { (sight.author(change)) }
            td { (sight.reason(change)) }
            @if may_change {
                td { @if was_adopted && change.digest != sight.deployment.plan.digest { (way_back(words, change)) } }
            }
        }
    }
}

fn way_back(words: Words, change: &PlanChange) -> Markup {
    let reason = words.with("plan-back-reason", [("version", change.digest.clone().into())]);
    html! {
        form method="post" action="/plan/back" {
            input type="hidden" name="digest" value=(change.digest);
            input type="hidden" name="reason" value=(reason);
            button type="submit" { (words.t("plan-back")) " " span .only-heard { (change.digest) } }
        }
    }
}
