//! Who hears whom. Two in a bridge are wired to each other, three or more to a mixer. Setting a
//! bridge only changes wires: no leg is ever ended by it.

use std::collections::BTreeMap;

use parking_lot::Mutex;

use super::mixer::{Member, MixerHandle};
use super::{MediaHandle, Wire, mixer};
use crate::event::{BridgeId, LegId};

/// All legs' sound and all bridges.
#[derive(Debug, Default)]
pub struct Patchboard {
    board: Mutex<Board>,
}

#[derive(Debug, Default)]
struct Board {
    legs: BTreeMap<LegId, Seat>,
    bridges: BTreeMap<BridgeId, Bridge>,
    last_source: u64,
}

#[derive(Debug)]
struct Seat {
    media: MediaHandle,
    bridge: Option<BridgeId>,
}

#[derive(Debug, Default)]
struct Bridge {
    members: Vec<LegId>,
    mixer: Option<Conference>,
}

#[derive(Debug)]
struct Conference {
    handle: MixerHandle,
    /// (said as, hears as) of those who take part already.
    sources: BTreeMap<LegId, (u64, u64)>,
}

impl Patchboard {
    pub fn add(&self, leg: LegId, media: MediaHandle) {
        self.board.lock().legs.insert(leg, Seat { media, bridge: None });
    }

    pub fn media(&self, leg: LegId) -> Option<MediaHandle> {
        self.board.lock().legs.get(&leg).map(|seat| seat.media.clone())
    }

    pub fn legs(&self) -> Vec<LegId> {
        self.board.lock().legs.keys().copied().collect()
    }

    /// Takes a leg off the board and out of its bridge.
    pub fn remove(&self, leg: LegId) {
        let mut board = self.board.lock();
        if let Some(bridge) = board.legs.get(&leg).and_then(|seat| seat.bridge) {
            board.leave(bridge, leg);
        }
        board.legs.remove(&leg);
    }

    /// Makes these the members of the bridge, in whatever bridge they were before.
    pub fn set(&self, bridge: BridgeId, legs: Vec<LegId>) {
        let mut board = self.board.lock();
        let mut members: Vec<LegId> = Vec::with_capacity(legs.len());
        for leg in legs {
            if board.legs.contains_key(&leg) && !members.contains(&leg) {
                members.push(leg);
            }
        }
        let before = board.bridges.get(&bridge).map(|b| b.members.clone()).unwrap_or_default();
        if before == members {
            return;
        }
        for &leg in before.iter().filter(|leg| !members.contains(leg)) {
            board.unwire(leg);
        }
        for &leg in &members {
            let elsewhere = board.legs.get(&leg).and_then(|seat| seat.bridge).filter(|&at| at != bridge);
            if let Some(elsewhere) = elsewhere {
                board.leave(elsewhere, leg);
            }
            if let Some(seat) = board.legs.get_mut(&leg) {
                seat.bridge = Some(bridge);
            }
        }
        board.bridges.entry(bridge).or_default().members = members;
        board.wire(bridge);
    }
}

impl Board {
    fn leave(&mut self, bridge: BridgeId, leg: LegId) {
        self.unwire(leg);
        if let Some(bridge) = self.bridges.get_mut(&bridge) {
            bridge.members.retain(|&member| member != leg);
        }
        self.wire(bridge);
    }

    fn unwire(&mut self, leg: LegId) {
        if let Some(seat) = self.legs.get_mut(&leg) {
            seat.bridge = None;
            seat.media.wire.send_replace(None);
        }
    }

    fn source(&mut self) -> u64 {
        self.last_source += 1;
        self.last_source
    }

    /// Connects the members of a bridge as their number asks for.
    fn wire(&mut self, id: BridgeId) {
        let Some(mut bridge) = self.bridges.remove(&id) else { return };
        match bridge.members[..] {
            [] => return,
            [alone] => {
                bridge.mixer = None;
                self.tell(alone, None);
            }
            [one, other] => {
                bridge.mixer = None;
                self.wire_two(one, other);
            }
            _ => self.wire_conference(&mut bridge),
        }
        self.bridges.insert(id, bridge);
    }

    fn wire_two(&mut self, one: LegId, other: LegId) {
        let (said_by_one, said_by_other) = (self.source(), self.source());
        let frames = |leg| self.legs.get(&leg).map(|seat| seat.media.frames.clone());
        if let (Some(to_one), Some(to_other)) = (frames(one), frames(other)) {
            self.tell(one, Some(Wire { source: said_by_one, to: to_other, hears: said_by_other }));
            self.tell(other, Some(Wire { source: said_by_other, to: to_one, hears: said_by_one }));
        }
    }

    fn wire_conference(&mut self, bridge: &mut Bridge) {
        let mut conference = match bridge.mixer.take() {
            Some(conference) => conference,
            None => {
                let Some(seat) = bridge.members.first().and_then(|leg| self.legs.get(leg)) else { return };
                Conference { handle: mixer::start(&seat.media.runtime), sources: BTreeMap::new() }
            }
        };
        conference.sources.retain(|leg, _| bridge.members.contains(leg));
        let mut members = Vec::with_capacity(bridge.members.len());
        for &leg in &bridge.members {
            let Some(to) = self.legs.get(&leg).map(|seat| seat.media.frames.clone()) else { continue };
            let (said_as, hears_as) = match conference.sources.get(&leg) {
                Some(&sources) => sources,
                None => {
                    let sources = (self.source(), self.source());
                    conference.sources.insert(leg, sources);
                    let wire = Wire { source: sources.0, to: conference.handle.frames.clone(), hears: sources.1 };
                    self.tell(leg, Some(wire));
                    sources
                }
            };
            members.push(Member { said_as, hears_as, to });
        }
        conference.handle.members.send_replace(members);
        bridge.mixer = Some(conference);
    }

    fn tell(&self, leg: LegId, wire: Option<Wire>) {
        if let Some(seat) = self.legs.get(&leg) {
            seat.media.wire.send_replace(wire);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::media::{Inlets, MediaCommand};

    /// A leg whose thread does not keep up: no more commands go in.
    fn stuck(board: &Patchboard, leg: u64) -> Inlets {
        let (handle, inlets) = MediaHandle::new(tokio::runtime::Handle::current());
        while handle.tell(MediaCommand::StopPlaying) {}
        board.add(LegId(leg), handle);
        inlets
    }

    fn heard(inlets: &Inlets) -> Option<u64> {
        inlets.wires.borrow().as_ref().map(|wire| wire.hears)
    }

    fn said(inlets: &Inlets) -> Option<u64> {
        inlets.wires.borrow().as_ref().map(|wire| wire.source)
    }

    #[tokio::test]
    async fn a_leg_that_takes_no_command_is_connected_and_parted_all_the_same() {
        let board = Patchboard::default();
        let legs = [1, 2, 3].map(|leg| stuck(&board, leg));
        let [one, two, three] = &legs;
        board.set(BridgeId(1), vec![LegId(1), LegId(2)]);
        assert!(said(one).is_some() && said(one) == heard(two) && said(two) == heard(one));
        // Over to another, at once: the first hears the third, the second nobody.
        board.set(BridgeId(2), vec![LegId(1), LegId(3)]);
        assert!(said(one).is_some() && said(one) == heard(three) && said(three) == heard(one));
        assert_eq!((said(two), heard(two)), (None, None));
        board.set(BridgeId(2), vec![LegId(1), LegId(2), LegId(3)]);
        assert!(legs.iter().all(|leg| said(leg).is_some()));
        board.remove(LegId(3));
        assert_eq!(said(one), heard(two));
        board.set(BridgeId(2), vec![]);
        assert!([one, two].into_iter().all(|leg| said(leg).is_none()));
    }
}
