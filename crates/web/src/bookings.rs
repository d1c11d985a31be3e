//! What is booked for a day: calls and visits in the order of their times, and what became of them. Whoever has the desk
//! of a visit says that the visitor was met, or did not come. Nothing of the citizen stands here; the matter has that.

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
use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection},
    response::Redirect,
};
use domain::{
    BookingId, Timestamp,
    access::Permission,
    booking::{BookingRecord, BookingState},
    contact::Reference,
    plan::Plan,
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use switchboard::BookingRefusal;

#[derive(Deserialize)]
pub struct Day {
    /// Today without one.
    #[serde(default)]
    day: Option<Date>,
}

/// `GET /bookings`.
pub async fn page(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    Query(Day { day }): Query<Day>,
) -> Result<Markup, Fault> {
    reader.require(Permission::SeeAll)?;
    let (words, deployment, now) = (preferences.words(), app.switchboard().deployment(), clock::now());
    let day = day.unwrap_or_else(|| now.local(&deployment.plan.zone).date());
    let rows = app.switchboard().bookings_on(day).await.map_err(refused)?;
    let title = words.t("booked-title");
    let frame = Frame { preferences, title: &title, reader: Some(&reader), here: "lead", address: "/bookings", parts: &[] };
    let content = html! {
        (notices::draw(words, app.switchboard().live().health))
        main #content tabindex="-1" {
            h1 { (title) }
            p .acts {
                @if let Ok(before) = day.yesterday() { a href={ "/bookings?day=" (before) } { (words.t("booked-day-before")) } } " "
                span .number { (day) } " "
                @if let Ok(after) = day.tomorrow() { a href={ "/bookings?day=" (after) } { (words.t("booked-day-after")) } }
            }
            (list(words, &deployment.plan, &rows, reader.may(Permission::LeadQueues), (day, now)))
        }
    };
    Ok(layout::page(&frame, &content))
}

fn list(words: Words, plan: &Plan, rows: &[BookingRecord], may_act: bool, at: (Date, Timestamp)) -> Markup {
    html! {
        @if rows.is_empty() { p .empty { (words.t("booked-none")) } } @else {
            table .list {
                thead { tr {
                    th scope="col" { (words.t("booked-time")) }
                    th scope="col" { (words.t("reference")) }
                    th scope="col" { (words.t("queues-queue")) }
                    th scope="col" { (words.t("booked-kind")) }
                    th scope="col" { (words.t("lead-state")) }
                } }
                tbody { @for record in rows { (row(words, plan, record, may_act, at)) } }
            }
        }
    }
}

fn row(words: Words, plan: &Plan, record: &BookingRecord, may_act: bool, (day, now): (Date, Timestamp)) -> Markup {
    let wish = &record.wanted.wish;
    let local = |at: Timestamp| at.local(&plan.zone).strftime("%H:%M").to_string();
    let kind = match wish.desk.as_ref().map(|desk| plan.desk(desk)) {
        None => words.t("booked-call"),
        Some(None) => words.t("booked-visit"),
        Some(Some(desk)) => words.with("booked-visit-to", [("desk", desk.name.clone().into())]),
    };
    let is_due = record.state == BookingState::Booked && wish.is_visit() && may_act;
    let has_begun = record.wanted.slot <= now;
    html! {
        tr {
            td .number { (local(record.wanted.slot)) "–" (local(record.ends)) }
            th scope="row" .reference {
                @if let Some(reference) = record.matter.map(Reference::of) { a href={ "/matters/" (reference.digits()) } { (reference) } }
            }
            td { (names::queue(words, plan, &wish.queue())) }
            td { (kind) }
            td {
                (words.named("booking-state", record.state.word()))
                @if is_due {
                    form method="post" action="/bookings" {
                        input type="hidden" name="booking" value=(record.booking);
                        input type="hidden" name="day" value=(day);
                        button type="submit" name="act" value="met" { (words.t("booked-met")) }
                        @if has_begun { " " button type="submit" name="act" value="missed" { (words.t("booked-missed")) } }
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Wanted {
    act: String,
    booking: u64,
    day: Date,
}

/// `POST /bookings`: back to the day.
pub async fn act(State(app): State<App>, reader: Reader, form: Result<Form<Wanted>, FormRejection>) -> Result<Redirect, Fault> {
    reader.require(Permission::LeadQueues)?;
    let Form(wanted) = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let met = match wanted.act.as_str() {
        "met" => true,
        "missed" => false,
        _ => return Err(Fault::WrongShape),
    };
    app.switchboard().visitor(BookingId(wanted.booking), reader.operator()?, met).await.map_err(refused)?;
    Ok(Redirect::to(&format!("/bookings?day={}", wanted.day)))
}

pub fn refused(why: BookingRefusal) -> Fault {
    match why {
        BookingRefusal::Unknown => Fault::NotFound,
        BookingRefusal::NotSaved => switchboard::Refusal::NotSaved.into(),
        BookingRefusal::Unavailable => switchboard::Refusal::Unavailable.into(),
        _ => switchboard::Refusal::NotNow.into(),
    }
}
