//! How long what is kept, and what was erased: per class how long and how many matters are due within a week, month by month what
//! was erased, and which matters are held. Nothing of any person stands here, nor why a matter is held.

use crate::{
    access::Reader,
    app::App,
    clock,
    fault::Fault,
    layout::{self, Frame},
    names,
    preferences::Preferences,
    surveys::Month,
    words::Words,
};
use axum::extract::State;
use domain::{ClassId, Timestamp, access::Permission, contact::Reference, plan::Plan, time::HOUR_MS};
use maud::{Markup, html};
use std::collections::BTreeSet;
use switchboard::{Live, RetentionReport};

const DAY_MS: u64 = 24 * HOUR_MS;
/// Matters due within this are counted.
const DUE_WITHIN_MS: u64 = 7 * DAY_MS;
/// Months of which it is told what was erased.
const MONTHS: usize = 12;

/// What is told of keeping and erasing.
pub struct Told {
    /// Latest first; as many as there are periods in the report.
    pub months: Vec<Month>,
    pub report: RetentionReport,
}

impl Told {
    /// # Errors
    /// [`Fault::NotRead`] when it cannot be read.
    pub async fn now(app: &App, plan: &Plan) -> Result<Self, Fault> {
        let now = clock::now();
        let mut months = vec![Month::of(now, &plan.zone)];
        while months.len() < MONTHS {
            months.push(months[months.len() - 1].before());
        }
        let periods: Vec<_> = months.iter().map(|month| month.bounds(&plan.zone)).collect();
        let report = app.switchboard().retention(now.plus_ms(DUE_WITHIN_MS), &periods).await.map_err(|_| Fault::NotRead)?;
        Ok(Self { months, report })
    }

    /// Those of the plan in its order, then those that only earlier plans had.
    #[must_use]
    pub fn classes(&self, plan: &Plan) -> Vec<ClassId> {
        let mut classes: Vec<ClassId> = plan.classes.iter().map(|class| class.id.clone()).collect();
        let erased = self.report.erased.iter().flat_map(|month| month.keys().flatten());
        let known: BTreeSet<&ClassId> = self.report.due.keys().chain(erased).collect();
        let others: Vec<ClassId> = known.into_iter().filter(|class| !classes.contains(class)).cloned().collect();
        classes.extend(others);
        classes
    }

    /// How many matters are due within a week.
    #[must_use]
    pub fn due(&self, plan: &Plan, class: &ClassId) -> u64 {
        // What an earlier plan said of it is judged anew before anything is erased.
        plan.kept_ms(class).and_then(|_| self.report.due.get(class)).copied().unwrap_or(0)
    }
}

/// `GET /retention`.
pub async fn page(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Markup, Fault> {
    reader.require(Permission::SeeAll)?;
    let (words, live, deployment) = (preferences.words(), app.switchboard().live(), app.switchboard().deployment());
    let plan = &deployment.plan;
    let told = Told::now(&app, plan).await?;
    let title = words.t("retention-title");
    let frame = Frame { preferences, title: &title, reader: Some(&reader), here: "lead", address: "/retention", parts: &[] };
    let content = html! {
        main #content .surveys-page tabindex="-1" {
            h1 { (title) }
            p .quiet { (words.t("retention-about")) }
            @if plan.retention.is_empty() { p .empty { (words.t("retention-none-planned")) } }
            (classes(words, plan, &told))
            (months(words, plan, &told))
            (held(words, plan, &live, &told))
            @if reader.may(Permission::SeeAccessLog) { p { a href="/access?who=system" { (words.t("retention-in-the-log")) } } }
        }
    };
    Ok(layout::page(&frame, &content))
}

fn classes(words: Words, plan: &Plan, told: &Told) -> Markup {
    let kept = |class: &ClassId| match plan.kept_ms(class) {
        Some(ms) => words.with("retention-days", [("count", (ms / DAY_MS).into())]),
        None => words.t("retention-until-erased"),
    };
    html! {
        section aria-labelledby="retention-classes" tabindex="0" {
            h2 #retention-classes { (words.t("retention-classes")) }
            table .list {
                thead { tr {
                    th scope="col" { (words.t("retention-class")) }
                    th scope="col" { (words.t("retention-kept")) }
                    th scope="col" .number { (words.t("retention-due")) }
                } }
                tbody { @for class in &told.classes(plan) {
                    tr {
                        th scope="row" { (names::class_of_id(words, plan, class)) }
                        td { (kept(class)) }
                        td .number { (told.due(plan, class)) }
                    }
                } }
            }
        }
    }
}

fn months(words: Words, plan: &Plan, told: &Told) -> Markup {
    let classes = told.classes(plan);
    html! {
        section aria-labelledby="retention-months" tabindex="0" {
            h2 #retention-months { (words.t("retention-months")) }
            table .list {
                thead { tr {
                    th scope="col" { (words.t("retention-month")) }
                    @for class in &classes { th scope="col" .number { (names::class_of_id(words, plan, class)) } }
                    th scope="col" .number { (words.t("retention-by-hand")) }
                } }
                tbody { @for (month, erased) in told.months.iter().zip(&told.report.erased) {
                    tr {
                        th scope="row" .number { (month) }
                        @for class in &classes {
                            td .number { (erased.get(&Some(class.clone())).map_or(0, |count| count.matters)) }
                        }
                        td .number { (erased.values().map(|count| count.contacts_by_hand).sum::<u64>()) }
                    }
                } }
            }
        }
    }
}

fn held(words: Words, plan: &Plan, live: &Live, told: &Told) -> Markup {
    let time = |at: Timestamp| clock::time_of_day(at, &plan.zone, clock::now());
    html! {
        section aria-labelledby="retention-held" tabindex="0" {
            h2 #retention-held { (words.t("retention-held")) }
            @if told.report.held.is_empty() { p .empty { (words.t("retention-held-none")) } } @else {
                table .list {
                    thead { tr {
                        th scope="col" { (words.t("reference")) }
                        th scope="col" { (words.t("retention-since")) }
                        th scope="col" { (words.t("retention-by")) }
                    } }
                    tbody { @for hold in &told.report.held {
                        @let reference = Reference::of(hold.matter);
                        tr {
                            td .number { a href={ "/matters/" (reference.digits()) } { (reference) } }
                            td .number { (time(hold.since)) }
                            td { (names::operator(words, live, hold.by)) }
                        }
                    } }
                }
            }
        }
    }
}
