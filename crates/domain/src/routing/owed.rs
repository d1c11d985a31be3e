//! What the router remembers of what is owed.

use crate::{
    ClassId, ContactId, MatterId, RegionId, Timestamp,
    contact::{Channel, Owner, PromiseKind},
};

#[derive(Clone, Debug)]
pub(super) struct Promise {
    pub matter: MatterId,
    /// For whom it is the one that is open while they are; it may have been replaced since.
    pub contact: Option<ContactId>,
    pub kind: PromiseKind,
    pub owner: Owner,
    pub due: Timestamp,
    pub region: Option<RegionId>,
    /// Due within minutes: told again and again while it is late.
    pub pressing: bool,
    pub about: About,
    /// Waits for the citizen since then.
    pub paused: Option<Timestamp>,
    /// The contact whose citizen was asked to ring us again.
    pub ring_back: Option<ContactId>,
}

impl Promise {
    /// Of no contact yet and about nothing that is known; it does not press.
    pub fn new(matter: MatterId, kind: PromiseKind, owner: Owner, due: Timestamp) -> Self {
        Self {
            matter,
            contact: None,
            kind,
            owner,
            due,
            region: None,
            pressing: false,
            about: About::default(),
            paused: None,
            ring_back: None,
        }
    }
}

/// What the plan's rows for promises are asked by.
#[derive(Clone, Debug)]
pub(super) struct About {
    /// None until somebody is known to whom it is owed.
    pub class: Option<ClassId>,
    pub channel: Channel,
}

impl Default for About {
    fn default() -> Self {
        Self { class: None, channel: Channel::Telephone }
    }
}
