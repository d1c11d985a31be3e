//! The plan while calls run: which version is in force and since when, which ones are to come, a new one to
//! be checked, tried on a recorded day and adopted, and the way back to an earlier one. Plain forms without
//! any script. The switchboard alone judges, keeps and adopts; what was typed comes back with every refusal.

mod difference;
mod form;
mod sight;
mod trial;
mod trial_sight;

pub use form::{Problem, Typed};
pub use sight::{Sight, draw};
pub use trial::{Tried, on_day};
pub use trial_sight::{caveats, permille};

use crate::{
    access::Reader,
    app::App,
    clock,
    fault::{Fault, SaysItself},
    preferences::Preferences,
};
use axum::{
    Extension, Form,
    extract::{Query, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    access::Permission,
    plan::{self, Bound, Examined},
};
use maud::Markup;
use serde::{Deserialize, de::DeserializeOwned};
use switchboard::{OperatorNames, PlanChange, PlanRefusal, WantedPlan};

/// What the page says beside what is in force.
pub enum Told {
    Nothing,
    Done(Done),
    Problems(Vec<Problem>),
    Refused(PlanRefusal),
    Checked(Checked),
    Tried(Box<Tried>),
    NotTried(Fault),
}

/// What an act has led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Done {
    Adopted,
    Planned,
    Withdrawn,
    Returned,
}

/// What a check found.
pub struct Checked {
    pub faults: Vec<plan::Fault>,
    pub notices: Vec<plan::Fault>,
    pub bounds: Vec<Bound>,
}

impl Done {
    const ALL: [Self; 4] = [Self::Adopted, Self::Planned, Self::Withdrawn, Self::Returned];

    fn word(self) -> &'static str {
        match self {
            Self::Adopted => "adopted",
            Self::Planned => "planned",
            Self::Withdrawn => "withdrawn",
            Self::Returned => "returned",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.word() == word)
    }

    /// To the page, which tells it.
    fn told(self) -> Response {
        Redirect::to(&format!("/plan?done={}", self.word())).into_response()
    }
}

impl Told {
    /// A refused text is drawn like one that was checked.
    fn refused(refusal: PlanRefusal) -> Self {
        match refusal {
            PlanRefusal::Faults(faults) => Self::Checked(Checked { faults, notices: Vec::new(), bounds: Vec::new() }),
            PlanRefusal::InForce | PlanRefusal::Past | PlanRefusal::Unknown | PlanRefusal::NotSaved => Self::Refused(refusal),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(PlanRefusal::NotSaved) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Problems(_) | Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Checked(checked) if !checked.faults.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotTried(fault) => fault.status(),
            Self::Checked(_) | Self::Tried(_) | Self::Nothing | Self::Done(_) => StatusCode::OK,
        }
    }
}

impl From<Examined> for Checked {
    fn from(examined: Examined) -> Self {
        let bounds = examined.plan.as_ref().map(plan::bounds).unwrap_or_default();
        Self { faults: examined.faults, notices: examined.notices, bounds }
    }
}

#[derive(Deserialize)]
pub struct Came {
    #[serde(default)]
    done: String,
}

/// `GET /plan`.
pub async fn page(State(app): State<App>, reader: Reader, preferences: Preferences, Query(came): Query<Came>) -> Result<Markup, Fault> {
    reader.require(Permission::SeeAll)?;
    let changes = app.switchboard().plan_changes().await.map_err(|_| Fault::NotRead)?;
    let typed = Typed::of(&app.switchboard().deployment().text);
    let told = Done::from_word(&came.done).map_or(Told::Nothing, Told::Done);
    Ok(drawn(&app, &reader, preferences, &changes, &typed, &told).await)
}

/// `POST /plan/check`: changes nothing.
pub async fn check(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    form: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    reader.require(Permission::SeeAll)?;
    let typed = read(form)?.with_plain_lines();
    let checked = app.switchboard().examine_plan(&typed.text).into();
    Ok(again(&app, &reader, preferences, &typed, &Told::Checked(checked)).await)
}

/// `POST /plan/preview`: what a recorded day would have been by this text. Changes nothing.
pub async fn preview(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    form: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    reader.require(Permission::SeeAll)?;
    let mut typed = read(form)?.with_plain_lines();
    let told = match typed.wanted_day() {
        Err(problem) => Told::Problems(vec![problem]),
        Ok(day) => match on_day(&app, &typed.text, day).await {
            Ok(tried) => Told::Tried(Box::new(tried)),
            Err(Fault::Plan(refusal)) => Told::refused(refusal),
            Err(fault) => Told::NotTried(fault),
        },
    };
    if let Told::Tried(tried) = &told {
        typed.day = tried.day.to_string();
    }
    Ok(again(&app, &reader, preferences, &typed, &told).await)
}

/// `POST /plan/adopt`: now, or at the time that was typed.
pub async fn adopt(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    form: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    reader.require(Permission::ChangePlan)?;
    let account = reader.operator()?;
    let typed = read(form)?.with_plain_lines();
    let zone = app.switchboard().deployment().plan.zone.clone();
    let done = if typed.due.trim().is_empty() { Done::Adopted } else { Done::Planned };
    Ok(changed(&app, &reader, preferences, &typed, typed.wanted(account, &zone), done).await)
}

/// To the page that tells what is done, or back with everything that was typed.
async fn changed(
    app: &App,
    reader: &Reader,
    preferences: Preferences,
    typed: &Typed,
    wanted: Result<WantedPlan, Vec<Problem>>,
    done: Done,
) -> Response {
    let told = match wanted {
        Err(problems) => Told::Problems(problems),
        Ok(wanted) => match app.switchboard().change_plan(wanted).await {
            Ok(_) => return done.told(),
            Err(refusal) => Told::refused(refusal),
        },
    };
    again(app, reader, preferences, typed, &told).await
}

#[derive(Deserialize)]
pub struct ToWithdraw {
    change: u64,
}

/// `POST /plan/withdraw`: a change that waits for its time.
pub async fn withdraw(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    form: Result<Form<ToWithdraw>, FormRejection>,
) -> Result<Response, Fault> {
    reader.require(Permission::ChangePlan)?;
    match app.switchboard().withdraw_plan(read(form)?.change).await {
        Ok(()) => Ok(Done::Withdrawn.told()),
        Err(refusal) => {
            let typed = Typed::of(&app.switchboard().deployment().text);
            Ok(again(&app, &reader, preferences, &typed, &Told::refused(refusal)).await)
        }
    }
}

#[derive(Deserialize)]
pub struct ToReturn {
    digest: String,
    reason: String,
}

/// `POST /plan/back`: an earlier version is adopted anew, now.
pub async fn back(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    form: Result<Form<ToReturn>, FormRejection>,
) -> Result<Response, Fault> {
    reader.require(Permission::ChangePlan)?;
    let account = reader.operator()?;
    let ToReturn { digest, reason } = read(form)?;
    let Some(text) = app.switchboard().plan_text(&digest).await.map_err(|_| Fault::NotRead)? else {
        let typed = Typed::of(&app.switchboard().deployment().text);
        return Ok(again(&app, &reader, preferences, &typed, &Told::Refused(PlanRefusal::Unknown)).await);
    };
    let typed = Typed { text, reason, ..Typed::default() };
    let zone = app.switchboard().deployment().plan.zone.clone();
    Ok(changed(&app, &reader, preferences, &typed, typed.wanted(account, &zone), Done::Returned).await)
}

fn read<T: DeserializeOwned>(form: Result<Form<T>, FormRejection>) -> Result<T, Fault> {
    match form {
        Ok(Form(form)) => Ok(form),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Fault::TooLarge),
        Err(_) => Err(Fault::Unreadable(String::new())),
    }
}

/// The page as the answer to a form, with what was typed.
async fn again(app: &App, reader: &Reader, preferences: Preferences, typed: &Typed, told: &Told) -> Response {
    // What was typed is worth more than the list: it comes back also when the list cannot be read.
    let changes = app.switchboard().plan_changes().await.unwrap_or_default();
    let page = drawn(app, reader, preferences, &changes, typed, told).await;
    (told.status(), Extension(SaysItself), page).into_response()
}

async fn drawn(app: &App, reader: &Reader, preferences: Preferences, changes: &[PlanChange], typed: &Typed, told: &Told) -> Markup {
    let names = names_of(app, changes).await;
    let deployment = app.switchboard().deployment();
    let sight = Sight { words: preferences.words(), deployment: &deployment, now: clock::now(), changes, names: &names, typed, told };
    draw(&sight, reader, preferences)
}

/// Who asked for the changes. Accounts that were made since the start are not among the names at work.
async fn names_of(app: &App, changes: &[PlanChange]) -> OperatorNames {
    let mut names = app.switchboard().live().names.clone();
    for change in changes {
        let Some(account) = change.account else { continue };
        if names.contains_key(&account) {
            continue;
        }
        if let Ok(Some(found)) = app.switchboard().store().account(account).await {
            names.insert(account, found.name);
        }
    }
    names
}
