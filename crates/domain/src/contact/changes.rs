//! What one entry of the journal changed.

use crate::{BookingId, ClassId, ContactId, MatterId, MessageNumber, PromiseId};

/// What one entry changed, so that only that is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    pub contacts: Vec<ContactId>,
    pub matters: Vec<MatterId>,
    pub promises: Vec<PromiseId>,
    pub surges: Vec<ClassId>,
    /// Messages that became owed, were sent or given up.
    pub messages: Vec<(ContactId, MessageNumber)>,
    pub bookings: Vec<BookingId>,
    /// By the contact that they are about.
    pub surveys: Vec<ContactId>,
}

impl Changes {
    /// Each once, in order.
    pub(super) fn tidy(&mut self) {
        fn each_once<T: Ord>(ids: &mut Vec<T>) {
            ids.sort_unstable();
            ids.dedup();
        }
        each_once(&mut self.contacts);
        each_once(&mut self.matters);
        each_once(&mut self.promises);
        each_once(&mut self.surges);
        each_once(&mut self.messages);
        each_once(&mut self.bookings);
        each_once(&mut self.surveys);
    }
}
