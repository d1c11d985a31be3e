//! A time for the citizen at hand, booked while they are on the line: the next free ones, each with a key of its own, the
//! number that they show, and the language in which they were answered. The dialog is drawn anew each time that it opens.

use super::purpose;
use crate::{access::Reader, app::App, fault::Fault, names, preferences::Preferences, public::booking::dates, words::Words};
use axum::extract::{Query, State, rejection::QueryRejection};
use domain::{DeskId, Timestamp, access::Permission, booking::BookingRecord, plan::Plan, routing::ContactView};
use maud::{Markup, html};
use serde::Deserialize;
use switchboard::{CallerDetails, FreeTime, Refusal};

/// So many are shown at once, each with its digit.
const SHOWN: usize = 9;
/// Longer is no number and no address.
const NUMBER_CHARS_MAX: usize = 24;
const MAIL_CHARS_MAX: usize = 254;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Where they would come to; empty is a call.
    #[serde(default)]
    desk: String,
    /// Only times after this one.
    #[serde(default)]
    after: Option<i64>,
}

/// `GET /desk/times`: the inside of the dialog.
pub async fn times(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Markup, Fault> {
    reader.require(Permission::AnswerCalls)?;
    let (operator, Query(wanted)) = (reader.operator()?, wanted.map_err(|_| Fault::Unreadable(String::new()))?);
    let contact = app.switchboard().in_hand(operator).ok_or(Refusal::NoContact)?;
    let desk = Some(DeskId::new(&wanted.desk)).filter(|_| !wanted.desk.is_empty());
    let all = app.switchboard().times_at_desk(operator, desk.as_ref())?;
    let later = all.into_iter().filter(|time| wanted.after.is_none_or(|after| time.wanted.slot.0 > after)).collect::<Vec<_>>();
    let caller = app.switchboard().caller(operator, contact.contact, purpose(&contact)).await.map_err(|_| Fault::NotRead)?;
    let plan = app.switchboard().deployment().plan.clone();
    let booked = app.switchboard().bookings_at_hand(operator).await?;
    let sight =
        Sight { words: preferences.words(), plan: &plan, contact: &contact, caller: caller.as_ref(), times: &later, booked: &booked };
    Ok(draw(&sight, desk.as_ref()))
}

/// Empty until it is opened.
#[must_use]
pub fn dialog(words: Words) -> Markup {
    html! {
        dialog #book .wide aria-labelledby="book-title" data-booked=(words.t("book-done")) data-cancelled=(words.t("book-cancelled")) {
            div #book-inside {}
            form method="dialog" { button type="submit" { (words.t("close")) } }
        }
    }
}

struct Sight<'a> {
    words: Words,
    plan: &'a Plan,
    contact: &'a ContactView,
    caller: Option<&'a CallerDetails>,
    times: &'a [FreeTime],
    /// What they have already.
    booked: &'a [BookingRecord],
}

fn draw(sight: &Sight<'_>, desk: Option<&DeskId>) -> Markup {
    let Sight { words, plan, contact, caller, times, booked } = *sight;
    let number = caller.and_then(|caller| caller.call_back_number.clone().or_else(|| caller.number.clone())).unwrap_or_default();
    let mail = caller.and_then(|caller| caller.mail.clone()).unwrap_or_default();
    let matter = names::matter(words, plan, contact.intent, contact.queue.as_ref());
    html! {
        h2 #book-title { (words.t("book-title")) }
        p .quiet { (matter) " · " (words.named("language", contact.language.word())) }
        form #book-form {
            label { (words.t("book-way")) " " select #book-desk name="desk" {
                option value="" { (words.t("booked-call")) }
                @for known in &plan.desks {
                    option value=(known.id) selected[desk == Some(&known.id)] { (words.with("booked-visit-to", [("desk", known.name.clone().into())])) }
                }
            } }
            @if times.is_empty() {
                p .empty { (words.t("book-none")) }
            } @else {
                (choices(words, plan, times))
                label { (words.t("book-number")) " " input #book-number name="number" type="tel" value=(number) maxlength=(NUMBER_CHARS_MAX); }
                label { (words.t("book-mail")) " " input #book-mail name="mail" type="text" value=(mail) maxlength=(MAIL_CHARS_MAX); }
                p #book-fault .fault role="alert" {}
                button .primary type="submit" { (words.t("book-do")) }
            }
            @if !booked.is_empty() { (already(sight)) }
        }
    }
}

/// What they have booked: moved to the time that is chosen above, or taken back.
fn already(sight: &Sight<'_>) -> Markup {
    let Sight { words, plan, times, .. } = *sight;
    html! {
        fieldset {
            legend { (words.t("book-already")) }
            @for record in sight.booked {
                @let same_kind = times.first().is_some_and(|time| time.wanted.wish.desk == record.wanted.wish.desk);
                p .acts {
                    span .when { (dates::day_and_clock(words, record.wanted.slot, &plan.zone)) } " "
                    @if same_kind { button type="submit" name="move_booking" value=(record.booking) { (words.t("book-move")) } " " }
                    button type="submit" name="cancel_booking" value=(record.booking) { (words.t("book-cancel")) }
                }
            }
        }
    }
}

fn choices(words: Words, plan: &Plan, times: &[FreeTime]) -> Markup {
    let shown = &times[..times.len().min(SHOWN)];
    html! {
        fieldset .choices {
            legend { (words.t("book-times")) }
            @for (place, time) in shown.iter().enumerate() {
                @let digit = place + 1;
                label .time {
                    input type="radio" name="slot" value=(time.wanted.slot.0) data-digit=(digit) checked[place == 0];
                    " " kbd { (digit) } " " span .when { (dates::day_and_clock(words, time.wanted.slot, &plan.zone)) }
                }
            }
        }
        @if let (Some(Timestamp(last)), true) = (shown.last().map(|time| time.wanted.slot), times.len() > SHOWN) {
            button #book-later type="button" data-digit="0" data-after=(last) { (words.t("book-later")) " " kbd { "0" } }
        }
    }
}
