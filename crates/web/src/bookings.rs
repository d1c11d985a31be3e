//! What is booked for a day: calls and visits in the order of their times, and what became of them. Whoever has the desk
//! of a visit says that the visitor was met, or did not come; a leader moves what is booked or takes it back, and says why.
//! Nothing of the citizen stands here; the matter has that.

use crate::{
    access::Reader,
    app::App,
    clock,
    components::notices,
    fault::Fault,
    layout::{self, Frame},
    names,
    preferences::Preferences,
    public::booking::dates,
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
    booking::{BookingRecord, BookingState, ByStaff, StaffReason, Wish},
    contact::Reference,
    plan::Plan,
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;
use switchboard::{BookingRefusal, TimesWanted};

/// Times are offered for a move so far ahead, and so many at most.
const DAYS: u8 = 31;
const TIMES_MAX: usize = 100;

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
            (list(&List { words, plan: &deployment.plan, app: &app, may_act: reader.may(Permission::LeadQueues), day, now }, &rows))
        }
    };
    Ok(layout::page(&frame, &content))
}

/// What the rows of a day are drawn from.
struct List<'a> {
    words: Words,
    plan: &'a Plan,
    app: &'a App,
    may_act: bool,
    day: Date,
    now: Timestamp,
}

fn list(list: &List<'_>, rows: &[BookingRecord]) -> Markup {
    let words = list.words;
    // The same for all of a kind: asked for once.
    let mut free: BTreeMap<Wish, Vec<Timestamp>> = BTreeMap::new();
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
                tbody { @for record in rows { (row(list, record, &mut free)) } }
            }
        }
    }
}

fn row(list: &List<'_>, record: &BookingRecord, free: &mut BTreeMap<Wish, Vec<Timestamp>>) -> Markup {
    let (List { words, plan, now, .. }, wish) = (list, &record.wanted.wish);
    let local = |at: Timestamp| at.local(&plan.zone).strftime("%H:%M").to_string();
    let kind = match wish.desk.as_ref().map(|desk| plan.desk(desk)) {
        None => words.t("booked-call"),
        Some(None) => words.t("booked-visit"),
        Some(Some(desk)) => words.with("booked-visit-to", [("desk", desk.name.clone().into())]),
    };
    let may_act = list.may_act && record.state == BookingState::Booked;
    let has_begun = record.wanted.slot <= *now;
    html! {
        tr {
            td .number { (local(record.wanted.slot)) "–" (local(record.ends)) }
            th scope="row" .reference {
                @if let Some(reference) = record.matter.map(Reference::of) { a href={ "/matters/" (reference.digits()) } { (reference) } }
            }
            td { (names::queue(*words, plan, &wish.queue())) }
            td { (kind) }
            td {
                (words.named("booking-state", record.state.word()))
                @if may_act && wish.is_visit() {
                    (form(list, record, &html! {
                        button type="submit" name="act" value="met" { (words.t("booked-met")) }
                        @if has_begun { " " button type="submit" name="act" value="missed" { (words.t("booked-missed")) } }
                    }))
                }
                @if may_act { (change(list, record, free.entry(wish.clone()).or_insert_with(|| times(list.app, wish)))) }
            }
        }
    }
}

fn form(list: &List<'_>, record: &BookingRecord, content: &Markup) -> Markup {
    html! {
        form method="post" action="/bookings" {
            input type="hidden" name="booking" value=(record.booking);
            input type="hidden" name="day" value=(list.day);
            (content)
        }
    }
}

/// Moved or taken back for the citizen, who is told; the reason stands in the journal.
fn change(list: &List<'_>, record: &BookingRecord, free: &[Timestamp]) -> Markup {
    let (words, zone) = (list.words, &list.plan.zone);
    html! {
        details {
            summary { (words.t("booked-change")) }
            (form(list, record, &html! {
                p { label { (words.t("booked-why")) " " select name="reason" {
                    @for reason in StaffReason::ALL { option value=(reason) { (words.named("staff-reason", reason.word())) } }
                } } }
                @if !free.is_empty() {
                    p { label { (words.t("booked-to")) " " select name="slot" {
                        @for slot in free { option value=(slot.0) { (dates::day_and_clock(words, *slot, zone)) } }
                    } } }
                    button type="submit" name="act" value="move" { (words.t("booked-do-move")) } " "
                }
                button type="submit" name="act" value="cancel" { (words.t("booked-do-cancel")) }
            }))
        }
    }
}

/// The next free times of the same kind.
fn times(app: &App, wish: &Wish) -> Vec<Timestamp> {
    let Wish { class, region, desk } = wish.clone();
    let wanted = TimesWanted { class, region: Some(region), desk, from: None, days: DAYS };
    let free = app.switchboard().free_times(&wanted).into_iter().filter(|time| time.free > 0);
    free.take(TIMES_MAX).map(|time| time.wanted.slot).collect()
}

#[derive(Deserialize)]
pub struct Wanted {
    act: String,
    booking: u64,
    day: Date,
    /// Of a move or a cancelling.
    reason: Option<StaffReason>,
    /// Of a move: when the other slot begins.
    slot: Option<i64>,
}

/// `POST /bookings`: back to the day.
pub async fn act(State(app): State<App>, reader: Reader, form: Result<Form<Wanted>, FormRejection>) -> Result<Redirect, Fault> {
    reader.require(Permission::LeadQueues)?;
    let Form(wanted) = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let (board, booking, operator) = (app.switchboard(), BookingId(wanted.booking), reader.operator()?);
    let staff = wanted.reason.map(|reason| ByStaff { operator, reason });
    match (wanted.act.as_str(), staff, wanted.slot) {
        ("met", ..) => board.visitor(booking, operator, true).await,
        ("missed", ..) => board.visitor(booking, operator, false).await,
        ("cancel", Some(staff), _) => board.cancel_for_citizen(booking, staff).await,
        ("move", Some(staff), Some(slot)) => board.move_for_citizen(booking, Timestamp(slot), staff).await,
        _ => return Err(Fault::WrongShape),
    }
    .map_err(refused)?;
    Ok(Redirect::to(&format!("/bookings?day={}", wanted.day)))
}

pub fn refused(why: BookingRefusal) -> Fault {
    match why {
        BookingRefusal::Unknown => Fault::NotFound,
        why => switchboard::Refusal::from(why).into(),
    }
}
