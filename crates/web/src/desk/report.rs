//! The right column: the report, in the order people tell. Saved by the browser while it is written
//! (`report.js`); drawn here from the newest draft, so that a reload loses nothing. Before the first
//! words it holds what the call suggests, marked as such and kept nowhere until somebody looked at it. Of a report that a
//! citizen wrote it holds what they wrote, and suggests the crimes that the form is about.

use super::{Sight, suggestion::Suggestion};
use crate::{api::report_model::ReportRemark, words::Words};
use domain::{
    ContactId,
    contact::Reference,
    report::{
        Crime, CrimeDegree, FIELD_CHARS_MAX, NARRATIVE_CHARS_MAX, PartyRole, Property, ReportCrime, ReportDraft, ReportKind, ReportParty,
    },
    routing::ContactView,
};
use maud::{Markup, html};
use switchboard::Deployment;

/// Whose report is written.
#[derive(Clone, Copy)]
struct Subject<'a> {
    contact: ContactId,
    reference: Reference,
    /// None where a citizen wrote it.
    call: Option<&'a ContactView>,
}

#[must_use]
pub fn draw(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let opened = sight.opened();
    let content = match (sight.written(), sight.read(), opened) {
        (Some(call), ..) => form(sight, Subject { contact: call.contact, reference: call.reference, call: Some(call) }),
        (None, Some(contact), _) => reading(sight, contact),
        (None, None, Some(report)) => form(sight, Subject { contact: report.contact, reference: report.reference, call: None }),
        (None, None, None) => html! {
            h2 #report-title { (words.t("report-title")) }
            p .empty { (words.t("report-none")) }
        },
    };
    html! { section .report aria-labelledby="report-title" data-opened=[opened.map(|report| report.contact)] { (content) } }
}

fn form(sight: &Sight<'_>, subject: Subject<'_>) -> Markup {
    let words = sight.words;
    let (version, draft) = sight.report.clone().unwrap_or_default();
    let suggested = if version == 0 { suggestion(sight, subject, &draft) } else { Suggestion::default() };
    let remarks = serde_json::to_string(&ReportRemark::all(words, sight.deployment, &draft, sight.now)).unwrap_or_default();
    html! {
        (heading(sight, subject.reference))
        form #report data-contact=(subject.contact) data-reference=(subject.reference) data-version=(version) autocomplete="off" novalidate
            data-zone=[sight.plan().zone.iana_name()]
            data-saved=(words.t("report-saved")) data-saving=(words.t("report-saving")) data-unsaved=(words.t("report-unsaved"))
            data-failed=(words.t("report-failed")) data-faulty=(words.t("report-faulty")) data-refused=(words.t("rescue-refused"))
            data-unanswered=(words.t("conflict-title")) data-begun=(words.t("report-begun")) data-remarks=(remarks) {
            p #report-state .quiet { (words.t(state(sight, version))) }
            (conflict(sight))
            (what(sight, &draft, &suggested))
            (crimes(sight, &draft, &suggested.crimes))
            (where_and_when(sight, &draft, &suggested))
            (parties(sight, &draft.parties, &suggested))
            (things(sight, &draft.property))
            (narrative(sight, "traces", &draft.traces, 2))
            (narrative(sight, "damage", &draft.damage, 2))
            (narrative(sight, "measures", &draft.measures, 2))
            (line(sight, "r-number", "number", "field-number", &draft.number))
        }
    }
}

/// What stands in it before anybody at the desk wrote.
fn state(sight: &Sight<'_>, version: u64) -> &'static str {
    match (version, &sight.report) {
        (0, Some(_)) => "report-from-citizen",
        (0, None) => "report-new",
        _ => "report-kept",
    }
}

fn suggestion(sight: &Sight<'_>, subject: Subject<'_>, draft: &ReportDraft) -> Suggestion {
    let Some(call) = subject.call else {
        let writer = sight.citizens.iter().find(|citizen| citizen.contact == subject.contact);
        let form = writer.and_then(|writer| writer.caller.written.iter().find_map(|written| written.form.as_deref()));
        return Suggestion::of_form(&sight.deployment.forms, form, draft, super::today(sight));
    };
    // While the record of one is concluded another may ring, whose number is nobody else's.
    let caller = sight.caller.as_ref().filter(|_| sight.shown().is_some_and(|shown| shown.contact == call.contact));
    Suggestion::of(call, caller)
}

/// Whose report it is stands above it: after one call comes the next.
fn heading(sight: &Sight<'_>, reference: Reference) -> Markup {
    html! { h2 #report-title tabindex="-1" { (sight.words.t("report-title")) " " span .reference { (reference) } } }
}

/// For a colleague who is asked in: what the owner of the contact has written so far.
fn reading(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let words = sight.words;
    let draft = sight.report.as_ref().map(|(_, draft)| draft.clone()).unwrap_or_default();
    let name = sight.asked_by().map(|colleague| sight.operator_name(colleague)).unwrap_or_default();
    let rows = told(words, sight.deployment, &draft);
    html! {
        (heading(sight, contact.reference))
        p .quiet { (words.with("report-reading", [("name", name.into())])) }
        @if rows.is_empty() { p .empty { (words.t("report-empty")) } }
        dl .facts.read { @for (name, text) in &rows { dt { (name) } dd { (text) } } }
    }
}

/// What a draft says, row by row, for whoever only reads it.
#[must_use]
pub fn told(words: Words, deployment: &Deployment, draft: &ReportDraft) -> Vec<(String, String)> {
    let time = |text: &str| text.replace('T', " ").trim().to_owned();
    let crimes = draft.crimes.iter().map(|crime| {
        let name = deployment.forms.crimes.named(crime.code.trim()).map(|known| known.name.as_str()).unwrap_or_default();
        joined(&[&crime.code, name, &words.named("crime-degree", crime.degree.word())])
    });
    let parties = draft.parties.iter().map(|party| {
        let role = words.named("party-role", party.role.word());
        joined(&[&role, &party.name, &party.identity_number, &party.telephone, &party.mail, &party.note])
    });
    let things = draft.property.iter().map(|thing| joined(&[&thing.what, &thing.mark, &thing.identity_number, &thing.value]));
    let texts = [("traces", &draft.traces), ("damage", &draft.damage), ("measures", &draft.measures), ("number", &draft.number)];
    [
        (words.t("field-kind"), draft.kind.map(|kind| words.named("report-kind", kind.word())).unwrap_or_default()),
        (words.named("field", "what_happened"), draft.what_happened.clone()),
    ]
    .into_iter()
    .chain(crimes.map(|text| (words.t("section-crimes"), text)))
    .chain([
        (words.t("field-place"), joined(&[&draft.place, draft.municipality.as_deref().unwrap_or_default()])),
        (words.named("field", "from"), time(&draft.from)),
        (words.named("field", "to"), time(&draft.to)),
    ])
    .chain(parties.map(|text| (words.t("section-who"), text)))
    .chain(things.map(|text| (words.t("section-things"), text)))
    .chain(texts.map(|(name, text)| (words.named("field", name), text.clone())))
    .filter(|(_, text)| !text.trim().is_empty())
    .collect()
}

fn joined(parts: &[&str]) -> String {
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn conflict(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    html! {
        div #report-conflict .fault hidden {
            p #conflict-title tabindex="-1" role="alert" { (words.t("conflict-title")) }
            table .list {
                thead { tr { th scope="col" { (words.t("conflict-field")) } th scope="col" { (words.t("conflict-mine")) } th scope="col" { (words.t("conflict-newer")) } } }
                tbody #conflict-fields {}
            }
            p .quiet { (words.t("conflict-aside")) }
            div .acts {
                button #conflict-mine type="button" { (words.t("conflict-keep")) }
                button #conflict-newer type="button" { (words.t("conflict-take")) }
            }
        }
    }
}

/// What stands around a field that the call suggests: it counts once it is edited or confirmed.
fn suggested(sight: &Sight<'_>, is: bool, field: &Markup) -> Markup {
    let words = sight.words;
    html! {
        div .field data-suggested[is] {
            (field)
            @if is {
                p .suggestion {
                    (words.t(if sight.written().is_some() { "suggested" } else { "suggested-by-form" })) " "
                    button .plain type="button" data-accept { (words.t("suggested-accept")) }
                }
            }
        }
    }
}

fn what(sight: &Sight<'_>, draft: &ReportDraft, suggestion: &Suggestion) -> Markup {
    let words = sight.words;
    let chosen = draft.kind.or(suggestion.kind);
    let kind = html! {
        label for="r-kind" { (words.t("field-kind")) }
        select #r-kind data-field="kind" {
            option value="" { (words.t("field-kind-unknown")) }
            @for kind in ReportKind::ALL {
                option value=(kind.word()) selected[chosen == Some(*kind)] { (words.named("report-kind", kind.word())) }
            }
        }
    };
    html! {
        fieldset {
            legend { (words.t("section-what")) }
            (suggested(sight, suggestion.kind.is_some(), &kind))
            (narrative(sight, "what_happened", &draft.what_happened, 7))
        }
    }
}

/// A long text with its label.
fn narrative(sight: &Sight<'_>, name: &str, text: &str, rows: u32) -> Markup {
    html! {
        label for={ "r-" (name) } { (sight.words.named("field", name)) }
        // A line feed first: browsers swallow one, and a text may begin with its own.
        textarea id={ "r-" (name) } data-field=(name) rows=(rows) maxlength=(NARRATIVE_CHARS_MAX) { "\n" (text) }
    }
}

fn line(sight: &Sight<'_>, id: &str, path: &str, label: &str, value: &str) -> Markup {
    html! { div .field { (input(sight, id, path, label, value)) } }
}

/// A line that holds a suggestion while there is one.
fn line_or(sight: &Sight<'_>, [id, path, label]: [&str; 3], value: &str, suggestion: Option<&str>) -> Markup {
    suggested(sight, suggestion.is_some(), &input(sight, id, path, label, suggestion.unwrap_or(value)))
}

fn input(sight: &Sight<'_>, id: &str, path: &str, label: &str, value: &str) -> Markup {
    html! {
        label for=(id) { (sight.words.t(label)) }
        input id=(id) data-field=(path) value=(value) maxlength=(FIELD_CHARS_MAX) type="text";
    }
}

fn where_and_when(sight: &Sight<'_>, draft: &ReportDraft, suggestion: &Suggestion) -> Markup {
    let words = sight.words;
    let municipality = draft.municipality.as_deref().unwrap_or_default();
    html! {
        fieldset {
            legend { (words.t("section-where")) }
            div .fields {
                (line_or(sight, ["r-place", "place", "field-place"], &draft.place, suggestion.place.as_deref()))
                (line_or(sight, ["r-municipality", "municipality", "field-municipality"], municipality, suggestion.municipality.as_deref()))
            }
        }
        fieldset {
            legend { (words.t("section-when")) }
            div .fields {
                (moment(sight, "from", &draft.from))
                (moment(sight, "to", &draft.to))
            }
        }
    }
}

/// Date and clock apart: many know the day and not the hour, and a field for both would keep neither.
fn moment(sight: &Sight<'_>, name: &str, value: &str) -> Markup {
    let words = sight.words;
    let (date, clock) = value.split_once(['T', ' ']).unwrap_or((value, ""));
    let label = words.named("field", name);
    html! {
        div .field {
            label for={ "r-" (name) } { (label) }
            div .halves {
                input id={ "r-" (name) } data-field=(name) data-half="date" type="date" value=(date);
                input id={ "r-" (name) "-clock" } data-field=(name) data-half="clock" type="time" value=(clock) aria-label={ (label) ", " (words.t("field-clock")) };
            }
        }
    }
}

fn parties(sight: &Sight<'_>, parties: &[ReportParty], suggestion: &Suggestion) -> Markup {
    let words = sight.words;
    let (victim, caller) = (ReportParty::of(PartyRole::Victim), ReportParty::of(PartyRole::Reporter));
    let telephone = suggestion.telephone.as_deref();
    let count = Count { written: parties.len(), suggested: usize::from(telephone.is_some()) };
    rows(sight, "parties", &words.t("section-who"), &words.t("add-party"), count, |row| {
        let suggested = telephone.filter(|_| row < count.suggested);
        let party = parties.get(row).unwrap_or(if suggested.is_some() { &caller } else { &victim });
        let path = |field: &str| format!("parties.{row}.{field}");
        let id = |field: &str| format!("r-parties-{row}-{field}");
        html! {
            div .field {
                label for=(id("role")) { (words.t("field-role")) }
                select id=(id("role")) data-field=(path("role")) {
                    @for role in PartyRole::ALL { option value=(role.word()) selected[party.role == *role] { (words.named("party-role", role.word())) } }
                }
            }
            (line(sight, &id("name"), &path("name"), "field-name", &party.name))
            (line(sight, &id("identity_number"), &path("identity_number"), "field-identity", &party.identity_number))
            (line_or(sight, [&id("telephone"), &path("telephone"), "field-telephone"], &party.telephone, suggested))
            (line(sight, &id("mail"), &path("mail"), "field-mail", &party.mail))
            (line(sight, &id("note"), &path("note"), "field-note", &party.note))
        }
    })
}

fn things(sight: &Sight<'_>, things: &[Property]) -> Markup {
    let words = sight.words;
    let blank = Property::default();
    rows(sight, "property", &words.t("section-things"), &words.t("add-thing"), Count { written: things.len(), suggested: 0 }, |row| {
        let thing = things.get(row).unwrap_or(&blank);
        let path = |field: &str| format!("property.{row}.{field}");
        let id = |field: &str| format!("r-property-{row}-{field}");
        html! {
            (line(sight, &id("what"), &path("what"), "field-thing", &thing.what))
            (line(sight, &id("mark"), &path("mark"), "field-mark", &thing.mark))
            (line(sight, &id("identity_number"), &path("identity_number"), "field-serial", &thing.identity_number))
            (line(sight, &id("value"), &path("value"), "field-value", &thing.value))
        }
    })
}

/// Crimes by their codes, chosen from those that were in use when it happened; another may be written, and is remarked on.
fn crimes(sight: &Sight<'_>, draft: &ReportDraft, suggested: &[String]) -> Markup {
    let words = sight.words;
    let count = Count { written: draft.crimes.len(), suggested: suggested.len() };
    let valid = |day| sight.deployment.forms.crimes.valid(day);
    html! {
        (rows(sight, "crimes", &words.t("section-crimes"), &words.t("add-crime"), count, |row| {
            let proposed = |row: usize| suggested.get(row).map(|code| ReportCrime { code: code.clone(), degree: CrimeDegree::Completed });
            let blank = || ReportCrime { code: String::new(), degree: CrimeDegree::Completed };
            let crime = draft.crimes.get(row).cloned().or_else(|| proposed(row)).unwrap_or_else(blank);
            crime_row(sight, row, &crime, row < suggested.len() && draft.crimes.is_empty())
        }))
        datalist #crimes { @for crime in valid(draft.day(super::today(sight))) { (option(crime)) } }
    }
}

fn option(crime: &Crime) -> Markup {
    html! { option value=(crime.code) { (crime.code) " " (crime.name) } }
}

fn crime_row(sight: &Sight<'_>, row: usize, crime: &ReportCrime, is_suggested: bool) -> Markup {
    let words = sight.words;
    let (code, degree) = (format!("r-crimes-{row}-code"), format!("r-crimes-{row}-degree"));
    let name = sight.deployment.forms.crimes.named(crime.code.trim()).map(|known| known.name.as_str()).unwrap_or_default();
    let field = html! {
        label for=(code) { (words.t("field-code")) }
        input id=(code) data-field={ "crimes." (row) ".code" } data-names="crimes" list="crimes" value=(crime.code) maxlength=(FIELD_CHARS_MAX) type="text";
        p .quiet data-name { (name) }
    };
    html! {
        (suggested(sight, is_suggested, &field))
        div .field {
            label for=(degree) { (words.t("field-degree")) }
            select id=(degree) data-field={ "crimes." (row) ".degree" } {
                @for known in CrimeDegree::ALL { option value=(known.word()) selected[crime.degree == *known] { (words.named("crime-degree", known.word())) } }
            }
        }
    }
}

/// Rows of one kind: those that somebody wrote, or those that a call suggests before anybody did.
#[derive(Clone, Copy)]
struct Count {
    written: usize,
    suggested: usize,
}

/// Rows of one kind with a template for the next; row numbers are set anew by the browser.
fn rows(sight: &Sight<'_>, name: &str, title: &str, add: &str, count: Count, row: impl Fn(usize) -> Markup) -> Markup {
    let words = sight.words;
    let shown = count.written.max(count.suggested);
    let whole = |content: Markup, suggested: bool| {
        html! {
            div .row data-row=(name) data-suggested[suggested] role="group" aria-label=(title) {
                div .fields { (content) }
                button .plain type="button" data-remove { (words.t("remove")) }
            }
        }
    };
    html! {
        fieldset data-rows=(name) {
            legend { (title) }
            @for number in 0..shown { (whole(row(number), number < count.suggested)) }
            template { (whole(row(shown), false)) }
            button type="button" data-add=(name) { (add) }
        }
    }
}
