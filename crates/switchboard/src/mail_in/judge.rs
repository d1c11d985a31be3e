//! Which matter a mail is of, whether we know who sent it, and whether they are told that it has come.
//!
//! A reference is a name and never a key: whoever names a matter joins it only where they answer a mail of ours, whose name
//! nobody else was told, or where our mail server vouches for an address that the matter knows. All else is owed as well, and
//! waits for a person to say which matter it is of.

use super::{Mailbox, maildir::Found};
use crate::{
    Refusal, Switchboard,
    additions::{self, Addition, AnswerTo, SenderProof},
    clock, not_read,
};
use domain::{
    ContactId, MatterId,
    contact::{Channel, Template, ledger::ContactRecord},
    intent::{Intent, Language},
    time::HOUR_MS,
};
use interop::mail_in::{Origin, ReadMail, Vouched};
use serde_json::json;
use storage::{MatterFile, PayloadKind};

/// Mails of one address that are answered within a day: two machines that answer each other soon stop.
const ANSWERED_PER_DAY_MAX: usize = 5;
/// Contacts of an address among which those that were answered are counted.
const LOOKED_BACK_MAX: usize = 100;
/// Above every contact.
const LAST: ContactId = ContactId(i64::MAX as u64);

/// The same for a mail however often it is delivered, and of no other. A mail without a name of its own is known by the name
/// that the server gave its file.
pub fn key(found: &Found, mail: &ReadMail) -> String {
    let name = mail.message_id.as_deref().unwrap_or(&found.name);
    format!("mail {name} {} {}", mail.from.as_deref().unwrap_or_default(), found.body_sha256)
}

/// What a mail comes to.
struct Judged {
    matter: Option<MatterFile>,
    proof: SenderProof,
    /// It joins the matter at once.
    joins: bool,
    /// Of whoever is answered.
    language: Option<Language>,
}

/// # Errors
/// When what is known of matters and senders cannot be read.
pub async fn addition(
    switchboard: &Switchboard,
    mailbox: &Mailbox,
    found: &Found,
    mail: &ReadMail,
    key: &str,
) -> Result<Addition, Refusal> {
    let Judged { matter, proof, joins, language } = judged(switchboard, mail).await?;
    let answered = is_answered(switchboard, mail).await? && !(joins && matter.as_ref().is_some_and(is_read_by_others));
    let plan = switchboard.deployment().plan.clone();
    let language = language.or(mail.language).filter(|language| plan.languages.contains(language));
    let attachments: Vec<_> =
        mail.attachments.iter().map(|one| json!({ "name": one.name, "media_type": one.media_type, "bytes": one.bytes })).collect();
    let written = json!({
        "key": key,
        "message_id": mail.message_id,
        "sha256": found.sha256,
        "file": found.name,
        "subject": mail.subject,
        "text": mail.text,
        "is_cut": mail.is_cut || found.is_cut,
        "attachments": attachments,
        "attachments_count": mail.attachments_count,
        "is_automatic": mail.origin != Origin::Person,
        "reference": mail.references.first().map(ToString::to_string),
        "proof": proof.word(),
    });
    let caller = json!({ "number": null, "address": mail.from, "display": mail.name });
    Ok(Addition {
        channel: Channel::Mail,
        language: language.unwrap_or_else(|| switchboard.first_language()),
        named: matter.as_ref().map(additions::named),
        verified: joins,
        region: mailbox.region.clone(),
        answer_to: AnswerTo { number: None, mail: mail.from.clone().filter(|_| answered) },
        payloads: vec![(PayloadKind::Caller, caller), (PayloadKind::Written, written)],
    })
}

async fn judged(switchboard: &Switchboard, mail: &ReadMail) -> Result<Judged, Refusal> {
    let store = switchboard.store();
    let is_vouched = mail.vouched == Vouched::Right;
    let proof = if is_vouched { SenderProof::Authenticated } else { SenderProof::None };
    for id in mail.answers.iter().filter_map(|id| id.split('@').next()) {
        let Some(contact) = store.contact_of_message(id).await.map_err(not_read)? else { continue };
        let Some(record) = store.contact(contact).await.map_err(not_read)?.map(|file| file.record) else { continue };
        let matter = matter(switchboard, record.matter).await?;
        // Our own server says that somebody else writes under this address.
        let joins = mail.vouched != Vouched::Wrong;
        let proof = if joins { SenderProof::Answers } else { SenderProof::None };
        return Ok(Judged { matter, proof, joins, language: Some(record.language) });
    }
    let mut named: Vec<MatterFile> = Vec::new();
    for reference in &mail.references {
        named.extend(store.matter_by_reference(*reference).await.map_err(not_read)?);
    }
    let from = mail.from.as_deref().filter(|_| is_vouched);
    let mut theirs = Vec::new();
    for file in &named {
        if let Some(from) = from
            && store.is_known_to(file.matter.matter, from).await.map_err(not_read)?
        {
            theirs.push(file.clone());
        }
    }
    // Whoever names several matters of theirs means one of them: a person finds out which.
    let joins = theirs.len() == 1;
    let mut matter_meant = theirs.into_iter().chain(named).next();
    if let (None, Some(from)) = (&matter_meant, from)
        && let Some(latest) = earlier(switchboard, from, 1).await?.first()
    {
        matter_meant = matter(switchboard, latest.matter).await?;
    }
    Ok(Judged { matter: matter_meant, proof, joins, language: None })
}

async fn matter(switchboard: &Switchboard, matter: MatterId) -> Result<Option<MatterFile>, Refusal> {
    switchboard.store().matter(matter).await.map_err(not_read)
}

/// The latest contacts that came from an address.
async fn earlier(switchboard: &Switchboard, address: &str, most: usize) -> Result<Vec<ContactRecord>, Refusal> {
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    switchboard.store().earlier_contacts_of(address, LAST, most).await.map_err(not_read)
}

/// Whether whoever wrote is told that it has come: never a machine, never an address that somebody else writes under, never
/// our own, and not without end.
async fn is_answered(switchboard: &Switchboard, mail: &ReadMail) -> Result<bool, Refusal> {
    let Some(from) = mail.from.as_deref().filter(|_| mail.origin == Origin::Person && mail.vouched != Vouched::Wrong) else {
        return Ok(false);
    };
    let own = &switchboard.inner.stage.messages.mail_sender;
    if own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(from)) {
        return Ok(false);
    }
    let now = clock::now();
    let latest = earlier(switchboard, from, LOOKED_BACK_MAX).await?;
    let is_told = |record: &&ContactRecord| record.messages.iter().any(|message| message.template == Template::Received);
    let today = latest.iter().filter(|record| now.since_ms(record.arrived) < 24 * HOUR_MS).filter(is_told);
    Ok(today.count() < ANSWERED_PER_DAY_MAX)
}

/// Whoever told of danger or of violence at home is told nothing unasked in writing: somebody else may see it.
fn is_read_by_others(file: &MatterFile) -> bool {
    file.contacts.iter().any(|contact| contact.urged || contact.intent == Some(Intent::ReportDomesticViolence))
}
