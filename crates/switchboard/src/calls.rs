//! Calls as the loop meets them: they arrive, bring keys and words, and end. What an event of a leg
//! means depends on whose leg it is; what follows from it is the router's to say.

use crate::{
    arrivals::{self, Arrival},
    call_backs::{Given, not_reached},
    clock,
    hearing::{self, Said},
    learning::Comprehension,
    legs::Use,
    measures,
    parties::CallerPlace,
    run_loop::RunLoop,
    spilling::Stray,
};
use domain::{
    ContactId, MatterId, OfferId, OperatorId, Timestamp,
    contact::{CallKind, Channel, ContactState, SystemCause},
    plan::Plan,
    routing::{Event, Intake},
};
use std::sync::Arc;
use storage::Payload;
use telephony::{EndCause, LegEvent, LegId, Refusal as LineRefusal};

impl RunLoop {
    pub async fn leg(&mut self, event: LegEvent) {
        let leg = event.leg();
        if self.stage.is_told_goodbye(leg) {
            match event {
                LegEvent::PlaybackFinished { .. } => return self.stage.end_goodbye(leg),
                LegEvent::Ended { .. } => self.stage.end_goodbye(leg),
                _ => return,
            }
        }
        let used = self.stage.legs.lock().use_of(leg);
        match (event, used) {
            (event @ LegEvent::Incoming { .. }, _) => self.call_arrived(event).await,
            (LegEvent::Ended { cause, .. }, Some(used)) => self.leg_ended(leg, used, &cause).await,
            (LegEvent::Key { key, .. }, Some(Use::Caller(contact))) => {
                self.key_pressed(contact, key).await;
            }
            (LegEvent::PlaybackFinished { playback, .. }, Some(Use::Caller(contact))) => {
                self.decide(Event::PlaybackEnded { contact, playback: playback.0 }, Vec::new(), None).await;
            }
            (LegEvent::Silence { .. }, Some(Use::Caller(contact))) => {
                let after = self.heard_last(contact);
                self.decide(Event::SilenceHeard { contact, after }, Vec::new(), None).await;
            }
            (LegEvent::Utterance { samples, .. }, Some(Use::Caller(contact))) => self.utterance(contact, samples).await,
            (LegEvent::Answered { .. }, Some(used)) => self.leg_answered(leg, used).await,
            (LegEvent::BrowserSuspended { .. }, Some(Use::Browser(operator, _))) => self.sound_lost(leg, operator).await,
            _ => {}
        }
    }

    /// What was played to this caller last: what they answer, by words or by silence.
    fn heard_last(&self, contact: ContactId) -> Option<u64> {
        self.stage.playing.lock().get(&contact).copied()
    }

    /// To the router, unless it belongs to a number that is being keyed: that is the caller's own.
    async fn key_pressed(&mut self, contact: ContactId, key: char) {
        if !self.stage.call_backs.is_keying(contact, clock::now()) {
            return self.decide(Event::KeyPressed { contact, key }, Vec::new(), None).await;
        }
        let given = self.stage.call_backs.key(contact, key, clock::now(), self.router.plan().call_backs.as_ref());
        if let Some(given) = given {
            self.number_given(contact, given).await;
        }
    }

    async fn number_given(&mut self, contact: ContactId, given: Given) {
        let plan = self.router.plan().clone();
        let (usable, textable, booked_enough, payloads) = match given {
            Given::Usable(payload) => {
                let number = payload.body.get("number").and_then(serde_json::Value::as_str);
                let enough = number.is_some_and(|number| self.has_booked_enough(number, &plan));
                (true, self.stage.messages.reaches(contact, number, plan.texts.as_ref()), enough, vec![payload])
            }
            Given::Unusable => (false, false, false, Vec::new()),
        };
        self.decide(Event::NumberGiven { contact, usable, textable, booked_enough }, payloads, None).await;
    }

    /// Whether so many calls are booked for this number as the plan lets one have. Nothing is read for it: the loop waits for nobody.
    fn has_booked_enough(&self, number: &str, plan: &Plan) -> bool {
        let Some(rule) = &plan.bookings else { return false };
        let call = |contact: &ContactId| self.ledger.contacts.get(contact).and_then(|record| record.call.as_ref());
        let owed = self.stage.call_backs.owed_to(number, plan);
        let booked = owed.iter().filter_map(call).filter(|call| call.kind == CallKind::Booked).count();
        booked >= usize::from(rule.per_citizen_max)
    }

    /// Whoever keys nothing more has given what there is.
    pub async fn look_for_late_keys(&mut self, now: Timestamp) {
        for (contact, given) in self.stage.call_backs.late(now, self.router.plan().call_backs.as_ref()) {
            self.number_given(contact, given).await;
        }
    }

    async fn utterance(&mut self, contact: ContactId, samples: Arc<[i16]>) {
        match &self.stage.deployment().hearing {
            Some(hearing) => {
                let spoken = self.router.view_of_contact(clock::now(), contact).map(|contact| contact.language);
                let languages = hearing::likeliest_first(&self.router.plan().languages, spoken);
                let after = self.heard_last(contact);
                let said = Said { contact, after, languages, samples };
                tokio::spawn(hearing::hear(hearing.clone(), said, self.stage.inputs.clone()));
            }
            None => self.decide(Event::WordsMissed { contact, after: None }, Vec::new(), None).await,
        }
    }

    async fn leg_answered(&mut self, leg: LegId, used: Use) {
        self.stage.legs.lock().set_up(leg, true);
        match used {
            Use::Caller(_) => {}
            Use::Party(contact, attempt) => self.decide(Event::PartyAnswered { contact, attempt }, Vec::new(), None).await,
            Use::Citizen(contact, attempt) => {
                self.stage.citizen_is_there(leg, contact);
                self.decide(Event::CitizenAnswered { contact, attempt }, Vec::new(), None).await;
            }
            Use::Telephone(operator, offer) => self.decide(Event::OfferAccepted { offer, operator }, Vec::new(), None).await,
            Use::Browser(operator, _) => self.sound_connected(operator).await,
        }
    }

    async fn leg_ended(&mut self, leg: LegId, used: Use, cause: &EndCause) {
        let was_up = {
            let legs = self.stage.legs.lock();
            match used {
                Use::Party(_, attempt) => legs.party(attempt).is_some_and(|party| party.up),
                Use::Telephone(operator, _) => legs.connected(operator) == Some(leg),
                Use::Caller(_) | Use::Browser(..) | Use::Citizen(..) => true,
            }
        };
        if let Use::Browser(operator, _) = used {
            self.sound_lost(leg, operator).await;
        }
        self.stage.legs.lock().remove(leg);
        match used {
            Use::Browser(..) => {}
            Use::Caller(contact) => self.caller_gone(contact, cause).await,
            Use::Party(contact, attempt) => {
                // Only whoever puts the receiver down has ended a conversation; a line that broke
                // leaves a caller who needs somebody else.
                let event = match cause {
                    EndCause::HungUp if was_up => Event::PartyHungUp { contact, attempt },
                    _ => Event::PartyFailed { contact, attempt },
                };
                self.decide(event, Vec::new(), None).await;
            }
            Use::Citizen(contact, attempt) => {
                if let Some(why) = not_reached(cause) {
                    self.decide(Event::CitizenNotReached { contact, attempt, why }, Vec::new(), None).await;
                }
            }
            Use::Telephone(operator, offer) => self.telephone_ended(operator, offer, was_up, cause).await,
        }
    }

    async fn caller_gone(&mut self, contact: ContactId, cause: &EndCause) {
        let event = match cause {
            EndCause::HungUpHere => return,
            EndCause::HungUp | EndCause::Cancelled => Event::CallerHungUp { contact },
            EndCause::MediaLost | EndCause::AckMissing | EndCause::Unreachable => {
                Event::CallBroken { contact, cause: SystemCause::MediaLost }
            }
            EndCause::Busy | EndCause::NoAnswer | EndCause::Refused { .. } | EndCause::NotFound | EndCause::Failed(_) => {
                Event::CallBroken { contact, cause: SystemCause::Fault }
            }
        };
        self.decide(event, Vec::new(), None).await;
    }

    /// A desk telephone was put down, or its line broke.
    async fn telephone_ended(&mut self, operator: OperatorId, offer: OfferId, was_up: bool, cause: &EndCause) {
        let event = if was_up {
            self.end_of_telephone(operator, *cause == EndCause::HungUp)
        } else {
            Some(Event::OfferDeclined { offer, operator })
        };
        if let Some(event) = event {
            self.decide(event, Vec::new(), None).await;
        }
    }

    /// Putting the telephone down ends a conversation with the citizen, or the ringing for them, and leaves them with whoever
    /// was asked in. Nobody is hung up on while they wait on hold: somebody else takes them.
    fn end_of_telephone(&self, operator: OperatorId, put_down: bool) -> Option<Event> {
        let contact = self.router.contact_of(operator)?;
        let known = self.router.view_of_contact(clock::now(), contact)?;
        let consult_answered = known.consult.as_ref().map(|consult| consult.answered);
        if known.operator != Some(operator) {
            return Some(Event::ConsultEnded { contact, operator });
        }
        match (known.state, consult_answered) {
            (ContactState::WrapUp, _) => None,
            (_, Some(true)) => Some(Event::TransferAsked { contact, operator }),
            (ContactState::Talking | ContactState::Dialling, None) if put_down => Some(Event::CallEndedByOperator { contact, operator }),
            _ => Some(Event::OperatorUnreachable { contact, operator }),
        }
    }

    // Arrivals

    async fn call_arrived(&mut self, event: LegEvent) {
        let LegEvent::Incoming { leg, from_user, from_display, to_user, anonymous, parts, geolocation, geolocation_routing, .. } = event
        else {
            return;
        };
        let plan = self.router.plan().clone();
        metrics::counter!(measures::CALLS).increment(1);
        if !plan.numbers.contains(&dialled(&to_user)) {
            return self.stage.telephony.refuse(leg, LineRefusal::NotFound);
        }
        if !self.health.admitting {
            return self.turn_away(leg);
        }
        // Before its number is taken: what falls due may open contacts of its own.
        let now = clock::now();
        self.time_passed(now).await;
        let (contact, matter) = self.new_contact();
        let arrival = Arrival {
            from_user: &from_user,
            from_display: from_display.as_deref(),
            anonymous,
            parts: &parts,
            geolocation: &geolocation,
            geolocation_routing: geolocation_routing.as_deref(),
        };
        let intake = arrivals::read(contact, &arrival, &self.stage.deployment().places);
        if let Some(location) = intake.location {
            let place = CallerPlace { location, may_route: intake.may_route };
            self.stage.places.lock().insert(contact, place);
        }
        self.stage.legs.lock().add(leg, Use::Caller(contact));
        self.stage.telephony.ring(leg);
        let language = plan.languages.first().copied().unwrap_or(domain::intent::Language::English);
        let number = arrival.number();
        let spoke_with = plan.affinity.as_ref().zip(number).and_then(|(affinity, number)| {
            self.acquaintance.arrived(contact, number);
            self.acquaintance.with(number, clock::now(), affinity.within_ms)
        });
        let shown = self.stage.call_backs.arrived(contact, number, &plan);
        // Whoever rings in before we rang them back rings about the same.
        let owed = shown.owed.and_then(|owed| self.ledger.contacts.get(&owed)).map(|owed| owed.matter);
        // As does whoever was asked to ring again.
        let matter = owed.or(shown.asked).unwrap_or(matter);
        let event = Event::CallArrived {
            contact,
            matter,
            channel: Channel::Telephone,
            place: intake.place,
            intake: Intake {
                recogniser: self.health.comprehension == Comprehension::Ready,
                spoke_with,
                anonymous: number.is_none(),
                textable: self.stage.messages.reaches(contact, number, plan.texts.as_ref()),
                callable: shown.callable,
                owed: shown.owed,
                ..Intake::of_caller(language)
            },
        };
        self.decide_at(now, event, intake.payloads, None).await;
    }

    /// Numbers for a call that is decided about right after.
    pub fn new_contact(&mut self) -> (ContactId, MatterId) {
        let new = (ContactId(self.router.next_ids().contact), MatterId(self.matter_next));
        self.matter_next += 1;
        new
    }

    /// A call of an earlier run of which only the spill tells: what it is owed is promised now, under
    /// numbers of now.
    pub async fn take_up(&mut self, stray: Stray) {
        let Event::CallArrived { channel, place, intake, .. } = stray.arrived else { return };
        let now = clock::now();
        self.time_passed(now).await;
        let (contact, matter) = self.new_contact();
        let payloads = stray.payloads.into_iter().map(|payload| Payload { contact, ..payload }).collect();
        self.decide_at(now, Event::CallArrived { contact, matter, channel, place, intake }, payloads, None).await;
        self.decide(Event::CallBroken { contact, cause: SystemCause::Restart }, Vec::new(), None).await;
    }

    /// Nothing can be saved: the caller hears so, with the advice to ring 112, and nothing is promised.
    fn turn_away(&mut self, leg: LegId) {
        metrics::counter!(measures::CALLS_TURNED_AWAY).increment(1);
        self.stage.telephony.answer(leg);
        self.stage.say_goodbye(leg, self.stage.words_of_fault());
    }
}

/// A dialled number without the marks that people and trunks write between digits.
fn dialled(to_user: &str) -> String {
    to_user.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect()
}
