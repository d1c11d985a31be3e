//! The operator's desk: state, queues and promises on the left, the matter in the middle, the report
//! on the right, the call on top. The page is drawn here in parts; the browser fetches them anew when
//! the stream says that something changed, and asks the API to do things.

pub mod booking;
mod call;
mod duty;
mod map;
mod matter;
mod readings;
pub mod report;
pub mod search;
mod suggestion;
pub(crate) mod why;
mod written;

pub use matter::led;

use crate::{
    access::Reader,
    app::App,
    citizen::{self, Citizen},
    clock,
    components::notices,
    fault::Fault,
    layout::{self, Frame},
    names,
    preferences::Preferences,
    words::Words,
};
use axum::extract::{Query, State, rejection::QueryRejection};
use domain::{
    ContactId, OperatorId, Timestamp,
    access::Permission,
    contact::{ContactState, Owner, PromiseKind},
    intent::Intent,
    plan::Plan,
    report::ReportDraft,
    routing::{AdditionView, ContactView, Explanation, OperatorState, OperatorView},
};
use maud::{Markup, html};
use serde::Deserialize;
use storage::{Evidence, MatterFile};
use switchboard::{CallerDetails, Deployment, Live, Purpose};

/// Everything that one drawing of a desk looks at.
pub struct Sight<'a> {
    pub words: Words,
    pub deployment: &'a Deployment,
    pub live: &'a Live,
    pub operator: OperatorId,
    pub name: &'a str,
    pub now: Timestamp,
    /// A conversation that is over and whose record this operator wants to finish now.
    pub concluding: Option<ContactId>,
    /// Known of the citizen in [`Sight::shown`].
    pub caller: Option<CallerDetails>,
    /// The matter of that contact.
    pub matter: Option<MatterFile>,
    /// The newest draft of the report in [`Sight::written`], [`Sight::read`] or [`Sight::opened`].
    pub report: Option<(u64, ReportDraft)>,
    /// A report in writing that this operator answers for and wants before them while they are on no call.
    pub opening: Option<ContactId>,
    /// Of the matter of [`Sight::opened`].
    pub citizens: Vec<Citizen>,
    /// What came with the matter of [`Sight::shown`].
    pub evidence: Vec<Evidence>,
    /// Files can be asked for.
    pub asks_for_files: bool,
}

impl<'a> Sight<'a> {
    /// Before anything was read of a citizen.
    #[must_use]
    pub fn of(
        words: Words,
        (deployment, live): (&'a Deployment, &'a Live),
        (operator, name): (OperatorId, &'a str),
        now: Timestamp,
    ) -> Self {
        let (concluding, caller, matter, report, opening) = (None, None, None, None, None);
        let (citizens, evidence, asks_for_files) = (Vec::new(), Vec::new(), false);
        Self {
            words,
            deployment,
            live,
            operator,
            name,
            now,
            concluding,
            caller,
            matter,
            report,
            opening,
            citizens,
            evidence,
            asks_for_files,
        }
    }

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

    fn contact_of(&self, id: ContactId) -> Option<&'a ContactView> {
        self.live.view.contacts.iter().find(|view| view.contact == id)
    }

    /// The colleague whose contact it is, while this operator is asked in or being asked.
    #[must_use]
    pub fn asked_by(&self) -> Option<OperatorId> {
        let asked = matches!(self.me()?.state, OperatorState::Offered | OperatorState::Consulting);
        self.contact()?.operator.filter(|owner| asked && *owner != self.operator)
    }

    /// The contact to conclude, as long as it waits for this operator's word and no other is under way.
    #[must_use]
    pub fn concluded(&self) -> Option<&'a ContactView> {
        let free = self.me().is_none_or(|me| me.contact.is_none() || me.state == OperatorState::Offered);
        self.concluding.filter(|_| free).and_then(|id| self.contact_of(id)).filter(|view| waits_for(view, self.operator))
    }

    /// The contact that the desk tells of.
    #[must_use]
    pub fn shown(&self) -> Option<&'a ContactView> {
        self.contact().or_else(|| self.concluded())
    }

    /// The contact whose report is written here: one that is this operator's to write about or to conclude.
    #[must_use]
    pub fn written(&self) -> Option<&'a ContactView> {
        let own = self.contact().filter(|contact| is_written_about(contact.state) && self.asked_by().is_none());
        own.or_else(|| self.concluded())
    }

    /// Rather than one that rings, or that a colleague has.
    fn shown_is_mine(&self) -> bool {
        self.shown().is_some_and(|contact| contact.owner == Owner::Operator(self.operator))
    }

    /// The contact whose report a colleague lets this operator read.
    #[must_use]
    pub fn read(&self) -> Option<&'a ContactView> {
        self.contact().filter(|_| self.asked_by().is_some() && self.me().is_some_and(|me| me.state == OperatorState::Consulting))
    }

    /// The report in writing that stands open here: one that this operator answers for.
    #[must_use]
    pub fn opened(&self) -> Option<&'a AdditionView> {
        let mine = |report: &&AdditionView| report.kind == PromiseKind::Report && report.owner == Owner::Operator(self.operator);
        self.live.view.additions.iter().filter(mine).find(|report| Some(report.contact) == self.opening)
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

/// What the page asks its parts for.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    conclude: Option<u64>,
    open: Option<u64>,
}

/// `GET /desk`.
pub async fn page(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Markup, Fault> {
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let sight = sight(&app, &reader, preferences.words(), &live, &deployment, &Asked::default()).await?;
    Ok(draw(&sight, &reader, preferences))
}

/// `GET /desk/parts`: the parts alone, to be laid into the page.
pub async fn parts(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Markup, Fault> {
    let Query(asked) = asked.map_err(|_| Fault::Unreadable(String::new()))?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let sight = sight(&app, &reader, preferences.words(), &live, &deployment, &asked).await?;
    Ok(html! {
        @for (name, part) in all_parts(&sight) {
            (laid(name, &part))
        }
    })
}

async fn sight<'a>(
    app: &App,
    reader: &'a Reader,
    words: Words,
    live: &'a Live,
    deployment: &'a Deployment,
    asked: &Asked,
) -> Result<Sight<'a>, Fault> {
    reader.require(Permission::AnswerCalls)?;
    let operator = reader.operator()?;
    let mut sight = Sight::of(words, (deployment, live), (operator, &reader.name), clock::now());
    (sight.concluding, sight.opening) = (asked.conclude.map(ContactId), asked.open.map(ContactId));
    sight.asks_for_files = app.switchboard().asks_for_files();
    // Half of it would look like a hidden number and an empty report; the page keeps what it has.
    if let Some(shown) = sight.shown() {
        sight.caller = app.switchboard().caller(operator, shown.contact, purpose(shown)).await.map_err(|_| Fault::NotRead)?;
        // Nothing of the citizen stands in it, and the reading of the citizen is logged above.
        sight.matter = app.switchboard().store().matter_by_reference(shown.reference).await.map_err(|_| Fault::NotRead)?;
        if let Some(file) = sight.matter.as_ref().filter(|_| sight.shown_is_mine() && app.switchboard().takes_evidence()) {
            sight.evidence = app.switchboard().evidence_of_matter(operator, file).await?;
        }
    } else if let Some(opened) = sight.opened() {
        let file = app.switchboard().store().matter_by_reference(opened.reference).await.map_err(|_| Fault::NotRead)?;
        if let Some(file) = &file {
            sight.citizens = citizen::owed(app, reader, file).await?;
        }
        sight.matter = file;
    }
    let of_call = sight.written().or_else(|| sight.read()).map(|report| (report.contact, purpose(report)));
    if let Some((contact, purpose)) = of_call.or_else(|| Some((sight.opened()?.contact, Purpose::Promise))) {
        sight.report = app.switchboard().report(operator, contact, purpose).await.map_err(|_| Fault::NotRead)?;
    }
    Ok(sight)
}

/// Why an operator sees the citizen of the contact that they have.
#[must_use]
pub fn purpose(contact: &ContactView) -> Purpose {
    use domain::contact::ContactState as S;
    match contact.state {
        S::Dialogue | S::Queued | S::Offered | S::Resting | S::Dialling => Purpose::Ring,
        S::Connecting | S::Talking | S::OnHold | S::Consulting | S::EmergencyTransfer | S::WithParty | S::OperatorLost => Purpose::Talk,
        S::Unread => Purpose::Promise,
        S::WrapUp | S::Closed => Purpose::WrapUp,
    }
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
        main #content .desk tabindex="-1" data-operator=(sight.operator) data-desk-title={ (title) " · " (words.t("product")) } {
            h1 .only-heard { (title) }
            (call)
            div .column #column-state {
                (duty)
                (headset(words))
                (queues)
                (promises)
            }
            div .column #column-matter { (matter) }
            div .column #column-report { (rescue(words)) (report) }
            (search::field(words))
        }
        p #heard .only-heard role="status" aria-live="polite" {}
        p #told .told role="status" aria-live="polite" {}
        p #urgent .only-heard role="alert" aria-live="assertive" {}
        (booking::dialog(words))
        (map::dialog(words))
    };
    layout::page(&frame, &content)
}

/// Text that left its form unsaved stands here, each in a box of its own (`rescue.js`).
fn rescue(words: Words) -> Markup {
    html! {
        div #rescue data-title=(words.t("rescue-title")) data-trying=(words.t("rescue-trying")) data-faulty=(words.t("rescue-faulty"))
            data-conflict=(words.t("rescue-conflict")) data-refused=(words.t("rescue-refused")) data-aside=(words.t("rescue-aside"))
            data-discard=(words.t("rescue-discard")) {}
    }
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

/// The day at the deployment.
fn today(sight: &Sight<'_>) -> jiff::civil::Date {
    sight.now.local(&sight.plan().zone).date()
}

/// A contact that is being talked about or concluded.
fn is_written_about(state: ContactState) -> bool {
    use ContactState as S;
    match state {
        S::Connecting | S::Talking | S::OnHold | S::Consulting | S::WithParty | S::OperatorLost | S::WrapUp => true,
        S::Dialogue | S::Queued | S::Offered | S::Resting | S::Dialling | S::EmergencyTransfer | S::Unread | S::Closed => false,
    }
}

/// A conversation that is over and whose outcome this operator has yet to state.
fn waits_for(contact: &ContactView, operator: OperatorId) -> bool {
    contact.state == ContactState::WrapUp && contact.owner == Owner::Operator(operator)
}
