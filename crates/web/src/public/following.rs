//! What somebody sent in, for whoever holds the link to it: how it stands, what happens next and by when, what we ask, what
//! was decided and how to have that reviewed, and a way to add to it. Nothing of the person, and nothing of what others sent
//! about the same. A link that we do not know is answered like any address that is not there.

use super::{
    Sight, Tongue,
    booking::{dates, kept::may_be_token},
    fields::{self, Fields},
    frame::Frame,
    parts::{self, Field, Row, Wrong, refused, too_long},
    paths::Paths,
    written,
};
use crate::{
    address::{Address, network},
    app::App,
    fault::Fault,
};
use axum::{
    Extension, Form as Sent,
    extract::{Path, Query, State, rejection::FormRejection},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    Timestamp,
    contact::{Channel, MessageState, PromiseKind, Standing, ledger::PromiseRecord},
    form::Form,
    intent::Language,
    plan::Decision,
};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use std::time::Instant;
use storage::PayloadKind;
use switchboard::{Addition, AnswerTo, Followed};

/// What one form carries, however its signs are escaped on the way.
const TEXT_CHARS_MAX: usize = 4_000;
const TEXT: &str = "text";
/// By which what is sent twice is known.
const ONCE: &str = "once";

/// What an address may ask of the page.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// Something was just sent.
    #[serde(default)]
    sent: u8,
}

pub(super) async fn known(app: &App, token: &str) -> Result<Followed, Fault> {
    if !may_be_token(token) {
        return Err(Fault::NotFound);
    }
    app.switchboard().followed(token).await.map_err(|_| Fault::NotRead)?.ok_or(Fault::NotFound)
}

/// `GET /…/matter/{token}`.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let followed = known(&app, &token).await?;
    let page = Page { app: &app, sight: &sight, token: &token, followed: &followed };
    Ok(page.draw(asked.sent > 0, "", &[]).into_response())
}

/// `POST /…/matter/{token}`: an answer, or anything else to add.
pub(crate) async fn take(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(token): Path<String>,
    address: Address,
    form: Result<Sent<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let followed = known(&app, &token).await?;
    let Sent(pairs) = form.map_err(|rejection| fields::unreadable(&rejection))?;
    let fields = Fields::new(pairs);
    let once = fields.get(ONCE);
    if !may_be_token(once) {
        return Err(Fault::Unreadable(ONCE.to_owned()));
    }
    let text = written::lines(fields.get(TEXT));
    let wrong = match too_long(&sight, TEXT, &text, TEXT_CHARS_MAX) {
        None if text.is_empty() => Some(Wrong::new(TEXT, sight.words.t("add-text-empty"))),
        wrong => wrong,
    };
    let wrong = match wrong {
        // The link itself is kept nowhere: its number stands for it.
        None => send(&app, &sight, &followed, &format!("follow {} {once}", followed.contact.contact), &text, address).await?,
        wrong => wrong,
    };
    Ok(match wrong {
        Some(wrong) => refused(Page { app: &app, sight: &sight, token: &token, followed: &followed }.draw(false, &text, &[wrong])),
        None => Redirect::to(&format!("{}?sent=1", sight.paths.matter(&token))).into_response(),
    })
}

/// Takes it in once, however often it is sent; it joins the matter, because the link shows whose it is.
async fn send(app: &App, sight: &Sight, followed: &Followed, key: &str, text: &str, address: Address) -> Result<Option<Wrong>, Fault> {
    let _turn = app.filing_turn(key).lock().await;
    if app.switchboard().store().contact_of_written(key).await.map_err(|_| Fault::NotRead)?.is_some() {
        return Ok(None);
    }
    if let Err(wait) = app.added().take(network(address.0), Instant::now()) {
        return Ok(Some(Wrong::new(TEXT, sight.too_often(wait))));
    }
    let body = json!({ "key": key, "subject": null, "text": text, "through": followed.contact.contact.0 });
    let addition = Addition {
        channel: Channel::Web,
        language: sight.planned_language(),
        named: Some(switchboard::named(&followed.matter)),
        verified: true,
        region: None,
        // They see on the page that it has come.
        answer_to: AnswerTo::default(),
        payloads: vec![(PayloadKind::Written, body)],
    };
    app.switchboard().take_in(addition).await?;
    Ok(None)
}

/// What the page is drawn from.
struct Page<'a> {
    app: &'a App,
    sight: &'a Sight,
    token: &'a str,
    followed: &'a Followed,
}

impl Page<'_> {
    fn draw(&self, sent: bool, text: &str, wrong: &[Wrong]) -> Markup {
        let Self { app, sight, token, followed } = *self;
        let words = sight.words;
        let standing = Standing::of(&followed.contact, followed.promise());
        let title = words.t(if is_report(followed) { "follow-report" } else { "follow-written" });
        let question = question(followed);
        let content = html! {
            (parts::summary(words, wrong))
            @if sent { div .govuk-inset-text role="status" { (words.t("follow-sent")) } }
            h1 .govuk-heading-l { (title) }
            (parts::rows(words, &rows(sight, followed, standing)))
            @if let Some(decision) = decision(sight, followed) { (decided(sight, decision)) }
            @else {
                h2 .govuk-heading-m { (words.t("booking-next")) }
                p .govuk-body { (next(sight, followed, standing)) }
            }
            @if let Some((at, question)) = question {
                h2 .govuk-heading-m { (words.t("follow-question")) }
                p .govuk-body-s { (day_of(sight, *at)) }
                div .govuk-inset-text { @for line in question.lines() { p .govuk-body { bdi { (line) } } } }
            }
            (add(sight, question.is_some(), text, wrong))
            @if app.switchboard().takes_evidence() {
                p .govuk-body { a .govuk-link href=(sight.paths.files(token)) { (words.t("follow-files")) } }
            }
            p .govuk-body { a .govuk-link href=(sight.paths.receipt(token)) download { (words.t("receipt-save")) } }
            (course(sight, followed))
            div .govuk-inset-text { p .govuk-body { (words.t("follow-keep")) } }
        };
        let others: Vec<_> = Language::ALL.iter().map(|language| (*language, Paths::of(*language).matter(token))).collect();
        Frame { sight, title: &title, elsewhere: Paths::start, back: None, wrong: !wrong.is_empty() }.page_with(&others, &content)
    }
}

pub(super) fn is_report(followed: &Followed) -> bool {
    followed.promise().is_some_and(|promise| promise.kind == PromiseKind::Report)
}

/// What we asked last, until they add something.
fn question(followed: &Followed) -> Option<&(Timestamp, String)> {
    let answered = followed.added.last().copied().unwrap_or_default();
    followed.questions.last().filter(|(at, _)| *at > answered && followed.contact.closed.is_none())
}

fn decision<'a>(sight: &'a Sight, followed: &Followed) -> Option<&'a Decision> {
    sight.deployment.plan.decision(&followed.contact.decision.as_ref()?.decision)
}

fn day_of(sight: &Sight, at: Timestamp) -> String {
    dates::day(sight.words, at.local(&sight.deployment.plan.zone).date())
}

/// The form by which it was reported, where the deployment has it still.
pub(super) fn form_of<'a>(sight: &'a Sight, followed: &Followed) -> Option<&'a Form> {
    sight.deployment.forms.form(followed.form.as_ref()?)
}

/// What is known of it; nothing of the person, whoever holds the link.
fn rows(sight: &Sight, followed: &Followed, standing: Standing) -> Vec<Row> {
    let words = sight.words;
    let (plan, contact) = (&sight.deployment.plan, &followed.contact);
    let row = |key: &str, value: Markup| Row { key: words.t(key), value, change: None };
    let of_form = form_of(sight, followed).and_then(|form| sight.text(&form.name));
    let about = of_form.or_else(|| contact.intent.map(|intent| words.intent(intent)));
    let mut rows = vec![row("booking-reference", html! { span .number { (followed.matter.reference) } })];
    rows.extend(about.map(|about| row("booking-row-matter", html! { (about) })));
    rows.push(row("follow-came", html! { (dates::day_and_clock(words, contact.arrived, &plan.zone)) }));
    rows.push(row("follow-standing", html! { strong { (words.named("standing", standing.word())) } }));
    rows
}

/// What happens next, and by when.
pub(super) fn next(sight: &Sight, followed: &Followed, standing: Standing) -> String {
    let words = sight.words;
    let owed = followed.promise().filter(|promise| promise.settled.is_none());
    let number = || ("number", sight.number_to_read().into());
    let by = |promise: &PromiseRecord| match promise.due < sight.now {
        true => words.with("follow-next-late", [("day", day_of(sight, promise.due).into()), number()]),
        false => words.with("follow-next-by", [("day", day_of(sight, promise.due).into())]),
    };
    let waits = |key: &str| match owed {
        Some(promise) => format!("{} {}", words.t(key), by(promise)),
        None => words.t(key),
    };
    match standing {
        Standing::Asked => words.with("follow-next-asked", [number()]),
        Standing::Done | Standing::Decided => words.with("follow-next-done", [number()]),
        Standing::Waits => waits("follow-next-waits"),
        Standing::InHand => waits("follow-next-in-hand"),
    }
}

fn decided(sight: &Sight, decision: &Decision) -> Markup {
    let words = sight.words;
    html! {
        h2 .govuk-heading-m { (words.t("follow-decision")) }
        p .govuk-body { strong { (sight.text(&decision.name).unwrap_or_default()) } }
        p .govuk-body { (sight.text(&decision.means).unwrap_or_default()) }
        @if let Some(review) = decision.review.as_ref().and_then(|review| sight.text(review)) {
            h3 .govuk-heading-s { (words.t("follow-review")) }
            p .govuk-body { (review) }
        }
    }
}

fn add(sight: &Sight, answers: bool, text: &str, wrong: &[Wrong]) -> Markup {
    let words = sight.words;
    let label = words.t(if answers { "follow-answer" } else { "follow-add" });
    let hint = words.t("follow-add-hint");
    let once = super::drafts::hex(&rand::random::<[u8; 16]>());
    parts::form(&html! {
        (Field { name: TEXT, label: &label, hint: (!answers).then_some(&*hint), value: text, kind: "text", autocomplete: "off", lines: 5, list: None, wrong }.draw())
        input type="hidden" name=(ONCE) value=(once);
        (parts::button(&words.t("add-send")))
    })
}

/// What has happened, the latest first.
fn course(sight: &Sight, followed: &Followed) -> Markup {
    let words = sight.words;
    let contact = &followed.contact;
    let mut moments = vec![(contact.arrived, words.t("follow-course-came"))];
    moments.extend(followed.questions.iter().map(|(at, _)| (*at, words.t("follow-course-asked"))));
    moments.extend(followed.added.iter().map(|at| (*at, words.t("follow-course-added"))));
    let sent = contact.messages.iter().filter(|message| message.state == MessageState::Sent);
    moments.extend(sent.filter_map(|message| Some((message.settled?, words.named("follow-course-told", message.medium.word())))));
    moments.extend(contact.decision.iter().map(|decision| (decision.at, words.t("follow-course-decided"))));
    let ended = contact.closed.filter(|_| contact.decision.is_none());
    moments.extend(ended.map(|at| (at, words.t("follow-course-done"))));
    moments.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    html! {
        h2 .govuk-heading-m { (words.t("follow-course")) }
        ol .govuk-list .days-list {
            @for (at, what) in &moments { li { span .number { (dates::day_and_clock(words, *at, &sight.deployment.plan.zone)) } br; (what) } }
        }
    }
}
