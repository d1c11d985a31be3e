//! The citizen behind a matter in which something is owed: whom to ring, and what was known when the
//! call ended. Personal data: for those alone whose promise it is, after the switchboard logged the read.

use crate::{access::Reader, additions, app::App, components::place, desk, evidence, fault::Fault, words::Words};
use domain::{
    ContactId, OperatorId,
    access::Permission,
    contact::{PromiseKind, ledger::PromiseRecord},
    report::ReportDraft,
};
use maud::{Markup, html};
use storage::{Evidence, MatterFile};
use switchboard::{CallerDetails, Deployment, Purpose};

/// What is known of the citizen of one contact.
pub struct Citizen {
    pub contact: ContactId,
    pub caller: CallerDetails,
    /// What an operator wrote of it, or a citizen by a form.
    pub report: Option<(u64, ReportDraft)>,
    /// What they sent of it.
    pub evidence: Vec<Evidence>,
}

/// The citizens of a matter's contacts; none for a reader who owes them nothing. What nobody has linked yet is open to all
/// who may: whoever finds the matter that it is of need not be of the region it came to.
///
/// # Errors
/// [`Fault::NotRead`]: a citizen who cannot be read must not look like one who hides.
pub async fn owed(app: &App, reader: &Reader, file: &MatterFile) -> Result<Vec<Citizen>, Fault> {
    let mut citizens = Vec::new();
    let Some(me) = may_read(app, reader, file) else { return Ok(citizens) };
    let sent = app.switchboard().evidence_of_matter(me, file).await?;
    for record in &file.contacts {
        let contact = record.contact;
        let caller = app.switchboard().caller(me, contact, Purpose::Promise).await.map_err(|_| Fault::NotRead)?;
        if let Some(caller) = caller {
            let report = app.switchboard().report(me, contact, Purpose::Promise).await.map_err(|_| Fault::NotRead)?;
            let evidence = sent.iter().filter(|one| one.contact == Some(contact)).cloned().collect();
            citizens.push(Citizen { contact, caller, report, evidence });
        }
    }
    Ok(citizens)
}

/// Whoever may read what is known of the citizens of this matter.
pub(crate) fn may_read(app: &App, reader: &Reader, file: &MatterFile) -> Option<OperatorId> {
    reader.operator.filter(|me| reader.may(Permission::SeePersons) && owes(app, *me, file) || is_to_link(app, file))
}

fn is_to_link(app: &App, file: &MatterFile) -> bool {
    app.switchboard().live().view.additions.iter().any(|addition| addition.to_link && addition.matter == file.matter.matter)
}

fn owes(app: &App, me: OperatorId, file: &MatterFile) -> bool {
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let Some(view) = live.view.operators.iter().find(|view| view.operator == me) else { return false };
    let rule = &deployment.plan.follow_up;
    let theirs = |promise: &PromiseRecord| {
        promise.settled.is_none() && promise.kind != PromiseKind::Answer && rule.is_theirs(&promise.owner, me, &view.region)
    };
    file.promises.iter().any(theirs)
}

#[must_use]
pub fn draw(words: Words, deployment: &Deployment, citizen: &Citizen) -> Markup {
    let Citizen { caller, report, .. } = citizen;
    html! {
        dl .facts {
            @if caller.mail.is_none() || caller.number.is_some() { dt { (words.t("who-number")) } dd .number { strong { (caller.number.clone().unwrap_or_else(|| words.t("number-hidden"))) } } }
            @if let Some(other) = &caller.call_back_number { dt { (words.t("who-ring-at")) } dd .number { strong { (other) } } }
            (booked_with(words, caller))
            @if let Some(name) = &caller.display_name { dt { (words.t("who-name")) } dd { (name) " " span .quiet { (words.t("who-name-source")) } } }
            @if let Some(text) = &caller.place_text { dt { (words.t("place-stated")) } dd { (text) } }
        }
        @if let Some(circle) = caller.circle {
            @let near = place::nearest(deployment, circle.centre);
            figure .place { (place::draw(words, circle, &near)) figcaption { (place::in_words(words, circle, &near)) } }
        } @else if let Some(known) = &caller.locality {
            @let near = known.circle.map(|circle| place::nearest(deployment, circle.centre)).unwrap_or_default();
            p { (place::locality_in_words(words, known, None, &near)) }
        }
        @for written in &caller.written { (additions::written(words, deployment, written)) }
        @for question in &caller.asked {
            p .quiet { (words.t("asked")) }
            blockquote { @for line in question.lines() { p { bdi { (line) } } } }
        }
        (evidence::list(words, &citizen.evidence))
        @for line in &caller.words { blockquote { p { (line) } } }
        // What a citizen reported by a form stands above, as they wrote it.
        @if let Some((_, draft)) = report.as_ref().filter(|(version, _)| *version > 0) {
            p .quiet { (words.t("report-title")) }
            dl .facts.read { @for (name, text) in desk::report::told(words, deployment, draft) { dt { (name) } dd { (text) } } }
        }
    }
}

/// What whoever booked a time told beside their number.
pub fn booked_with(words: Words, caller: &CallerDetails) -> Markup {
    let told = [("who-mail", &caller.mail), ("who-interpreter", &caller.interpreter), ("who-needs", &caller.needs)];
    html! { @for (key, text) in told { @if let Some(text) = text { dt { (words.t(key)) } dd { (text) } } } }
}
