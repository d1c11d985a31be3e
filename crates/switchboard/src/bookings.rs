//! Times that citizens book: what a page or a dialogue asks for, and what is kept of whoever asks. Who gets the last
//! place is the router's to say, one after the other; nothing is answered here before it is saved.

use crate::{
    Switchboard, clock,
    input::{Input, Reply},
    run_loop::RunLoop,
};
use domain::{
    BookingId, ClassId, ContactId, DeskId, MatterId, OperatorId, RegionId, Timestamp,
    booking::{AtDesk, BookingRecord, BookingState, ByStaff, CancelledBy, TimeWanted, Unbookable, Wish},
    contact::Reference,
    intent::{Intent, Language},
    routing::Event,
};
use jiff::civil::Date;
use serde_json::json;
use std::fmt;
use storage::{Payload, PayloadKind, StoreError};
use tokio::sync::oneshot;

/// Bookings of one day that are read at once.
const DAY_MAX: u32 = 1_000;

/// Which times are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimesWanted {
    pub class: ClassId,
    /// None is anywhere; the region of a desk need not be named.
    pub region: Option<RegionId>,
    /// None is a call.
    pub desk: Option<DeskId>,
    /// The first local day; none is today.
    pub from: Option<Date>,
    pub days: u8,
}

/// A time that could be had, or that is full.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FreeTime {
    pub wanted: TimeWanted,
    pub ends: Timestamp,
    pub free: usize,
}

/// A time that is kept while the form is filled.
#[derive(Clone, PartialEq, Eq)]
pub struct Hold {
    pub booking: BookingId,
    /// Opens this hold, and the booking that comes of it; nobody else is told.
    pub token: String,
    pub wanted: TimeWanted,
    pub ends: Timestamp,
    pub until: Timestamp,
}

/// What the form asked: personal data, hidden in Debug.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct BookingDetails {
    pub language: Option<Language>,
    pub intent: Option<Intent>,
    /// May stay empty.
    pub name: Option<String>,
    pub number: Option<String>,
    pub mail: Option<String>,
    /// Where it is about, as they wrote it.
    pub place: Option<String>,
    /// What it is about, in their own words.
    pub words: Option<String>,
    /// The language in which an interpreter is to be called in.
    pub interpreter: Option<String>,
    /// What else they need.
    pub needs: Option<String>,
}

/// What was booked.
#[derive(Clone, PartialEq, Eq)]
pub struct Booked {
    pub booking: BookingId,
    pub reference: Reference,
    pub token: String,
    pub record: BookingRecord,
}

/// Why a time was not given, moved or taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BookingRefusal {
    #[error("all places of this time are taken")]
    Full,
    #[error("no slot begins then")]
    Closed,
    #[error("it begins too soon")]
    TooSoon,
    #[error("it is too far ahead")]
    TooFar,
    #[error("no times are given for this")]
    NotOffered,
    /// The form took longer than the time was kept.
    #[error("the time is not kept any more")]
    HoldExpired,
    /// Whoever gives this number or address has as many open bookings as the plan lets one have.
    #[error("too many open bookings")]
    TooMany,
    /// No number that may be rung, or neither number nor address.
    #[error("the number may not be rung")]
    Number,
    #[error("no such booking")]
    Unknown,
    /// It is over, or somebody is being rung for it.
    #[error("this is not possible now")]
    NotNow,
    #[error("saving is not possible right now")]
    NotSaved,
    #[error("the service is starting or stopping")]
    Unavailable,
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hold({}, hidden)", self.booking)
    }
}

impl fmt::Debug for BookingDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BookingDetails(hidden)")
    }
}

impl fmt::Debug for Booked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Booked({}, hidden)", self.booking)
    }
}

impl From<Unbookable> for BookingRefusal {
    fn from(why: Unbookable) -> Self {
        match why {
            Unbookable::NotOffered => Self::NotOffered,
            Unbookable::Closed => Self::Closed,
            Unbookable::TooSoon => Self::TooSoon,
            Unbookable::TooFar => Self::TooFar,
            Unbookable::Full => Self::Full,
        }
    }
}

fn not_read(error: StoreError) -> BookingRefusal {
    tracing::error!(%error, "a booking could not be read");
    BookingRefusal::NotSaved
}

impl BookingDetails {
    fn payload(&self, contact: ContactId, number: Option<&str>) -> Payload {
        let Self { name, mail, place, words, interpreter, needs, .. } = self;
        let body = json!({ "name": name, "number": number, "mail": mail, "place": place, "words": words, "interpreter": interpreter, "needs": needs });
        Payload { contact, kind: PayloadKind::Booking, body }
    }
}

/// What the loop answers before it has saved anything: what will have been done once it has.
pub(crate) enum Asked {
    Hold { wanted: TimeWanted, found: oneshot::Sender<Result<(BookingId, Timestamp, Timestamp), Unbookable>> },
    Book { booking: BookingId, details: BookingDetails, number: Option<String>, language: Language, at_desk: Option<(AtDesk, MatterId)> },
    Move { booking: BookingId, wanted: TimeWanted, staff: Option<ByStaff>, found: oneshot::Sender<Result<(), Unbookable>> },
}

impl RunLoop {
    pub async fn booking_asked(&mut self, asked: Asked, reply: Reply) {
        // Holds that have run out are free again before anybody is told that none is.
        let now = clock::now();
        self.time_passed(now).await;
        match asked {
            Asked::Hold { wanted, found } => match self.router.ask_time(now, &wanted, None) {
                Err(why) => {
                    let _ = found.send(Err(why));
                }
                Ok(ends) => {
                    let booking = BookingId(self.router.next_ids().booking);
                    let held = Event::TimeHeld { booking, wanted, key: None };
                    self.decide_at(now, held, Vec::new(), Some(reply)).await;
                    let until = self.router.booking(booking).map_or(now, |record| record.hold_until);
                    let _ = found.send(Ok((booking, ends, until)));
                }
            },
            Asked::Book { booking, details, number, language, at_desk } => {
                let (contact, matter) = match at_desk {
                    Some((_, matter)) => (ContactId(self.router.next_ids().contact), matter),
                    None => self.new_contact(),
                };
                let at_desk = at_desk.map(|(desk, _)| desk);
                let payloads = vec![details.payload(contact, number.as_deref())];
                let (intent, interpreter) = (details.intent, details.interpreter.is_some());
                let reached = self.stage.reach_of(number.as_deref(), details.mail.as_deref());
                let booked = Event::TimeBooked { booking, matter, contact, language, intent, interpreter, reached, at_desk };
                self.stage.call_backs.booked(contact, number);
                self.decide_at(now, booked, payloads, Some(reply)).await;
            }
            Asked::Move { booking, wanted, staff, found } => match self.router.ask_time(now, &wanted, Some(booking)) {
                Err(why) => {
                    let _ = found.send(Err(why));
                }
                Ok(_) => {
                    let _ = found.send(Ok(()));
                    self.decide_at(now, Event::BookingMoved { booking, wanted, staff }, Vec::new(), Some(reply)).await;
                }
            },
        }
    }
}

impl Switchboard {
    /// Times that could be had now, full ones among them, earliest first; of the last tenth of a second. Where no region is
    /// named each time stands once, for the region with most free.
    #[must_use]
    pub fn free_times(&self, wanted: &TimesWanted) -> Vec<FreeTime> {
        let (plan, live, now) = (self.deployment().plan.clone(), self.live(), clock::now());
        let from = wanted.from.unwrap_or_else(|| now.local(&plan.zone).date());
        let desk = wanted.desk.as_ref().and_then(|desk| plan.desk(desk));
        let regions: Vec<RegionId> = match (desk, &wanted.region) {
            (Some(desk), _) => vec![desk.region.clone()],
            (None, _) if wanted.desk.is_some() => Vec::new(),
            (None, Some(region)) => vec![region.clone()],
            (None, None) => plan.regions.iter().map(|region| region.id.clone()).collect(),
        };
        let mut times: Vec<FreeTime> = Vec::new();
        for region in regions {
            let wish = Wish { class: wanted.class.clone(), region, desk: wanted.desk.clone() };
            let here = live.view.diary.free_times(&plan, now, &wish, from, wanted.days);
            times.extend(here.into_iter().map(|time| FreeTime {
                wanted: TimeWanted { wish: wish.clone(), slot: time.slot },
                ends: time.ends,
                free: time.free,
            }));
        }
        // Of one slot the region with most free; of equals the first of the plan.
        times.sort_by_key(|time| (time.wanted.slot, std::cmp::Reverse(time.free)));
        times.dedup_by_key(|time| time.wanted.slot);
        times
    }

    /// Keeps a time while the form is filled.
    ///
    /// # Errors
    /// Why it cannot be had; nothing is kept then.
    pub async fn hold_time(&self, wanted: TimeWanted) -> Result<Hold, BookingRefusal> {
        let (found, answer) = oneshot::channel();
        let saved = self.asked(Asked::Hold { wanted: wanted.clone(), found }).await;
        let (booking, ends, until) = match answer.await {
            Ok(Ok(kept)) => kept,
            Ok(Err(why)) => return Err(why.into()),
            Err(_) => return Err(saved.err().unwrap_or(BookingRefusal::Unavailable)),
        };
        saved?;
        Ok(Hold { booking, token: self.store().booking_token(booking), wanted, ends, until })
    }

    /// Gives a held time back; said again, or after it was booked, it does nothing.
    ///
    /// # Errors
    /// [`BookingRefusal::Unknown`] when there is no such hold.
    pub async fn leave_hold(&self, token: &str) -> Result<(), BookingRefusal> {
        let record = self.record_of(token).await?;
        match record.state {
            BookingState::Held => self.told(Event::HoldLeft { booking: record.booking }).await,
            _ => Ok(()),
        }
    }

    /// Books what is held. The same form sent twice is answered with the same booking.
    ///
    /// # Errors
    /// Why not; the hold is as it was before, until its time.
    pub async fn book(&self, token: &str, details: BookingDetails) -> Result<Booked, BookingRefusal> {
        // One after the other: how many a citizen has is counted from what is saved.
        let _turn = self.inner.booking.lock().await;
        let record = self.record_of(token).await?;
        match record.state {
            BookingState::Held => {}
            BookingState::Booked => return booked(record, token),
            BookingState::Left | BookingState::Expired => return Err(BookingRefusal::HoldExpired),
            _ => return Err(BookingRefusal::NotNow),
        }
        let number = self.number_for(&details, record.wanted.wish.is_visit()).await?;
        let language = details.language.unwrap_or_else(|| self.first_language());
        self.asked(Asked::Book { booking: record.booking, details, number, language, at_desk: None }).await.map_err(|why| match why {
            BookingRefusal::NotNow => BookingRefusal::HoldExpired,
            other => other,
        })?;
        booked(self.record_of(token).await?, token)
    }

    /// Where whoever books is rung, if they have room for another booking; none for a visitor with an address alone.
    pub(crate) async fn number_for(&self, details: &BookingDetails, is_visit: bool) -> Result<Option<String>, BookingRefusal> {
        let plan = self.deployment().plan.clone();
        let dialled = details.number.as_deref().and_then(|number| plan.call_backs.as_ref()?.diallable(number));
        let number = match (&dialled, is_visit) {
            (Some(number), _) => Some(number.clone()),
            (None, true) if details.number.is_none() && details.mail.is_some() => None,
            _ => return Err(BookingRefusal::Number),
        };
        let most = plan.bookings.as_ref().map_or(usize::MAX, |rule| usize::from(rule.per_citizen_max));
        let known_by = number.clone().or_else(|| details.mail.clone()).unwrap_or_default();
        let open = self.open_bookings(Some(&known_by), None).await?.len();
        if open >= most { Err(BookingRefusal::TooMany) } else { Ok(number) }
    }

    /// What is booked by whoever has this number or address, however it was written then, or in this matter.
    pub(crate) async fn open_bookings(
        &self,
        known_by: Option<&str>,
        matter: Option<MatterId>,
    ) -> Result<Vec<BookingRecord>, BookingRefusal> {
        let writings = known_by.map(|number| self.deployment().plan.writings_of(number)).unwrap_or_default();
        let mut known = Vec::new();
        for written in writings.iter().map(Some).chain([None]) {
            known.extend(self.store().open_bookings_of(written.map(String::as_str), matter).await.map_err(not_read)?);
        }
        known.sort_by_key(|record| (record.wanted.slot, record.booking));
        known.dedup_by_key(|record| record.booking);
        Ok(known)
    }

    /// What a link leads to, whatever became of it.
    ///
    /// # Errors
    /// [`BookingRefusal::Unknown`] when it leads nowhere.
    pub async fn booking(&self, token: &str) -> Result<Booked, BookingRefusal> {
        booked(self.record_of(token).await?, token)
    }

    /// Moves a booking, if the other time is free; else it stays where it is.
    ///
    /// # Errors
    /// Why not.
    pub async fn move_booking(&self, token: &str, wanted: TimeWanted) -> Result<Booked, BookingRefusal> {
        let record = self.record_of(token).await?;
        if record.state != BookingState::Booked {
            return Err(BookingRefusal::NotNow);
        }
        if record.wanted != wanted {
            self.moves(record.booking, wanted, None).await?;
        }
        booked(self.record_of(token).await?, token)
    }

    /// By the citizen, or by staff for them.
    pub(crate) async fn moves(&self, booking: BookingId, wanted: TimeWanted, staff: Option<ByStaff>) -> Result<(), BookingRefusal> {
        let (found, answer) = oneshot::channel();
        let saved = self.asked(Asked::Move { booking, wanted, staff, found }).await;
        match answer.await {
            Ok(Err(why)) => Err(why.into()),
            Ok(Ok(())) | Err(_) => saved,
        }
    }

    /// Takes a booking back; said again it does nothing.
    ///
    /// # Errors
    /// [`BookingRefusal::NotNow`] while somebody is being rung for it, or when it is over.
    pub async fn cancel_booking(&self, token: &str) -> Result<Booked, BookingRefusal> {
        let record = self.record_of(token).await?;
        match record.state {
            BookingState::Booked => {
                let (booking, by, staff) = (record.booking, CancelledBy::Citizen, None);
                self.told(Event::BookingCancelled { booking, by, staff }).await?;
            }
            BookingState::Cancelled => {}
            _ => return Err(BookingRefusal::NotNow),
        }
        booked(self.record_of(token).await?, token)
    }

    /// Staff says that a visitor was met, or did not come.
    ///
    /// # Errors
    /// [`BookingRefusal::NotNow`] when it is no visit that is booked, or was not due yet.
    pub async fn visitor(&self, booking: BookingId, operator: OperatorId, met: bool) -> Result<(), BookingRefusal> {
        self.told(match met {
            true => Event::VisitorMet { booking, operator },
            false => Event::VisitorMissed { booking, operator },
        })
        .await
    }

    /// What is booked for a local day, earliest first, with what became of it.
    ///
    /// # Errors
    /// [`BookingRefusal::NotSaved`] when it cannot be read.
    pub async fn bookings_on(&self, date: Date) -> Result<Vec<BookingRecord>, BookingRefusal> {
        let zone = self.deployment().plan.zone.clone();
        let midnight = |date: Date| date.to_zoned(zone.clone()).map(|zoned| Timestamp(zoned.timestamp().as_millisecond()));
        let (Ok(from), Ok(to)) = (midnight(date), date.tomorrow().and_then(midnight)) else { return Ok(Vec::new()) };
        self.store().bookings_between(from, to, DAY_MAX).await.map_err(not_read)
    }

    async fn record_of(&self, token: &str) -> Result<BookingRecord, BookingRefusal> {
        self.store().booking_of_link(token).await.map_err(not_read)?.ok_or(BookingRefusal::Unknown)
    }

    pub(crate) async fn asked(&self, asked: Asked) -> Result<(), BookingRefusal> {
        self.answered(|reply| Input::Booking { asked: Box::new(asked), reply }).await.map_err(refusal)
    }

    pub(crate) async fn told(&self, event: Event) -> Result<(), BookingRefusal> {
        self.led(event, Vec::new()).await.map_err(refusal)
    }
}

fn refusal(why: crate::Refusal) -> BookingRefusal {
    match why {
        crate::Refusal::NotSaved => BookingRefusal::NotSaved,
        crate::Refusal::Unavailable => BookingRefusal::Unavailable,
        _ => BookingRefusal::NotNow,
    }
}

/// A hold is no booking yet.
fn booked(record: BookingRecord, token: &str) -> Result<Booked, BookingRefusal> {
    let matter = record.matter.ok_or(BookingRefusal::Unknown)?;
    Ok(Booked { booking: record.booking, reference: Reference::of(matter), token: token.to_owned(), record })
}
