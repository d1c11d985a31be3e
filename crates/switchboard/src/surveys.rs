//! Asking citizens how it was. The router says whose turn it is; who they are, whether they were asked lately and what
//! reaches them is found out here, one after another, so that nobody is asked about two things at once. Nothing here is
//! logged that tells of a person.

use crate::{Switchboard, act::Stage, call_backs, clock, desk::Refusal, input::Input, not_read, seldom::Seldom};
use domain::{
    ContactId, OperatorId, RegionId, Timestamp,
    contact::ReachedBy,
    routing::Event,
    survey::{Opinion, Shares},
};
use serde_json::json;
use std::{collections::BTreeMap, fmt, sync::Arc};
use storage::{Access, OpinionWords, Payload, PayloadKind, Reader, Store, StoreError, SurveyFile};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Longest that somebody writes, in characters.
pub const OPINION_CHARS_MAX: usize = 2_000;
/// Who waits to be looked up; the router asks again about whom there is no room for.
pub(crate) const WAITING_MAX: usize = 1_000;
/// So long after it was said here that somebody is asked, the database knows it.
const SAVED_WITHIN_MS: u64 = 600_000;

/// What somebody wrote of how they were met. Personal data.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct OwnWords(String);

impl OwnWords {
    /// None of what is too long; what is empty says nothing.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.chars().count() <= OPINION_CHARS_MAX).then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for OwnWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnWords(hidden)")
    }
}

/// What came of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    Taken,
    /// The link leads to nothing that was asked.
    Unknown,
    /// It was asked too long ago.
    TooLate,
}

impl Switchboard {
    /// The question that a citizen's link leads to; none for what is no link of ours.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read.
    pub async fn survey(&self, token: &str) -> Result<Option<SurveyFile>, Refusal> {
        self.inner.store.survey_of_link(token).await.map_err(not_read)
    }

    /// Until when the question is answered.
    #[must_use]
    pub fn survey_closes(&self, survey: &SurveyFile) -> Option<Timestamp> {
        let plan = self.deployment().plan.clone();
        Some(survey.record.asked?.plus_ms(plan.survey.as_ref()?.open_ms()))
    }

    /// Whoever has the link says how it was; said again, that counts and not what was said before.
    ///
    /// # Errors
    /// As [`Self::act`].
    pub async fn give_opinion(&self, token: &str, opinion: Opinion, words: OwnWords) -> Result<Told, Refusal> {
        let Some(file) = self.survey(token).await? else { return Ok(Told::Unknown) };
        if self.survey_closes(&file).is_none_or(|closes| closes <= clock::now()) {
            return Ok(Told::TooLate);
        }
        let OwnWords(text) = words;
        let contact = file.record.contact;
        let payload = Payload { contact, kind: PayloadKind::Opinion, body: json!({ "text": text }) };
        self.led(Event::OpinionGiven { survey: file.record, opinion }, vec![payload]).await?;
        Ok(Told::Taken)
    }
}

impl Switchboard {
    /// What those came to who were asked from the first until before the second point in time, by region.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read.
    pub async fn opinions(&self, from: Timestamp, to: Timestamp) -> Result<BTreeMap<Option<RegionId>, Shares>, Refusal> {
        self.inner.store.opinions(from, to).await.map_err(not_read)
    }

    /// What they wrote, latest first. Each that is returned is in the access log by then.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read or the log cannot be written.
    pub async fn opinion_words(&self, reader: OperatorId, from: Timestamp, to: Timestamp) -> Result<Vec<OpinionWords>, Refusal> {
        let said = self.inner.store.opinion_words(from, to).await.map_err(not_read)?;
        let (at, reader) = (clock::now(), Reader::Account(reader));
        let access = |one: &OpinionWords| Access {
            at,
            reader: reader.clone(),
            contact: Some(one.contact),
            matter: None,
            what: "opinion".to_owned(),
            why: "survey".to_owned(),
        };
        self.inner.store.log_accesses(&said.iter().map(access).collect::<Vec<_>>()).await.map_err(not_read)?;
        Ok(said)
    }
}

impl Stage {
    pub(crate) fn weigh_opinion(&self, contact: ContactId) {
        if self.surveys.try_send(contact).is_err() {
            tracing::debug!(contact = contact.0, "no room to find out whether they may be asked; the router asks again");
        }
    }
}

/// Finds out who may be asked.
pub(crate) struct Surveyor {
    pub store: Store,
    pub stage: Arc<Stage>,
    pub inputs: mpsc::Sender<Input>,
    /// Numbers and addresses of those who are asked, while the database may not know it yet.
    pub asked: BTreeMap<String, Timestamp>,
}

impl Surveyor {
    pub async fn run(mut self, mut waiting: mpsc::Receiver<ContactId>, stop: CancellationToken) {
        let mut complaint = Seldom::default();
        loop {
            let contact = tokio::select! {
                () = stop.cancelled() => return,
                next = waiting.recv() => match next {
                    Some(contact) => contact,
                    None => return,
                },
            };
            match self.weigh(contact).await {
                Ok(reached) => {
                    if self.inputs.send(Input::Event(Event::OpinionWeighed { contact, reached })).await.is_err() {
                        return;
                    }
                }
                Err(StoreError::Fenced) => return,
                Err(error) if complaint.is_due(tokio::time::Instant::now()) => {
                    tracing::warn!(%error, "whether citizens may be asked how it was cannot be looked up; tried again in an hour");
                }
                Err(_) => {}
            }
        }
    }

    /// What reaches whoever may be asked: nothing where they were asked lately, or there is no page to answer on.
    async fn weigh(&mut self, contact: ContactId) -> Result<ReachedBy, StoreError> {
        let plan = self.stage.deployment().plan.clone();
        let Some(rule) = plan.survey.as_ref().filter(|_| self.stage.messages.lead_to_pages()) else { return Ok(ReachedBy::default()) };
        let number = call_backs::number_of_contact(&self.store, contact).await?;
        let mail = call_backs::mail_of_contact(&self.store, contact).await?;
        let reached = self.stage.reach_of(number.as_deref(), mail.as_deref());
        let numbers = number.map(|number| call_backs::ways_of_writing(&number, &plan)).unwrap_or_default();
        let theirs: Vec<String> = numbers.into_iter().chain(mail).collect();
        let now = clock::now();
        self.asked.retain(|_, asked| now.since_ms(*asked) < SAVED_WITHIN_MS);
        let since = Timestamp(now.0.saturating_sub(i64::try_from(rule.once_in_ms()).unwrap_or(i64::MAX)));
        if theirs.iter().any(|number| self.asked.contains_key(number)) || self.store.was_asked_since(&theirs, since).await? {
            return Ok(ReachedBy::default());
        }
        if reached != ReachedBy::default() {
            self.asked.extend(theirs.into_iter().map(|number| (number, now)));
        }
        Ok(reached)
    }
}
