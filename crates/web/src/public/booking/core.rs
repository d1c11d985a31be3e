//! What the pages ask of the switchboard, and its refusals in the pages' own few kinds.

use super::{
    super::Sight,
    drafts::{Draft, Held, Made, Tongue, Way},
    place,
};
use crate::{
    address::{Address, network},
    app::App,
    fault::Fault,
};
use domain::{
    ClassId, DeskId, RegionId, Timestamp,
    booking::{BookingRecord, BookingState, TimeWanted},
    contact::Reference,
};
use std::time::Instant;
use switchboard::{BookingDetails, BookingRefusal, Refusal, TimesWanted};

/// So far ahead is asked; the plan gives no more.
const DAYS: u8 = 31;

/// A time that can be had.
pub(super) struct Free {
    pub slot: Timestamp,
    wanted: TimeWanted,
}

/// Why a time was not given.
pub(super) enum NotHeld {
    /// It is not free (any more).
    Taken,
    /// Whoever books has enough.
    TooMany,
    /// One address held many within a short while.
    TooOften { until: Timestamp },
    /// It is kept no longer.
    Lost,
    /// The number is not rung.
    Number,
}

/// What was booked, as the pages show it.
pub(super) struct Booked {
    pub slot: Timestamp,
    pub ends: Timestamp,
    pub class: ClassId,
    region: RegionId,
    pub desk: Option<DeskId>,
    pub reference: Reference,
    /// It is still to come.
    pub open: bool,
    pub record: BookingRecord,
    /// The system's word for what became of it.
    pub state: &'static str,
}

pub(super) enum Moved {
    Done,
    /// It is over meanwhile.
    Over,
    Not(NotHeld),
}

/// What is wished for by the answers so far; none before they say it.
fn wishes(draft: &Draft) -> Option<TimesWanted> {
    let desk = match draft.way.as_ref()? {
        Way::Call => None,
        Way::Visit(desk) => Some(desk.clone()),
    };
    Some(TimesWanted { class: draft.class.clone()?, region: draft.place.region.clone(), desk, from: None, days: DAYS })
}

impl Booked {
    pub fn wishes(&self) -> TimesWanted {
        TimesWanted { class: self.class.clone(), region: Some(self.region.clone()), desk: self.desk.clone(), from: None, days: DAYS }
    }
}

pub(super) fn free_for(app: &App, wanted: &TimesWanted) -> Vec<Free> {
    let times = app.switchboard().free_times(wanted);
    times.into_iter().filter(|time| time.free > 0).map(|time| Free { slot: time.wanted.slot, wanted: time.wanted }).collect()
}

pub(super) fn free(app: &App, draft: &Draft) -> Vec<Free> {
    wishes(draft).map(|wanted| free_for(app, &wanted)).unwrap_or_default()
}

/// What cannot be done for reasons of ours: not the citizen's to put right.
fn ours(why: BookingRefusal) -> Fault {
    match why {
        BookingRefusal::NotSaved => Fault::Refused(Refusal::NotSaved),
        BookingRefusal::Unavailable => Fault::Unavailable,
        BookingRefusal::Unknown => Fault::NotFound,
        _ => Fault::Refused(Refusal::NotNow),
    }
}

fn kind(why: BookingRefusal) -> Result<NotHeld, Fault> {
    match why {
        BookingRefusal::Full | BookingRefusal::Closed | BookingRefusal::TooSoon | BookingRefusal::TooFar | BookingRefusal::NotOffered => {
            Ok(NotHeld::Taken)
        }
        BookingRefusal::TooMany => Ok(NotHeld::TooMany),
        BookingRefusal::HoldExpired | BookingRefusal::Unknown | BookingRefusal::NotNow => Ok(NotHeld::Lost),
        BookingRefusal::Number => Ok(NotHeld::Number),
        BookingRefusal::NotSaved | BookingRefusal::Unavailable => Err(ours(why)),
    }
}

/// Another turn of this address at taking a time.
fn turn(app: &App, sight: &Sight, address: Address) -> Result<(), NotHeld> {
    let again = app.holds().take(network(address.0), Instant::now());
    again.map_err(|wait| NotHeld::TooOften { until: sight.now.plus_ms(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)) })
}

/// Keeps the chosen time, if it is among those that are free.
pub(super) async fn hold(
    app: &App,
    sight: &Sight,
    draft: &Draft,
    slot: Timestamp,
    address: Address,
) -> Result<Result<Held, NotHeld>, Fault> {
    let Some(chosen) = free(app, draft).into_iter().find(|free| free.slot == slot) else { return Ok(Err(NotHeld::Taken)) };
    if let Err(too_often) = turn(app, sight, address) {
        return Ok(Err(too_often));
    }
    match app.switchboard().hold_time(chosen.wanted).await {
        Ok(hold) => Ok(Ok(Held { token: hold.token, slot, until: hold.until })),
        Err(why) => kind(why).map(Err),
    }
}

/// Gives a time back. One that cannot be given back is free again by itself.
pub(super) async fn leave(app: &App, held: &Held) {
    if app.switchboard().leave_hold(&held.token).await.is_err() {
        tracing::debug!("a held time could not be given back; it is free again by itself");
    }
}

/// Books what is held. Sent twice, it is the same booking.
pub(super) async fn book(app: &App, sight: &Sight, draft: &Draft) -> Result<Result<Made, NotHeld>, Fault> {
    let Some(held) = &draft.held else { return Ok(Err(NotHeld::Lost)) };
    match app.switchboard().book(&held.token, details(sight, draft)).await {
        Ok(booked) => Ok(Ok(Made { token: booked.token })),
        Err(why) => kind(why).map(Err),
    }
}

fn details(sight: &Sight, draft: &Draft) -> BookingDetails {
    let written = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (language, interpreter) = match draft.tongue {
        Some(Tongue::Ours(language)) => (language, None),
        _ => (sight.words.language, written(&draft.interpreter)),
    };
    let place = (!draft.place.unknown).then(|| place::said(sight, draft));
    BookingDetails {
        language: Some(language).filter(|language| sight.deployment.plan.languages.contains(language)),
        intent: None,
        name: written(&draft.name),
        number: written(&draft.number).map(|number| sight.dialled(&number).unwrap_or(number)),
        mail: written(&draft.mail),
        place,
        words: written(&draft.about),
        interpreter,
        needs: written(&draft.needs),
    }
}

/// What a link leads to; none where it leads nowhere.
pub(super) async fn booking(app: &App, token: &str) -> Result<Option<Booked>, Fault> {
    match app.switchboard().booking(token).await {
        Ok(known) => Ok(Some(shown(known))),
        Err(BookingRefusal::Unknown) => Ok(None),
        Err(why) => Err(ours(why)),
    }
}

fn shown(known: switchboard::Booked) -> Booked {
    let record = known.record;
    Booked {
        slot: record.wanted.slot,
        ends: record.ends,
        class: record.wanted.wish.class.clone(),
        region: record.wanted.wish.region.clone(),
        desk: record.wanted.wish.desk.clone(),
        reference: known.reference,
        open: record.state == BookingState::Booked,
        state: record.state.word(),
        record,
    }
}

/// Another time for what is booked, taken and given back in one.
pub(super) async fn shift(
    app: &App,
    sight: &Sight,
    token: &str,
    booked: &Booked,
    slot: Timestamp,
    address: Address,
) -> Result<Moved, Fault> {
    if slot == booked.slot {
        return Ok(Moved::Done);
    }
    let Some(chosen) = free_for(app, &booked.wishes()).into_iter().find(|free| free.slot == slot) else {
        return Ok(Moved::Not(NotHeld::Taken));
    };
    if let Err(too_often) = turn(app, sight, address) {
        return Ok(Moved::Not(too_often));
    }
    match app.switchboard().move_booking(token, chosen.wanted).await {
        Ok(_) => Ok(Moved::Done),
        Err(BookingRefusal::NotNow) => Ok(Moved::Over),
        Err(why) => kind(why).map(Moved::Not),
    }
}

/// Takes it back; over already, it stays what it is.
pub(super) async fn cancel(app: &App, token: &str) -> Result<(), Fault> {
    match app.switchboard().cancel_booking(token).await {
        Ok(_) | Err(BookingRefusal::NotNow) => Ok(()),
        Err(why) => Err(ours(why)),
    }
}
