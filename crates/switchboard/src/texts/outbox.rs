//! The worker that sends what is owed: one message after another, each tried again after a growing pause, until it is
//! taken, refused, or too late. It reads what is owed from storage, so that whatever was killed goes on where it was;
//! how it ended goes to the router as an event. Nothing here is logged that tells of a person.

use super::{
    Texts,
    gateway::{Gateway, Sent},
};
use crate::{clock, input::Input, measures, seldom::Seldom};
use domain::{ContactId, Timestamp, contact::TextFault, routing::Event};
use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{Attempt, OwedText, Store, StoreError, TextMessage};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The pause after the first attempt in vain; it doubles with each further one.
const PAUSE_MS: u64 = 2_000;
const PAUSE_MS_MAX: u64 = 300_000;
/// However long a gateway wants to be left alone.
const WAIT_MS_MAX: u64 = 3_600_000;
/// Between two looks at what is owed, when nothing tells that there is something.
const LOOK_AGAIN_MIN: Duration = Duration::from_millis(500);
const LOOK_AGAIN_MAX: Duration = Duration::from_secs(30);

pub(crate) struct Outbox {
    pub store: Store,
    pub gateway: Option<Arc<Gateway>>,
    pub texts: Arc<Texts>,
    pub inputs: mpsc::Sender<Input>,
    /// Settled here, and perhaps not saved yet: not to be sent again meanwhile.
    pub settled: BTreeSet<ContactId>,
}

/// What follows from an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    Settled(Result<(), TextFault>),
    Again { at: Timestamp, why: &'static str },
}

impl Outbox {
    pub async fn run(mut self, stop: CancellationToken) {
        let mut complaint = Seldom::default();
        let texts = self.texts.clone();
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
                        tracing::warn!(%error, "text messages that are owed cannot be looked up; trying again");
                    }
                    LOOK_AGAIN_MAX
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = texts.changed.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Tries what is due; how long until something is due again.
    async fn round(&mut self) -> Result<Duration, StoreError> {
        let due = self.store.texts_due(clock::now()).await?;
        self.settled.retain(|contact| due.iter().any(|owed| owed.contact == *contact));
        for owed in due {
            if !self.settled.contains(&owed.contact) && !self.attempt(&owed).await? {
                break;
            }
        }
        let (owed, now) = (self.store.texts_owed().await?, clock::now());
        measures::show_texts_owed(owed.count, owed.oldest.map_or(0, |oldest| now.since_ms(oldest)));
        *self.texts.owed.lock() = owed;
        let until = owed.next_attempt.map_or(LOOK_AGAIN_MAX, |at| Duration::from_millis(at.since_ms(now)));
        Ok(until.clamp(LOOK_AGAIN_MIN, LOOK_AGAIN_MAX))
    }

    /// False when nothing more is to be tried for now.
    async fn attempt(&mut self, owed: &OwedText) -> Result<bool, StoreError> {
        let next = match (&self.gateway, &owed.message) {
            (_, None) => Next::Settled(Err(TextFault::Erased)),
            (None, Some(_)) => Next::Settled(Err(TextFault::NoGateway)),
            (Some(gateway), Some(message)) => match tried(gateway, owed, message).await {
                Some(next) => next,
                None => return Ok(false),
            },
        };
        match next {
            Next::Settled(outcome) => self.settle(owed.contact, outcome).await,
            Next::Again { at, why } => {
                measures::note_text("failed", why);
                tracing::info!(contact = owed.contact.0, why, attempts = owed.attempts + 1, "a text message was not taken; trying again");
                let attempt = Attempt { contact: owed.contact, attempts: owed.attempts.saturating_add(1), next: at, error: why };
                self.store.note_text_attempt(&attempt).await?;
            }
        }
        Ok(true)
    }

    async fn settle(&mut self, contact: ContactId, outcome: Result<(), TextFault>) {
        self.settled.insert(contact);
        let event = match outcome {
            Ok(()) => {
                measures::note_text("sent", "");
                Event::TextSent { contact }
            }
            Err(why) => {
                measures::note_text("given_up", why.word());
                tracing::warn!(contact = contact.0, %why, "a text message was given up");
                Event::TextGivenUp { contact, why }
            }
        };
        if self.inputs.send(Input::Event(event)).await.is_err() {
            tracing::debug!("a text message was settled after the loop had ended");
        }
    }
}

/// One attempt; none while the gateway is left alone and the message has time.
async fn tried(gateway: &Gateway, owed: &OwedText, message: &TextMessage) -> Option<Next> {
    let give_up_at = owed.owed.plus_ms(gateway.give_up_ms);
    if !gateway.breaker.admits(Instant::now()) {
        return (clock::now() >= give_up_at).then_some(Next::Settled(Err(TextFault::Unreachable)));
    }
    let sent = gateway.send(owed, message).await;
    Some(what_next(sent, owed.attempts, clock::now(), give_up_at))
}

/// The pause doubles with each attempt, is never shorter than the gateway asks for, and the last attempt is made when
/// the time is up.
fn what_next(sent: Sent, attempts: u32, now: Timestamp, give_up_at: Timestamp) -> Next {
    match sent {
        Sent::Taken => Next::Settled(Ok(())),
        Sent::Refused => Next::Settled(Err(TextFault::Refused)),
        Sent::Later { .. } if now >= give_up_at => Next::Settled(Err(TextFault::Unreachable)),
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
        check(later(0), 8, end, Next::Settled(Err(TextFault::Unreachable)));
        check(Sent::Taken, 8, end, Next::Settled(Ok(())));
        check(Sent::Refused, 0, now, Next::Settled(Err(TextFault::Refused)));
    }
}
