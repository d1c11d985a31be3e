//! Times that staff book, move and take back: an operator for the citizen they speak with, a leader for whoever booked.
//! What a citizen may do by a link stands in [`crate::bookings`].

use crate::{
    Switchboard,
    bookings::{Asked, BookingDetails, BookingRefusal, FreeTime, TimesWanted},
    call_backs::number_of_contact,
    desk::Refusal,
    not_read,
};
use domain::{
    BookingId, ClassId, DeskId, OperatorId, Timestamp,
    booking::{AtDesk, BookingRecord, ByStaff, CancelledBy, StaffReason, TimeWanted},
    plan::Plan,
    routing::{ContactView, Event},
};
use serde::{Deserialize, Serialize};

/// So far ahead is looked; the plan gives no more.
const DAYS: u8 = 31;

/// What an operator books for the citizen at hand. Personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskBooking {
    /// When the slot begins; one of [`Switchboard::times_at_desk`].
    pub slot: Timestamp,
    /// Where they come to; none is a call.
    pub desk: Option<DeskId>,
    pub number: Option<String>,
    pub mail: Option<String>,
}

impl std::fmt::Debug for DeskBooking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeskBooking(hidden)")
    }
}

impl From<BookingRefusal> for Refusal {
    fn from(why: BookingRefusal) -> Self {
        use BookingRefusal as B;
        match why {
            B::Full | B::Closed | B::TooSoon | B::TooFar | B::NotOffered | B::HoldExpired => Self::TimeTaken,
            B::TooMany => Self::TooManyBookings,
            B::Number => Self::NumberNotRung,
            B::Unknown | B::NotNow => Self::NotNow,
            B::NotSaved => Self::NotSaved,
            B::Unavailable => Self::Unavailable,
        }
    }
}

impl Switchboard {
    /// The contact that this operator speaks with or records.
    #[must_use]
    pub fn in_hand(&self, operator: OperatorId) -> Option<ContactView> {
        let live = self.live();
        let contact = live.view.operators.iter().find(|view| view.operator == operator).and_then(|view| view.contact)?;
        live.view.contacts.iter().find(|view| view.contact == contact && view.operator == Some(operator)).cloned()
    }

    /// Free times for the citizen at hand, earliest first: about what they ring about, in their region.
    ///
    /// # Errors
    /// [`Refusal::NoContact`] when no conversation is under way.
    pub fn times_at_desk(&self, operator: OperatorId, desk: Option<&DeskId>) -> Result<Vec<FreeTime>, Refusal> {
        let contact = self.in_hand(operator).ok_or(Refusal::NoContact)?;
        Ok(self.times_of(&contact, desk))
    }

    fn times_of(&self, contact: &ContactView, desk: Option<&DeskId>) -> Vec<FreeTime> {
        let plan = self.deployment().plan.clone();
        let Some(class) = class_of(&plan, contact) else { return Vec::new() };
        let wanted = TimesWanted { class, region: contact.region.clone(), desk: desk.cloned(), from: None, days: DAYS };
        self.free_times(&wanted).into_iter().filter(|time| time.free > 0).collect()
    }

    /// Books for the citizen at hand, in the same matter.
    ///
    /// # Errors
    /// Why not; nothing is kept then.
    pub(crate) async fn book_at_desk(&self, operator: OperatorId, wanted: DeskBooking) -> Result<(), Refusal> {
        let contact = self.in_hand(operator).ok_or(Refusal::NoContact)?;
        // One after the other: how many a citizen has is counted from what is saved.
        let _turn = self.inner.booking.lock().await;
        let chosen = self.times_of(&contact, wanted.desk.as_ref()).into_iter().find(|time| time.wanted.slot == wanted.slot);
        let chosen = chosen.ok_or(Refusal::TimeTaken)?.wanted;
        let details = BookingDetails {
            language: Some(contact.language),
            intent: contact.intent,
            number: wanted.number,
            mail: wanted.mail,
            ..BookingDetails::default()
        };
        let number = self.number_for(&details, chosen.wish.is_visit()).await?;
        let hold = self.hold_time(chosen).await?;
        let at_desk = Some((AtDesk { contact: contact.contact, operator }, contact.matter));
        let asked = Asked::Book { booking: hold.booking, details, number, language: contact.language, at_desk };
        if let Err(why) = self.asked(asked).await {
            // It is free again by itself, were it not given back.
            let _ = self.leave_hold(&hold.token).await;
            return Err(why.into());
        }
        Ok(())
    }

    /// What the citizen at hand has booked: by the number that they show or keyed, or in the same matter.
    ///
    /// # Errors
    /// [`Refusal::NoContact`] when no conversation is under way.
    pub async fn bookings_at_hand(&self, operator: OperatorId) -> Result<Vec<BookingRecord>, Refusal> {
        let contact = self.in_hand(operator).ok_or(Refusal::NoContact)?;
        let number = number_of_contact(self.store(), contact.contact).await.map_err(not_read)?;
        self.open_bookings(number.as_deref(), Some(contact.matter)).await.map_err(Refusal::from)
    }

    /// Moves one of them, or takes it back, because the citizen asks for it.
    pub(crate) async fn change_at_desk(&self, operator: OperatorId, booking: BookingId, to: Option<Timestamp>) -> Result<(), Refusal> {
        let known = self.bookings_at_hand(operator).await?;
        let record = known.into_iter().find(|record| record.booking == booking).ok_or(Refusal::NotNow)?;
        let staff = ByStaff { operator, reason: StaffReason::Asked };
        match to {
            None => self.cancel_for_citizen(booking, staff).await?,
            Some(slot) => self.moves(booking, TimeWanted { slot, ..record.wanted }, Some(staff)).await?,
        }
        Ok(())
    }

    /// Staff takes a booking back; the citizen is told.
    ///
    /// # Errors
    /// [`BookingRefusal::NotNow`] when it is over or somebody is being rung for it.
    pub async fn cancel_for_citizen(&self, booking: BookingId, staff: ByStaff) -> Result<(), BookingRefusal> {
        self.told(Event::BookingCancelled { booking, by: CancelledBy::Operator, staff: Some(staff) }).await
    }

    /// Staff moves a booking to another time of the same kind; the citizen is told.
    ///
    /// # Errors
    /// Why not; it stays where it is then.
    pub async fn move_for_citizen(&self, booking: BookingId, slot: Timestamp, staff: ByStaff) -> Result<(), BookingRefusal> {
        let record = self.booking(&self.store().booking_token(booking)).await?.record;
        self.moves(booking, TimeWanted { slot, ..record.wanted }, Some(staff)).await
    }
}

/// What they ring about, as it was understood or corrected; else what their queue is for.
fn class_of(plan: &Plan, contact: &ContactView) -> Option<ClassId> {
    if contact.intent.is_some() {
        return plan.class_of(contact.intent).map(|class| class.id.clone());
    }
    // Once it is answered it stands in none: the one that it was offered from.
    let queue = contact.queue.as_ref().or_else(|| contact.why.as_ref().map(|why| &why.queue))?;
    plan.queues().find(|(id, ..)| id == queue).map(|(_, _, class)| class.id.clone())
}
