//! The worker that sends what is owed by one medium: one message after another, each tried again after a growing pause,
//! until it is taken, refused, or too late. Each medium has its own, so that none waits for the other's carrier. It reads
//! what is owed from storage, so that whatever was killed goes on where it was; how it ended goes to the router as an
//! event. Nothing here is logged that tells of a person.

use super::{Carrier, Messages, MessagesStand, gateway::Sent};
use crate::{act::Stage, call_backs, clock, input::Input, measures, seldom::Seldom};
use domain::{
    ContactId, MessageNumber, Timestamp,
    contact::{Medium, MessageFault},
    routing::Event,
};
use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{Attempt, Message, OwedMessage, Store, StoreError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The pause after the first attempt in vain; it doubles with each further one.
const PAUSE_MS: u64 = 2_000;
const PAUSE_MS_MAX: u64 = 300_000;
/// However long a gateway wants to be left alone.
const WAIT_MS_MAX: u64 = 3_600_000;
/// For so long a message that was given up is counted.
const GIVEN_UP_SHOWN_MS: i64 = 86_400_000;
/// Between two looks at what is owed, when nothing tells that there is something.
const LOOK_AGAIN_MIN: Duration = Duration::from_millis(500);
const LOOK_AGAIN_MAX: Duration = Duration::from_secs(30);

pub(crate) struct Outbox {
    pub medium: Medium,
    pub store: Store,
    pub carrier: Option<Arc<Carrier>>,
    pub messages: Arc<Messages>,
    /// Whose plan says which numbers take messages.
    pub stage: Arc<Stage>,
    pub inputs: mpsc::Sender<Input>,
    /// Settled here, and perhaps not saved yet: not to be sent again meanwhile.
    pub settled: BTreeSet<(ContactId, MessageNumber)>,
}

/// What follows from an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    Settled(Result<(), MessageFault>),
    Again { at: Timestamp, why: &'static str },
}

impl Outbox {
    pub async fn run(mut self, stop: CancellationToken) {
        let mut complaint = Seldom::default();
        let messages = self.messages.clone();
        let Some(changed) = messages.changed.get(&self.medium) else { return };
        loop {
            let round = tokio::select! {
                () = stop.cancelled() => return,
                round = self.round() => round,
            };
            let wait = match round {
                Ok(wait) => wait,
                Err(StoreError::Fenced) => return,
                Err(error) => {
                    if complaint.is_due(tokio::time::Instant::now()) {
                        tracing::warn!(%error, medium = self.medium.word(), "messages that are owed cannot be looked up; trying again");
                    }
                    LOOK_AGAIN_MAX
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = changed.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Tries what is due; how long until something is due again.
    async fn round(&mut self) -> Result<Duration, StoreError> {
        let due = self.store.messages_due(self.medium, clock::now()).await?;
        self.settled.retain(|settled| due.iter().any(|owed| (owed.contact, owed.message) == *settled));
        for owed in due {
            if !self.settled.contains(&(owed.contact, owed.message)) && !self.attempt(&owed).await? {
                break;
            }
        }
        let now = clock::now();
        let owed = self.store.messages_owed().await?.remove(&self.medium).unwrap_or_default();
        measures::show_messages_owed(self.medium, owed.count, owed.oldest.map_or(0, |oldest| now.since_ms(oldest)));
        let given_up = self.store.messages_given_up(self.medium, Timestamp(now.0 - GIVEN_UP_SHOWN_MS)).await?;
        self.messages.stand.lock().insert(self.medium, MessagesStand { owed, given_up });
        let until = owed.next_attempt.map_or(LOOK_AGAIN_MAX, |at| Duration::from_millis(at.since_ms(now)));
        Ok(until.clamp(LOOK_AGAIN_MIN, LOOK_AGAIN_MAX))
    }

    /// False when nothing more is to be tried for now.
    async fn attempt(&mut self, owed: &OwedMessage) -> Result<bool, StoreError> {
        let next = match (&self.carrier, &owed.words) {
            (_, None) => Next::Settled(Err(MessageFault::Erased)),
            (None, Some(_)) => Next::Settled(Err(MessageFault::NoGateway)),
            (Some(carrier), Some(words)) => match self.address(owed, words).await? {
                None => Next::Settled(Err(MessageFault::NoAddress)),
                Some(to) => match tried(carrier, owed, &to, &self.messages.finished(words, owed.language)).await {
                    Some(next) => next,
                    None => return Ok(false),
                },
            },
        };
        match next {
            Next::Settled(outcome) => self.settle(owed, outcome).await,
            Next::Again { at, why } => {
                let (contact, message, attempts) = (owed.contact, owed.message, owed.attempts.saturating_add(1));
                measures::note_message(self.medium, "failed", why);
                let medium = self.medium.word();
                tracing::info!(contact = contact.0, %message, medium, why, attempts, "a message was not taken; trying again");
                self.store.note_attempt(&Attempt { contact, message, attempts, next: at, error: why }).await?;
            }
        }
        Ok(true)
    }

    /// Where it goes: as it was kept, or as the contact's other data say.
    async fn address(&self, owed: &OwedMessage, words: &Message) -> Result<Option<String>, StoreError> {
        if words.to.is_some() {
            return Ok(words.to.clone());
        }
        match self.medium {
            Medium::Text => {
                let number = call_backs::number_of_contact(&self.store, owed.contact).await?;
                let rule = self.stage.deployment().plan.texts.clone();
                Ok(number.zip(rule).and_then(|(number, rule)| rule.reachable(&number)))
            }
            Medium::Mail => call_backs::mail_of_contact(&self.store, owed.contact).await,
        }
    }

    async fn settle(&mut self, owed: &OwedMessage, outcome: Result<(), MessageFault>) {
        let (contact, message) = (owed.contact, owed.message);
        self.settled.insert((contact, message));
        let event = match outcome {
            Ok(()) => {
                measures::note_message(self.medium, "sent", "");
                Event::MessageSent { contact, message }
            }
            Err(why) => {
                measures::note_message(self.medium, "given_up", why.word());
                tracing::warn!(contact = contact.0, %message, medium = self.medium.word(), %why, "a message was given up");
                Event::MessageGivenUp { contact, message, why }
            }
        };
        if self.inputs.send(Input::Event(event)).await.is_err() {
            tracing::debug!("a message was settled after the loop had ended");
        }
    }
}

/// One attempt; none while the carrier is left alone and the message has time.
async fn tried(carrier: &Carrier, owed: &OwedMessage, to: &str, words: &Message) -> Option<Next> {
    let give_up_at = owed.owed.plus_ms(carrier.patience().give_up_ms);
    if !carrier.patience().breaker.admits(Instant::now()) {
        return (clock::now() >= give_up_at).then_some(Next::Settled(Err(MessageFault::Unreachable)));
    }
    let sent = carrier.send(owed, to, words).await;
    Some(what_next(sent, owed.attempts, clock::now(), give_up_at))
}

/// The pause doubles with each attempt, is never shorter than the gateway asks for, and the last attempt is made when
/// the time is up.
fn what_next(sent: Sent, attempts: u32, now: Timestamp, give_up_at: Timestamp) -> Next {
    match sent {
        Sent::Taken => Next::Settled(Ok(())),
        Sent::Refused => Next::Settled(Err(MessageFault::Refused)),
        Sent::Later { .. } if now >= give_up_at => Next::Settled(Err(MessageFault::Unreachable)),
        Sent::Later { why, wait_ms } => {
            let pause_ms = PAUSE_MS.saturating_mul(1 << attempts.min(20)).min(PAUSE_MS_MAX);
            let at = now.plus_ms(pause_ms.max(wait_ms.min(WAIT_MS_MAX)));
            Next::Again { at: at.min(give_up_at), why }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let (now, end) = (Timestamp(1_000), Timestamp(10_000_000));
        let later = |wait_ms| Sent::Later { why: "too_many", wait_ms };
        let check = |sent, attempts, now, expected| assert_eq!(what_next(sent, attempts, now, end), expected, "{sent:?} {attempts}");
        let again = |ms: u64| Next::Again { at: now.plus_ms(ms), why: "too_many" };
        for (attempts, ms) in [(0, 2_000), (1, 4_000), (2, 8_000), (7, 256_000), (8, 300_000), (u32::MAX, 300_000)] {
            check(later(0), attempts, now, again(ms));
        }
        check(later(60_000), 0, now, again(60_000));
        check(later(60_000), 8, now, again(300_000));
        check(later(u64::MAX), 0, now, again(WAIT_MS_MAX));
        // The last attempt is made at the end, and after it none.
        check(later(0), 8, Timestamp(end.0 - 1), Next::Again { at: end, why: "too_many" });
        check(later(0), 8, end, Next::Settled(Err(MessageFault::Unreachable)));
        check(Sent::Taken, 8, end, Next::Settled(Ok(())));
        check(Sent::Refused, 0, now, Next::Settled(Err(MessageFault::Refused)));
    }
}
