//! What citizens think of how they were met: a month by region, the months before it, each share with the interval in which
//! it lies for all of whom only some were asked, beside what was found before us. What people wrote stands on a page of its
//! own, because reading it is reading about persons.

mod chart;
mod month;

pub use month::Month;

use crate::{
    access::Reader,
    app::App,
    clock,
    fault::Fault,
    figures,
    layout::{self, Frame},
    preferences::Preferences,
    words::Words,
};
use axum::extract::{Query, State};
use chart::Line;
use domain::{
    RegionId,
    access::Permission,
    plan::Plan,
    survey::{Aspect, Shares, Tally},
};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Fewer answers are not shown: whoever gave them could be told by them.
pub const SHOWN_FROM: u64 = 5;
/// The months of the second table.
const MONTHS: usize = 12;

#[derive(Deserialize)]
pub struct Wanted {
    /// The present one without it.
    #[serde(default)]
    month: Option<Month>,
}

/// What a page is drawn from.
struct Sight<'a> {
    words: Words,
    plan: &'a Plan,
    month: Month,
}

/// `GET /surveys`.
pub async fn page(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    Query(Wanted { month }): Query<Wanted>,
) -> Result<Markup, Fault> {
    reader.require(Permission::SeeAll)?;
    let (words, deployment) = (preferences.words(), app.switchboard().deployment());
    let plan = &deployment.plan;
    let month = month.unwrap_or_else(|| Month::of(clock::now(), &plan.zone));
    let by_region = opinions(&app, month).await?;
    let mut months = vec![(month, whole(&by_region))];
    while months.len() < MONTHS {
        let before = months[months.len() - 1].0.before();
        months.push((before, whole(&opinions(&app, before).await?)));
    }
    let sight = Sight { words, plan, month };
    let title = words.t("surveys-title");
    let frame = Frame { preferences, title: &title, reader: Some(&reader), here: "lead", address: "/surveys", parts: &[] };
    let content = html! {
        main #content .surveys-page tabindex="-1" {
            h1 { (title) }
            (steps(&sight, "/surveys"))
            @if plan.survey.is_none() { p .empty { (words.t("surveys-none-planned")) } }
            p .quiet { (words.t("surveys-about")) }
            @for aspect in Aspect::ALL { (of_aspect(&sight, *aspect, &by_region)) }
            (months_table(&sight, &months))
            @if reader.may(Permission::SeePersons) { p { a href={ "/surveys/words?month=" (month) } { (words.t("surveys-words")) } } }
        }
    };
    Ok(layout::page(&frame, &content))
}

pub(crate) async fn opinions(app: &App, month: Month) -> Result<BTreeMap<Option<RegionId>, Shares>, Fault> {
    let (from, to) = month.bounds(&app.switchboard().deployment().plan.zone);
    app.switchboard().opinions(from, to).await.map_err(|_| Fault::NotRead)
}

/// All regions together.
pub(crate) fn whole(by_region: &BTreeMap<Option<RegionId>, Shares>) -> Shares {
    by_region.values().fold(Shares::default(), |mut all, shares| {
        all += *shares;
        all
    })
}

fn steps(sight: &Sight<'_>, address: &str) -> Markup {
    let (words, month) = (sight.words, sight.month);
    html! {
        p .acts {
            a href={ (address) "?month=" (month.before()) } { (words.t("surveys-month-before")) } " "
            strong .number { (month) } " "
            a href={ (address) "?month=" (month.after()) } { (words.t("surveys-month-after")) }
        }
    }
}

fn name(sight: &Sight<'_>, region: Option<&RegionId>) -> String {
    let known = region.and_then(|region| sight.plan.region(region));
    known.map_or_else(|| sight.words.t("surveys-region-unknown"), |region| region.name.clone())
}

/// The whole first, then the regions in the order of the plan, then what has none.
fn lines(sight: &Sight<'_>, aspect: Aspect, by_region: &BTreeMap<Option<RegionId>, Shares>) -> Vec<Line> {
    let mut lines = vec![Line { name: sight.words.t("surveys-whole"), tally: whole(by_region).about(aspect), whole: true }];
    let planned = sight.plan.regions.iter().map(|region| Some(region.id.clone()));
    let others = by_region.keys().filter(|region| region.as_ref().is_none_or(|region| sight.plan.region(region).is_none())).cloned();
    let all: Vec<Option<RegionId>> = planned.chain(others).collect();
    lines.extend(all.iter().map(|region| {
        let tally = by_region.get(region).map(|shares| shares.about(aspect)).unwrap_or_default();
        Line { name: name(sight, region.as_ref()), tally, whole: false }
    }));
    lines
}

fn of_aspect(sight: &Sight<'_>, aspect: Aspect, by_region: &BTreeMap<Option<RegionId>, Shares>) -> Markup {
    let words = sight.words;
    let lines = lines(sight, aspect, by_region);
    let before = sight.plan.survey.iter().flat_map(|rule| &rule.before).map(|earlier| (&*earlier.name, earlier.about(aspect)));
    let before: Vec<(&str, u16)> = before.collect();
    let id = format!("survey-{}", aspect.word());
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (words.named("survey-aspect", aspect.word())) }
            (chart::draw(words, &id, &lines, before.first().copied()))
            table .list {
                thead { tr {
                    th scope="col" { (words.t("surveys-region")) }
                    th scope="col" .number { (words.t("surveys-answers")) }
                    th scope="col" .number { (words.t("surveys-satisfied")) }
                    th scope="col" .number { (words.t("surveys-interval")) }
                } }
                tbody {
                    @for line in &lines {
                        tr {
                            th scope="row" { (line.name) }
                            td .number { (line.tally.count) }
                            (share_cells(words, line.tally))
                        }
                    }
                    @for (name, permille) in &before {
                        tr {
                            th scope="row" { (words.with("surveys-earlier", [("name", (*name).into())])) }
                            td .number { "–" }
                            td .number { (figures::percent(words, *permille)) }
                            td .number { "–" }
                        }
                    }
                }
            }
        }
    }
}

/// How many are satisfied and the interval, where enough have answered.
fn share_cells(words: Words, tally: Tally) -> Markup {
    let shown = shown(tally);
    html! {
        td .number { (shown.and_then(|tally| tally.share_permille()).map_or_else(|| "–".to_owned(), |share| figures::percent(words, share))) }
        td .number { (shown.map_or_else(|| "–".to_owned(), |tally| interval(words, tally))) }
    }
}

/// None of what so few have answered that nothing is shown of it.
pub(crate) fn shown(tally: Tally) -> Option<Tally> {
    (tally.count >= SHOWN_FROM).then_some(tally)
}

fn interval(words: Words, tally: Tally) -> String {
    let percent = |permille| figures::percent(words, permille);
    tally.interval().map_or_else(String::new, |found| format!("{} – {}", percent(found.from_permille), percent(found.to_permille)))
}

fn months_table(sight: &Sight<'_>, months: &[(Month, Shares)]) -> Markup {
    let words = sight.words;
    html! {
        section aria-labelledby="survey-months" {
            h2 #survey-months { (words.t("surveys-months")) }
            table .list {
                thead { tr {
                    th scope="col" { (words.t("surveys-month")) }
                    th scope="col" .number { (words.t("surveys-asked")) }
                    th scope="col" .number { (words.t("surveys-answered")) }
                    @for aspect in Aspect::ALL {
                        th scope="col" .number { (words.named("survey-aspect", aspect.word())) }
                        th scope="col" .number { (words.t("surveys-interval")) }
                    }
                } }
                tbody {
                    @for (month, shares) in months {
                        tr {
                            th scope="row" .number { (month) }
                            td .number { (shares.asked) }
                            td .number { (shares.answered) }
                            @for aspect in Aspect::ALL { (share_cells(words, shares.about(*aspect))) }
                        }
                    }
                }
            }
        }
    }
}

/// `GET /surveys/words`. Each that is shown is in the access log.
pub async fn own_words(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    Query(Wanted { month }): Query<Wanted>,
) -> Result<Markup, Fault> {
    reader.require(Permission::SeeAll)?;
    reader.require(Permission::SeePersons)?;
    let (words, deployment) = (preferences.words(), app.switchboard().deployment());
    let zone = &deployment.plan.zone;
    let month = month.unwrap_or_else(|| Month::of(clock::now(), zone));
    let (from, to) = month.bounds(zone);
    let said = app.switchboard().opinion_words(reader.operator()?, from, to).await.map_err(|_| Fault::NotRead)?;
    let sight = Sight { words, plan: &deployment.plan, month };
    let title = words.t("surveys-words");
    let frame = Frame { preferences, title: &title, reader: Some(&reader), here: "lead", address: "/surveys/words", parts: &[] };
    let content = html! {
        main #content .surveys-page tabindex="-1" {
            h1 { (title) }
            (steps(&sight, "/surveys/words"))
            p { a href={ "/surveys?month=" (month) } { (words.t("surveys-title")) } }
            @if said.is_empty() { p .empty { (words.t("surveys-words-none")) } }
            ul .said {
                @for one in &said {
                    li {
                        p .quiet { span .number { (one.at.local(zone).date()) } ", " (name(&sight, one.region.as_ref())) }
                        @for line in one.text.lines() { p { bdi { (line) } } }
                    }
                }
            }
        }
    };
    Ok(layout::page(&frame, &content))
}
