//! The document's shapes of the domain's words with details: what comes next, how a contact ended.

use domain::{
    contact::{Outcome, PauseReason, SystemCause},
    routing::NextIntent,
};
use serde::Serialize;
use utoipa::ToSchema;

/// The document's shape of what comes next; what is read is the domain's own type.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NextBody {
    Ready,
    Pause(PauseBody),
    SignOut,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PauseBody {
    Meal,
    Rest,
    Meeting,
    Casework,
    Technical,
}

/// The document's shape of how a contact ended; what is read is the domain's own type.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeBody {
    Helped,
    ReportReceived,
    LeftInDialogue,
    Abandoned,
    CallbackAccepted,
    Deflected,
    /// To a party by its id.
    Transferred(String),
    Emergency,
    SystemTerminated(CauseBody),
    JoinedOther,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CauseBody {
    Restart,
    MediaLost,
    OperatorGone,
    PartyGone,
    Deadline,
    Fault,
    EndedByOperator,
}

/// Fails to compile when a word of the domain has no shape above.
impl From<NextIntent> for NextBody {
    fn from(next: NextIntent) -> Self {
        match next {
            NextIntent::Ready => Self::Ready,
            NextIntent::Pause(reason) => Self::Pause(match reason {
                PauseReason::Meal => PauseBody::Meal,
                PauseReason::Rest => PauseBody::Rest,
                PauseReason::Meeting => PauseBody::Meeting,
                PauseReason::Casework => PauseBody::Casework,
                PauseReason::Technical => PauseBody::Technical,
            }),
            NextIntent::SignOut => Self::SignOut,
        }
    }
}

impl From<Outcome> for OutcomeBody {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Helped => Self::Helped,
            Outcome::ReportReceived => Self::ReportReceived,
            Outcome::LeftInDialogue => Self::LeftInDialogue,
            Outcome::Abandoned => Self::Abandoned,
            Outcome::CallbackAccepted => Self::CallbackAccepted,
            Outcome::Deflected => Self::Deflected,
            Outcome::Transferred(to) => Self::Transferred(to),
            Outcome::Emergency => Self::Emergency,
            Outcome::JoinedOther => Self::JoinedOther,
            Outcome::SystemTerminated(cause) => Self::SystemTerminated(match cause {
                SystemCause::Restart => CauseBody::Restart,
                SystemCause::MediaLost => CauseBody::MediaLost,
                SystemCause::OperatorGone => CauseBody::OperatorGone,
                SystemCause::PartyGone => CauseBody::PartyGone,
                SystemCause::Deadline => CauseBody::Deadline,
                SystemCause::Fault => CauseBody::Fault,
                SystemCause::EndedByOperator => CauseBody::EndedByOperator,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::to_value;

    #[test]
    fn shapes_are_written_as_the_words_that_they_describe() {
        let pauses = PauseReason::ALL.iter().map(|reason| NextIntent::Pause(*reason));
        for next in [NextIntent::Ready, NextIntent::SignOut].into_iter().chain(pauses) {
            assert_eq!(to_value(NextBody::from(next)).unwrap(), to_value(next).unwrap());
        }
        let causes = SystemCause::ALL.iter().map(|cause| Outcome::SystemTerminated(*cause));
        let others = [
            Outcome::Helped,
            Outcome::ReportReceived,
            Outcome::LeftInDialogue,
            Outcome::Abandoned,
            Outcome::CallbackAccepted,
            Outcome::Deflected,
            Outcome::Transferred("112".to_owned()),
            Outcome::Emergency,
            Outcome::JoinedOther,
        ];
        for outcome in others.into_iter().chain(causes) {
            assert_eq!(to_value(OutcomeBody::from(outcome.clone())).unwrap(), to_value(outcome).unwrap());
        }
    }
}
