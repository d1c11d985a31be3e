//! Booked times in the language of the scenarios.
#![allow(clippy::unwrap_used)]

use domain::{
    BookingId, ClassId, ContactId, DeskId, MatterId, OperatorId, RegionId, Timestamp,
    booking::{AtDesk, BookingState, ByStaff, CancelledBy, StaffReason, TimeWanted, Wish},
    contact::ReachedBy,
    intent::{Intent, Language},
    routing::{Command, Event},
};
use jiff::{civil::DateTime, tz::TimeZone};

/// "is held: report in vast on 2026-11-24T10:00", "is booked as call 1 in sv with an interpreter
/// reached by text and mail about report_theft", "is booked by operator 1 for call 1 as call 2 in sv …", "moves to report in
/// vast on …", "is left", "is cancelled", "is cancelled by operator 1 because: asked", "is moved by operator 1 because: asked to …"
pub fn of_booking(booking: BookingId, words: &[&str]) -> Option<Event> {
    Some(match words {
        ["is", "held:", wanted @ ..] => Event::TimeHeld { booking, wanted: time_wanted(wanted)?, key: None },
        ["is", "left"] => Event::HoldLeft { booking },
        ["is", "booked", "by", "operator", operator, "for", "call", of, "as", rest @ ..] => {
            let desk = AtDesk { contact: ContactId(of.parse().ok()?), operator: OperatorId(operator.parse().ok()?) };
            return booked(booking, rest, Some(desk));
        }
        ["is", "booked", "as", rest @ ..] => return booked(booking, rest, None),
        ["moves", "to", wanted @ ..] => Event::BookingMoved { booking, wanted: time_wanted(wanted)?, staff: None },
        ["is", "moved", "by", "operator", operator, "because:", reason, "to", wanted @ ..] => {
            Event::BookingMoved { booking, wanted: time_wanted(wanted)?, staff: Some(by_staff(operator, reason)?) }
        }
        ["is", "cancelled", "by", "an", "operator"] => Event::BookingCancelled { booking, by: CancelledBy::Operator, staff: None },
        ["is", "cancelled", "by", "operator", operator, "because:", reason] => {
            Event::BookingCancelled { booking, by: CancelledBy::Operator, staff: Some(by_staff(operator, reason)?) }
        }
        ["is", "cancelled"] => Event::BookingCancelled { booking, by: CancelledBy::Citizen, staff: None },
        _ => return None,
    })
}

fn by_staff(operator: &str, reason: &str) -> Option<ByStaff> {
    Some(ByStaff { operator: OperatorId(operator.parse().ok()?), reason: StaffReason::from_word(reason)? })
}

/// "call 2 in sv with an interpreter reached by text"; at a desk in the matter of the conversation, which has its number.
fn booked(booking: BookingId, words: &[&str], at_desk: Option<AtDesk>) -> Option<Event> {
    Some(match words {
        ["call", contact, "in", language, rest @ ..] => {
            let contact: u64 = contact.parse().ok()?;
            Event::TimeBooked {
                booking,
                matter: MatterId(at_desk.map_or(contact, |desk| desk.contact.0)),
                contact: ContactId(contact),
                language: Language::from_word(language)?,
                intent: rest.iter().skip_while(|word| **word != "about").nth(1).and_then(|word| Intent::from_word(word)),
                interpreter: rest.contains(&"interpreter"),
                reached: ReachedBy { textable: rest.contains(&"text"), mailable: rest.contains(&"mail") },
                at_desk,
            }
        }
        _ => return None,
    })
}

/// "meets the visitor of booking 1", "misses the visitor of booking 1"
pub fn of_operator(operator: OperatorId, words: &[&str]) -> Option<Event> {
    match words {
        ["meets", "the", "visitor", "of", "booking", booking] => {
            Some(Event::VisitorMet { booking: BookingId(booking.parse().ok()?), operator })
        }
        ["misses", "the", "visitor", "of", "booking", booking] => {
            Some(Event::VisitorMissed { booking: BookingId(booking.parse().ok()?), operator })
        }
        _ => None,
    }
}

/// "report in vast on 2026-11-24T10:00", "report in vast at goteborg on 2026-11-24T10:00"
fn time_wanted(words: &[&str]) -> Option<TimeWanted> {
    let (class, region, desk, at) = match words {
        [class, "in", region, "on", at] => (class, region, None, at),
        [class, "in", region, "at", desk, "on", at] => (class, region, Some(DeskId::new(desk)), at),
        _ => return None,
    };
    let local: DateTime = at.parse().ok()?;
    let slot = local.to_zoned(TimeZone::get("Europe/Stockholm").unwrap()).ok()?.timestamp().as_millisecond();
    Some(TimeWanted { wish: Wish { class: ClassId::new(class), region: RegionId::new(region), desk }, slot: Timestamp(slot) })
}

pub fn line(command: &Command, time: &dyn Fn(Timestamp) -> String) -> Option<String> {
    let what = |wanted: &TimeWanted| {
        let desk = wanted.wish.desk.as_ref().map_or(String::new(), |desk| format!(" at {desk}"));
        format!("{}{desk} {}", wanted.wish.queue(), time(wanted.slot))
    };
    Some(match command {
        Command::HoldTime { booking, wanted, ends, until, .. } => {
            format!("booking {booking} holds {}-{} until {}", what(wanted), time(*ends), time(*until))
        }
        Command::ReleaseTime { booking, state: BookingState::Expired } => format!("booking {booking} has run out"),
        Command::ReleaseTime { booking, .. } => format!("booking {booking} is given back"),
        Command::BookTime { booking, matter, contact, promise, interpreter, .. } => {
            let with = if *interpreter { ", with an interpreter" } else { "" };
            format!("booking {booking} is booked: call {contact} in matter {matter}, promise {promise}{with}")
        }
        Command::MoveBooking { booking, wanted, ends, promise, .. } => {
            format!("booking {booking} moves to {}-{}, promise {promise}", what(wanted), time(*ends))
        }
        Command::RemindCitizen { booking, contact } => format!("reminds call {contact} of booking {booking}"),
        Command::CancelBooking { booking, by } => format!("booking {booking} is cancelled by {by}"),
        Command::EndBooking { booking, state } => format!("booking {booking} is over: {state}"),
        _ => return None,
    })
}
