//! What was added to matters: the list of what nobody has linked yet, and the act that says which matter it is of.

use crate::{access::Reader, app::App, clock, fault::Fault, matters::Title, names, words::Words};
use axum::{
    Form,
    extract::{
        Path, State,
        rejection::{FormRejection, PathRejection},
    },
    response::Redirect,
};
use domain::{
    ContactId, Timestamp,
    access::Permission,
    contact::{Reference, ReferenceError},
    intent::Language,
    plan::Plan,
    routing::AdditionView,
};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use storage::MatterFile;
use switchboard::{Deployment, Live, Refusal, SenderProof, Written};

/// Rows shown; the rest are counted.
const ROWS_SHOWN_MAX: usize = 200;

/// What waits for a person to say which matter it is of, oldest first.
#[must_use]
pub fn list(words: Words, plan: &Plan, live: &Live, now: Timestamp) -> Markup {
    let rows: Vec<_> = live.view.additions.iter().filter(|addition| addition.to_link).collect();
    html! {
        section aria-labelledby="to-link-title" {
            h2 #to-link-title { (words.t("to-link")) " " span .count .number { (rows.len()) } }
            @if rows.is_empty() { p .empty { (words.t("to-link-none")) } } @else {
                table .list {
                    thead { tr {
                        th scope="col" { (words.t("reference")) }
                        th scope="col" { (words.t("to-link-channel")) }
                        th scope="col" .number { (words.t("lead-age")) }
                        th scope="col" { (words.t("to-link-proposed")) }
                        th scope="col" { (words.t("lead-owner")) }
                    } }
                    tbody { @for addition in rows.iter().take(ROWS_SHOWN_MAX) { (row(words, plan, live, now, addition)) } }
                }
                @if rows.len() > ROWS_SHOWN_MAX {
                    p .quiet { (words.with("lead-more", [("count", (rows.len() - ROWS_SHOWN_MAX).into())])) }
                }
            }
        }
    }
}

fn row(words: Words, plan: &Plan, live: &Live, now: Timestamp, addition: &AdditionView) -> Markup {
    html! {
        tr {
            th scope="row" .reference { (opens(addition.reference)) }
            td { (words.named("channel", addition.channel.word())) }
            td .number { (clock::counting_up(addition.arrived, now)) }
            td { @match addition.proposed { Some(proposed) => (opens(proposed)), None => (words.t("to-link-nothing")) } }
            td { (names::owner(words, plan, live, &addition.owner)) }
        }
    }
}

fn opens(reference: Reference) -> Markup {
    html! { a href={ "/matters/" (reference.digits()) } { (reference) } }
}

/// Beside the promise of an addition: how it came, and what is still to be said of it.
#[must_use]
pub fn told(words: Words, addition: &AdditionView) -> Markup {
    html! {
        p .quiet {
            (words.named("channel", addition.channel.word()))
            @if let Some(intent) = addition.intent { " · " (words.intent(intent)) }
            @if addition.to_link { " " span .mark.soon { (words.t("to-link-mark")) } }
            @if let Some(proposed) = addition.proposed { " " (words.with("to-link-perhaps", [("reference", proposed.to_string().into())])) }
        }
    }
}

/// What somebody wrote, and how far it is proved who it was.
#[must_use]
pub fn written(words: Words, deployment: &Deployment, written: &Written) -> Markup {
    html! {
        @if let Some(identified) = &written.identified {
            @let time = clock::time_of_day(identified.at, &deployment.plan.zone, clock::now());
            p { span .mark { (words.with("written-identified", [("way", identified.way.clone().into()), ("time", time.into())])) } }
        }
        @if let Some(subject) = &written.subject { p { strong { (subject) } } }
        blockquote { @for line in written.text.lines() { p { bdi { (line) } } } }
        @if written.is_cut { p .quiet { (words.t("written-cut")) } }
        (attached(words, written))
        @if written.is_automatic { p .quiet { (words.t("written-automatic")) } }
        @if let Some(reference) = &written.reference { p .quiet { (words.with("written-reference", [("reference", reference.clone().into())])) } }
        @if let Some(proof) = written.proof {
            p .quiet {
                @match proof {
                    SenderProof::Answers => (words.t("proof-answers")),
                    SenderProof::Authenticated => (words.t("proof-authenticated")),
                    SenderProof::None => (words.t("proof-none")),
                }
            }
        }
    }
}

/// What came with it, by name and size; it is neither opened nor kept here.
fn attached(words: Words, written: &Written) -> Markup {
    html! {
        @if written.attachments_count > 0 {
            p .quiet { (words.with("written-attached", [("count", written.attachments_count.into())])) }
            ul {
                @for file in &written.attachments {
                    @let name = if file.name.is_empty() { words.t("written-attached-nameless") } else { file.name.clone() };
                    @let told = [("name", name.into()), ("type", file.media_type.clone().into()), ("size", size(words, file.bytes).into())];
                    li { bdi { (words.with("written-attached-one", told)) } }
                }
            }
        }
    }
}

/// To the nearest kilobyte, or megabyte where there are many, as the language writes it.
pub(crate) fn size(words: Words, bytes: u64) -> String {
    let (unit, tenths) = if bytes < 1_000_000 { ("kB", bytes.div_ceil(1_000) * 10) } else { ("MB", bytes.div_ceil(100_000)) };
    let comma = if words.language == Language::English { '.' } else { ',' };
    let rest = if tenths.is_multiple_of(10) { String::new() } else { format!("{comma}{}", tenths % 10) };
    format!("{}{rest}\u{a0}{unit}", tenths / 10)
}

/// For each addition of a matter that is still owed: which matter is it of?
#[must_use]
pub fn links(words: Words, reader: &Reader, file: &MatterFile, live: &Live, below: Title) -> Markup {
    let may = reader.operator.is_some() && (reader.may(Permission::AnswerCalls) || reader.may(Permission::LeadQueues));
    let of_matter: Vec<_> = live.view.additions.iter().filter(|addition| may && addition.matter == file.matter.matter).collect();
    html! {
        @for addition in of_matter {
            section aria-label=(words.t("link-title")) {
                (below.heading(&html! { (words.t("link-title")) }))
                p .quiet { (words.t("link-about")) }
                @match below {
                    Title::Page => (form(words, addition)),
                    Title::Dialog => (buttons(words, addition)),
                }
            }
        }
    }
}

fn form(words: Words, addition: &AdditionView) -> Markup {
    let id = format!("link-{}", addition.contact);
    let proposed = addition.proposed.map(|proposed| proposed.to_string()).unwrap_or_default();
    html! {
        form method="post" action={ "/contacts/" (addition.contact) "/link" } {
            p .field {
                label for=(id) { (words.t("reference")) }
                input #(id) name="reference" type="text" inputmode="numeric" autocomplete="off" maxlength="20" required value=(proposed);
            }
            button type="submit" { (words.t("link-act")) }
        }
        @if addition.to_link {
            form method="post" action={ "/contacts/" (addition.contact) "/link" } {
                input type="hidden" name="reference" value=(addition.reference.digits());
                button type="submit" { (words.t("link-own")) }
            }
        }
    }
}

/// In a page that has a call on its line nothing leaves the page.
fn buttons(words: Words, addition: &AdditionView) -> Markup {
    let act = |reference: Reference| json!({ "act": "link", "contact": addition.contact, "reference": reference.digits() });
    html! {
        div .acts {
            @if let Some(proposed) = addition.proposed {
                button type="button" data-act=(act(proposed)) { (words.with("link-to", [("reference", proposed.to_string().into())])) }
            }
            @if addition.to_link { button type="button" data-act=(act(addition.reference)) { (words.t("link-own")) } }
            a href={ "/matters/" (addition.reference.digits()) } target="_blank" rel="noopener" { (words.t("link-elsewhere")) }
        }
    }
}

#[derive(Deserialize)]
pub struct Wanted {
    reference: String,
}

/// `POST /contacts/{id}/link`: to the page of the matter that it is of now.
pub async fn link(
    State(app): State<App>,
    reader: Reader,
    contact: Result<Path<u64>, PathRejection>,
    form: Result<Form<Wanted>, FormRejection>,
) -> Result<Redirect, Fault> {
    if !reader.may(Permission::AnswerCalls) {
        reader.require(Permission::LeadQueues)?;
    }
    let contact = contact.map(|Path(id)| ContactId(id)).map_err(|_| Fault::NotFound)?;
    let Form(wanted) = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let reference = read(&wanted.reference)?;
    app.switchboard().link(reader.operator()?, contact, reference).await?;
    Ok(Redirect::to(&format!("/matters/{}", reference.digits())))
}

/// What was heard or typed, with its check digit.
///
/// # Errors
/// [`Refusal::MisreadReference`] when a digit is wrong, [`Refusal::UnknownMatter`] when it is none at all.
pub fn read(reference: &str) -> Result<Reference, Refusal> {
    reference.trim().parse().map_err(|error| match error {
        ReferenceError::CheckDigit => Refusal::MisreadReference,
        ReferenceError::NotEightDigits => Refusal::UnknownMatter,
    })
}
