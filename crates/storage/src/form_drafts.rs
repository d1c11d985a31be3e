//! Forms that are being filled in. Until it is sent, what somebody writes is theirs alone: whoever reads the database sees
//! which form it is and when it was touched, and nothing of the answers. They are sealed with AES-256-GCM under a key
//! that follows of the code which their writer holds, in a cookie or on paper.
//!
//! The row's name is SHA-256 over `svar form draft` and a line feed and the code; the key the same over `svar form key`.
//! The sealed text is twelve bytes that are used once, then the sealed JSON, in hexadecimal; it names its form, so that no
//! row passes for another's.

use crate::{
    Store, StoreError,
    database::{from_row, sql},
    hashing::{Hash, bytes_of_hex, canonical, hex, sha256},
};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use domain::{Timestamp, time::HOUR_MS};
use serde_json::Value;
use std::fmt;

/// Letters and digits that nobody mistakes for each other when they are read aloud or written down (Crockford's 32).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Eighty bits: nobody finds another's by trying.
const CODE_SIGNS: usize = 16;
const GROUP_SIGNS: usize = 4;
/// Longest answers as JSON; what the longest form can hold is far below.
const SEALED_BYTES_MAX: usize = 1024 * 1024;
/// Drafts at once. Beyond it the ones touched longest ago make room.
const DRAFTS_MAX: i64 = 100_000;
const FORGOTTEN_AT_ONCE_MAX: i64 = 1_000;

/// A draft that nobody touched for so long is forgotten.
pub const FORM_DRAFT_KEPT_MS: u64 = 7 * 24 * HOUR_MS;

/// What opens a draft; nobody else knows it. Hidden in Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftCode(String);

impl fmt::Debug for DraftCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DraftCode(hidden)")
    }
}

impl DraftCode {
    #[must_use]
    pub fn random() -> Self {
        let bytes: [u8; CODE_SIGNS] = rand::random();
        Self(bytes.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect())
    }

    /// As somebody wrote it: in groups, in small letters, with O for 0 and I or L for 1.
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        let bare = written.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}'));
        let sign = |c: char| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let code: String = bare.map(sign).take(CODE_SIGNS + 1).collect();
        (code.len() == CODE_SIGNS && code.bytes().all(|byte| SIGNS.contains(&byte))).then_some(Self(code))
    }

    /// In one piece, for a cookie.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// In groups, for people.
    #[must_use]
    pub fn to_read(&self) -> String {
        let groups: Vec<&str> = (0..CODE_SIGNS / GROUP_SIGNS).filter_map(|n| self.0.get(n * GROUP_SIGNS..(n + 1) * GROUP_SIGNS)).collect();
        groups.join("-")
    }

    /// Names the draft, and what is sent of it, without opening it.
    #[must_use]
    pub fn digest(&self) -> String {
        hex(&sha256(&[b"svar form draft\n", self.0.as_bytes()]))
    }

    fn key(&self) -> Hash {
        sha256(&[b"svar form key\n", self.0.as_bytes()])
    }

    fn seal(&self, form: &str, answers: &Value) -> Result<String, StoreError> {
        let mut text = canonical(answers).into_bytes();
        if text.len() > SEALED_BYTES_MAX {
            return Err(StoreError::TooLong);
        }
        let unsealed = |_| StoreError::Corrupt("a form cannot be sealed".to_owned());
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.key()).map_err(unsealed)?;
        let nonce = key.seal_in_place_append_tag(Aad::from(form.as_bytes()), &mut text).map_err(unsealed)?;
        Ok(hex(nonce.as_ref()) + &hex(&text))
    }

    fn open(&self, form: &str, sealed: &str) -> Option<Value> {
        let (nonce, text) = sealed.split_at_checked(2 * NONCE_LEN)?;
        let nonce: [u8; NONCE_LEN] = bytes_of_hex(nonce)?.try_into().ok()?;
        let mut text = bytes_of_hex(text)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.key()).ok()?;
        let opened = key.open_in_place(Nonce::from(&nonce), Aad::from(form.as_bytes()), &mut text).ok()?;
        serde_json::from_slice(opened).ok()
    }
}

/// Answers as they were kept. Personal data: hidden in Debug.
#[derive(Clone, PartialEq)]
pub struct FormDraft {
    /// The id of the form.
    pub form: String,
    /// Rises with every change, from 1.
    pub revision: u64,
    pub touched: Timestamp,
    pub answers: Value,
}

impl fmt::Debug for FormDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FormDraft({}, revision {}, hidden)", self.form, self.revision)
    }
}

struct StoredDraft {
    form: String,
    revision: i64,
    touched: i64,
    sealed: String,
}
from_row!(StoredDraft: form, revision, touched, sealed);

impl Store {
    /// The draft that a code opens; none when there is none (any more).
    ///
    /// # Errors
    /// What the database answered.
    pub async fn form_draft(&self, code: &DraftCode, now: Timestamp) -> Result<Option<FormDraft>, StoreError> {
        let text = "SELECT form, revision, touched, sealed FROM form_drafts WHERE digest = $1";
        let row: Option<StoredDraft> = self.database().read().await?.maybe(sql!(text, code.digest())).await?;
        let Some(row) = row.filter(|row| now.since_ms(Timestamp(row.touched)) < FORM_DRAFT_KEPT_MS) else { return Ok(None) };
        let unreadable = || StoreError::Corrupt("a form that was set aside cannot be read".to_owned());
        let answers = code.open(&row.form, &row.sealed).ok_or_else(unreadable)?;
        let revision = u64::try_from(row.revision).unwrap_or(0);
        Ok(Some(FormDraft { form: row.form, revision, touched: Timestamp(row.touched), answers }))
    }

    /// Keeps answers written from revision `base`, 0 for the first; false when another change came first.
    ///
    /// # Errors
    /// [`StoreError::TooLong`], or what the database answered.
    pub async fn keep_form_draft(
        &self,
        code: &DraftCode,
        base: u64,
        form: &str,
        answers: &Value,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sealed = code.seal(form, answers)?;
        let mut transaction = self.database().write().await?;
        let kept = if base == 0 {
            let insert = "INSERT INTO form_drafts (digest, form, revision, touched, sealed) VALUES ($1, $2, 1, $3, $4)";
            match transaction.execute(sql!(insert, code.digest(), form, now, sealed)).await {
                Err(StoreError::Conflict) => {
                    drop(transaction);
                    return Ok(false);
                }
                written => written? == 1,
            }
        } else {
            let update = "UPDATE form_drafts SET revision = revision + 1, touched = $3, sealed = $4, form = $5 \
                          WHERE digest = $1 AND revision = $2";
            transaction.execute(sql!(update, code.digest(), base, now, sealed, form)).await? == 1
        };
        if base == 0 {
            let (count,): (i64,) = transaction.one(sql!("SELECT COUNT(*) FROM form_drafts")).await?;
            if count > DRAFTS_MAX {
                let oldest = "DELETE FROM form_drafts WHERE digest IN (SELECT digest FROM form_drafts ORDER BY touched LIMIT $1)";
                transaction.execute(sql!(oldest, count - DRAFTS_MAX)).await?;
            }
        }
        transaction.commit().await?;
        Ok(kept)
    }

    /// Gives the draft of revision `base` another code, with these answers in it: the code before opens nothing any more.
    /// False when another change came first.
    ///
    /// # Errors
    /// [`StoreError::TooLong`], or what the database answered.
    pub async fn renew_form_draft(
        &self,
        code: &DraftCode,
        base: u64,
        new: &DraftCode,
        (form, answers): (&str, &Value),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sealed = new.seal(form, answers)?;
        let mut transaction = self.database().write().await?;
        let update = "UPDATE form_drafts SET digest = $3, revision = revision + 1, touched = $4, sealed = $5, form = $6 \
                      WHERE digest = $1 AND revision = $2";
        let renewed = transaction.execute(sql!(update, code.digest(), base, new.digest(), now, sealed, form)).await? == 1;
        transaction.commit().await?;
        Ok(renewed)
    }

    /// Forgets a draft, as its writer asks.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forget_form_draft(&self, code: &DraftCode) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        transaction.execute(sql!("DELETE FROM form_drafts WHERE digest = $1", code.digest())).await?;
        transaction.commit().await
    }

    /// Forgets some of those whose time is over; returns how many. Again until it is none.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forget_old_form_drafts(&self, now: Timestamp) -> Result<u64, StoreError> {
        let before = Timestamp(now.0.saturating_sub_unsigned(FORM_DRAFT_KEPT_MS));
        let mut transaction = self.database().write().await?;
        let text = "DELETE FROM form_drafts WHERE digest IN (SELECT digest FROM form_drafts WHERE touched <= $1 LIMIT $2)";
        let forgotten = transaction.execute(sql!(text, before, FORGOTTEN_AT_ONCE_MAX)).await?;
        transaction.commit().await?;
        Ok(forgotten)
    }
}
