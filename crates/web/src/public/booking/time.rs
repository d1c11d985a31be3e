//! When: the days as a list, the times of one day to choose from. What is chosen is held at once, and the page says until
//! when. No calendar to point at: every day is a link, every time an answer.

use super::{
    super::{
        Sight,
        parts::{self, Choice, Question, Wrong},
    },
    Fields, Page, Step,
    core::{self, Free, NotHeld},
    dates,
    drafts::Draft,
    framed,
};
use crate::{address::Address, app::App, fault::Fault};
use domain::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};

pub(super) const FIELD: &str = "slot";
/// Days on one page.
const DAYS_SHOWN: usize = 10;

/// Free times by the day on the wall.
pub(super) struct Days(Vec<(Date, Vec<Free>)>);

impl Days {
    pub fn of(sight: &Sight, free: Vec<Free>) -> Self {
        let mut days: Vec<(Date, Vec<Free>)> = Vec::new();
        for time in free {
            let date = time.slot.local(&sight.deployment.plan.zone).date();
            match days.last_mut() {
                Some((last, times)) if *last == date => times.push(time),
                _ => days.push((date, vec![time])),
            }
        }
        Self(days)
    }

    fn times(&self, day: &str) -> Option<&(Date, Vec<Free>)> {
        let wanted: Date = day.parse().ok()?;
        self.0.iter().find(|(date, _)| *date == wanted)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every day from the first on, those without a free time too.
    fn from(&self, first: Date) -> Vec<(Date, usize)> {
        let last = self.0.last().map_or(first, |(date, _)| *date);
        let every = std::iter::successors(Some(first), |date| date.tomorrow().ok());
        let count = |date: Date| self.0.iter().find(|(known, _)| *known == date).map_or(0, |(_, times)| times.len());
        every.take_while(|date| *date <= last).take(DAYS_SHOWN).map(|date| (date, count(date))).collect()
    }
}

pub(super) fn draw(page: &Page<'_>) -> Markup {
    let (sight, words) = (page.sight, page.sight.words);
    let days = Days::of(sight, core::free(page.app, page.draft));
    let address = sight.paths.step(Step::Time);
    let title = words.t("booking-time");
    let content = html! {
        @if page.draft.lost {
            div #lost .govuk-inset-text tabindex="-1" {
                p .govuk-body { strong { (words.t("booking-lost")) } " " (words.t("booking-lost-about")) }
            }
        }
        (choice(sight, &days, page.day, &address, page.wrong, &title))
    };
    framed(page, Step::Time, &title, &content)
}

/// The times of the day that is asked for, else the days; used for a first booking and for another time of one.
pub(super) fn choice(sight: &Sight, days: &Days, day: &str, address: &str, wrong: &[Wrong], title: &str) -> Markup {
    let words = sight.words;
    html! {
        @if days.is_empty() {
            h1 .govuk-heading-l { (words.t("booking-none-free")) }
            p .govuk-body { (words.with("booking-none-free-about", [("number", sight.number_to_read().into())])) }
        } @else if let Some((date, times)) = days.times(day) {
            (of_day(sight, *date, times, address, wrong))
        } @else {
            (list(sight, days, day, address, wrong, title))
        }
    }
}

fn list(sight: &Sight, days: &Days, day: &str, address: &str, wrong: &[Wrong], title: &str) -> Markup {
    let (words, zone) = (sight.words, &sight.deployment.plan.zone);
    let today = sight.now.local(zone).date();
    // "from 2026-12-10" leads further on.
    let first = day.strip_prefix("from ").and_then(|from| from.parse::<Date>().ok()).filter(|from| *from > today).unwrap_or(today);
    let shown = days.from(first);
    let next = shown.last().and_then(|(date, _)| date.tomorrow().ok()).filter(|next| days.0.iter().any(|(date, _)| date >= next));
    html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (words.t("booking-time-about")) }
        @if !wrong.is_empty() { p #(FIELD) .govuk-error-message { @for one in wrong { (one.told) } } }
        @if let Some((date, times)) = days.0.first() && first == today && let Some(earliest) = times.first() {
            p .govuk-body {
                (words.t("booking-time-first")) " "
                a .govuk-link href={ (address) "?day=" (date) } { (dates::day_and_clock(words, earliest.slot, zone)) }
            }
        }
        ul .govuk-list .days-list {
            @for (date, count) in &shown {
                li {
                    @if *count == 0 {
                        span .full { (dates::day(words, *date)) } ": " (words.t("booking-day-none"))
                    } @else {
                        a .govuk-link href={ (address) "?day=" (date) } { (dates::day(words, *date)) }
                        ": " (words.with("booking-day-free", [("count", (*count).into())]))
                    }
                }
            }
        }
        div .days {
            @if first > today { p { a .govuk-link href=(address) { (words.t("booking-days-first")) } } }
            @if let Some(next) = next { p { a .govuk-link href={ (address) "?day=from+" (next) } { (words.t("booking-days-later")) } } }
        }
    }
}

fn of_day(sight: &Sight, date: Date, times: &[Free], address: &str, wrong: &[Wrong]) -> Markup {
    let (words, zone) = (sight.words, &sight.deployment.plan.zone);
    let choices: Vec<Choice> = times
        .iter()
        .map(|free| Choice {
            value: free.slot.0.to_string(),
            label: html! { time datetime=(dates::machine(free.slot, zone)) { (dates::clock(free.slot, zone)) } },
            hint: None,
            chosen: false,
        })
        .collect();
    let legend = words.with("booking-time-of-day", [("day", dates::day(words, date).into())]);
    let question = Question { name: FIELD, legend: &legend, heading: true, hint: None, wrong };
    parts::form(&html! {
        input type="hidden" name="day" value=(date);
        (question.draw(&choices, true))
        (parts::button(&words.t("public-go-on")))
        p .govuk-body { a .govuk-link href=(address) { (words.t("booking-other-day")) } }
    })
}

/// The time that the form names; none when it names none.
pub(super) fn slot(fields: &Fields) -> Option<Timestamp> {
    fields.get(FIELD).parse().ok().map(Timestamp)
}

pub(super) async fn take(app: &App, sight: &Sight, fields: &Fields, draft: &mut Draft, address: Address) -> Result<Vec<Wrong>, Fault> {
    let told = |told: String| Ok(vec![Wrong::new(FIELD, told)]);
    let Some(slot) = slot(fields) else { return told(sight.words.t("booking-time-wrong")) };
    if draft.held.as_ref().is_some_and(|held| held.slot == slot) {
        return Ok(Vec::new());
    }
    match core::hold(app, sight, draft, slot, address).await? {
        Ok(held) => {
            if let Some(before) = draft.held.replace(held) {
                core::leave(app, &before).await;
            }
            draft.lost = false;
            Ok(Vec::new())
        }
        Err(refused) => told(why(sight, &refused)),
    }
}

/// What stands in the way, and what to do.
pub(super) fn why(sight: &Sight, refused: &NotHeld) -> String {
    let words = sight.words;
    let number = || ("number", sight.number_to_read().into());
    match refused {
        NotHeld::Taken => words.t("booking-taken"),
        NotHeld::TooMany => words.with("booking-too-many", [number()]),
        NotHeld::TooOften { until } => {
            let when = dates::clock(*until, &sight.deployment.plan.zone);
            words.with("booking-too-often", [("time", when.into()), number()])
        }
        NotHeld::Lost => words.t("booking-lost"),
        NotHeld::Number => words.t("booking-number-not-rung"),
    }
}

/// Until when the time is kept, as a clock shows it.
pub(super) fn kept_until(page: &Page<'_>) -> Markup {
    let (words, zone) = (page.sight.words, &page.sight.deployment.plan.zone);
    html! {
        @if let Some(held) = &page.draft.held {
            div .govuk-inset-text {
                (words.with("booking-held", [
                    ("when", dates::day_and_clock(words, held.slot, zone).into()),
                    ("until", dates::clock(held.until, zone).into()),
                ]))
            }
        }
    }
}
