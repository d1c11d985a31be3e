//! Surges: too many ring about one class of matters. A leader says so for a while, sets another time or ends it, by
//! plain forms without any script. The router alone judges; the journal keeps who it was and why.

mod sight;

pub use sight::{Sight, draw, line};

use crate::{access::Reader, app::App, clock, fault::Fault, preferences::Preferences};
use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection},
    response::Redirect,
};
use domain::{
    ClassId,
    access::Permission,
    contact::SurgeReason,
    plan::{Class, Plan},
    routing::{SURGE_MS_MAX, SurgeView},
    time::MINUTE_MS,
};
use maud::Markup;
use serde::Deserialize;
use std::time::Duration;
use switchboard::Live;

/// For how long the page offers to say so.
pub const MINUTES_OFFERED: [u64; 5] = [30, 60, 120, 240, 480];
/// The page that follows an act shows what is so then; it does not wait longer than this for it.
const SHOWN_WAIT: Duration = Duration::from_secs(2);

/// What an act has led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Done {
    Declared,
    Ended,
}

impl Done {
    const ALL: [Self; 2] = [Self::Declared, Self::Ended];

    fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Ended => "ended",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.word() == word)
    }
}

#[derive(Deserialize)]
pub struct Came {
    #[serde(default)]
    done: String,
}

/// `GET /surges`. Whoever sees everything sees this too; leaders act.
pub async fn page(State(app): State<App>, reader: Reader, preferences: Preferences, Query(came): Query<Came>) -> Result<Markup, Fault> {
    reader.require(Permission::SeeAll)?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let (words, done) = (preferences.words(), Done::from_word(&came.done));
    Ok(draw(&Sight { words, deployment: &deployment, live: &live, now: clock::now(), done }, &reader, preferences))
}

#[derive(Deserialize)]
pub struct Wanted {
    act: String,
    class: String,
    /// Of a declaration alone, as is the reason.
    #[serde(default)]
    minutes: u64,
    #[serde(default)]
    reason: String,
}

/// `POST /surges`: back to the page, which tells what is done.
pub async fn act(State(app): State<App>, reader: Reader, form: Result<Form<Wanted>, FormRejection>) -> Result<Redirect, Fault> {
    reader.require(Permission::LeadQueues)?;
    let Form(wanted) = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let done = match wanted.act.as_str() {
        "declare" => {
            declare(&app, &reader, &wanted.class, wanted.minutes, &wanted.reason).await?;
            Done::Declared
        }
        "end" => {
            end(&app, &reader, &wanted.class).await?;
            Done::Ended
        }
        _ => return Err(Fault::WrongShape),
    };
    Ok(Redirect::to(&format!("/surges?done={}", done.word())))
}

/// Has callers of a class told so from now on; anew when they are told already.
///
/// # Errors
/// [`Fault::WrongShape`] for a time or reason that is none, [`Fault::NotFound`] for an unknown class, else the router's.
pub async fn declare(app: &App, reader: &Reader, class: &str, minutes: u64, reason: &str) -> Result<(), Fault> {
    let duration_ms = minutes.checked_mul(MINUTE_MS).filter(|ms| (1..=SURGE_MS_MAX).contains(ms)).ok_or(Fault::WrongShape)?;
    let reason = SurgeReason::from_word(reason).ok_or(Fault::WrongShape)?;
    let class = known(app, class)?;
    let until = app.switchboard().now().plus_ms(duration_ms);
    app.switchboard().declare_surge(reader.operator()?, class.clone(), until, reason).await?;
    wait_until_shown(app, |live| of_class(live, &class).is_some_and(|surge| surge.until == until)).await;
    Ok(())
}

/// Has them told so no more.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown class, else the router's.
pub async fn end(app: &App, reader: &Reader, class: &str) -> Result<(), Fault> {
    let class = known(app, class)?;
    app.switchboard().end_surge(reader.operator()?, class.clone()).await?;
    wait_until_shown(app, |live| of_class(live, &class).is_none()).await;
    Ok(())
}

/// Classes of which it can be said that many ring about them, in the order of the plan.
fn classes(plan: &Plan) -> impl Iterator<Item = &Class> {
    plan.classes.iter().filter(|class| class.party.is_none() && !class.strict)
}

/// A class of the plan, or one that another plan had when it was declared. Words of anybody else go no further.
fn known(app: &App, class: &str) -> Result<ClassId, Fault> {
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let of_plan = deployment.plan.classes.iter().map(|known| &known.id);
    let found = of_plan.chain(live.view.surges.iter().map(|surge| &surge.class)).find(|known| known.as_str() == class).cloned();
    found.ok_or(Fault::NotFound)
}

fn of_class<'a>(live: &'a Live, class: &ClassId) -> Option<&'a SurgeView> {
    live.view.surges.iter().find(|surge| surge.class == *class)
}

/// An act is answered once it is saved, which may be before it is shown.
async fn wait_until_shown(app: &App, is_shown: impl Fn(&Live) -> bool) {
    let mut changes = app.switchboard().changes();
    if tokio::time::timeout(SHOWN_WAIT, changes.wait_for(|live| is_shown(live))).await.is_err() {
        tracing::debug!("a surge is saved but not shown yet");
    }
}
