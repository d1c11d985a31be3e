//! Passwords as Argon2id hashes, checked with the same work whether an account exists or not, and
//! never more at once than the memory of a small server bears.

use crate::StoreError;
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// Longest password taken, in bytes; more would only be work for us.
const PASSWORD_BYTES_MAX: usize = 1_024;
/// Hashes computed at the same time, each with some 19 MB.
const HASHES_AT_ONCE_MAX: usize = 4;

static HASHING: Semaphore = Semaphore::const_new(HASHES_AT_ONCE_MAX);

async fn with_a_core<T: Send + 'static>(work: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
    let _permit = HASHING.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()?
}

fn hash_now(password: &[u8]) -> Option<String> {
    Argon2::default().hash_password(password).ok().map(|hash| hash.to_string())
}

/// The hash to keep, with its parameters and salt.
pub async fn hash(password: &str) -> Result<String, StoreError> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(StoreError::TooLong);
    }
    let password = password.to_owned();
    let hashed = with_a_core(move || hash_now(password.as_bytes())).await;
    hashed.ok_or_else(|| StoreError::Gone("the password could not be hashed".to_owned()))
}

/// Whether it is the password of `kept`. Without a kept hash the same work is done for nothing.
pub async fn is_right(password: &str, kept: Option<String>) -> bool {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let fits = password.len() <= PASSWORD_BYTES_MAX;
    let password = if fits { password.to_owned() } else { String::new() };
    let checked = with_a_core(move || {
        let nobody = NOBODY.get_or_init(|| hash_now(b"nobody").unwrap_or_default());
        let hash = kept.as_ref().unwrap_or(nobody);
        let parsed = PasswordHash::new(hash).ok()?;
        let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
        Some(right && fits && kept.is_some())
    });
    checked.await.unwrap_or(false)
}
