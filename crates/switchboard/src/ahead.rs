//! What goes on while nothing can be saved: a caller on the way to 112.
//!
//! Such a caller's own line and the party that is rung for them hang on this very process, so these
//! acts may go before their entry is in the journal, once it is in the spill. Everything else waits:
//! an act on an operator held back for one contact could undo what was done ahead for another.

use domain::{ContactId, contact::ContactState, routing::Command};
use std::collections::BTreeSet;

/// Whom an act touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Touch {
    /// The caller's line, and a party rung for this caller alone.
    Line(ContactId),
    /// The caller's line and an operator's.
    Both(ContactId),
    /// No caller's line.
    None,
}

pub(crate) fn touches(command: &Command) -> Touch {
    match command {
        Command::Answer { contact }
        | Command::Play { contact, .. }
        | Command::StopPlaying { contact }
        | Command::Hear { contact, .. }
        | Command::StopHearing { contact }
        | Command::HangUp { contact }
        | Command::AskNumber { contact }
        | Command::SayGoodbye { contact, .. }
        | Command::Dial { contact, .. }
        | Command::CancelDial { contact, .. }
        | Command::ConnectParty { contact, .. }
        | Command::DropParty { contact, .. }
        | Command::RaiseAlarm { contact: Some(contact), .. }
        | Command::OpenContact { contact, .. }
        | Command::CloseContact { contact, .. } => Touch::Line(*contact),
        Command::Connect { contact, .. }
        | Command::Hold { contact }
        | Command::Resume { contact }
        | Command::Release { contact, .. }
        | Command::ConnectConsult { contact, .. }
        | Command::ConnectConference { contact, .. }
        | Command::DialCitizen { contact, .. }
        | Command::CancelCitizen { contact, .. } => Touch::Both(*contact),
        Command::Ring { .. }
        | Command::RingColleague { .. }
        | Command::StopRinging { .. }
        | Command::RaiseAlarm { contact: None, .. }
        | Command::MoveContact { .. }
        | Command::Describe { .. }
        | Command::EnterQueue { .. }
        | Command::EndVisit { .. }
        | Command::MakePromise { .. }
        | Command::PassPromise { .. }
        | Command::SettlePromise { .. }
        | Command::PausePromise { .. }
        | Command::ResumePromise { .. }
        | Command::AwaitRingBack { .. }
        | Command::CloseMatter { .. }
        | Command::ReopenMatter { .. }
        | Command::DecideMatter { .. }
        | Command::DecideReport { .. }
        | Command::OweAddition { .. }
        | Command::LinkContact { .. }
        | Command::OweMessage { .. }
        | Command::SettleMessage { .. }
        | Command::OweCall { .. }
        | Command::HoldTime { .. }
        | Command::ReleaseTime { .. }
        | Command::BookTime { .. }
        | Command::MoveBooking { .. }
        | Command::RemindCitizen { .. }
        | Command::CancelBooking { .. }
        | Command::EndBooking { .. }
        | Command::AwaitOpinion { .. }
        | Command::WeighOpinion { .. }
        | Command::SettleSurvey { .. }
        | Command::KeepOpinion { .. }
        | Command::RestCall { .. }
        | Command::SetSurge { .. } => Touch::None,
    }
}

/// Whether this ends the ringing, or the line, of a party that was rung for a caller.
pub(crate) fn lets_go(command: &Command) -> bool {
    matches!(command, Command::CancelDial { .. } | Command::DropParty { .. })
}

/// Callers who are being connected to 112, or what stands in for it, and those who speak with it.
#[derive(Default)]
pub(crate) struct Emergencies(BTreeSet<ContactId>);

impl Emergencies {
    /// Follows what was decided, entry by entry.
    pub fn follow(&mut self, commands: &[Command]) {
        for command in commands {
            match command {
                Command::MoveContact { contact, state: ContactState::EmergencyTransfer, .. } => {
                    self.0.insert(*contact);
                }
                Command::MoveContact { state: ContactState::WithParty, .. } => {}
                Command::MoveContact { contact, .. } => {
                    self.0.remove(contact);
                }
                _ => {}
            }
        }
    }

    /// Who of them is concerned by this entry. A contact that is closed stays one of them, so that its
    /// line is hung up; the number never comes again.
    pub fn of(&self, commands: &[Command]) -> BTreeSet<ContactId> {
        let concerned = commands.iter().filter_map(|command| match touches(command) {
            Touch::Line(contact) => Some(contact),
            Touch::Both(_) | Touch::None => None,
        });
        concerned.filter(|contact| self.0.contains(contact)).collect()
    }

    /// Forgets those who are closed, when their entry is in the journal.
    pub fn forget_closed(&mut self, commands: &[Command]) {
        for command in commands {
            if let Command::CloseContact { contact, .. } = command {
                self.0.remove(contact);
            }
        }
    }
}

/// The same as [`Emergencies::of`] for an entry that nobody has followed yet.
pub(crate) fn would_be(emergencies: &Emergencies, commands: &[Command]) -> BTreeSet<ContactId> {
    let mut then = Emergencies(emergencies.0.clone());
    then.follow(commands);
    then.of(commands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::contact::{Outcome, Owner};

    const CALLER: ContactId = ContactId(1);

    fn moved(state: ContactState) -> Command {
        Command::MoveContact { contact: CALLER, state, owner: Owner::Dialogue }
    }

    #[test]
    fn only_callers_on_the_way_to_112_go_ahead() {
        let rows = [
            (vec![moved(ContactState::EmergencyTransfer), Command::Answer { contact: CALLER }], true),
            (vec![moved(ContactState::WithParty), Command::StopPlaying { contact: CALLER }], true),
            (vec![Command::HangUp { contact: CALLER }, Command::CloseContact { contact: CALLER, outcome: Outcome::Emergency }], true),
            (vec![Command::Answer { contact: ContactId(2) }], false),
            (vec![moved(ContactState::Queued), Command::Answer { contact: CALLER }], false),
            (vec![Command::Answer { contact: CALLER }], false),
        ];
        let mut emergencies = Emergencies::default();
        for (commands, goes) in rows {
            assert_eq!(!would_be(&emergencies, &commands).is_empty(), goes, "{commands:?}");
            emergencies.follow(&commands);
            assert_eq!(!emergencies.of(&commands).is_empty(), goes, "{commands:?}");
        }
    }
}
