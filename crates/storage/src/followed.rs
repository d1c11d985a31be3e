//! What a citizen sees of what they sent in, by the link that they hold: that contact, its matter and promise, what we asked
//! and what they added. Nothing of what others sent about the same.

use crate::{KeptPayload, PayloadKind, Store, StoreError, database::sql, links::Opens, matter::MatterFile};
use domain::{
    ContactId, Timestamp,
    contact::{
        Template,
        ledger::{ContactRecord, PromiseRecord},
    },
};
use serde_json::Value;

/// Most questions and additions that are read, the latest ones.
const ROWS_MAX: i64 = 100;

/// So long after it was sent, a link to send files by leads to them.
const FILES_OPEN_MS: u64 = 24 * 60 * 60 * 1_000;

/// Personal data, as far as we asked for any.
#[derive(Clone, PartialEq)]
pub struct Followed {
    pub contact: ContactRecord,
    pub matter: MatterFile,
    /// What we asked, and when, oldest first.
    pub questions: Vec<(Timestamp, String)>,
    /// When they added something by this link.
    pub added: Vec<Timestamp>,
    /// The form by which it was reported.
    pub form: Option<String>,
}

impl Followed {
    /// What is owed to it still; else what was last.
    #[must_use]
    pub fn promise(&self) -> Option<&PromiseRecord> {
        let owed = self.contact.addition.as_ref()?.promise;
        self.matter.promises.iter().find(|promise| promise.promise == owed)
    }
}

impl Store {
    /// What opens a contact for whoever it is of, each time the same; nobody can make it without the deployment's secret.
    #[must_use]
    pub fn contact_token(&self, contact: ContactId) -> String {
        Opens::Contact.token(&self.inner.secret, contact.0)
    }

    /// What a citizen's link leads to; none for what is no link of ours.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be read.
    pub async fn followed(&self, token: &str) -> Result<Option<Followed>, StoreError> {
        let Some(contact) = Opens::Contact.number(&self.inner.secret, token).map(ContactId) else { return Ok(None) };
        self.followed_of(contact).await
    }

    async fn followed_of(&self, contact: ContactId) -> Result<Option<Followed>, StoreError> {
        let Some(file) = self.contact(contact).await? else { return Ok(None) };
        let Some(matter) = self.matter(file.record.matter).await? else { return Ok(None) };
        let form = text_of(&file.payloads, PayloadKind::Written, "form").next().map(|(_, form)| form);
        let questions = text_of(&file.payloads, PayloadKind::Question, "text").collect();
        let added = self.added_through(contact).await?;
        Ok(Some(Followed { contact: file.record, matter, questions, added, form }))
    }

    /// What opens the place for files of a contact, while it may be used; see [`Store::files_link`].
    #[must_use]
    pub fn files_token(&self, contact: ContactId) -> String {
        Opens::Files.token(&self.inner.secret, contact.0)
    }

    /// Where the link that somebody was sent during a call leads to, and whether it may still be used: for a day, until
    /// something was sent by it. Sent once more, it may be used once more. None for what is no such link of ours.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be read.
    pub async fn files_link(&self, token: &str, now: Timestamp) -> Result<Option<(Followed, bool)>, StoreError> {
        let Some(contact) = Opens::Files.number(&self.inner.secret, token).map(ContactId) else { return Ok(None) };
        let Some(followed) = self.followed_of(contact).await? else { return Ok(None) };
        let asked = followed.contact.messages.iter().filter(|message| message.template == Template::Files);
        let Some(asked) = asked.map(|message| message.owed).max() else { return Ok(None) };
        let is_used = followed.added.last().is_some_and(|added| *added > asked);
        let is_open = !is_used && now <= asked.plus_ms(FILES_OPEN_MS);
        Ok(Some((followed, is_open)))
    }

    async fn added_through(&self, contact: ContactId) -> Result<Vec<Timestamp>, StoreError> {
        let text = "SELECT at, body FROM payloads WHERE kind = $2 AND body IS NOT NULL AND contact > $1 \
                    AND contact IN (SELECT contact FROM contacts WHERE matter = (SELECT matter FROM contacts WHERE contact = $1)) \
                    ORDER BY seq DESC LIMIT $3";
        let rows: Vec<(i64, String)> =
            self.database().read().await?.all(sql!(text, contact, PayloadKind::Written.word(), ROWS_MAX)).await?;
        let is_through = |body: &str| {
            let body: Option<Value> = serde_json::from_str(body).ok();
            body.and_then(|body| body.get("through")?.as_u64()) == Some(contact.0)
        };
        let mut added: Vec<_> = rows.iter().filter(|(_, body)| is_through(body)).map(|(at, _)| Timestamp(*at)).collect();
        added.reverse();
        Ok(added)
    }
}

fn text_of<'a>(payloads: &'a [KeptPayload], kind: PayloadKind, field: &'a str) -> impl Iterator<Item = (Timestamp, String)> + 'a {
    let of_kind = payloads.iter().filter(move |kept| kept.kind == kind);
    of_kind.filter_map(move |kept| Some((kept.at, kept.body.as_ref()?.get(field)?.as_str()?.to_owned())))
}
