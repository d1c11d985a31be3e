//! What came in a visit is sent as one addition to its matter, once, however often it is asked for and whenever the program
//! ends: the addition is found again by a key that follows of the visit and the first file that it has.

use crate::{Addition, AnswerTo, Refusal, Switchboard, additions::named, clock, not_read};
use domain::{MatterId, contact::Channel, intent::Language};
use serde_json::{Value, json};
use storage::{Evidence, EvidenceError, EvidenceId, Followed, PayloadKind};

/// Keys remembered of additions that may be saved later.
const HANDED_ON_MAX: usize = 10_000;

/// What a citizen sends beside the files.
pub struct EvidenceSending<'a> {
    /// What they hold the link to.
    pub followed: &'a Followed,
    pub visit: &'a str,
    pub text: &'a str,
    pub language: Language,
}

fn key(visit: &str, first: &EvidenceId) -> String {
    format!("evidence {visit} {first}")
}

fn unsent(all: &[Evidence]) -> Vec<&Evidence> {
    all.iter().filter(|one| one.contact.is_none() && one.state.is_kept()).collect()
}

impl Switchboard {
    /// Sends what came whole in a visit. True when something was, also by an earlier try whose end was not seen. Whoever calls
    /// this takes turns for each visit.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it may be sent later, once it can be saved.
    pub async fn send_evidence(&self, sending: &EvidenceSending<'_>) -> Result<bool, Refusal> {
        let (file, visit) = (&sending.followed.matter, sending.visit);
        let matter = file.matter.matter;
        let recovered = self.recover_sending(matter, visit).await.map_err(unreadable)?;
        let desk = self.evidence_desk().map_err(unreadable)?;
        let all = self.evidence_of_visit(matter, visit).await.map_err(unreadable)?;
        let ids: Vec<EvidenceId> = unsent(&all).into_iter().map(|one| one.id.clone()).collect();
        let Some(first) = ids.first() else { return Ok(recovered) };
        let key = key(visit, first);
        if desk.handed_on.lock().contains(&key) {
            return Err(Refusal::NotSaved);
        }
        let names: Vec<&str> = ids.iter().map(EvidenceId::text).collect();
        let through = sending.followed.contact.contact.0;
        let body = json!({ "key": key, "subject": null, "text": sending.text, "evidence": names, "through": through });
        let addition = Addition {
            channel: Channel::Web,
            language: sending.language,
            named: Some(named(file)),
            // Whoever has the link has it from us.
            verified: true,
            region: None,
            answer_to: AnswerTo::default(),
            payloads: vec![(PayloadKind::Written, body)],
        };
        remember(&desk.handed_on, key.clone());
        let taken = self.take_in(addition).await;
        if taken.as_ref().err() != Some(&Refusal::NotSaved) {
            desk.handed_on.lock().remove(&key);
        }
        desk.room.sent(&ids, taken?.contact, clock::now()).await.map_err(unreadable)?;
        Ok(true)
    }

    /// Marks what an earlier try sent before its end was seen; true when there was any.
    pub(super) async fn recover_sending(&self, matter: MatterId, visit: &str) -> Result<bool, EvidenceError> {
        let (desk, store) = (self.evidence_desk()?, &self.inner.store);
        let all = desk.room.of_visit(matter, visit).await?;
        let Some(first) = unsent(&all).into_iter().next() else { return Ok(false) };
        let key = key(visit, &first.id);
        let Some(contact) = store.contact_of_written(&key).await? else { return Ok(false) };
        let file = store.contact(contact).await?;
        let bodies = file.iter().flat_map(|file| &file.payloads).filter_map(|kept| kept.body.as_ref());
        let ids: Vec<EvidenceId> = bodies.flat_map(evidence_of).collect();
        desk.handed_on.lock().remove(&key);
        desk.room.sent(&ids, contact, clock::now()).await?;
        Ok(true)
    }
}

/// The files that were sent with something written.
fn evidence_of(body: &Value) -> Vec<EvidenceId> {
    let names = body.get("evidence").and_then(Value::as_array).into_iter().flatten();
    names.filter_map(|name| EvidenceId::read(name.as_str()?)).collect()
}

fn remember(handed_on: &parking_lot::Mutex<std::collections::BTreeSet<String>>, key: String) {
    let mut all = handed_on.lock();
    if all.len() >= HANDED_ON_MAX {
        all.pop_first();
    }
    all.insert(key);
}

fn unreadable(error: EvidenceError) -> Refusal {
    match error {
        EvidenceError::Store(error) => not_read(error),
        error => {
            tracing::error!(%error, "evidence could not be sent");
            Refusal::NotSaved
        }
    }
}
