//! The document's shape of the domain's word with details: what comes next.

use domain::{contact::PauseReason, routing::NextIntent};
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
    }
}
