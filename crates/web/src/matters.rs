//! A matter opened by its reference: its contacts, what is owed, and its course from the first second.
//! Of the citizen nothing stands here, except for whoever owes them something (`citizen.rs`).

use crate::{
    access::Reader,
    accesses, additions,
    app::App,
    citizen::{self, Citizen},
    clock,
    components::course,
    desk::why,
    fault::Fault,
    holding,
    layout::{self, Frame},
    leading, names,
    preferences::Preferences,
    reports, waiting,
    words::Words,
};
use axum::extract::{Path, State, rejection::PathRejection};
use domain::{
    Timestamp,
    access::Permission,
    contact::{
        CallRecord, Channel, Reference,
        ledger::{ContactRecord, PromiseRecord},
    },
    plan::Plan,
};
use maud::{Markup, html};
use storage::MatterFile;
use switchboard::{Deployment, Live};

/// What the matter stands below, so that headings go down one by one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Title {
    Page,
    Dialog,
}

impl Title {
    pub(crate) fn heading(self, text: &Markup) -> Markup {
        match self {
            Self::Page => html! { h2 { (text) } },
            Self::Dialog => html! { h3 { (text) } },
        }
    }
}

pub struct Sight<'a> {
    pub words: Words,
    pub deployment: &'a Deployment,
    pub live: &'a Live,
    pub now: Timestamp,
}

impl Sight<'_> {
    fn plan(&self) -> &Plan {
        &self.deployment.plan
    }

    fn time(&self, at: Timestamp) -> String {
        clock::time_of_day(at, &self.plan().zone, self.now)
    }
}

/// The matter that a reader asks for: operators, because citizens ring again with their reference, and
/// those who see everything.
///
/// # Errors
/// [`Fault::Forbidden`], or [`Fault::NotFound`] also for what is no reference.
pub async fn opened(app: &App, reader: &Reader, reference: Result<Path<String>, PathRejection>) -> Result<MatterFile, Fault> {
    if !reader.may(Permission::AnswerCalls) {
        reader.require(Permission::SeeAll)?;
    }
    let reference: Reference = reference.map_err(|_| Fault::NotFound)?.parse().map_err(|_| Fault::NotFound)?;
    app.switchboard().matter(reader.operator, reference).await.map_err(|_| Fault::NotRead)?.ok_or(Fault::NotFound)
}

/// A matter as its reader sees it, ready to be laid into a page.
struct Shown {
    reference: Reference,
    title: String,
    content: Markup,
}

async fn shown(
    app: &App,
    reader: &Reader,
    words: Words,
    reference: Result<Path<String>, PathRejection>,
    below: Title,
) -> Result<Shown, Fault> {
    let file = opened(app, reader, reference).await?;
    let citizens = citizen::owed(app, reader, &file).await?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let sight = Sight { words, deployment: &deployment, live: &live, now: clock::now() };
    let title = words.with("matter-numbered", [("reference", file.reference.to_string().into())]);
    let links = additions::links(words, reader, &file, &live, below);
    let about = match below {
        Title::Page => kept(app, reader, &sight, &file).await?,
        Title::Dialog => html! {},
    };
    let content = html! { (draw(&sight, &file, &citizens, below)) (links) (about) };
    Ok(Shown { reference: file.reference, title, content })
}

/// Whether it is held, and who read of it for those who may know.
async fn kept(app: &App, reader: &Reader, sight: &Sight<'_>, file: &MatterFile) -> Result<Markup, Fault> {
    let holds = holding::holds(app, reader, file.matter.matter).await?;
    Ok(html! {
        (holding::draw(sight, reader, file, &holds))
        @if reader.may(Permission::SeeAccessLog) { p { a href=(accesses::of_matter(file.reference)) { (sight.words.t("access-of-matter")) } } }
    })
}

/// `GET /matters/{reference}`.
pub async fn page(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Markup, Fault> {
    let Shown { reference, title, content } = shown(&app, &reader, preferences.words(), reference, Title::Page).await?;
    let address = format!("/matters/{}", reference.digits());
    let frame = Frame { preferences, title: &title, reader: Some(&reader), here: "", address: &address, parts: &[] };
    let live = app.switchboard().live();
    let waiting = live.view.contacts.iter().filter(|view| reader.may(Permission::LeadQueues) && view.reference == reference);
    let content = html! {
        main #content .page tabindex="-1" {
            h1 { (title) }
            (content)
            @for contact in waiting { (leading::draw(preferences.words(), &live, contact)) }
        }
    };
    Ok(layout::page(&frame, &content))
}

/// `GET /matters/{reference}/part`: the same without a frame, to be laid into a page.
pub async fn part(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Markup, Fault> {
    let Shown { title, content, .. } = shown(&app, &reader, preferences.words(), reference, Title::Dialog).await?;
    Ok(html! { h2 #opened-title tabindex="-1" { (title) } (content) })
}

/// Contacts, promises, what whoever answers for a report can do with it, and the course.
#[must_use]
pub fn draw(sight: &Sight<'_>, file: &MatterFile, citizens: &[Citizen], below: Title) -> Markup {
    let words = sight.words;
    let owed: Vec<_> = file.promises.iter().filter(|promise| promise.settled.is_none()).collect();
    html! {
        p {
            @match file.matter.closed {
                Some(at) => (words.with("matter-closed-at", [("time", sight.time(at).into())])),
                None => (words.with("matter-open-since", [("time", sight.time(file.matter.opened).into())])),
            }
        }
        @for promise in owed { (owed_row(sight, promise)) }
        @for contact in &file.contacts {
            (contact_facts(sight, contact, below))
            @for citizen in citizens.iter().filter(|citizen| citizen.contact == contact.contact) {
                (citizen::draw(words, sight.deployment, citizen))
            }
        }
        @if !citizens.is_empty() { (reports::acts(words, sight.plan(), file, sight.live, below)) }
        (course::draw(words, sight.deployment, sight.live, sight.now, &file.timeline(), &|text| below.heading(text)))
    }
}

fn owed_row(sight: &Sight<'_>, promise: &PromiseRecord) -> Markup {
    let words = sight.words;
    let late = promise.due < sight.now;
    html! {
        p {
            strong { (words.named("promise", promise.kind.word())) } ", "
            (names::owner(words, sight.plan(), sight.live, &promise.owner)) ", "
            span .number { (sight.time(promise.due)) } " "
            @if let Some(paused) = promise.paused {
                span .mark { (words.t("due-waits")) " " (clock::counting_up(paused, sight.now)) }
            } @else {
                span .mark .late[late] {
                    @if late { (words.t("due-late")) " " (clock::counting_up(promise.due, sight.now)) }
                    @else { (words.t("due-in")) " " (clock::counting_down(promise.due, sight.now)) }
                }
            }
        }
    }
}

/// A call that we owe: since when, how often it was tried, and why in vain.
fn call_facts(sight: &Sight<'_>, call: &CallRecord) -> Markup {
    let words = sight.words;
    html! {
        dt { (words.t("call-back-kind")) } dd { (words.named("call-kind", call.kind.word())) ", " span .number { (sight.time(call.since)) } }
        dt { (words.t("call-back-attempts")) } dd {
            span .number { (call.attempts_all) }
            @if let Some(why) = call.last_fault { " (" (words.named("not-reached", why.word())) ")" }
        }
    }
}

fn contact_facts(sight: &Sight<'_>, record: &ContactRecord, below: Title) -> Markup {
    let words = sight.words;
    let region = record.region.as_ref().and_then(|region| sight.plan().region(region)).map(|region| region.name.as_str());
    let view = sight.live.view.contacts.iter().find(|view| view.contact == record.contact);
    let why = view.and_then(|view| view.why.as_ref());
    let waits = view.and_then(|view| waiting::why(sight.plan(), &sight.live.view, view));
    html! {
        section aria-label=(words.named("channel", record.channel.word())) {
            (below.heading(&html! { (words.named("channel", record.channel.word())) " " span .number { (sight.time(record.arrived)) } }))
            dl .facts {
                dt { (words.t("lead-matter")) } dd { (names::matter(words, sight.plan(), record.intent, record.queue())) }
                dt { (words.t("place-region")) } dd {
                    (region.map_or_else(|| words.t("place-unknown"), str::to_owned))
                    @if region.is_some() && record.uncertain { " " span .mark.soon { (words.t("place-uncertain")) } }
                }
                dt { (words.t("who-language")) } dd { (words.named("language", record.language.word())) }
                // Nobody waits on a line for what is written.
                @if !matches!(record.channel, Channel::Web | Channel::Mail | Channel::Desk) { dt { (words.t("waited")) } dd .number { (clock::age(record.waited_ms(sight.now))) } }
                dt { (words.t("lead-state")) } dd {
                    @match &record.outcome {
                        Some(outcome) => (names::outcome(words, sight.plan(), outcome)),
                        None => (words.named("contact-state", record.state.word())),
                    }
                }
                @if let Some(call) = &record.call { (call_facts(sight, call)) }
                @if let Some(waits) = &waits { dt { (words.t("lead-why")) } dd { (waiting::in_words(words, waits)) } }
            }
            @if let Some(why) = why { (why::draw(words, sight.plan(), sight.live, why)) }
        }
    }
}
