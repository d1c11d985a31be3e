//! The right column: the report, in the order people tell. Saved by the browser while it is written
//! (`report.js`); drawn here from the newest draft, so that a reload loses nothing.

use super::{Sight, writable};
use domain::report::{FIELD_CHARS_MAX, NARRATIVE_CHARS_MAX, PartyRole, Property, ReportDraft, ReportKind, ReportParty};
use maud::{Markup, html};

#[must_use]
pub fn draw(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let Some(contact) = writable(sight) else {
        return html! {
            section .report aria-labelledby="report-title" {
                h2 #report-title { (words.t("report-title")) }
                p .empty { (words.t("report-none")) }
            }
        };
    };
    let (version, draft) = sight.report.clone().unwrap_or_default();
    html! {
        section .report aria-labelledby="report-title" {
            h2 #report-title tabindex="-1" { (words.t("report-title")) }
            form #report data-contact=(contact) data-version=(version) autocomplete="off" novalidate
                data-saved=(words.t("report-saved")) data-saving=(words.t("report-saving")) data-unsaved=(words.t("report-unsaved"))
                data-failed=(words.t("report-failed")) data-faulty=(words.t("report-faulty")) {
                p #report-state .quiet { @if version > 0 { (words.t("report-kept")) } @else { (words.t("report-new")) } }
                (conflict(sight))
                (what(sight, &draft))
                (where_and_when(sight, &draft))
                (parties(sight, &draft.parties))
                (things(sight, &draft.property))
                (narrative(sight, "traces", &draft.traces, 2))
                (narrative(sight, "measures", &draft.measures, 2))
            }
        }
    }
}

fn conflict(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    html! {
        div #report-conflict .fault role="alert" hidden {
            p { (words.t("conflict-title")) }
            div .acts {
                button #conflict-mine type="button" { (words.t("conflict-mine")) }
                button #conflict-newer type="button" { (words.t("conflict-newer")) }
            }
        }
    }
}

fn what(sight: &Sight<'_>, draft: &ReportDraft) -> Markup {
    let words = sight.words;
    html! {
        fieldset {
            legend { (words.t("section-what")) }
            label for="r-kind" { (words.t("field-kind")) }
            select #r-kind data-field="kind" {
                option value="" { (words.t("field-kind-unknown")) }
                @for kind in ReportKind::ALL {
                    option value=(kind.word()) selected[draft.kind == Some(*kind)] { (words.named("report-kind", kind.word())) }
                }
            }
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
    html! {
        div .field {
            label for=(id) { (sight.words.t(label)) }
            input id=(id) data-field=(path) value=(value) maxlength=(FIELD_CHARS_MAX) type="text";
        }
    }
}

fn where_and_when(sight: &Sight<'_>, draft: &ReportDraft) -> Markup {
    let words = sight.words;
    html! {
        fieldset {
            legend { (words.t("section-where")) }
            div .fields {
                (line(sight, "r-place", "place", "field-place", &draft.place))
                (line(sight, "r-municipality", "municipality", "field-municipality", draft.municipality.as_deref().unwrap_or_default()))
            }
        }
        fieldset {
            legend { (words.t("section-when")) }
            div .fields {
                @for (name, value) in [("from", &draft.from), ("to", &draft.to)] {
                    div .field {
                        label for={ "r-" (name) } { (words.named("field", name)) }
                        input id={ "r-" (name) } data-field=(name) type="datetime-local" value=(value);
                    }
                }
            }
        }
    }
}

fn parties(sight: &Sight<'_>, parties: &[ReportParty]) -> Markup {
    let words = sight.words;
    let blank = ReportParty {
        role: PartyRole::Victim,
        name: String::new(),
        identity_number: String::new(),
        telephone: String::new(),
        note: String::new(),
    };
    rows(sight, "parties", &words.t("section-who"), &words.t("add-party"), parties.len(), |row| {
        let party = parties.get(row).unwrap_or(&blank);
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
            (line(sight, &id("telephone"), &path("telephone"), "field-telephone", &party.telephone))
            (line(sight, &id("note"), &path("note"), "field-note", &party.note))
        }
    })
}

fn things(sight: &Sight<'_>, things: &[Property]) -> Markup {
    let words = sight.words;
    let blank = Property::default();
    rows(sight, "property", &words.t("section-things"), &words.t("add-thing"), things.len(), |row| {
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

/// Rows of one kind with a template for the next; row numbers are set anew by the browser.
fn rows(sight: &Sight<'_>, name: &str, title: &str, add: &str, count: usize, row: impl Fn(usize) -> Markup) -> Markup {
    let words = sight.words;
    let whole = |content: Markup| {
        html! {
            div .row data-row=(name) role="group" aria-label=(title) {
                div .fields { (content) }
                button .plain type="button" data-remove { (words.t("remove")) }
            }
        }
    };
    html! {
        fieldset data-rows=(name) {
            legend { (title) }
            @for number in 0..count { (whole(row(number))) }
            template { (whole(row(count))) }
            button type="button" data-add=(name) { (add) }
        }
    }
}
