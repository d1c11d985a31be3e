//! What citizens' pages tell of themselves to whoever writes to citizens: where a booking is seen and changed, and its file
//! for calendars. The pages draw both; who starts the program brings them together.

use domain::{Timestamp, booking::BookingRecord, intent::Language, plan::Plan};
use storage::{Attachment, Store};

#[derive(Clone, Debug)]
pub struct CitizensPages {
    /// Where the program is reached from outside, before every path: `https://svar.polisen.example`. Without it messages
    /// have no links.
    pub address: Option<String>,
    /// The path of a booking by the token of its link.
    pub booking: fn(Language, &str) -> String,
    /// The path of what somebody sent in, by the token of its link.
    pub matter: fn(Language, &str) -> String,
    /// The path of the question how it was, by the token of its link.
    pub survey: fn(Language, &str) -> String,
    /// The path of where files are sent, by the token of its link.
    pub files: fn(Language, &str) -> String,
    /// The file of a booking, known to calendars by this name, as it stands at this time.
    pub appointment: fn(&Plan, &BookingRecord, Language, &str, Timestamp) -> Attachment,
}

/// The same with what links are made of.
pub(crate) struct Citizens {
    pub pages: CitizensPages,
    pub store: Store,
}

impl Citizens {
    /// Whether a message can lead to them.
    pub fn have_address(&self) -> bool {
        self.pages.address.is_some()
    }

    /// Where this booking is seen and changed.
    pub fn link(&self, booking: domain::BookingId, language: Language) -> Option<String> {
        let address = self.pages.address.as_deref()?;
        Some(format!("{address}{}", (self.pages.booking)(language, &self.store.booking_token(booking))))
    }

    /// Where what somebody sent in is followed.
    pub fn link_to_follow(&self, contact: domain::ContactId, language: Language) -> Option<String> {
        let address = self.pages.address.as_deref()?;
        Some(format!("{address}{}", (self.pages.matter)(language, &self.store.contact_token(contact))))
    }

    /// Where whoever was helped says how it was.
    pub fn link_to_survey(&self, contact: domain::ContactId, language: Language) -> Option<String> {
        let address = self.pages.address.as_deref()?;
        Some(format!("{address}{}", (self.pages.survey)(language, &self.store.survey_token(contact))))
    }

    /// Where whoever is talked with sends files.
    pub fn link_to_files(&self, contact: domain::ContactId, language: Language) -> Option<String> {
        let address = self.pages.address.as_deref()?;
        Some(format!("{address}{}", (self.pages.files)(language, &self.store.files_token(contact))))
    }

    pub fn appointment(&self, plan: &Plan, record: &BookingRecord, language: Language, now: Timestamp) -> Attachment {
        (self.pages.appointment)(plan, record, language, &self.store.appointment_uid(record.booking), now)
    }
}
