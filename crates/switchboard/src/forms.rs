//! Forms as citizens fill them in: set aside under a code, and filed as a report. Filed is what is saved: a reference is
//! told only afterwards, and the same form filed again is the same report.

use crate::{
    Switchboard, clock,
    desk::Refusal,
    input::{Input, Reply},
    not_read,
    run_loop::RunLoop,
};
use domain::{
    ContactId, MatterId, RegionId,
    contact::Reference,
    form::{Answers, Identified},
    intent::{Intent, Language},
    routing::Event,
};
use serde_json::{Value, json};
use std::fmt;
use storage::{DraftCode, Followed, FormDraft, Payload, PayloadKind, StoreError};
use tokio::sync::oneshot;

/// A form as it was filled in. Personal data: hidden in Debug.
pub struct FiledForm {
    /// The form's id.
    pub form: String,
    pub intent: Intent,
    pub language: Language,
    /// Where it happened.
    pub region: Option<RegionId>,
    /// What the form is called, and its questions and answers, as operators read them.
    pub subject: String,
    pub text: String,
    pub answers: Value,
    /// Who they have proved to be.
    pub identified: Option<Identified>,
    /// How whoever sent it is reached; none where they need not say.
    pub name: Option<String>,
    pub number: Option<String>,
    pub mail: Option<String>,
}

impl fmt::Debug for FiledForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FiledForm({}, hidden)", self.form)
    }
}

impl FiledForm {
    fn payloads(self, contact: ContactId, key: &str) -> Vec<Payload> {
        let Self { form, subject, text, answers, identified, name, number, mail, .. } = self;
        let mut written = json!({ "key": key, "subject": subject, "text": text, "form": form, "answers": answers });
        if let Some(identified) = identified {
            written["identified"] = json!(identified);
        }
        let mut payloads = vec![Payload { contact, kind: PayloadKind::Written, body: written }];
        if name.is_some() || number.is_some() || mail.is_some() {
            let caller = json!({ "number": number, "display": name, "address": mail });
            payloads.push(Payload { contact, kind: PayloadKind::Caller, body: caller });
        }
        payloads
    }
}

/// Under which a filed form is found again, so that it is one report however often it is sent.
fn key(code: &DraftCode) -> String {
    format!("form {}", code.digest())
}

impl Switchboard {
    /// The form that a code opens.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn form_draft(&self, code: &DraftCode) -> Result<Option<FormDraft>, StoreError> {
        self.inner.store.form_draft(code, clock::now()).await
    }

    /// Keeps answers written from revision `base`, 0 for the first; false when another change came first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn keep_form_draft(&self, code: &DraftCode, base: u64, form: &str, answers: &Value) -> Result<bool, StoreError> {
        self.inner.store.keep_form_draft(code, base, form, answers, clock::now()).await
    }

    /// Gives the draft of revision `base` another code, with these answers; false when another change came first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn renew_form_draft(
        &self,
        code: &DraftCode,
        base: u64,
        new: &DraftCode,
        (form, answers): (&str, &Value),
    ) -> Result<bool, StoreError> {
        self.inner.store.renew_form_draft(code, base, new, (form, answers), clock::now()).await
    }

    /// Forgets what was answered, as its writer asks.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forget_form_draft(&self, code: &DraftCode) -> Result<(), StoreError> {
        self.inner.store.forget_form_draft(code).await
    }

    /// The reference of the report that a form was filed as, if it was.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read.
    pub async fn filed(&self, code: &DraftCode) -> Result<Option<Reference>, Refusal> {
        let store = &self.inner.store;
        let Some(contact) = store.contact_of_written(&key(code)).await.map_err(not_read)? else { return Ok(None) };
        let file = store.contact(contact).await.map_err(not_read)?;
        Ok(file.map(|file| Reference::of(file.record.matter)))
    }

    /// What opens the page on which the report that a form was filed as is followed.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read.
    pub async fn filed_token(&self, code: &DraftCode) -> Result<Option<String>, Refusal> {
        let contact = self.inner.store.contact_of_written(&key(code)).await.map_err(not_read)?;
        Ok(contact.map(|contact| self.inner.store.contact_token(contact)))
    }

    /// What a form was filed as, for whoever holds its code, and what was answered: as it was filed, in whatever way the form
    /// was changed since. No answers once they are erased.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read.
    pub async fn filed_answers(&self, code: &DraftCode) -> Result<Option<(Followed, Option<Answers>)>, Refusal> {
        let store = &self.inner.store;
        let Some(contact) = store.contact_of_written(&key(code)).await.map_err(not_read)? else { return Ok(None) };
        let Some(followed) = store.followed(&store.contact_token(contact)).await.map_err(not_read)? else { return Ok(None) };
        let Some(file) = store.contact(contact).await.map_err(not_read)? else { return Ok(None) };
        let written = file.payloads.into_iter().filter(|kept| kept.kind == PayloadKind::Written);
        let answers = written.filter_map(|kept| serde_json::from_value(kept.body?.get("answers")?.clone()).ok()).next();
        Ok(Some((followed, answers)))
    }

    /// Files a form. Once this answers, it is owed and has a reference. Sent again, it is the same report: whoever calls
    /// this takes turns for each code.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it may be sent later, once it can be saved.
    pub async fn file_form(&self, code: &DraftCode, form: FiledForm) -> Result<Reference, Refusal> {
        if let Some(reference) = self.filed(code).await? {
            return Ok(reference);
        }
        let (number, numbers) = oneshot::channel();
        let key = key(code);
        self.answered(|reply| Input::Filed { form: Box::new(form), key, number, reply }).await?;
        numbers.await.map(Reference::of).map_err(|_| Refusal::Unavailable)
    }
}

impl RunLoop {
    pub async fn filed(&mut self, form: FiledForm, key: String, number: oneshot::Sender<MatterId>, reply: Reply) {
        let now = clock::now();
        self.time_passed(now).await;
        let (contact, matter) = self.new_contact();
        let reached = self.stage.reach_of(form.number.as_deref(), form.mail.as_deref());
        let (intent, language, region) = (form.intent, form.language, form.region.clone());
        let event = Event::ReportReceived { contact, matter, intent, language, region, reached };
        // Nobody waits for it any more: it is filed all the same.
        let _ = number.send(matter);
        self.decide_at(now, event, form.payloads(contact, &key), Some(reply)).await;
    }
}
