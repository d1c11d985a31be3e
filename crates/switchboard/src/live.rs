//! The snapshot that boards, desks and the API read, and what a deployment brings.

use crate::{hearing::Hearing, sounds::Sounds};
use domain::{
    ContactId, OperatorId, Timestamp,
    place::Places,
    plan::Plan,
    routing::{Alarm, View},
    service_level::Day,
};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// What a deployment brings, read once and changed as a whole.
pub struct Deployment {
    pub plan: Arc<Plan>,
    pub places: Arc<Places>,
    pub sounds: Arc<Sounds>,
    /// None: the dialogue goes by keys.
    pub hearing: Option<Arc<Hearing>>,
}

/// Shown names of operators by account.
pub type OperatorNames = BTreeMap<OperatorId, String>;

/// One consistent snapshot of the centre. No personal data of citizens.
#[derive(Clone, Default, Serialize)]
pub struct Live {
    pub view: View,
    pub names: OperatorNames,
    /// Newest first, at most [`ALARMS_MAX`].
    pub alarms: Vec<AlarmNotice>,
    pub health: Health,
    /// The local day's figures, folded from the journal.
    #[serde(skip)]
    pub figures: Arc<Day>,
    /// Promises that are open and past their due time.
    pub promises_late: usize,
}

/// How many alarms a snapshot shows.
pub const ALARMS_MAX: usize = 100;

#[derive(Clone, Debug, Serialize)]
pub struct AlarmNotice {
    pub at: Timestamp,
    pub alarm: Alarm,
    pub contact: Option<ContactId>,
}

/// Whether the parts of the centre work.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Health {
    pub database: bool,
    pub telephony: bool,
    pub recogniser: bool,
    /// Calls are being taken.
    pub admitting: bool,
}

impl Default for Health {
    fn default() -> Self {
        Self { database: true, telephony: true, recogniser: false, admitting: true }
    }
}
