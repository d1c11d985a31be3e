//! Who spoke with whom when they rang before, so that whoever rings again can be led to them. It is kept by number
//! in memory alone, for the time of the plan, and is gone with the program: nobody is owed it.

use domain::{
    ContactId, OperatorId, Timestamp,
    contact::{ContactState, Owner},
    routing::Command,
};
use std::collections::BTreeMap;

/// Callers remembered at once; the longest ago are forgotten first.
const CALLERS_MAX: usize = 20_000;

#[derive(Default)]
pub(crate) struct Acquaintance {
    /// Of calls that are open.
    numbers: BTreeMap<ContactId, String>,
    spoke: BTreeMap<String, (Timestamp, OperatorId)>,
}

impl Acquaintance {
    /// Who spoke with this number last, not longer ago than `within_ms`.
    pub fn with(&self, number: &str, now: Timestamp, within_ms: u64) -> Option<OperatorId> {
        self.spoke.get(number).filter(|(at, _)| now.since_ms(*at) <= within_ms).map(|(_, operator)| *operator)
    }

    pub fn arrived(&mut self, contact: ContactId, number: &str) {
        self.numbers.insert(contact, number.to_owned());
    }

    /// Follows what was decided: from the first word of a conversation to its end they know each other.
    pub fn follow(&mut self, at: Timestamp, commands: &[Command], within_ms: u64) {
        for command in commands {
            match command {
                Command::MoveContact { contact, state: ContactState::Talking | ContactState::WrapUp, owner: Owner::Operator(operator) } => {
                    if let Some(number) = self.numbers.get(contact) {
                        self.spoke.insert(number.clone(), (at, *operator));
                    }
                }
                Command::CloseContact { contact, .. } => {
                    self.numbers.remove(contact);
                }
                _ => {}
            }
        }
        if self.spoke.len() > CALLERS_MAX {
            self.forget(at, within_ms);
        }
    }

    fn forget(&mut self, now: Timestamp, within_ms: u64) {
        self.spoke.retain(|_, (at, _)| now.since_ms(*at) <= within_ms);
        let mut times: Vec<Timestamp> = self.spoke.values().map(|(at, _)| *at).collect();
        if let Some(surplus) = times.len().checked_sub(CALLERS_MAX / 2) {
            times.sort_unstable();
            if let Some(oldest) = times.get(surplus) {
                self.spoke.retain(|_, (at, _)| *at >= *oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talks(contact: u64, operator: u64) -> Command {
        Command::MoveContact { contact: ContactId(contact), state: ContactState::Talking, owner: Owner::Operator(OperatorId(operator)) }
    }

    fn closed(contact: u64) -> Command {
        Command::CloseContact { contact: ContactId(contact), outcome: domain::contact::Outcome::Helped }
    }

    #[test]
    fn whoever_spoke_is_known_for_a_while_and_by_number_alone() {
        let mut known = Acquaintance::default();
        known.arrived(ContactId(1), "031390606");
        known.follow(Timestamp(1_000), &[talks(1, 7), talks(2, 8), closed(1)], 500);
        let with = |number, now| known.with(number, Timestamp(now), 500);
        assert_eq!(with("031390606", 1_500), Some(OperatorId(7)));
        assert_eq!(with("031390606", 1_501), None);
        assert_eq!(with("031390607", 1_000), None, "call 2 showed no number");
        assert!(known.numbers.is_empty());
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let mut known = Acquaintance::default();
        for contact in 0..=CALLERS_MAX as u64 {
            known.arrived(ContactId(contact), &contact.to_string());
            known.follow(Timestamp(contact as i64), &[talks(contact, 1), closed(contact)], u64::MAX);
        }
        assert!(known.spoke.len() <= CALLERS_MAX, "{}", known.spoke.len());
        let last = CALLERS_MAX.to_string();
        assert_eq!(known.with(&last, Timestamp(CALLERS_MAX as i64), u64::MAX), Some(OperatorId(1)));
        assert_eq!(known.with("0", Timestamp(CALLERS_MAX as i64), u64::MAX), None);
    }
}
