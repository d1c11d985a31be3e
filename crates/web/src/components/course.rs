//! The course of a matter from its first second, in words; the same at the desk and on a matter's own
//! page. Nothing of the citizen stands in it.

use crate::{clock, names, words::Words};
use domain::{Timestamp, contact::ContactState};
use maud::{Markup, html};
use storage::{Moment, What};
use switchboard::{Deployment, Live};

/// Moments shown; older ones are counted.
const MOMENTS_SHOWN_MAX: usize = 200;

/// The moments under a heading of the page's own rank.
#[must_use]
pub fn draw(
    words: Words,
    deployment: &Deployment,
    live: &Live,
    now: Timestamp,
    moments: &[Moment],
    heading: &dyn Fn(&Markup) -> Markup,
) -> Markup {
    let plan = &deployment.plan;
    let mut told: Vec<_> =
        moments.iter().filter_map(|moment| Some((moment.at, in_words(words, deployment, live, now, &moment.what)?))).collect();
    // A party that is rung and then answers is one consultation.
    told.dedup_by(|(_, later), (_, earlier)| later == earlier);
    let older = told.len().saturating_sub(MOMENTS_SHOWN_MAX);
    html! {
        section aria-label=(words.t("timeline")) {
            (heading(&html! { (words.t("timeline")) }))
            @if older > 0 { p .quiet { (words.with("earlier-more", [("count", older.into())])) } }
            ol .timeline {
                @for (at, text) in &told[older..] { li { span .number { (clock::to_the_second(*at, &plan.zone, now)) } " " (text) } }
            }
        }
    }
}

/// None for what another moment says already: a contact that moves into a queue enters it.
fn in_words(words: Words, deployment: &Deployment, live: &Live, now: Timestamp, what: &What) -> Option<String> {
    let plan = &deployment.plan;
    let owner = |owner| names::owner(words, plan, live, owner);
    match what {
        What::ContactArrived { channel, .. } => Some(words.named("channel", channel.word())),
        What::ContactMoved { state: ContactState::Dialogue, .. } => Some(words.named("contact-state", ContactState::Dialogue.word())),
        What::ContactMoved { state, owner: of, .. } => Some(format!("{}: {}", words.named("contact-state", state.word()), owner(of))),
        What::ContactClosed { outcome, .. } => Some(names::outcome(words, plan, outcome)),
        What::PromiseMade { kind, due, .. } => Some(words.with(
            "course-promised",
            [("promise", words.named("promise", kind.word()).into()), ("due", clock::time_of_day(*due, &plan.zone, now).into())],
        )),
        What::PromiseSettled { kind, settlement, .. } => {
            Some(format!("{}: {}", words.named("promise", kind.word()), words.named("settlement", settlement.word())))
        }
        What::MatterClosed => Some(words.t("course-closed")),
        What::MatterOpened | What::QueueEntered { .. } | What::QueueLeft { .. } => None,
    }
}
