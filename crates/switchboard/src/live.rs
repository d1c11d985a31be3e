//! The snapshot that boards, desks and the API read, and what a deployment brings.

use crate::{hearing::Hearing, learning::Comprehension, mail_in::MailInStand, messages::MessagesStand, sounds::Sounds};
use domain::{
    ContactId, OperatorId, Timestamp,
    contact::Medium,
    form::Catalogue,
    intent::Language,
    place::Places,
    plan::Plan,
    routing::{Alarm, View},
    service_level::Day,
};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// What a deployment brings, changed as a whole.
#[derive(Clone)]
pub struct Deployment {
    pub plan: Arc<Plan>,
    /// What the plan was read from.
    pub text: Arc<str>,
    pub places: Arc<Places>,
    /// What citizens report without talk.
    pub forms: Arc<Catalogue>,
    pub sounds: Arc<Sounds>,
    /// None: the dialogue goes by keys.
    pub hearing: Option<Arc<Hearing>>,
}

impl Deployment {
    /// Whether callers are asked for words now.
    pub(crate) fn comprehension(&self) -> Comprehension {
        self.hearing.as_ref().map_or(Comprehension::Absent, |hearing| hearing.learning.comprehension())
    }

    /// The language in which operators read what is not written in words of people.
    #[must_use]
    pub fn language(&self) -> Language {
        self.plan.languages.first().copied().unwrap_or(Language::Swedish)
    }

    /// The name of a municipality.
    #[must_use]
    pub fn municipality(&self, code: &str) -> Option<String> {
        self.places.areas.municipalities().iter().find(|known| known.code == code).map(|known| known.name.clone())
    }

    /// The same with another plan.
    #[must_use]
    pub fn with_plan(&self, plan: Plan, text: &str) -> Self {
        Self { plan: Arc::new(plan), text: text.into(), ..self.clone() }
    }
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
    /// Messages that are owed, and those that were given up.
    pub messages: BTreeMap<Medium, MessagesStand>,
    /// None where no mail is taken in.
    pub mail_in: Option<MailInStand>,
}

/// How many alarms a snapshot shows.
pub const ALARMS_MAX: usize = 100;

#[derive(Clone, Debug, Serialize)]
pub struct AlarmNotice {
    pub at: Timestamp,
    pub alarm: Raised,
    pub contact: Option<ContactId>,
}

/// Who called for a person: the router, about calls and promises, or the program, about itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Raised {
    Routing(Alarm),
    Program(Trouble),
}

/// What ails the program itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Trouble {
    /// The database or its disk takes nothing: callers hear the announcement of a fault.
    NothingSaved,
    /// That is over: what was decided meanwhile is safe, and calls are taken again.
    SavedAgain,
    /// No call reaches us any more.
    TelephonyEnded,
    /// Another node runs the deployment; this one has stopped acting.
    LeaseLost,
    /// A plan was to come into force and does not fit any more; the one before it goes on.
    PlanRefused,
    /// What callers mean could not be learnt: the dialogue goes by keys until the next start.
    NothingLearnt,
    /// The folder that mail is delivered to cannot be read or written: mail waits in it.
    MailWaits,
    /// A mail that nobody can read stands in a folder of its own.
    MailUnreadable,
}

/// Whether the parts of the centre work.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Health {
    pub database: bool,
    pub telephony: bool,
    pub comprehension: Comprehension,
    /// Calls are being taken.
    pub admitting: bool,
    /// This node decides; false when another has taken over.
    pub leading: bool,
}

impl Health {
    /// What everybody at work must know for as long as it lasts, the gravest first.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Self { leading: false, .. } => Some(Trouble::LeaseLost),
            Self { database: false, .. } => Some(Trouble::NothingSaved),
            Self { telephony: false, .. } => Some(Trouble::TelephonyEnded),
            Self { .. } => None,
        }
    }
}

impl From<Alarm> for Raised {
    fn from(alarm: Alarm) -> Self {
        Self::Routing(alarm)
    }
}

impl From<Trouble> for Raised {
    fn from(trouble: Trouble) -> Self {
        Self::Program(trouble)
    }
}

impl Default for Health {
    fn default() -> Self {
        Self { database: true, telephony: true, comprehension: Comprehension::Absent, admitting: true, leading: true }
    }
}
