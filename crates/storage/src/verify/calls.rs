//! Calls that we make, held against the order of the journal: of a matter at most one is owed at a time, a citizen is
//! rung at most once at a time and never before the time that was settled for it, and no attempt is dialled twice.
//!
//! The number itself is personal data and in no entry; that one number is never rung twice at one time is the live
//! program's own care, and of two matters of one citizen the second attempt ends as busy.

use domain::{
    AttemptId, ContactId, MatterId, Timestamp,
    contact::{Channel, ContactState},
    routing::{Command, Event},
};
use std::collections::{BTreeMap, BTreeSet};

/// Open calls that we owe, and every attempt ever dialled.
#[derive(Default)]
pub struct Calls {
    owed: BTreeMap<ContactId, Owed>,
    of_matter: BTreeMap<MatterId, ContactId>,
    dialled: BTreeSet<AttemptId>,
}

struct Owed {
    matter: MatterId,
    /// Nobody is rung before this.
    not_before: Timestamp,
    /// The citizen is being rung.
    ringing: bool,
    rung: bool,
}

impl Calls {
    /// Takes in one entry; what in it does not follow from those before.
    pub fn check(&mut self, seq: i64, at: Timestamp, event: &Event, commands: &[Command]) -> Vec<String> {
        // An operator who rings somebody of their own accord keeps to no gap.
        let by_hand = matches!(event, Event::CallTaken { .. });
        let faults = commands.iter().filter_map(|command| self.take(at, command, by_hand));
        faults.map(|fault| format!("journal entry {seq} {fault}")).collect()
    }

    fn take(&mut self, at: Timestamp, command: &Command, by_hand: bool) -> Option<String> {
        match command {
            Command::OpenContact { contact, matter, channel: Channel::CallBack, .. } => self.open(at, *contact, *matter),
            Command::RestCall { contact, not_before, fault, .. } => {
                let owed = self.owed.get_mut(contact)?;
                (owed.not_before, owed.ringing) = (*not_before, false);
                let at_once = owed.rung && fault.is_some() && *not_before <= at;
                at_once.then(|| format!("has contact {contact} rung again without a gap"))
            }
            Command::DialCitizen { contact, attempt, .. } => {
                let again = self.dial(*attempt);
                self.ring(at, *contact, by_hand).or(again)
            }
            Command::Dial { attempt, .. } => self.dial(*attempt),
            _ => {
                self.end(command);
                None
            }
        }
    }

    /// What nobody is rung any more by, or what is owed no more.
    fn end(&mut self, command: &Command) {
        match command {
            Command::MoveContact { contact, state, .. } if *state != ContactState::Dialling => self.end_ringing(*contact),
            Command::CancelCitizen { contact, .. } => self.end_ringing(*contact),
            Command::CloseContact { contact, .. } => {
                let closed = self.owed.remove(contact);
                if let Some(closed) = closed.filter(|closed| self.of_matter.get(&closed.matter) == Some(contact)) {
                    self.of_matter.remove(&closed.matter);
                }
            }
            _ => {}
        }
    }

    fn open(&mut self, at: Timestamp, contact: ContactId, matter: MatterId) -> Option<String> {
        self.owed.insert(contact, Owed { matter, not_before: at, ringing: false, rung: false });
        let before = self.of_matter.insert(matter, contact)?;
        Some(format!("owes matter {matter} a second call, contact {contact}, while contact {before} is open"))
    }

    fn ring(&mut self, at: Timestamp, contact: ContactId, by_hand: bool) -> Option<String> {
        // Of no open call that we owe: the ledger says so.
        let owed = self.owed.get_mut(&contact)?;
        owed.rung = true;
        if std::mem::replace(&mut owed.ringing, true) {
            return Some(format!("rings the citizen of contact {contact} while they are being rung"));
        }
        (at < owed.not_before && !by_hand).then(|| format!("rings the citizen of contact {contact} before the time settled for it"))
    }

    fn dial(&mut self, attempt: AttemptId) -> Option<String> {
        (!self.dialled.insert(attempt)).then(|| format!("dials attempt {attempt} a second time"))
    }

    fn end_ringing(&mut self, contact: ContactId) {
        if let Some(owed) = self.owed.get_mut(&contact) {
            owed.ringing = false;
        }
    }
}
