//! Additions as they come in: written to us by mail, on the web or at a desk, or a call that an operator links to a
//! matter. What the records tell of the matter is looked up here, beside the loop; what follows is the router's to say.

use crate::{
    Switchboard, clock,
    desk::Refusal,
    input::{Input, Reply},
    not_read,
    run_loop::RunLoop,
};
use domain::{
    ContactId, MatterId, OperatorId, RegionId,
    contact::{Channel, NamedMatter, Reference},
    form::Identified,
    intent::Language,
    routing::Event,
};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use storage::{MatterFile, Payload, PayloadKind};
use tokio::sync::oneshot;

/// What proves who sent a mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SenderProof {
    /// It answers a message of ours, whose name nobody else has been told.
    Answers,
    /// The mail server that we trust says that the address is right.
    Authenticated,
    /// Nothing: anybody can write any address.
    None,
}

impl SenderProof {
    const ALL: [Self; 3] = [Self::Answers, Self::Authenticated, Self::None];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Authenticated => "authenticated",
            Self::None => "none",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|proof| proof.word() == word)
    }
}

/// Something that a citizen wrote, as it is shown to whoever owes it. Personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    pub subject: Option<String>,
    pub text: String,
    /// As it was written; it may be none.
    pub reference: Option<String>,
    /// None where nothing can prove it.
    pub proof: Option<SenderProof>,
    /// Who proved to be its writer, by signing in.
    pub identified: Option<Identified>,
    /// The form by which it was reported.
    pub form: Option<String>,
    /// It went on beyond what is kept.
    pub is_cut: bool,
    /// A machine wrote it.
    pub is_automatic: bool,
    /// The first of what came with it; nobody has opened any of it.
    pub attachments: Vec<AttachedFile>,
    pub attachments_count: u64,
}

/// A file that came with something written, as its sender names it. Personal data.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct AttachedFile {
    pub name: String,
    pub media_type: String,
    pub bytes: u64,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Written(hidden)")
    }
}

/// Something that was written to us, to be taken in.
pub struct Addition {
    pub channel: Channel,
    pub language: Language,
    pub named: Option<NamedMatter>,
    /// Its sender is known, and to the matter named.
    pub verified: bool,
    /// Whose it is while nobody has linked it.
    pub region: Option<RegionId>,
    /// Where they are told that it has come.
    pub answer_to: AnswerTo,
    /// Kept beside the journal: kind and body.
    pub payloads: Vec<(PayloadKind, Value)>,
}

/// Where somebody is told that what they wrote has come; nowhere where neither is there. Personal data, which the payloads of
/// the addition have as well: there it is looked up when the message is sent.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct AnswerTo {
    pub number: Option<String>,
    pub mail: Option<String>,
}

/// What something written was taken in as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TakenIn {
    pub contact: ContactId,
    pub matter: MatterId,
}

impl Switchboard {
    /// Takes in what was written to us. Once this answers, it is owed.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it may be taken in later, once it can be saved.
    pub async fn take_in(&self, addition: Addition) -> Result<TakenIn, Refusal> {
        let verified = addition.named.as_ref().filter(|_| addition.verified).map(|named| named.matter);
        let (number, numbers) = oneshot::channel();
        self.answered(|reply| Input::Written { addition: Box::new(addition), number, reply }).await?;
        let (contact, own) = numbers.await.map_err(|_| Refusal::Unavailable)?;
        Ok(TakenIn { contact, matter: verified.unwrap_or(own) })
    }

    /// A person says which matter a call of theirs, or an addition, is of. That the matter was looked up is logged.
    ///
    /// # Errors
    /// [`Refusal::UnknownMatter`] when no matter has the reference, [`Refusal::NotNow`] when there is nothing to link or it
    /// is of that matter already; else as [`Self::act`].
    pub async fn link(&self, operator: OperatorId, contact: ContactId, reference: Reference) -> Result<(), Refusal> {
        let file = self.matter(Some(operator), reference).await?.ok_or(Refusal::UnknownMatter)?;
        let event = Event::ContactLinked { contact, named: named(&file), operator };
        self.led(event, Vec::new()).await
    }

    /// The matter that a citizen names, as its records tell it. Nothing of it is shown to anybody.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read.
    pub async fn named_matter(&self, reference: Reference) -> Result<Option<NamedMatter>, Refusal> {
        let file = self.inner.store.matter_by_reference(reference).await.map_err(not_read)?;
        Ok(file.as_ref().map(named))
    }
}

/// A matter as it is named to the router.
#[must_use]
pub fn named(file: &MatterFile) -> NamedMatter {
    NamedMatter {
        matter: file.matter.matter,
        opened: file.matter.opened,
        decided_by: file.matter.decided_by.clone(),
        region: file.contacts.iter().rev().find_map(|contact| contact.region.clone()),
    }
}

impl RunLoop {
    pub async fn written(&mut self, addition: Addition, number: oneshot::Sender<(ContactId, MatterId)>, reply: Reply) {
        let now = clock::now();
        self.time_passed(now).await;
        let (contact, matter) = self.new_contact();
        let Addition { channel, language, named, verified, region, answer_to, payloads } = addition;
        let payloads = payloads.into_iter().map(|(kind, body)| Payload { contact, kind, body }).collect();
        // Nobody waits for it any more: it is taken in all the same.
        let _ = number.send((contact, matter));
        let reached = self.stage.reach_of(answer_to.number.as_deref(), answer_to.mail.as_deref());
        let event = Event::AdditionReceived { contact, matter, channel, language, named, verified, region, reached };
        self.decide_at(now, event, payloads, Some(reply)).await;
    }
}
