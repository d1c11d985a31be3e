//! Handing a caller to 112, a command centre, the switchboard: rung while the caller stays on our
//! line, undone by a key, with a fall-back for every silence.

use super::{
    Alarm, Command, Consulted,
    matching::Waiting,
    router::Router,
    state::{Entry, Phase, Talk},
    timers::Timer,
};
use crate::{
    AttemptId, ContactId, PartyId, QueueId, Timestamp, UnitId,
    contact::{ContactState, Outcome, Owner, Settlement, VisitOutcome},
    dialogue::{Dialogue, Helper, Line, Prompt, Surroundings},
};

impl Router {
    pub(super) fn dial(&mut self, now: Timestamp, id: ContactId, party: PartyId, ring_ms: u64) -> AttemptId {
        let attempt = self.ids.attempt();
        let until = now.plus_ms(ring_ms);
        self.attempts.insert(attempt, id);
        self.timers.set(Timer::Attempt(attempt), until);
        self.out.push(Command::Dial { contact: id, attempt, party, until });
        attempt
    }

    pub(super) fn forget_attempt(&mut self, attempt: AttemptId) {
        self.attempts.remove(&attempt);
        self.timers.clear(Timer::Attempt(attempt));
    }

    /// Rings for help at once; the caller hears whom, and that key 2 undoes it.
    pub(super) fn ring_for_help(&mut self, now: Timestamp, id: ContactId, first: Helper) {
        let helpers = self.helpers(id, first);
        let Some(contact) = self.contacts.get(&id) else { return };
        let (dialogue, entry) = match &contact.phase {
            Phase::Dialogue(dialogue) => (Some(Box::new(dialogue.clone())), None),
            Phase::Queued(entry) | Phase::Offered { entry, .. } | Phase::Connecting { entry, .. } => (None, Some(entry.clone())),
            Phase::Handing { .. } | Phase::OperatorLost { .. } => (None, None),
            _ => return,
        };
        self.step_out(now, id);
        self.end_visit(now, id, VisitOutcome::Emergency);
        self.ring_next(now, id, helpers, dialogue, entry);
    }

    /// Whom to ring, in order: 112 and the command centre of the caller's region. Where the caller is must
    /// be known: another region's centre could send nobody, and a free operator of ours is found sooner.
    fn helpers(&self, id: ContactId, first: Helper) -> Vec<PartyId> {
        let emergency = self.plan.emergency.party.clone();
        // The contact's own region may be only where it waits.
        let place = self.contacts.get(&id).and_then(|contact| contact.place.as_ref());
        let centre = place.and_then(|place| self.plan.region(place.region()?)).map(|region| region.command_centre.clone());
        let order = match first {
            Helper::Emergency => [Some(emergency), centre],
            Helper::CommandCentre => [centre, Some(emergency)],
        };
        let mut helpers: Vec<PartyId> = order.into_iter().flatten().collect();
        // A plan may name one party as both.
        helpers.dedup();
        helpers
    }

    /// Rings the first of these. With nobody left, the first free operator of any class helps.
    fn ring_next(&mut self, now: Timestamp, id: ContactId, helpers: Vec<PartyId>, dialogue: Option<Box<Dialogue>>, entry: Option<Entry>) {
        let mut helpers = helpers.into_iter();
        let Some(party) = helpers.next() else { return self.enter_in_front(now, id, false) };
        let prompt = match self.contacts.get(&id).map(|contact| &contact.phase) {
            _ if party == self.plan.emergency.party => Prompt::ConnectingEmergency,
            Some(Phase::Emergency { .. }) => Prompt::EmergencyFallback,
            _ => Prompt::ConnectingCommandCentre,
        };
        let ring_ms = self.plan.parties.get(&party).map_or(0, |party| party.ring_ms);
        let attempt = self.ids.attempt();
        self.attempts.insert(attempt, id);
        let until = now.plus_ms(ring_ms);
        self.timers.set(Timer::Attempt(attempt), until);
        let owner = Owner::Unit(UnitId::new(party.as_str()));
        let phase = Phase::Emergency { attempt, party: party.clone(), next: helpers.collect(), dialogue, entry };
        self.enter(now, id, ContactState::EmergencyTransfer, owner, phase);
        self.play(id, vec![Line::Say(prompt)], false);
        self.out.push(Command::Dial { contact: id, attempt, party, until });
    }

    /// The caller pressed 2: it was announced by mistake. Back to where they were.
    pub(super) fn undo_emergency(&mut self, now: Timestamp, id: ContactId) -> bool {
        let Some(contact) = self.contacts.get(&id) else { return false };
        let Phase::Emergency { attempt, dialogue, entry, .. } = contact.phase.clone() else { return false };
        let (recogniser, talked) = (contact.recogniser, contact.waited_ms.is_some());
        self.forget_attempt(attempt);
        self.out.push(Command::CancelDial { contact: id, attempt });
        self.set_urged(id, false);
        if let Some(mut dialogue) = dialogue {
            let (plan, places) = (self.plan.clone(), self.places.clone());
            let turn = dialogue.resume(&Surroundings { plan: &plan, places: &places, recogniser });
            self.enter(now, id, ContactState::Dialogue, Owner::Dialogue, Phase::Dialogue(*dialogue));
            self.timers.set(Timer::DialogueWhole(id), now.plus_ms(self.plan.dialogue.total_ms_max));
            self.take_turn(now, id, turn);
        } else if let Some(entry) = entry {
            self.stand_in_line(now, id, Entry { urged: false, ..entry });
        } else if talked {
            self.enter_in_front(now, id, true);
        } else {
            self.instead_of_party(now, id);
        }
        true
    }

    /// A party outside serves this class of matters.
    pub(super) fn hand_to(&mut self, now: Timestamp, id: ContactId, party: PartyId) {
        let ring_ms = self.plan.parties.get(&party).map_or(0, |party| party.ring_ms);
        let attempt = self.dial(now, id, party.clone(), ring_ms);
        let owner = Owner::Unit(UnitId::new(party.as_str()));
        self.enter(now, id, ContactState::Connecting, owner, Phase::Handing { attempt, party });
        self.play(id, vec![Line::Say(Prompt::ConnectingSwitchboard)], false);
    }

    pub(super) fn party_answered(&mut self, now: Timestamp, id: ContactId, attempt: AttemptId) -> bool {
        match self.contacts.get(&id).map(|contact| contact.phase.clone()) {
            Some(Phase::Emergency { attempt: ringing, party, .. } | Phase::Handing { attempt: ringing, party }) if ringing == attempt => {
                self.timers.clear(Timer::Attempt(attempt));
                let owner = Owner::Unit(UnitId::new(party.as_str()));
                self.keep_answer(now, id, &owner);
                self.out.push(Command::ConnectParty { contact: id, attempt });
                self.with_party(now, id, attempt, party);
                true
            }
            Some(Phase::Talking(talk)) if consults_party(&talk, attempt) => {
                let first = self.consult_answered(now, id, talk);
                if first {
                    self.timers.clear(Timer::Attempt(attempt));
                }
                first
            }
            _ => false,
        }
    }

    /// From now on the two speak; supervisors are told while it lasts longer than conversations do.
    pub(super) fn with_party(&mut self, now: Timestamp, id: ContactId, attempt: AttemptId, party: PartyId) {
        self.timers.set(Timer::Talk(id), now.plus_ms(self.plan.offers.talk_ms_max));
        let owner = Owner::Unit(UnitId::new(party.as_str()));
        self.enter(now, id, ContactState::WithParty, owner, Phase::WithParty { attempt, party });
    }

    /// The party could not be had, or its line broke: the caller stays and somebody else helps.
    pub(super) fn party_failed(&mut self, now: Timestamp, id: ContactId, attempt: AttemptId) -> bool {
        match self.contacts.get(&id).map(|contact| contact.phase.clone()) {
            Some(Phase::Emergency { attempt: ringing, party, next, dialogue, entry }) if ringing == attempt => {
                self.forget_attempt(attempt);
                self.out.push(Command::CancelDial { contact: id, attempt });
                self.alarm(Alarm::EmergencyUnanswered { party: party.clone() }, Some(id));
                self.next_help(now, id, &party, next, dialogue, entry);
            }
            Some(Phase::Handing { attempt: ringing, .. }) if ringing == attempt => {
                self.forget_attempt(attempt);
                self.out.push(Command::CancelDial { contact: id, attempt });
                self.instead_of_party(now, id);
            }
            Some(Phase::WithParty { attempt: with, party }) if with == attempt => {
                self.forget_attempt(attempt);
                self.timers.clear(Timer::Talk(id));
                self.out.push(Command::DropParty { contact: id, attempt });
                self.lost_by_party(now, id, party);
            }
            Some(Phase::Talking(talk)) if consults_party(&talk, attempt) => {
                self.drop_consult(now, id, &talk);
                self.back_to_citizen(now, id, talk.operator);
            }
            _ => return false,
        }
        true
    }

    /// The line to a party broke under a conversation; whoever was with 112 or a command centre is
    /// taken before everybody else.
    fn lost_by_party(&mut self, now: Timestamp, id: ContactId, party: PartyId) {
        if self.plan.is_emergency_service(&party) {
            self.alarm(Alarm::EmergencyUnanswered { party }, Some(id));
            self.enter_in_front(now, id, true);
        } else {
            self.instead_of_party(now, id);
        }
    }

    /// This helper is silent: the next, and who falls back from 112 is told how to reach it sooner.
    fn next_help(
        &mut self,
        now: Timestamp,
        id: ContactId,
        silent: &PartyId,
        next: Vec<PartyId>,
        dialogue: Option<Box<Dialogue>>,
        entry: Option<Entry>,
    ) {
        let last = next.is_empty();
        self.ring_next(now, id, next, dialogue, entry);
        if last && *silent == self.plan.emergency.party {
            self.tell_when_matched(id, Waiting::Fallback);
        }
    }

    /// The party does not answer: the last class of the plan takes whatever no other does. A sign of
    /// danger that nobody asks about any more goes in front.
    pub(super) fn instead_of_party(&mut self, now: Timestamp, id: ContactId) {
        if !self.is_asked(id) && self.contacts.get(&id).is_some_and(|contact| contact.urged) {
            self.enter_in_front(now, id, false);
        } else if let Some(class) = self.plan.classes.iter().rfind(|class| class.party.is_none()).map(|class| class.id.clone()) {
            self.enter_queue(now, id, &class, false);
        }
    }

    pub(super) fn party_hung_up(&mut self, now: Timestamp, id: ContactId, attempt: AttemptId) -> bool {
        match self.contacts.get(&id).map(|contact| contact.phase.clone()) {
            Some(Phase::WithParty { attempt: with, party }) if with == attempt => {
                self.out.push(Command::HangUp { contact: id });
                self.close(now, id, self.outcome_with(&party), Settlement::Kept);
                true
            }
            _ => self.party_failed(now, id, attempt),
        }
    }

    /// How a contact ends that a party outside took over.
    pub(super) fn outcome_with(&self, party: &PartyId) -> Outcome {
        if *party == self.plan.emergency.party { Outcome::Emergency } else { Outcome::Transferred(party.to_string()) }
    }

    /// The queue that a contact's visit is in, for those who look from outside.
    pub(super) fn queue_of(&self, id: ContactId) -> Option<QueueId> {
        match self.contacts.get(&id).map(|contact| &contact.phase)? {
            Phase::Queued(entry) | Phase::Offered { entry, .. } | Phase::Connecting { entry, .. } => Some(entry.queue.clone()),
            _ => self.contacts.get(&id)?.visiting.clone(),
        }
    }
}

/// Colleagues answer by their offer, never as a party.
fn consults_party(talk: &Talk, attempt: AttemptId) -> bool {
    talk.consult.as_ref().is_some_and(|consult| consult.attempt == attempt && matches!(consult.with, Consulted::Party(_)))
}
