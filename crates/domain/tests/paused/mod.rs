//! What must hold in a storm of promises that wait for the citizen: only what may wait does, and only in time; while it
//! waits it is never told late and always has a way out; it is due later by what it stood; and it waits no more once
//! the citizen has turned to us or it is settled.

use domain::{
    MatterId, PromiseId, Timestamp,
    contact::{Channel, PromiseKind, ledger::Ledger},
    plan::Plan,
    routing::{Alarm, Command, Timer, View},
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy)]
struct Standing {
    matter: MatterId,
    since: Timestamp,
    due: Timestamp,
}

/// Counted from what was told alone.
#[derive(Default)]
pub struct Paused {
    standing: BTreeMap<PromiseId, Standing>,
    dues: BTreeMap<PromiseId, Timestamp>,
}

impl Paused {
    pub fn prove(&mut self, now: Timestamp, plan: &Plan, commands: &[Command], ledger: &Ledger) {
        for command in commands {
            match command {
                Command::MakePromise { promise, due, .. } => {
                    self.dues.insert(*promise, *due);
                }
                Command::PausePromise { promise, matter } => self.pause(now, *promise, *matter, plan, ledger),
                Command::ResumePromise { promise, due, .. } => self.resume(now, *promise, *due, plan),
                Command::SettlePromise { promise, .. } => {
                    assert!(!self.standing.contains_key(promise), "promise {promise} is settled while it waits: {commands:#?}");
                    self.dues.remove(promise);
                }
                Command::RaiseAlarm { alarm: Alarm::PromiseLate { promise, .. }, .. } => {
                    assert!(!self.standing.contains_key(promise), "promise {promise} is late while it waits: {commands:#?}");
                }
                _ => {}
            }
        }
        for command in commands {
            if let Command::OpenContact { matter, channel: Channel::Telephone | Channel::Web | Channel::Mail, .. } = command {
                let waits = self.standing.values().any(|standing| standing.matter == *matter);
                assert!(!waits, "the citizen of matter {matter} has turned to us, and something of it waits: {commands:#?}");
            }
        }
    }

    fn pause(&mut self, now: Timestamp, promise: PromiseId, matter: MatterId, plan: &Plan, ledger: &Ledger) {
        let record = &ledger.promises[&promise];
        let presses = record.kind == PromiseKind::FollowUp && record.due.since_ms(record.made) <= plan.follow_up.strict_ms;
        let may = matches!(record.kind, PromiseKind::FollowUp | PromiseKind::Feedback | PromiseKind::Report) && record.ring_back.is_none();
        assert!(may && !presses, "{record:?} waits for nobody");
        let due = self.dues.get(&promise).copied().unwrap_or(record.due);
        assert!(now < due, "{record:?} was late already");
        let stands = self.standing.insert(promise, Standing { matter, since: now, due });
        assert!(stands.is_none(), "{record:?} waits already");
    }

    fn resume(&mut self, now: Timestamp, promise: PromiseId, due: Timestamp, plan: &Plan) {
        let Some(Standing { since, due: before, .. }) = self.standing.remove(&promise) else { panic!("promise {promise} did not wait") };
        let stood_ms = now.since_ms(since);
        // Where work alone counts it is later by working time, which is more or less on the clock of the wall.
        let is_later = if plan.calendar.is_some() { due >= before } else { due == before.plus_ms(stood_ms) };
        assert!(is_later, "promise {promise} was due {before:?}, stood {stood_ms} ms, and is due {due:?}");
        self.dues.insert(promise, due);
    }

    /// What is shown to wait is what was told, and each has a deadline.
    pub fn prove_shown(&self, view: &View, deadlines: &BTreeSet<Timer>) {
        let shown = view.promises.iter().filter_map(|known| Some((known.promise, known.paused?)));
        let mut shown: Vec<_> = shown.collect();
        shown.sort_unstable();
        let told: Vec<_> = self.standing.iter().map(|(promise, standing)| (*promise, standing.since)).collect();
        assert_eq!(shown, told, "what waits for the citizen");
        for promise in self.standing.keys() {
            assert!(deadlines.contains(&Timer::Promise(*promise)), "promise {promise} waits without end");
        }
    }
}
