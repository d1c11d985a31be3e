//! What an operator does with a report that a citizen wrote: asks for more, and decides. Whoever reported is told where
//! their number or address is known.

use crate::{Switchboard, desk::Refusal, not_read};
use domain::{
    ContactId, DecisionId, MatterId, OperatorId, PromiseId,
    contact::ReachedBy,
    routing::{AdditionView, Event},
};
use serde_json::{Value, json};
use std::fmt;
use storage::{Followed, KeptPayload, Payload, PayloadKind};

/// Longest question, in characters.
pub const QUESTION_CHARS_MAX: usize = 2_000;

/// What a citizen is asked. Personal data.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Question(String);

impl Question {
    /// None of what asks nothing, or is too long.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && text.chars().count() <= QUESTION_CHARS_MAX).then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Question(hidden)")
    }
}

impl Switchboard {
    /// What was reported in writing is decided, for one of the plan's reasons.
    pub(crate) async fn decide_report(
        &self,
        operator: OperatorId,
        matter: MatterId,
        promise: PromiseId,
        decision: DecisionId,
    ) -> Result<(), Refusal> {
        let reached = self.reached_about(promise).await?.1;
        self.led(Event::ReportDecided { matter, promise, operator, decision, reached }, Vec::new()).await
    }

    /// Whoever reported in writing is asked for more, and it waits for them.
    pub(crate) async fn ask_citizen(
        &self,
        operator: OperatorId,
        matter: MatterId,
        promise: PromiseId,
        question: Question,
    ) -> Result<(), Refusal> {
        // Who asks by a program may send what no page would.
        let Question(text) = Question::read(&question.0).ok_or(Refusal::NotNow)?;
        let (contact, reached) = self.reached_about(promise).await?;
        let question = Payload { contact, kind: PayloadKind::Question, body: json!({ "text": text }) };
        self.led(Event::CitizenAsked { matter, promise, operator, reached }, vec![question]).await
    }

    /// The report that a promise is about, and what reaches its writer.
    async fn reached_about(&self, promise: PromiseId) -> Result<(ContactId, ReachedBy), Refusal> {
        let live = self.live();
        let is_it = |addition: &&AdditionView| addition.promise == promise;
        let contact = live.view.additions.iter().find(is_it).map(|addition| addition.contact).ok_or(Refusal::NotNow)?;
        let file = self.inner.store.contact(contact).await.map_err(not_read)?.ok_or(Refusal::NotNow)?;
        let known = |field| known_of(&file.payloads, field);
        Ok((contact, self.inner.stage.reach_of(known("number").as_deref(), known("address").as_deref())))
    }

    /// What a citizen sees of what they sent in, by the link that they hold; none for what is no link of ours.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read.
    pub async fn followed(&self, token: &str) -> Result<Option<Followed>, Refusal> {
        self.inner.store.followed(token).await.map_err(not_read)
    }
}

/// What they told of themselves last.
fn known_of(payloads: &[KeptPayload], field: &str) -> Option<String> {
    let callers = payloads.iter().rev().filter(|kept| kept.kind == PayloadKind::Caller);
    callers.filter_map(|kept| kept.body.as_ref()?.get(field).and_then(Value::as_str).map(str::to_owned)).next()
}
