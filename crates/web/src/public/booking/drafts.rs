//! What a citizen has answered so far, kept on the server under a secret that a cookie holds.
//!
//! Not in hidden fields of the forms: then every page would be an answer to a post, which a browser neither goes back to
//! nor loads anew without asking, and a change of the language would lose what was written. What is kept is bounded in
//! number and in size, is gone after a day, and a restart forgets it: nothing is promised until the time is booked,
//! and a time that was held is free again by itself.

use crate::limits::{DRAFT_KEPT, DRAFTS_MAX, DRAFTS_PER_ADDRESS_MAX};
use domain::{ClassId, DeskId, RegionId, Timestamp, intent::Language, place::CountyCode};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fmt, net::IpAddr, sync::Arc, time::Instant};

/// How the citizen and we meet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// We ring.
    Call,
    /// The citizen comes to a desk.
    Visit(DeskId),
}

/// Where it is about.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Place {
    /// As it was written.
    pub municipality: String,
    pub county: Option<CountyCode>,
    pub unknown: bool,
    /// What follows of it; none when nobody knows.
    pub region: Option<RegionId>,
    pub answered: bool,
}

/// In which language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Tongue {
    Ours(Language),
    /// With an interpreter, of a language as it was written.
    Other,
}

/// A time that is kept while the form is filled.
#[derive(Clone)]
pub(crate) struct Held {
    /// Opens it; a secret.
    pub token: String,
    pub slot: Timestamp,
    pub until: Timestamp,
}

/// What became of it.
#[derive(Clone)]
pub(crate) struct Made {
    pub token: String,
}

/// The answers of one citizen. Personal data.
#[derive(Clone, Default)]
pub(crate) struct Draft {
    /// Nothing is going on and nobody is in danger.
    pub safe: bool,
    pub class: Option<ClassId>,
    pub about: String,
    pub place: Place,
    pub tongue: Option<Tongue>,
    pub interpreter: String,
    pub needs: String,
    pub way: Option<Way>,
    pub held: Option<Held>,
    /// The time that was kept is no longer: the citizen is told once.
    pub lost: bool,
    pub name: String,
    pub number: String,
    pub mail: String,
    pub reachable: bool,
    pub made: Option<Made>,
    /// Rises with every answer: what is booked is what was seen.
    pub revision: u64,
}

/// What people wrote stays out.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("safe", &self.safe)
            .field("held", &self.held.is_some())
            .field("made", &self.made.is_some())
            .finish_non_exhaustive()
    }
}

/// What the cookie holds.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    const BYTES: usize = 32;

    pub fn new() -> Self {
        let bytes: [u8; Self::BYTES] = rand::random();
        Self(hex(&bytes))
    }

    /// As it came back; anything else is no secret of ours.
    pub fn read(text: &str) -> Option<Self> {
        (text.len() == 2 * Self::BYTES && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Self(text.to_owned()))
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    /// Only this is compared and kept.
    fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Kept {
    draft: Draft,
    from: IpAddr,
    touched: Instant,
    /// Held by whoever acts upon it: a form that is sent twice is answered twice, one after the other.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// All drafts; the one touched longest ago makes room.
#[derive(Default)]
pub(crate) struct Drafts(Mutex<HashMap<[u8; 32], Kept>>);

impl Drafts {
    pub fn read(&self, secret: &Secret, now: Instant) -> Option<Draft> {
        let mut all = self.0.lock();
        let kept = all.get_mut(&secret.digest()).filter(|kept| now.duration_since(kept.touched) < DRAFT_KEPT)?;
        kept.touched = now;
        Some(kept.draft.clone())
    }

    /// The turn of this draft; another is waited for.
    pub fn turn(&self, secret: &Secret) -> Option<Arc<tokio::sync::Mutex<()>>> {
        self.0.lock().get(&secret.digest()).map(|kept| kept.turn.clone())
    }

    pub fn write(&self, secret: &Secret, from: IpAddr, draft: Draft, now: Instant) {
        let (mut all, id) = (self.0.lock(), secret.digest());
        if let Some(kept) = all.get_mut(&id) {
            (kept.draft, kept.touched) = (draft, now);
            return;
        }
        make_room(&mut all, from, now);
        all.insert(id, Kept { draft, from, touched: now, turn: Arc::default() });
    }

    pub fn forget(&self, secret: &Secret) -> Option<Draft> {
        self.0.lock().remove(&secret.digest()).map(|kept| kept.draft)
    }
}

/// Those of one address take no room of others.
fn make_room(all: &mut HashMap<[u8; 32], Kept>, from: IpAddr, now: Instant) {
    if all.len() >= DRAFTS_MAX {
        all.retain(|_, kept| now.duration_since(kept.touched) < DRAFT_KEPT);
    }
    let of_address = all.values().filter(|kept| kept.from == from).count();
    let crowded = of_address >= DRAFTS_PER_ADDRESS_MAX;
    if !crowded && all.len() < DRAFTS_MAX {
        return;
    }
    let oldest = all.iter().filter(|(_, kept)| !crowded || kept.from == from).min_by_key(|(_, kept)| kept.touched).map(|(id, _)| *id);
    if let Some(oldest) = oldest {
        all.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;

    fn named(name: &str) -> Draft {
        Draft { name: name.into(), ..Draft::default() }
    }

    #[test]
    fn a_secret_opens_its_own_draft_and_no_other() {
        let (drafts, now, home) = (Drafts::default(), Instant::now(), IpAddr::from([192, 0, 2, 1]));
        let (one, other) = (Secret::new(), Secret::new());
        drafts.write(&one, home, named("one"), now);
        assert_eq!(drafts.read(&one, now).unwrap().name, "one");
        assert!(drafts.read(&other, now).is_none());
        assert!(drafts.read(&one, now + DRAFT_KEPT).is_none(), "it is gone after its time");
        assert!(drafts.forget(&one).is_some() && drafts.read(&one, now).is_none());
    }

    #[test]
    fn only_what_we_wrote_into_a_cookie_is_read_of_it() {
        for (text, ours) in [(Secret::new().text(), true), ("", false), ("abc", false), (&"g".repeat(64), false), (&"0".repeat(65), false)]
        {
            assert_eq!(Secret::read(text).is_some(), ours, "{text}");
        }
    }

    #[test]
    fn an_address_that_begins_many_takes_its_own_place_alone() {
        let (drafts, now) = (Drafts::default(), Instant::now());
        let (mine, crowd) = (Secret::new(), IpAddr::from([198, 51, 100, 1]));
        drafts.write(&mine, IpAddr::from([192, 0, 2, 1]), named("mine"), now);
        for n in 0..DRAFTS_PER_ADDRESS_MAX + 10 {
            drafts.write(&Secret::new(), crowd, named("crowd"), now + Duration::from_millis(n as u64));
        }
        assert_eq!(drafts.0.lock().values().filter(|kept| kept.from == crowd).count(), DRAFTS_PER_ADDRESS_MAX);
        assert!(drafts.read(&mine, now).is_some());
    }

    #[test]
    fn nothing_that_was_written_is_shown_by_debug() {
        let draft = Draft { number: "031-390 06 05".into(), ..named("somebody") };
        let shown = format!("{draft:?}");
        assert!(!shown.contains("390") && !shown.contains("somebody"), "{shown}");
    }
}
