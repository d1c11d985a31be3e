//! What citizens are asked about how they were met, as the journal tells of it, and how many are satisfied.

use crate::{
    PayloadKind, Store, StoreError,
    database::{Connection, Transaction, from_row, sql},
    hashing::canonical,
    links::Opens,
    payloads::caller_key,
};
use domain::{
    ContactId, RegionId, Timestamp,
    intent::Language,
    survey::{Aspect, Opinion, Rating, Shares, SurveyRecord, Tally},
};
use std::collections::BTreeMap;

/// Most that somebody wrote that are read at once.
const WORDS_MAX: i64 = 200;

/// A row of `surveys`: the record, and beside it what is searched by and counted.
#[derive(PartialEq)]
pub struct StoredSurvey {
    pub contact: i64,
    state: String,
    region: Option<String>,
    due: i64,
    asked: Option<i64>,
    treatment: Option<i64>,
    handling: Option<i64>,
    accessibility: Option<i64>,
    record: String,
}
from_row!(StoredSurvey: contact, state, region, due, asked, treatment, handling, accessibility, record);

impl StoredSurvey {
    pub fn of(record: &SurveyRecord) -> Result<Self, StoreError> {
        let whole = serde_json::to_value(record).map_err(|_| StoreError::Corrupt("a survey cannot be written as JSON".to_owned()))?;
        let about =
            |aspect| record.opinion.as_ref().and_then(|opinion: &Opinion| opinion.about(aspect)).map(|rating| i64::from(rating.number()));
        Ok(Self {
            contact: i64::try_from(record.contact.0).unwrap_or(i64::MAX),
            state: record.state.word().to_owned(),
            region: record.region.as_ref().map(ToString::to_string),
            due: record.due.0,
            asked: record.asked.map(|at| at.0),
            treatment: about(Aspect::Treatment),
            handling: about(Aspect::Handling),
            accessibility: about(Aspect::Accessibility),
            record: canonical(&whole),
        })
    }
}

/// A question that a link leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SurveyFile {
    pub record: SurveyRecord,
    pub language: Language,
}

/// What somebody wrote of how they were met. Personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct OpinionWords {
    pub contact: ContactId,
    pub at: Timestamp,
    pub region: Option<RegionId>,
    pub text: String,
}

fn read(record: &str) -> Result<SurveyRecord, StoreError> {
    serde_json::from_str(record).map_err(|_| StoreError::Corrupt("the record of a survey cannot be read".to_owned()))
}

pub async fn put(transaction: &mut Transaction, record: &SurveyRecord) -> Result<(), StoreError> {
    let text = "INSERT INTO surveys (contact, state, region, due, asked, treatment, handling, accessibility, record) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                ON CONFLICT (contact) DO UPDATE SET state = excluded.state, region = excluded.region, due = excluded.due, \
                asked = excluded.asked, treatment = excluded.treatment, handling = excluded.handling, \
                accessibility = excluded.accessibility, record = excluded.record";
    let row = StoredSurvey::of(record)?;
    let StoredSurvey { contact, state, region, due, asked, treatment, handling, accessibility, record } = row;
    transaction.execute(sql!(text, contact, state, region, due, asked, treatment, handling, accessibility, record)).await.map(drop)
}

/// Those after `after` by contact, for walking all of them.
pub async fn page(connection: &mut Connection, after: i64, limit: u32) -> Result<Vec<StoredSurvey>, StoreError> {
    let text = "SELECT contact, state, region, due, asked, treatment, handling, accessibility, record FROM surveys \
                WHERE contact > $1 ORDER BY contact LIMIT $2";
    connection.all(sql!(text, after, i64::from(limit))).await
}

/// Those whose citizens are perhaps asked.
pub async fn awaited(connection: &mut Connection) -> Result<BTreeMap<ContactId, SurveyRecord>, StoreError> {
    let rows: Vec<(String,)> = connection.all(sql!("SELECT record FROM surveys WHERE state = 'awaited'")).await?;
    rows.iter().map(|(record,)| read(record).map(|record| (record.contact, record))).collect()
}

struct Counted {
    region: Option<String>,
    asked: i64,
    answered: i64,
    treatment: i64,
    treatment_satisfied: i64,
    handling: i64,
    handling_satisfied: i64,
    accessibility: i64,
    accessibility_satisfied: i64,
}
from_row!(Counted: region, asked, answered, treatment, treatment_satisfied, handling, handling_satisfied, accessibility,
    accessibility_satisfied);

impl Counted {
    fn shares(&self) -> Shares {
        let number = |count: i64| u64::try_from(count).unwrap_or(0);
        let tally = |count, satisfied| Tally { count: number(count), satisfied: number(satisfied) };
        Shares {
            asked: number(self.asked),
            answered: number(self.answered),
            treatment: tally(self.treatment, self.treatment_satisfied),
            handling: tally(self.handling, self.handling_satisfied),
            accessibility: tally(self.accessibility, self.accessibility_satisfied),
        }
    }
}

impl Store {
    /// What opens the question about a contact for whoever it is of, each time the same.
    #[must_use]
    pub fn survey_token(&self, contact: ContactId) -> String {
        Opens::Survey.token(&self.inner.secret, contact.0)
    }

    /// The question that a link leads to; none where nobody was asked, and for what is no link of ours.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be read.
    pub async fn survey_of_link(&self, token: &str) -> Result<Option<SurveyFile>, StoreError> {
        let Some(contact) = Opens::Survey.number(&self.inner.secret, token).map(ContactId) else { return Ok(None) };
        let mut connection = self.database().read().await?;
        let text = "SELECT record FROM surveys WHERE contact = $1 AND asked IS NOT NULL";
        let Some((record,)): Option<(String,)> = connection.maybe(sql!(text, contact)).await? else { return Ok(None) };
        let language = crate::records::contact(&mut connection, contact).await?.map_or(Language::Swedish, |record| record.language);
        Ok(Some(SurveyFile { record: read(&record)?, language }))
    }

    /// Whether whoever has one of these numbers and addresses was asked since then.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn was_asked_since(&self, theirs: &[String], since: Timestamp) -> Result<bool, StoreError> {
        let text = "SELECT COUNT(*) FROM surveys WHERE asked >= $2 AND contact IN (SELECT contact FROM payloads WHERE caller_key = $1)";
        let mut connection = self.database().read().await?;
        for number in theirs {
            let Some(key) = caller_key(&self.inner.secret, number) else { continue };
            let (asked,): (i64,) = connection.one(sql!(text, key, since)).await?;
            if asked > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What those came to who were asked from the first until before the second point in time, by region; under none those
    /// whose region nobody knows.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn opinions(&self, from: Timestamp, to: Timestamp) -> Result<BTreeMap<Option<RegionId>, Shares>, StoreError> {
        let text = "SELECT region, COUNT(*) AS asked, COUNT(CASE WHEN state = 'answered' THEN 1 END) AS answered, \
                    COUNT(treatment) AS treatment, COUNT(CASE WHEN treatment >= $3 THEN 1 END) AS treatment_satisfied, \
                    COUNT(handling) AS handling, COUNT(CASE WHEN handling >= $3 THEN 1 END) AS handling_satisfied, \
                    COUNT(accessibility) AS accessibility, COUNT(CASE WHEN accessibility >= $3 THEN 1 END) AS accessibility_satisfied \
                    FROM surveys WHERE asked >= $1 AND asked < $2 GROUP BY region";
        let rows: Vec<Counted> =
            self.database().read().await?.all(sql!(text, from, to, i64::from(Rating::SATISFIED_FROM.number()))).await?;
        Ok(rows.iter().map(|row| (row.region.as_deref().map(RegionId::new), row.shares())).collect())
    }

    /// What people wrote who were asked from the first until before the second point in time, latest first, each as they said it last; at most 200.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when one cannot be read.
    pub async fn opinion_words(&self, from: Timestamp, to: Timestamp) -> Result<Vec<OpinionWords>, StoreError> {
        let text = "SELECT payloads.contact, payloads.at, surveys.region, payloads.body FROM payloads \
                    JOIN surveys ON surveys.contact = payloads.contact \
                    WHERE surveys.asked >= $1 AND surveys.asked < $2 AND payloads.kind = $3 AND payloads.body IS NOT NULL \
                    ORDER BY payloads.seq DESC LIMIT $4";
        let statement = sql!(text, from, to, PayloadKind::Opinion.word(), WORDS_MAX);
        let rows: Vec<(i64, i64, Option<String>, String)> = self.database().read().await?.all(statement).await?;
        let mut latest = Vec::<OpinionWords>::new();
        for (contact, at, region, body) in rows {
            let contact = ContactId(u64::try_from(contact).unwrap_or(0));
            let unreadable = |_| StoreError::Corrupt(format!("what contact {contact} thinks of us cannot be read"));
            let body: serde_json::Value = serde_json::from_str(&body).map_err(unreadable)?;
            let text = body.get("text").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            if latest.iter().all(|known| known.contact != contact) {
                latest.push(OpinionWords { contact, at: Timestamp(at), region: region.as_deref().map(RegionId::new), text });
            }
        }
        latest.retain(|known| !known.text.is_empty());
        Ok(latest)
    }
}
