//! How what somebody sent in stands, for whoever sent it: read from its records alone, in the few words that matter to them.

use super::{
    Owner,
    ledger::{ContactRecord, PromiseRecord},
};
use crate::intent::words;

words! {
    /// How what somebody sent in stands.
    Standing {
        /// Nobody has it in hand yet; it is owed by a time.
        Waits = "waits",
        /// Somebody works on it.
        InHand = "in_hand",
        /// It waits for whoever sent it.
        Asked = "asked",
        /// A report was decided.
        Decided = "decided",
        /// It was read, and nothing more is owed for it.
        Done = "done",
    }
}

impl Standing {
    /// `promise` is what is owed for it, open or settled.
    #[must_use]
    pub fn of(record: &ContactRecord, promise: Option<&PromiseRecord>) -> Self {
        match promise.filter(|promise| promise.settled.is_none()) {
            _ if record.decision.is_some() => Self::Decided,
            Some(promise) if promise.paused.is_some() => Self::Asked,
            Some(PromiseRecord { owner: Owner::Operator(_), .. }) => Self::InHand,
            Some(_) => Self::Waits,
            None if record.closed.is_none() => Self::Waits,
            None => Self::Done,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        ContactId, DecisionId, MatterId, OperatorId, PromiseId, Timestamp, UnitId,
        contact::{Channel, ContactState, Outcome, PromiseKind, Settlement, ledger::Ledger},
        routing::Command,
    };

    const CONTACT: ContactId = ContactId(1);
    const MATTER: MatterId = MatterId(1);
    const PROMISE: PromiseId = PromiseId(1);

    /// A report as it was received, and then what is told of it.
    fn standing<const N: usize>(then: [Command; N]) -> Standing {
        let owner = Owner::Unit(UnitId::new("operators.vast"));
        let mut commands = vec![
            Command::OpenContact { contact: CONTACT, matter: MATTER, channel: Channel::Web, owner: owner.clone() },
            Command::MoveContact { contact: CONTACT, state: ContactState::Unread, owner: owner.clone() },
            Command::MakePromise { promise: PROMISE, matter: MATTER, promise_kind: PromiseKind::Report, owner, due: Timestamp(10) },
            Command::OweAddition { contact: CONTACT, promise: PROMISE, verified: false, to_link: false, proposed: None },
        ];
        commands.extend(then);
        let mut ledger = Ledger::default();
        ledger.apply(1, Timestamp(0), &commands).unwrap();
        Standing::of(&ledger.contacts[&CONTACT], ledger.promises.get(&PROMISE))
    }

    #[test]
    fn a_report_stands_as_its_records_tell() {
        let taken = Command::PassPromise { promise: PROMISE, matter: MATTER, owner: Owner::Operator(OperatorId(3)) };
        let asked = Command::PausePromise { promise: PROMISE, matter: MATTER };
        let answered = Command::ResumePromise { promise: PROMISE, matter: MATTER, due: Timestamp(20) };
        let decided = Command::DecideReport { contact: CONTACT, matter: MATTER, decision: DecisionId::new("noted") };
        let settled = Command::SettlePromise { promise: PROMISE, matter: MATTER, settlement: Settlement::Kept };
        let closed = Command::CloseContact { contact: CONTACT, outcome: Outcome::PassedOn };
        assert_eq!(standing([]), Standing::Waits);
        assert_eq!(standing([taken.clone()]), Standing::InHand);
        assert_eq!(standing([taken.clone(), asked.clone()]), Standing::Asked);
        assert_eq!(standing([asked.clone()]), Standing::Asked);
        assert_eq!(standing([taken, asked, answered]), Standing::InHand);
        assert_eq!(standing([decided, settled.clone(), closed.clone()]), Standing::Decided);
        assert_eq!(standing([settled, closed]), Standing::Done);
    }
}
