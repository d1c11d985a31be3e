//! Sessions of people signed in: a random token, kept only as its hash, with an idle and an absolute
//! end. Time comes in with every call. A use that cannot be written down, on a full disk, is remembered
//! meanwhile: whoever is signed in stays so.

use crate::{
    Account, Store, StoreError,
    database::{from_row, sql},
    hashing::{Token, token_hash},
};
use domain::{
    OperatorId, Timestamp,
    time::{HOUR_MS, MINUTE_MS},
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How often a session in use is written, so that reading a page is no write.
const TOUCH_EVERY_MS: u64 = MINUTE_MS;
/// Uses remembered at once because they could not be written; the oldest is forgotten first.
const UNWRITTEN_MAX: usize = 10_000;
/// Ended sessions removed in one transaction, so that nothing else waits long for its turn to write.
const FORGOTTEN_AT_ONCE_MAX: i64 = 1_000;

/// When a session ends by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionLimits {
    /// Unused for this long, give or take a minute.
    pub idle_ms_max: u64,
    /// After this long however much it is used.
    pub age_ms_max: u64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle_ms_max: HOUR_MS, age_ms_max: 12 * HOUR_MS }
    }
}

/// A session that is good now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    pub account: Account,
    pub created: Timestamp,
    pub expires: Timestamp,
}

/// Uses that could not be written, by the hash of their session's token.
#[derive(Default)]
pub(crate) struct Unwritten {
    uses: Mutex<BTreeMap<String, Timestamp>>,
}

impl Unwritten {
    fn uses(&self) -> MutexGuard<'_, BTreeMap<String, Timestamp>> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self, session: &str) -> Option<Timestamp> {
        self.uses().get(session).copied()
    }

    /// True for the first one of a fault that lasts.
    fn keep(&self, session: String, at: Timestamp) -> bool {
        let mut uses = self.uses();
        let first = uses.is_empty();
        if uses.len() >= UNWRITTEN_MAX
            && let Some(oldest) = uses.iter().min_by_key(|(_, at)| **at).map(|(session, _)| session.clone())
        {
            uses.remove(&oldest);
        }
        uses.insert(session, at);
        first
    }
}

struct StoredSession {
    account: i64,
    created: i64,
    last_seen: i64,
    idle_ms_max: i64,
    expires: i64,
}
from_row!(StoredSession: account, created, last_seen, idle_ms_max, expires);

impl Store {
    /// Opens a session; the token is for its owner's cookie alone.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn create_session(&self, account: OperatorId, now: Timestamp, limits: SessionLimits) -> Result<Token, StoreError> {
        let token = Token::random();
        let mut transaction = self.database().write().await?;
        let text = "INSERT INTO sessions (token_hash, account, created, last_seen, idle_ms_max, expires) VALUES ($1, $2, $3, $3, $4, $5)";
        let expires = now.plus_ms(limits.age_ms_max);
        transaction.execute(sql!(text, token_hash(token.secret()), account, now, limits.idle_ms_max, expires)).await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// The session of a token, and notes that it was used; none when it has ended, never was, or its
    /// account is disabled. It holds whether or not the use can be written down.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn session(&self, secret: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let hash = token_hash(secret);
        let text = "SELECT account, created, last_seen, idle_ms_max, expires FROM sessions WHERE token_hash = $1";
        let row: Option<StoredSession> = self.database().read().await?.maybe(sql!(text, &hash)).await?;
        let Some(row) = row else { return Ok(None) };
        let last_seen = self.inner.unwritten.last(&hash).map_or(row.last_seen, |at| at.0.max(row.last_seen));
        let unused_ms = now.since_ms(Timestamp(last_seen));
        if now.0 >= row.expires || unused_ms >= u64::try_from(row.idle_ms_max).unwrap_or(0) {
            return Ok(None);
        }
        let account = self.account(OperatorId(u64::try_from(row.account).unwrap_or(0))).await?;
        let Some(account) = account.filter(|account| !account.disabled) else { return Ok(None) };
        if unused_ms >= TOUCH_EVERY_MS {
            self.touch(hash, now).await;
        }
        Ok(Some(Session { account, created: Timestamp(row.created), expires: Timestamp(row.expires) }))
    }

    async fn touch(&self, hash: String, now: Timestamp) {
        if let Err(error) = self.write_uses(&[(hash.clone(), now)]).await
            && self.inner.unwritten.keep(hash, now)
        {
            tracing::warn!(%error, "the use of a session could not be written down; sessions hold all the same");
        }
    }

    async fn write_uses(&self, uses: &[(String, Timestamp)]) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        for (hash, at) in uses {
            let touch = "UPDATE sessions SET last_seen = $2 WHERE token_hash = $1 AND last_seen < $2";
            transaction.execute(sql!(touch, hash, *at)).await?;
        }
        transaction.commit().await?;
        let mut unwritten = self.inner.unwritten.uses();
        for (hash, at) in uses {
            if unwritten.get(hash).is_some_and(|kept| kept <= at) {
                unwritten.remove(hash);
            }
        }
        Ok(())
    }

    /// Signs out.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn end_session(&self, secret: &str) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        transaction.execute(sql!("DELETE FROM sessions WHERE token_hash = $1", token_hash(secret))).await?;
        transaction.commit().await
    }

    /// Removes some of what has ended; returns how many. Again until it is none.
    ///
    /// # Errors
    /// What the database answered; then nothing is removed.
    pub async fn forget_ended_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        let unwritten: Vec<_> = self.inner.unwritten.uses().iter().map(|(hash, at)| (hash.clone(), *at)).collect();
        self.write_uses(&unwritten).await?;
        let mut transaction = self.database().write().await?;
        let text = "DELETE FROM sessions WHERE token_hash IN \
                    (SELECT token_hash FROM sessions WHERE expires <= $1 OR last_seen + idle_ms_max <= $1 LIMIT $2)";
        let ended = transaction.execute(sql!(text, now, FORGOTTEN_AT_ONCE_MAX)).await?;
        transaction.commit().await?;
        Ok(ended)
    }
}
