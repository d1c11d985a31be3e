//! Three or more who hear each other: each gets the sum of the others, every 20 ms. One task per
//! conference; it ends when the bridge lets go of it.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::jitter::{FRAME, Jitter};
use super::voice::FrameSender;
use super::{BridgeFrame, BridgeSound};

/// Packets waiting to be mixed.
const FRAMES_QUEUED_MAX: usize = 512;

/// One who takes part: where sound comes from and where the sum of the others goes.
#[derive(Debug, Clone)]
pub struct Member {
    pub said_as: u64,
    pub hears_as: u64,
    pub to: FrameSender,
}

/// The way to a mixer; it ends when this is dropped.
#[derive(Debug)]
pub struct MixerHandle {
    pub frames: FrameSender,
    pub members: watch::Sender<Vec<Member>>,
}

/// Starts a mixer on one of the sound threads.
pub fn start(runtime: &tokio::runtime::Handle) -> MixerHandle {
    let (frames, frames_in) = mpsc::channel(FRAMES_QUEUED_MAX);
    let (members, members_in) = watch::channel(Vec::new());
    runtime.spawn(run(frames_in, members_in));
    MixerHandle { frames, members }
}

struct Party {
    member: Member,
    said: Jitter,
}

async fn run(mut frames: mpsc::Receiver<BridgeFrame>, mut members: watch::Receiver<Vec<Member>>) {
    let period = Duration::from_millis(20);
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut parties: Vec<Party> = Vec::new();
    let mut timestamp = 0u32;
    loop {
        tokio::select! {
            biased;
            changed = members.changed() => match changed {
                Ok(()) => {
                    let members = members.borrow_and_update().clone();
                    change_members(&mut parties, members);
                }
                Err(_) => return,
            },
            _ = ticks.tick() => {
                timestamp = timestamp.wrapping_add(FRAME as u32);
                mix(&mut parties, timestamp);
            }
            Some(frame) = frames.recv() => take(&mut parties, frame),
        }
    }
}

/// Those who stay keep the sound already held for them.
fn change_members(parties: &mut Vec<Party>, members: Vec<Member>) {
    let mut before = std::mem::take(parties);
    parties.extend(members.into_iter().map(|member| {
        let said = before
            .iter_mut()
            .find(|party| party.member.said_as == member.said_as)
            .map(|party| std::mem::take(&mut party.said))
            .unwrap_or_default();
        Party { member, said }
    }));
}

fn take(parties: &mut [Party], frame: BridgeFrame) {
    let Some(party) = parties.iter_mut().find(|party| party.member.said_as == frame.source) else {
        return;
    };
    match frame.sound {
        BridgeSound::G711(codec, bytes) => party.said.push(frame.timestamp, bytes.iter().map(|&byte| codec.decode(byte))),
        BridgeSound::Linear(samples) => party.said.push(frame.timestamp, samples.into_iter()),
    }
}

fn mix(parties: &mut [Party], timestamp: u32) {
    let said: Vec<Option<[i16; FRAME]>> = parties.iter_mut().map(|party| party.said.pop()).collect();
    let speaking = said.iter().flatten().count();
    if speaking == 0 {
        return;
    }
    let mut sum = [0i32; FRAME];
    for frame in said.iter().flatten() {
        for (total, &sample) in sum.iter_mut().zip(frame) {
            *total += i32::from(sample);
        }
    }
    for (party, own) in parties.iter().zip(&said) {
        if speaking == usize::from(own.is_some()) {
            continue;
        }
        let own = own.unwrap_or([0; FRAME]);
        let others = std::array::from_fn(|n| (sum[n] - i32::from(own[n])).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16);
        let frame = BridgeFrame { source: party.member.hears_as, timestamp, sound: BridgeSound::Linear(Box::new(others)) };
        let _ = party.member.to.try_send(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(said_as: u64, value: Option<i16>) -> (Party, mpsc::Receiver<BridgeFrame>) {
        let (to, heard) = mpsc::channel(8);
        let mut party = Party { member: Member { said_as, hears_as: said_as + 100, to }, said: Jitter::default() };
        if let Some(value) = value {
            party.said.push(0, vec![value; 3 * FRAME].into_iter());
        }
        (party, heard)
    }

    /// What each of three hears when they say these values.
    fn check(said: [Option<i16>; 3]) -> Vec<Option<i16>> {
        let (mut parties, mut heard): (Vec<_>, Vec<_>) = said.iter().enumerate().map(|(n, &value)| party(n as u64, value)).unzip();
        mix(&mut parties, 160);
        heard
            .iter_mut()
            .map(|heard| match heard.try_recv().ok()?.sound {
                BridgeSound::Linear(samples) => Some(samples[0]),
                BridgeSound::G711(..) => None,
            })
            .collect()
    }

    #[test]
    fn each_hears_the_others_and_never_itself() {
        assert_eq!(check([Some(1), Some(20), Some(300)]), [Some(320), Some(301), Some(21)]);
        assert_eq!(check([Some(1), None, None]), [None, Some(1), Some(1)]);
        assert_eq!(check([None, None, None]), [None, None, None]);
        assert_eq!(check([Some(30_000), Some(30_000), Some(-1)]), [Some(29_999), Some(29_999), Some(32_767)]);
    }
}
