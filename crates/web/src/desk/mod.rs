//! The operator's desk: state, queues and promises on the left, the matter in the middle, the report
//! on the right, the call on top. The page is drawn here in parts; the browser fetches them anew when
//! the stream says that something changed, and asks the API to do things.

mod call;
mod duty;
mod map;
mod matter;
mod report;
pub mod search;
pub(crate) mod why;

use crate::{
    access::Reader,
    app::App,
    clock,
    components::notices,
    fault::Fault,
    layout::{self, Frame},
    names,
    preferences::Preferences,
    words::Words,
};
use axum::extract::State;
use domain::{
    ContactId, OperatorId, Timestamp,
    access::Permission,
    intent::Intent,
    plan::Plan,
    report::ReportDraft,
    routing::{ContactView, Explanation, OperatorView},
};
use maud::{Markup, html};
use switchboard::{CallerDetails, Deployment, Live};

/// Everything that one drawing of a desk looks at.
pub struct Sight<'a> {
    pub words: Words,
    pub deployment: &'a Deployment,
    pub live: &'a Live,
    pub operator: OperatorId,
    pub name: &'a str,
    pub now: Timestamp,
    /// Known of the citizen whose contact this operator has.
    pub caller: Option<CallerDetails>,
    /// The newest draft of that contact's report.
    pub report: Option<(u64, ReportDraft)>,
}

impl<'a> Sight<'a> {
    #[must_use]
    pub fn plan(&self) -> &'a Plan {
        &self.deployment.plan
    }

    /// The operator as the router sees them; none before the first sign-in on duty.
    #[must_use]
    pub fn me(&self) -> Option<&'a OperatorView> {
        self.live.view.operators.iter().find(|view| view.operator == self.operator)
    }

    /// The contact that this operator has or is offered.
    #[must_use]
    pub fn contact(&self) -> Option<&'a ContactView> {
        let mine = self.me()?.contact?;
        self.live.view.contacts.iter().find(|view| view.contact == mine)
    }

    #[must_use]
    pub fn operator_name(&self, operator: OperatorId) -> String {
        names::operator(self.words, self.live, operator)
    }

    #[must_use]
    pub fn time(&self, at: Timestamp) -> String {
        clock::time_of_day(at, &self.plan().zone, self.now)
    }
}

/// What a ring says outside the page: matter, queue and wait, nothing of the person.
#[must_use]
pub fn ring_text(words: Words, plan: &Plan, intent: Option<Intent>, why: &Explanation) -> String {
    let matter = names::matter(words, plan, intent, Some(&why.queue));
    let queue = names::line(words, plan, intent, &why.queue);
    words.with("ring-text", [("matter", matter.into()), ("queue", queue.into()), ("waited", clock::age(why.waited_ms).into())])
}

/// `GET /desk`.
pub async fn page(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Markup, Fault> {
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let sight = sight(&app, &reader, preferences.words(), &live, &deployment).await?;
    Ok(draw(&sight, &reader, preferences))
}

/// `GET /desk/parts`: the parts alone, to be laid into the page.
pub async fn parts(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Markup, Fault> {
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let sight = sight(&app, &reader, preferences.words(), &live, &deployment).await?;
    Ok(html! {
        @for (name, part) in all_parts(&sight) {
            (laid(name, &part))
        }
    })
}

async fn sight<'a>(app: &App, reader: &'a Reader, words: Words, live: &'a Live, deployment: &'a Deployment) -> Result<Sight<'a>, Fault> {
    reader.require(Permission::AnswerCalls)?;
    let operator = reader.operator()?;
    let mut sight = Sight { words, deployment, live, operator, name: &reader.name, now: clock::now(), caller: None, report: None };
    if let Some(contact) = sight.contact().map(|view| view.contact) {
        sight.caller = app.switchboard().caller(operator, contact).await;
        sight.report = app.switchboard().report(operator, contact).await;
    }
    Ok(sight)
}

/// The whole page. Focus goes in the order of work: call, state, queues, promises, matter, report.
#[must_use]
pub fn draw(sight: &Sight<'_>, reader: &Reader, preferences: Preferences) -> Markup {
    let words = sight.words;
    let title = words.t("desk-title");
    let frame = Frame { preferences, title: &title, reader: Some(reader), here: "desk", address: "/desk", parts: &["desk.css", "desk.js"] };
    let [call, duty, queues, promises, matter, report] = all_parts(sight).map(|(name, part)| laid(name, &part));
    let content = html! {
        (notices::draw(words, sight.live.health))
        noscript { p .fault { (words.t("desk-needs-script")) } }
        main #content .desk tabindex="-1" data-rescued=(words.t("report-rescued")) data-desk-title={ (title) " · " (words.t("product")) } {
            h1 .only-heard { (title) }
            (call)
            div .column #column-state {
                (duty)
                (headset(words))
                (queues)
                (promises)
            }
            div .column #column-matter { (matter) }
            div .column #column-report { (report) }
            (search::field(words))
        }
        p #heard .only-heard role="status" aria-live="polite" {}
        p #told .told role="status" aria-live="polite" {}
        p #urgent .only-heard role="alert" aria-live="assertive" {}
        (map::dialog(words))
    };
    layout::page(&frame, &content)
}

fn headset(words: Words) -> Markup {
    html! {
        section .headset aria-labelledby="headset-title" {
            h2 #headset-title { (words.t("headset")) }
            p #headset data-state="off"
                data-off=(words.t("headset-off")) data-asking=(words.t("headset-asking")) data-connecting=(words.t("headset-connecting"))
                data-on=(words.t("headset-on")) data-refused=(words.t("headset-refused")) data-lost=(words.t("headset-lost"))
                data-elsewhere=(words.t("headset-elsewhere")) role="status" {
                (words.t("headset-off"))
            }
            button #headset-connect type="button" { (words.t("headset-connect")) }
            audio #far-sound autoplay {}
        }
    }
}

fn all_parts(sight: &Sight<'_>) -> [(&'static str, Markup); 6] {
    [
        ("call", call::draw(sight)),
        ("duty", duty::state(sight)),
        ("queues", duty::queues(sight)),
        ("promises", duty::promises(sight)),
        ("matter", matter::draw(sight)),
        ("report", report::draw(sight)),
    ]
}

fn laid(name: &str, part: &Markup) -> Markup {
    html! { div .part id={ "part-" (name) } data-part=(name) { (part) } }
}

/// The contact whose report may be written: one that is being talked about or concluded.
#[must_use]
pub fn writable(sight: &Sight<'_>) -> Option<ContactId> {
    use domain::contact::ContactState as S;
    let contact = sight.contact()?;
    match contact.state {
        S::Connecting | S::Talking | S::OnHold | S::Consulting | S::WithParty | S::OperatorLost | S::WrapUp => Some(contact.contact),
        S::Dialogue | S::Queued | S::Offered | S::EmergencyTransfer | S::Closed => None,
    }
}
