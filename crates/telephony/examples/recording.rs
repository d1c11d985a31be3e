//! Answers every call, connects the callers two and two and records each conversation: what recording
//! costs, without the rest of the centre around it. `cargo xtask bench recorded` builds, runs and
//! measures it; nothing of the product uses it.
//!
//! `recording ADDRESS FOLDER` takes SIP calls at the address and writes one file for each
//! conversation into the folder, until Ctrl-C.

use std::collections::BTreeMap;
use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use telephony::{Admission, BridgeId, Config, LegEvent, LegId, Telephony};
use tokio::sync::mpsc;

/// Calls a second and at once that are let in: so many that the machine is the limit.
const WIDE: u32 = 20_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let address = arguments.next().and_then(|word| word.to_str()?.parse().ok());
    let (Some(address), Some(folder)) = (address, arguments.next().map(PathBuf::from)) else {
        eprintln!("say where calls come to and where recordings go: recording ADDRESS FOLDER");
        return ExitCode::FAILURE;
    };
    match Telephony::start(wide(address)).await {
        Ok((telephony, events)) => take_calls(telephony, events, folder).await,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn wide(address: SocketAddr) -> Config {
    let admission = Admission { new_calls_per_second: WIDE, burst: WIDE, concurrent_calls_max: WIDE, ..Admission::default() };
    Config { sip: address, admission, ..Config::loopback(0) }
}

async fn take_calls(telephony: Telephony, mut events: mpsc::Receiver<LegEvent>, folder: PathBuf) -> ExitCode {
    let mut pairs = Pairs::default();
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            _ = tokio::signal::ctrl_c() => None,
        };
        match event {
            Some(LegEvent::Incoming { leg, .. }) => telephony.answer(leg),
            Some(LegEvent::Answered { leg }) => {
                if let Some((number, other)) = pairs.join(leg) {
                    telephony.bridge(BridgeId(number), vec![other, leg]);
                    // One side is enough: it is recorded with what it says and what it hears.
                    telephony.record(other, folder.join(format!("{number}.wav")));
                }
            }
            Some(LegEvent::Ended { leg, .. }) => {
                if let Some(other) = pairs.leave(leg) {
                    telephony.hang_up(other);
                }
            }
            Some(_) => {}
            None => break,
        }
    }
    telephony.stop().await;
    let faults = telephony.stats().recording_faults;
    if faults > 0 {
        eprintln!("{faults} pieces of recordings were left out: the disk did not keep up");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Who speaks with whom.
#[derive(Default)]
struct Pairs {
    /// Who came last and has nobody to speak with yet.
    alone: Option<LegId>,
    others: BTreeMap<LegId, LegId>,
    conversations: u64,
}

impl Pairs {
    /// The number of the conversation that begins with this leg, and who was waiting for it.
    fn join(&mut self, leg: LegId) -> Option<(u64, LegId)> {
        let Some(other) = self.alone.take() else {
            self.alone = Some(leg);
            return None;
        };
        self.others.extend([(leg, other), (other, leg)]);
        self.conversations += 1;
        Some((self.conversations, other))
    }

    /// Who is left behind.
    fn leave(&mut self, leg: LegId) -> Option<LegId> {
        self.alone = self.alone.filter(|alone| *alone != leg);
        let other = self.others.remove(&leg)?;
        self.others.remove(&other);
        Some(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_paired_as_they_come_and_leave_together() {
        let mut pairs = Pairs::default();
        let legs = [1, 2, 3, 4, 5].map(LegId);
        let joined = legs.map(|leg| pairs.join(leg));
        assert_eq!(joined, [None, Some((1, legs[0])), None, Some((2, legs[2])), None]);
        assert_eq!(pairs.leave(legs[3]), Some(legs[2]));
        assert_eq!(pairs.leave(legs[2]), None);
        // Nobody is connected with one who waited and hung up.
        assert_eq!(pairs.leave(legs[4]), None);
        assert_eq!(pairs.join(LegId(6)), None);
        assert_eq!(pairs.join(LegId(7)), Some((3, LegId(6))));
    }
}
