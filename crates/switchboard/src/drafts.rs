//! Reports as operators write them: kept while they are typed, begun from what a citizen reported by a form.

use crate::{
    Deployment, Switchboard, clock,
    desk::Refusal,
    not_read,
    readings::{Kind, Purpose, Reading},
};
use domain::{
    ContactId, OperatorId, Timestamp,
    form::Answers,
    report::{Known, Remark, ReportDraft},
};
use serde_json::Value;
use storage::{PayloadKind, SaveReport};

impl Switchboard {
    /// Keeps the draft of a report. `base` is the version the page last saw (0 for none). Returns
    /// the new version.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] carries the newer version, once that reading is written to the access log;
    /// [`Refusal::Fields`] the faulty fields.
    pub async fn save_report(&self, operator: OperatorId, contact: ContactId, base: u64, draft: ReportDraft) -> Result<u64, Refusal> {
        let faults = draft.faults();
        if !faults.is_empty() {
            return Err(Refusal::Fields(faults));
        }
        let body = serde_json::to_value(&draft).map_err(|_| Refusal::NotSaved)?;
        match self.inner.store.save_report(contact, operator, base, &body, clock::now()).await.map_err(not_read)? {
            SaveReport::Saved { version, .. } => Ok(version),
            SaveReport::Conflict { current } => {
                let (version, newer) = current.map(read_report).transpose()?.unwrap_or_default();
                if newer == draft {
                    // A page that closes saves twice, to be sure: the second time it is kept already.
                    return Ok(version);
                }
                self.note_reading(Reading { reader: operator, contact, kind: Kind::Report, purpose: Purpose::Conflict }).await?;
                Err(Refusal::Conflict { version, draft: Box::new(newer) })
            }
        }
    }

    /// The newest draft and its version; before the first what a citizen reported by a form, version 0, else none. The read
    /// is written to the access log first.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read, or the reading cannot be written down.
    pub async fn report(&self, reader: OperatorId, contact: ContactId, purpose: Purpose) -> Result<Option<(u64, ReportDraft)>, Refusal> {
        self.note_reading(Reading { reader, contact, kind: Kind::Report, purpose }).await?;
        match self.inner.store.report(contact).await.map_err(not_read)? {
            Some(kept) => read_report(kept).map(Some),
            None => Ok(self.reported(contact).await?.map(|draft| (0, draft))),
        }
    }

    /// The report that a form makes, before an operator has written any of it.
    async fn reported(&self, contact: ContactId) -> Result<Option<ReportDraft>, Refusal> {
        let Some(file) = self.inner.store.contact(contact).await.map_err(not_read)? else { return Ok(None) };
        let deployment = self.deployment();
        let of_form = |body: &Value| {
            let form = deployment.forms.form(body.get("form")?.as_str()?)?;
            let answers: Answers = serde_json::from_value(body.get("answers")?.clone()).ok()?;
            Some(form.report(&answers, deployment.language(), &|code| deployment.municipality(code)))
        };
        Ok(file.payloads.iter().filter(|kept| kept.kind == PayloadKind::Written).find_map(|kept| of_form(kept.body.as_ref()?)))
    }
}

impl Deployment {
    /// What a person should look at once more in a draft, by the deployment's numbers and crimes; nothing where it has neither.
    #[must_use]
    pub fn remarks(&self, draft: &ReportDraft, now: Timestamp) -> Vec<Remark> {
        let today = now.local(&self.plan.zone).date();
        let known = self.forms.country.map(|country| Known { country, crimes: &self.forms.crimes, today });
        known.map(|known| draft.remarks(&known)).unwrap_or_default()
    }
}

fn read_report(report: storage::Report) -> Result<(u64, ReportDraft), Refusal> {
    match serde_json::from_value(report.draft) {
        Ok(draft) => Ok((report.version, draft)),
        Err(_) => {
            tracing::error!(contact = report.contact.0, version = report.version, "a draft that was kept cannot be read");
            Err(Refusal::NotSaved)
        }
    }
}
