//! A booking as a file for calendars: the same whether it is fetched here or comes with a mail.

use super::{
    super::{
        in_two_pieces,
        paths::{Act, Paths},
    },
    way,
};
use crate::words::Words;
use domain::{
    Timestamp,
    booking::{BookingRecord, BookingState},
    contact::Reference,
    intent::Language,
    plan::Plan,
};
use interop::calendar::{self, Appointment};
use switchboard::Attachment;

pub(crate) fn file(plan: &Plan, record: &BookingRecord, language: Language, uid: &str, now: Timestamp) -> Attachment {
    let words = Words::new(language);
    let (desk, number) = (record.wanted.wish.desk.as_ref(), plan.numbers.first().cloned().unwrap_or_default());
    let summary = words.t(if desk.is_some() { "calendar-visit" } else { "calendar-call" });
    let reference = record.matter.map(|matter| Reference::of(matter).to_string()).unwrap_or_default();
    let about = words.with("calendar-about", [("reference", reference.into()), ("number", in_two_pieces(number.clone()).into())]);
    let authority = plan.in_language(&plan.title, language).unwrap_or_else(|| words.t("product"));
    let appointment = Appointment {
        uid,
        stamp: now,
        // An end is a change as well.
        sequence: record.moves.saturating_add(u32::from(record.state != BookingState::Booked)),
        begins: record.wanted.slot,
        ends: record.ends,
        cancelled: record.state == BookingState::Cancelled,
        summary: &format!("{summary} ({authority})"),
        description: &about,
        place: &way::place(plan, words, desk),
        organiser: &authority,
        telephone: &number,
        language,
    };
    Attachment {
        name: Paths::of(language).act_word(Act::Calendar).to_owned(),
        media_type: format!("text/calendar; charset=utf-8; method={}", appointment.method()),
        body: calendar::write(&appointment),
    }
}
