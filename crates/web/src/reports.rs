//! What a citizen reported in writing, for whoever answers for it: to be decided, or asked about. On the desk the same forms
//! are carried out without leaving the page.

use crate::{access::Reader, app::App, fault::Fault, matters::Title, words::Words};
use axum::{
    Form,
    extract::{
        Path, State,
        rejection::{FormRejection, PathRejection},
    },
    response::Redirect,
};
use domain::{
    ContactId, DecisionId,
    access::Permission,
    contact::{PromiseKind, Reference},
    plan::{Decision, Plan},
    routing::AdditionView,
};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use storage::MatterFile;
use switchboard::{Live, OperatorAct, QUESTION_CHARS_MAX, Question};

/// For each report of a matter that is still owed.
#[must_use]
pub fn acts(words: Words, plan: &Plan, file: &MatterFile, live: &Live, below: Title) -> Markup {
    let is_one = |addition: &&AdditionView| addition.matter == file.matter.matter && addition.kind == PromiseKind::Report;
    html! {
        @for report in live.view.additions.iter().filter(is_one) {
            section aria-label=(words.t("decide-title")) {
                (below.heading(&html! { (words.t("ask-title")) }))
                (ask(words, report))
                @if !plan.decisions.is_empty() {
                    (below.heading(&html! { (words.t("decide-title")) }))
                    p .quiet { (words.t("decide-about")) }
                    @for decision in &plan.decisions { (decide(words, plan, report, decision)) }
                }
            }
        }
    }
}

fn ask(words: Words, report: &AdditionView) -> Markup {
    let id = format!("ask-{}", report.contact);
    let act = json!({ "act": "ask_citizen", "matter": report.matter, "promise": report.promise });
    html! {
        form method="post" action={ "/contacts/" (report.contact) "/ask" } data-act-with=(act) {
            p .field {
                label for=(id) { (words.with("ask-label", [("language", words.named("language", report.language.word()).into())])) }
                textarea #(id) name="question" rows="3" maxlength=(QUESTION_CHARS_MAX) required aria-describedby={ (id) "-about" } {}
            }
            p .quiet id={ (id) "-about" } { (words.t("ask-about")) }
            button type="submit" { (words.t("ask-act")) }
        }
    }
}

fn decide(words: Words, plan: &Plan, report: &AdditionView, decision: &Decision) -> Markup {
    let act = json!({ "act": "decide_report", "matter": report.matter, "promise": report.promise, "decision": decision.id });
    html! {
        details .decision {
            summary { (plan.in_language(&decision.name, words.language).unwrap_or_default()) }
            p { (plan.in_language(&decision.means, words.language).unwrap_or_default()) }
            @if let Some(review) = &decision.review { p .quiet { (plan.in_language(review, words.language).unwrap_or_default()) } }
            form method="post" action={ "/contacts/" (report.contact) "/decide" } data-act-with=(act) {
                input type="hidden" name="decision" value=(decision.id);
                button type="submit" { (words.t("decide-act")) }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Decided {
    decision: String,
}

/// `POST /contacts/{id}/decide`: back to the page of the matter.
pub async fn take_decision(
    State(app): State<App>,
    reader: Reader,
    contact: Result<Path<u64>, PathRejection>,
    form: Result<Form<Decided>, FormRejection>,
) -> Result<Redirect, Fault> {
    let report = report_of(&app, &reader, contact)?;
    let Form(decided) = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let decision = DecisionId::new(&decided.decision);
    let act = OperatorAct::DecideReport { matter: report.matter, promise: report.promise, decision };
    app.switchboard().act(reader.operator()?, act).await?;
    Ok(back_to(report.reference))
}

#[derive(Deserialize)]
pub struct Asked {
    question: String,
}

/// `POST /contacts/{id}/ask`: back to the page of the matter.
pub async fn take_question(
    State(app): State<App>,
    reader: Reader,
    contact: Result<Path<u64>, PathRejection>,
    form: Result<Form<Asked>, FormRejection>,
) -> Result<Redirect, Fault> {
    let report = report_of(&app, &reader, contact)?;
    let Form(asked) = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let question = Question::read(&asked.question).ok_or_else(|| Fault::Unreadable("question".to_owned()))?;
    let act = OperatorAct::AskCitizen { matter: report.matter, promise: report.promise, question };
    app.switchboard().act(reader.operator()?, act).await?;
    Ok(back_to(report.reference))
}

fn report_of(app: &App, reader: &Reader, contact: Result<Path<u64>, PathRejection>) -> Result<AdditionView, Fault> {
    reader.require(Permission::AnswerCalls)?;
    let contact = contact.map(|Path(id)| ContactId(id)).map_err(|_| Fault::NotFound)?;
    let live = app.switchboard().live();
    let report = live.view.additions.iter().find(|addition| addition.contact == contact && addition.kind == PromiseKind::Report);
    report.cloned().ok_or(Fault::NotFound)
}

fn back_to(reference: Reference) -> Redirect {
    Redirect::to(&format!("/matters/{}", reference.digits()))
}
