//! Ringing a citizen whom we owe a call: over the trunk alone, to a number that the plan lets us ring, and never to one
//! that is being rung already. The operator hears it ring meanwhile.

use super::{Call, number_of};
use crate::{act::Stage, clock, input::Input, legs::Use};
use domain::{AttemptId, ContactId, OperatorId, contact::NotReached, routing::Event};
use std::sync::{Arc, LazyLock};
use telephony::{Dial, EndCause, LegId, Playback, PlaybackId, Sound};

/// What an operator hears while it rings: one second in five, at 425 Hz (ITU-T E.182).
static RINGING: LazyLock<[Arc<Sound>; 2]> = LazyLock::new(|| [Arc::new(Sound::tone(425, 1_000)), Arc::new(Sound::silence(4_000))]);

/// SIP answers that tell of a number, not of its owner: gone, incomplete, no such number (RFC 3261).
const UNOBTAINABLE: [u16; 3] = [410, 484, 604];
/// Those by which somebody, or their telephone, declines: forbidden, declined, unwanted (RFC 8197).
const DECLINED: [u16; 3] = [403, 603, 607];

impl Stage {
    /// Looks the number up and rings it, unless it is called off meanwhile.
    pub fn dial_citizen(&self, call: Call) {
        if let Some(leg) = self.legs.lock().connected(call.operator) {
            self.telephony.play(leg, Playback { id: PlaybackId(0), sounds: RINGING.to_vec(), repeat: true });
        }
        let Call { contact, attempt, operator, from, until } = call;
        self.end_last_words(from);
        {
            let mut known = self.call_backs.known.lock();
            known.wanted.insert(attempt, until);
            known.hearing.insert(attempt, operator);
        }
        // Always from where it is kept: what was erased is rung no more.
        let (store, inputs) = (self.call_backs.store.clone(), self.inputs.clone());
        tokio::spawn(async move {
            let number = number_of(&store, contact, from).await.map_err(|error| {
                tracing::warn!(%error, contact = contact.0, "the number of a call-back could not be looked up");
            });
            if inputs.send(Input::NumberFound { contact, attempt, number }).await.is_err() {
                tracing::debug!("a number was found after the loop had ended");
            }
        });
    }

    /// It is their turn while they still hear that we will ring: their line must be free for it.
    fn end_last_words(&self, from: ContactId) {
        let leg = self.call_backs.known.lock().parting.remove(&from);
        if let Some(leg) = leg.filter(|leg| self.is_told_goodbye(*leg)) {
            self.end_goodbye(leg);
        }
    }

    /// Rings a number that was found, where the plan lets us and nobody else is ringing it.
    pub fn ring_citizen(&self, contact: ContactId, attempt: AttemptId, number: Result<Option<String>, ()>) {
        if let Err(why) = self.try_to_ring(contact, attempt, number) {
            self.send(Event::CitizenNotReached { contact, attempt, why });
        }
    }

    fn try_to_ring(&self, contact: ContactId, attempt: AttemptId, number: Result<Option<String>, ()>) -> Result<(), NotReached> {
        // Held over the dialling, so that a call that fails at once finds its attempt.
        let mut legs = self.legs.lock();
        let mut known = self.call_backs.known.lock();
        let Some(until) = known.wanted.remove(&attempt) else { return Ok(()) };
        let deployment = self.deployment();
        let rule = deployment.plan.call_backs.as_ref().ok_or(NotReached::Unobtainable)?;
        let number = number.map_err(|()| NotReached::Fault)?;
        let number = number.and_then(|number| rule.diallable(&number)).ok_or(NotReached::Unobtainable)?;
        known.rung.retain(|attempt, _| legs.citizen(*attempt).is_some());
        let whole = deployment.plan.whole_number(&number);
        if known.rung.values().any(|rung| *rung == whole) {
            return Err(NotReached::Busy);
        }
        let leg = self.telephony.dial(Dial {
            target: format!("sip:{number}@{}", self.trunk),
            from_user: rule.shown.chars().filter(|c| !c.is_whitespace()).collect(),
            from_display: None,
            extra_headers: Vec::new(),
            extra_parts: Vec::new(),
            ring_timeout_ms: until.since_ms(clock::now()),
        });
        legs.add(leg, Use::Citizen(contact, attempt));
        known.owed.insert(contact, number);
        known.rung.insert(attempt, whole);
        Ok(())
    }

    /// Whoever is rung is rung no more, and whoever has answered is hung up on.
    pub fn cancel_citizen(&self, attempt: AttemptId) {
        let operator = {
            let mut legs = self.legs.lock();
            let mut known = self.call_backs.known.lock();
            known.wanted.remove(&attempt);
            if let Some(leg) = legs.citizen(attempt) {
                legs.remove(leg);
                self.telephony.hang_up(leg);
            }
            known.hearing.get(&attempt).copied()
        };
        if let Some(operator) = operator {
            self.stop_ringing_tone(operator);
        }
    }

    pub fn stop_ringing_tone(&self, operator: OperatorId) {
        let leg = self.legs.lock().connected(operator);
        self.call_backs.known.lock().hearing.retain(|_, hearing| *hearing != operator);
        if let Some(leg) = leg {
            self.telephony.stop_playing(leg);
        }
    }

    /// They have answered: theirs is the caller's leg from here on.
    pub fn citizen_is_there(&self, leg: LegId, contact: ContactId) {
        self.legs.lock().add(leg, Use::Caller(contact));
    }
}

/// Why nobody was reached; none when it is we who gave up.
pub(crate) fn not_reached(cause: &EndCause) -> Option<NotReached> {
    match cause {
        EndCause::HungUpHere | EndCause::Cancelled => None,
        EndCause::Busy => Some(NotReached::Busy),
        EndCause::NoAnswer => Some(NotReached::NoAnswer),
        EndCause::NotFound => Some(NotReached::Unobtainable),
        EndCause::Refused { code } if UNOBTAINABLE.contains(code) => Some(NotReached::Unobtainable),
        EndCause::Refused { code } if DECLINED.contains(code) => Some(NotReached::Refused),
        EndCause::HungUp => Some(NotReached::Refused),
        EndCause::Refused { .. } | EndCause::Unreachable | EndCause::MediaLost | EndCause::AckMissing | EndCause::Failed(_) => {
            Some(NotReached::Fault)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_a_call_ends_tells_why_nobody_was_reached() {
        for (cause, expected) in [
            (EndCause::Busy, Some(NotReached::Busy)),
            (EndCause::NoAnswer, Some(NotReached::NoAnswer)),
            (EndCause::Refused { code: 603 }, Some(NotReached::Refused)),
            (EndCause::Refused { code: 484 }, Some(NotReached::Unobtainable)),
            (EndCause::Refused { code: 502 }, Some(NotReached::Fault)),
            (EndCause::NotFound, Some(NotReached::Unobtainable)),
            (EndCause::Unreachable, Some(NotReached::Fault)),
            (EndCause::Failed("no socket".to_owned()), Some(NotReached::Fault)),
            (EndCause::HungUpHere, None),
        ] {
            assert_eq!(not_reached(&cause), expected, "{cause:?}");
        }
    }
}
