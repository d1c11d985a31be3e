//! What a caller's number, digits or words tell of the place: kept beside the journal each time it
//! changes, because it is personal data and the journal goes without.

use domain::{
    ContactId, Timestamp,
    place::Locality,
    routing::{Command, Router},
};
use serde_json::json;
use std::collections::BTreeMap;
use storage::{Payload, PayloadKind};

/// The last known of each contact that is open.
#[derive(Default)]
pub(crate) struct Localities(BTreeMap<ContactId, Locality>);

impl Localities {
    /// What is new with these commands, to be saved with them.
    pub fn learnt(&mut self, at: Timestamp, commands: &[Command], router: &Router) -> Vec<Payload> {
        let mut payloads = Vec::new();
        for command in commands {
            match command {
                Command::Describe { contact, .. } => payloads.extend(self.described(at, *contact, router)),
                Command::CloseContact { contact, .. } => {
                    self.0.remove(contact);
                }
                _ => {}
            }
        }
        payloads
    }

    fn described(&mut self, at: Timestamp, contact: ContactId, router: &Router) -> Option<Payload> {
        let place = router.place_of(contact)?;
        let locality = place.locality.as_ref()?;
        if self.0.get(&contact) == Some(locality) {
            return None;
        }
        self.0.insert(contact, locality.clone());
        let body = json!({ "locality": locality, "source": place.source, "at": at });
        Some(Payload { contact, kind: PayloadKind::Place, body })
    }
}
