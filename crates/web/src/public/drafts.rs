//! What citizens have answered so far in a form, kept on the server under a secret that a cookie holds.
//!
//! Not in hidden fields of the forms: then every page would be an answer to a post, which a browser neither goes back to
//! nor loads anew without asking, and a change of the language would lose what was written. What is kept is bounded in
//! number and in size, is gone after a day, and a restart forgets it: nothing is promised until the form is sent whole,
//! and a time that was held is free again by itself.

use crate::{
    app::App,
    limits::{DRAFT_KEPT, DRAFTS_MAX, DRAFTS_PER_ADDRESS_MAX},
    preferences,
};
use axum::http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Instant};

/// The cookie that holds the secret of a form's answers. It ends with the browser.
pub(crate) struct Cookie {
    pub plain: &'static str,
    /// Over TLS, where its prefix binds it to this host.
    pub bound: &'static str,
}

impl Cookie {
    fn name(&self, app: &App) -> &'static str {
        if app.config().is_secure() { self.bound } else { self.plain }
    }

    pub fn read(&self, app: &App, headers: &HeaderMap) -> Option<Secret> {
        preferences::cookie(headers, self.name(app)).and_then(Secret::read)
    }

    pub fn write(&self, app: &App, text: &str, max_age_s: Option<u64>) -> HeaderValue {
        let secure = if app.config().is_secure() { "; Secure" } else { "" };
        let age = max_age_s.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let whole = format!("{}={text}; Path=/{age}; HttpOnly; SameSite=Lax{secure}", self.name(app));
        HeaderValue::from_str(&whole).unwrap_or_else(|_| HeaderValue::from_static(""))
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
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Kept<D> {
    draft: D,
    from: IpAddr,
    touched: Instant,
    /// Held by whoever acts upon it: a form that is sent twice is answered twice, one after the other.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// All drafts; the one touched longest ago makes room.
pub(crate) struct Drafts<D>(Mutex<HashMap<[u8; 32], Kept<D>>>);

impl<D> Default for Drafts<D> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<D: Clone> Drafts<D> {
    pub fn read(&self, secret: &Secret, now: Instant) -> Option<D> {
        let mut all = self.0.lock();
        let kept = all.get_mut(&secret.digest()).filter(|kept| now.duration_since(kept.touched) < DRAFT_KEPT)?;
        kept.touched = now;
        Some(kept.draft.clone())
    }

    /// The turn of this draft; another is waited for.
    pub fn turn(&self, secret: &Secret) -> Option<Arc<tokio::sync::Mutex<()>>> {
        self.0.lock().get(&secret.digest()).map(|kept| kept.turn.clone())
    }

    pub fn write(&self, secret: &Secret, from: IpAddr, draft: D, now: Instant) {
        let (mut all, id) = (self.0.lock(), secret.digest());
        if let Some(kept) = all.get_mut(&id) {
            (kept.draft, kept.touched) = (draft, now);
            return;
        }
        make_room(&mut all, from, now);
        all.insert(id, Kept { draft, from, touched: now, turn: Arc::default() });
    }

    pub fn forget(&self, secret: &Secret) -> Option<D> {
        self.0.lock().remove(&secret.digest()).map(|kept| kept.draft)
    }
}

/// Those of one address take no room of others.
fn make_room<D>(all: &mut HashMap<[u8; 32], Kept<D>>, from: IpAddr, now: Instant) {
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

    fn named(name: &str) -> String {
        name.to_owned()
    }

    #[test]
    fn a_secret_opens_its_own_draft_and_no_other() {
        let (drafts, now, home) = (Drafts::default(), Instant::now(), IpAddr::from([192, 0, 2, 1]));
        let (one, other) = (Secret::new(), Secret::new());
        drafts.write(&one, home, named("one"), now);
        assert_eq!(drafts.read(&one, now).unwrap(), "one");
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
}
