//! Invents what happens in a storm: mostly what people would do next, often what fits nothing.
#![allow(clippy::unwrap_used)]

mod additions;
mod opinions;
mod plans;

pub use plans::plans;

use domain::{
    AttemptId, CategoryId, ClassId, ContactId, MatterId, MessageNumber, OfferId, OperatorId, PartyId, PromiseId, RegionId, SiteId, SkillId,
    Timestamp,
    contact::{Channel, ContactState, LeadReason, NotReached, Outcome, PauseReason, SurgeReason, SystemCause, ledger::Ledger},
    dialogue::{Line, Prompt},
    intent::{Answer, Circumstance, Gate, Intent, Language, Reading, Request, Understanding},
    place::{CountyCode, PlaceEstimate, PlaceSource},
    plan::OperatorProfile,
    routing::{Command, Consulted, ContactView, Event, Intake, NextIntent, OperatorState, OperatorView, View},
};
use std::collections::BTreeMap;

pub const OPERATORS: u64 = 10;
const CALLS_MAX: usize = 30;
/// What keys 1 and 2 answer.
const ONE_OR_TWO: [Line; 6] = [
    Line::Say(Prompt::EmergencyQuestion),
    Line::Say(Prompt::DangerQuestion),
    Line::Say(Prompt::GoingOnQuestion),
    Line::Say(Prompt::ConfirmEnd),
    Line::Say(Prompt::ChooseEnd),
    Line::Say(Prompt::CallBackRight),
];

/// Small, seeded, the same on every machine (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()].clone()
    }
}

/// Remembers which playback, attempt and offer a sensible event would name.
pub struct Inventor {
    pub dice: Dice,
    /// When the next event is to happen.
    pub now: Timestamp,
    calls: u64,
    /// The latest that was opened, by a caller or by us.
    contacts: u64,
    playbacks: BTreeMap<ContactId, u64>,
    /// Who was spoken to last, and whether it was a question of yes or no.
    spoken_to: Option<(ContactId, bool)>,
    attempts: BTreeMap<ContactId, AttemptId>,
    offers: u64,
    /// Who was asked how it was.
    asked: Vec<ContactId>,
}

impl Inventor {
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Dice(seed),
            now: Timestamp::default(),
            calls: 0,
            contacts: 0,
            playbacks: BTreeMap::new(),
            spoken_to: None,
            attempts: BTreeMap::new(),
            offers: 1,
            asked: Vec::new(),
        }
    }

    pub fn learn(&mut self, commands: &[Command]) {
        for command in commands {
            match command {
                Command::Play { contact, playback, lines, .. } => {
                    self.playbacks.insert(*contact, *playback);
                    self.spoken_to = Some((*contact, lines.last().is_some_and(|line| ONE_OR_TWO.contains(line))));
                }
                Command::Ring { offer, .. } => self.offers = offer.0,
                Command::RingColleague { offer, contact, attempt, .. } => {
                    self.offers = offer.0;
                    self.attempts.insert(*contact, *attempt);
                }
                Command::SettleSurvey { contact, asked: true } => self.asked.push(*contact),
                Command::OpenContact { contact, .. } => self.contacts = self.contacts.max(contact.0),
                Command::Dial { contact, attempt, .. } | Command::DialCitizen { contact, attempt, .. } => {
                    self.attempts.insert(*contact, *attempt);
                }
                _ => {}
            }
        }
    }

    /// What the people in the centre would do next.
    pub fn sensible(&mut self, view: &View) -> Event {
        if !view.messages.is_empty() && self.dice.percent(5) {
            let owed = self.dice.one(&view.messages);
            return self.of_message(owed);
        }
        if self.dice.percent(3) {
            return self.addition(view);
        }
        if self.dice.percent(2) {
            return self.opinion(view);
        }
        match self.dice.below(10) {
            0 | 1 if view.contacts.len() < CALLS_MAX => self.call(view),
            2..5 if !view.contacts.is_empty() => {
                let contact = self.caller(view);
                self.of_caller(&contact)
            }
            _ => self.of_somebody(view),
        }
    }

    /// Often the one who was just spoken to: questions are answered one after the other.
    fn caller(&mut self, view: &View) -> ContactView {
        let spoken_to = view.contacts.iter().find(|contact| self.spoken_to.is_some_and(|(id, _)| id == contact.contact));
        match spoken_to.filter(|_| self.dice.percent(50)) {
            Some(contact) => contact.clone(),
            None => self.dice.one(&view.contacts),
        }
    }

    /// Mostly of those who have something to do.
    fn of_somebody(&mut self, view: &View) -> Event {
        let busy = |operator: &&OperatorView| operator.contact.is_some() || operator.state == OperatorState::Unresponsive;
        let busy: Vec<&OperatorView> = view.operators.iter().filter(busy).collect();
        if !busy.is_empty() && self.dice.percent(75) {
            let known = self.dice.one(&busy);
            return self.of_operator(view, known);
        }
        let operator = OperatorId(self.dice.below(OPERATORS) + 1);
        match view.operators.iter().find(|known| known.operator == operator) {
            Some(known) => self.of_operator(view, known),
            None => Event::OperatorSignedIn { operator, profile: self.profile() },
        }
    }

    fn call(&mut self, view: &View) -> Event {
        self.calls += 1;
        let contact = ContactId(self.contacts + 1);
        let language = if self.dice.percent(80) { Language::Swedish } else { Language::English };
        let place = match self.dice.below(4) {
            0 => None,
            uncertain => {
                let region = self.dice.one(&["vast", "vast", "syd", "ost", "nord"]);
                let whole = PlaceEstimate::whole(PlaceSource::AreaCode, RegionId::new(region));
                let between = self.dice.one(&[&[][..], &["14", "12"], &["13", "06", "12"], &["14", "99"]]);
                let candidates = between.iter().filter_map(|code| CountyCode::new(code)).collect();
                Some(PlaceEstimate { uncertain: uncertain == 1, candidates, ..whole })
            }
        };
        let recogniser = self.dice.percent(50);
        // Now and then somebody else has asked already what it is about.
        let asked = self.dice.percent(10);
        let (channel, intent) = if asked { (Channel::HandOver, Some(self.dice.one(Intent::ALL))) } else { (Channel::Telephone, None) };
        let spoke_with = self.dice.percent(70).then(|| OperatorId(self.dice.below(OPERATORS) + 1));
        let (anonymous, textable) = (self.dice.percent(10), self.dice.percent(70));
        // Now and then somebody rings whom we owe a call, or calls about what is under way already.
        let owed: Vec<&ContactView> = view.contacts.iter().filter(|contact| contact.call.is_some()).collect();
        let owed = if !owed.is_empty() && self.dice.percent(20) { Some(self.dice.one(&owed)) } else { None };
        let matter = match owed {
            Some(call) if self.dice.percent(70) => call.matter,
            _ if self.dice.percent(4) => MatterId(self.dice.below(self.calls) + 1),
            _ => MatterId(self.calls),
        };
        let (callable, owed) = (!anonymous && self.dice.percent(80), owed.map(|call| call.contact));
        let intake = Intake { language, recogniser, intent, spoke_with, anonymous, textable, mailable: false, callable, owed };
        Event::CallArrived { contact, matter, channel, place, intake }
    }

    fn of_caller(&mut self, contact: &ContactView) -> Event {
        let id = contact.contact;
        if self.spoken_to == Some((id, true)) && self.dice.percent(60) {
            return Event::KeyPressed { contact: id, key: self.dice.one(&['1', '2', '2']) };
        }
        match self.dice.below(50) {
            0 | 1 => return Event::CallerHungUp { contact: id },
            2 => return Event::CallBroken { contact: id, cause: SystemCause::MediaLost },
            _ => {}
        }
        match contact.state {
            ContactState::Dialogue => match self.dice.below(10) {
                0..3 => Event::PlaybackEnded { contact: id, playback: self.playback(id) },
                3 => Event::SilenceHeard { contact: id, after: self.playback_perhaps(id) },
                4 => Event::WordsMissed { contact: id, after: self.playback_perhaps(id) },
                5 | 6 => Event::WordsUnderstood { contact: id, understanding: self.words(), after: self.playback_perhaps(id) },
                _ => Event::KeyPressed { contact: id, key: self.dice.one(&['0', '1', '2', '2', '2', '3', '3', '4', '5', '6', '9', '*']) },
            },
            ContactState::Queued | ContactState::Offered => match self.dice.below(11) {
                4 => self.of_leader(id),
                0 | 1 => Event::KeyPressed { contact: id, key: self.dice.one(&['9', '9', '1', '2', '0', '5', '5', '5']) },
                9 => Event::KeyPressed { contact: id, key: '6' },
                10 => self.number_given(id),
                2 => Event::WordsUnderstood { contact: id, understanding: self.words(), after: self.playback_perhaps(id) },
                3 => Event::SilenceHeard { contact: id, after: self.playback_perhaps(id) },
                _ => Event::PlaybackEnded { contact: id, playback: self.playback(id) },
            },
            ContactState::EmergencyTransfer | ContactState::Connecting | ContactState::WithParty | ContactState::Consulting => {
                let attempt = self.attempt(id);
                match self.dice.below(8) {
                    0..4 => Event::PartyAnswered { contact: id, attempt },
                    4 => Event::PartyFailed { contact: id, attempt },
                    5 => Event::PartyHungUp { contact: id, attempt },
                    6 => Event::KeyPressed { contact: id, key: self.dice.one(&['2', '2', '9', '1']) },
                    _ => Event::PartyRinging { contact: id, attempt },
                }
            }
            ContactState::OperatorLost => Event::KeyPressed { contact: id, key: self.dice.one(&['9', '9', '1', '2']) },
            ContactState::Resting | ContactState::Dialling => self.of_citizen(contact),
            ContactState::Talking | ContactState::OnHold | ContactState::WrapUp | ContactState::Unread | ContactState::Closed => {
                Event::CallerHungUp { contact: id }
            }
        }
    }

    fn number_given(&mut self, contact: ContactId) -> Event {
        let (usable, textable, booked_enough) = (self.dice.percent(60), self.dice.percent(70), self.dice.percent(10));
        Event::NumberGiven { contact, usable, textable, booked_enough }
    }

    /// Rung, reached or not, or taken by somebody while the call waits for its time.
    fn of_citizen(&mut self, known: &ContactView) -> Event {
        let (contact, attempt) = (known.contact, self.attempt(known.contact));
        let promise = known.call.as_ref().map_or(PromiseId(1), |call| call.promise);
        match (known.state, self.dice.below(10)) {
            (ContactState::Resting, _) => {
                Event::CallTaken { promise, matter: known.matter, operator: OperatorId(self.dice.below(OPERATORS) + 1) }
            }
            (_, 0..6) => Event::CitizenAnswered { contact, attempt },
            (_, 6) => Event::CallEndedByOperator { contact, operator: known.operator.unwrap_or(OperatorId(1)) },
            _ => Event::CitizenNotReached { contact, attempt, why: self.dice.one(NotReached::ALL) },
        }
    }

    fn of_leader(&mut self, contact: ContactId) -> Event {
        let (by, reason) = (OperatorId(1), self.dice.one(LeadReason::ALL));
        if self.dice.percent(40) {
            return self.of_rush(by);
        }
        match self.dice.percent(50) {
            true => Event::ContactAssigned { contact, operator: OperatorId(self.dice.below(OPERATORS + 2)), by, reason },
            false => Event::ContactPutFirst { contact, first: self.dice.percent(60), by, reason },
        }
    }

    fn of_rush(&mut self, by: OperatorId) -> Event {
        let class = ClassId::new(self.dice.one(&["service", "report", "report", "urgent", "nothing"]));
        match self.dice.percent(80) {
            true => {
                let until = self.now.plus_ms(self.dice.below(60 * 60_000));
                Event::SurgeDeclared { class, until, by, reason: self.dice.one(SurgeReason::ALL) }
            }
            false => Event::SurgeEnded { class, by },
        }
    }

    fn of_operator(&mut self, view: &View, known: &OperatorView) -> Event {
        let operator = known.operator;
        let contact = known.contact.unwrap_or(ContactId(0));
        match known.state {
            OperatorState::SignedOut | OperatorState::Paused | OperatorState::Unresponsive => Event::OperatorReady { operator },
            OperatorState::Lost if self.dice.percent(50) => Event::OperatorReturned { operator },
            OperatorState::Lost => Event::OperatorSignedIn { operator, profile: self.profile() },
            OperatorState::Idle => match self.dice.below(8) {
                0 => Event::OperatorPaused { operator, reason: PauseReason::Meal },
                1 => Event::OperatorSignedOut { operator },
                2 => Event::OperatorLost { operator },
                3 => Event::OperatorSignedIn { operator, profile: self.profile() },
                4 => Event::LanguagesChosen { operator, languages: vec![self.dice.one(Language::ALL)] },
                _ => Event::OperatorReady { operator },
            },
            OperatorState::Offered => match self.dice.below(10) {
                0 => Event::OfferDeclined { offer: known.offer.unwrap(), operator },
                1 => Event::OperatorLost { operator },
                2 => Event::NextIntentChosen { operator, next: NextIntent::Pause(PauseReason::Rest) },
                _ => Event::OfferAccepted { offer: known.offer.unwrap(), operator },
            },
            OperatorState::Connecting => match self.dice.below(8) {
                0 => Event::OperatorUnreachable { contact, operator },
                1 => Event::OperatorLost { operator },
                _ => Event::OperatorConnected { contact, operator },
            },
            OperatorState::Engaged | OperatorState::Consulting => self.of_talk(view, operator, contact),
            OperatorState::WrapUp => match self.dice.below(7) {
                5 => Event::CallBackUnheard { contact, operator, why: NotReached::Machine },
                6 => Event::RingBackAsked { contact, operator },
                0 => Event::WrapUpExtended { contact, operator },
                1 => Event::OperatorReady { operator },
                2 => Event::OperatorLost { operator },
                _ => Event::OutcomeStated { contact, operator, outcome: self.outcome() },
            },
        }
    }

    fn of_talk(&mut self, view: &View, operator: OperatorId, contact: ContactId) -> Event {
        let is_call = view.contacts.iter().any(|known| known.contact == contact && known.call.is_some());
        if is_call && self.dice.percent(20) {
            return Event::CallBackUnheard { contact, operator, why: self.dice.one(&[NotReached::Machine, NotReached::WrongPerson]) };
        }
        match self.dice.below(18) {
            16 => Event::RingBackAsked { contact, operator },
            17 => self.link(view, contact, operator),
            0 => Event::CallHeld { contact, operator },
            1 => Event::CallResumed { contact, operator },
            2..5 => Event::ConsultAsked { contact, operator, with: self.consulted(view) },
            5 => Event::ConsultEnded { contact, operator },
            6 | 7 => Event::ConferenceAsked { contact, operator },
            8..10 => Event::TransferAsked { contact, operator },
            10 => Event::CallEndedByOperator { contact, operator },
            11 => Event::NextIntentChosen { operator, next: self.next_intent() },
            12 => Event::OperatorLost { operator },
            13 => Event::IntentCorrected { contact, operator, intent: Intent::Tip },
            14 => Event::OperatorConnected { contact, operator },
            _ => Event::OperatorUnreachable { contact, operator },
        }
    }

    /// Any event about anybody, mostly out of place.
    pub fn senseless(&mut self, view: &View, ledger: &Ledger) -> Event {
        let contact = ContactId((self.contacts + 1).saturating_sub(self.dice.below(20)));
        let operator = OperatorId(self.dice.below(OPERATORS + 2));
        let offer = OfferId(self.offers.saturating_sub(self.dice.below(4)));
        let attempt = self.attempt(contact);
        match self.dice.below(52) {
            49 | 50 => self.link(view, contact, operator),
            0 => Event::CallArrived {
                contact,
                matter: MatterId(contact.0),
                channel: Channel::Telephone,
                place: None,
                intake: Intake::of_caller(Language::Swedish),
            },
            1 => Event::PlaybackEnded { contact, playback: self.dice.below(9) },
            2 => Event::KeyPressed { contact, key: self.dice.one(&['0', '1', '2', '3', '7', '8', '9', '*', '#', 'A']) },
            3 => Event::WordsUnderstood { contact, understanding: self.words(), after: self.playback_perhaps(contact) },
            4 => Event::WordsMissed { contact, after: self.playback_perhaps(contact) },
            5 => Event::SilenceHeard { contact, after: self.playback_perhaps(contact) },
            6 => Event::CallerHungUp { contact },
            7 => Event::CallBroken { contact, cause: self.dice.one(&[SystemCause::MediaLost, SystemCause::Fault]) },
            8 => Event::OperatorSignedIn { operator: OperatorId(operator.0.clamp(1, OPERATORS)), profile: self.profile() },
            9 => Event::OperatorSignedOut { operator },
            10 => Event::OperatorReady { operator },
            11 => Event::OperatorPaused { operator, reason: PauseReason::Casework },
            12 => Event::NextIntentChosen { operator, next: self.next_intent() },
            13 => Event::OperatorLost { operator },
            14 => Event::OperatorReturned { operator },
            15 | 16 => Event::OfferAccepted { offer, operator },
            17 => Event::OfferDeclined { offer, operator },
            18 => Event::OperatorConnected { contact, operator },
            19 => Event::OperatorUnreachable { contact, operator },
            20 => Event::CallHeld { contact, operator },
            21 => Event::CallResumed { contact, operator },
            22 => Event::ConsultAsked { contact, operator, with: self.consulted(view) },
            23 => Event::ConsultEnded { contact, operator },
            24 => Event::ConferenceAsked { contact, operator },
            25 => Event::TransferAsked { contact, operator },
            26 => Event::OutcomeStated { contact, operator, outcome: self.outcome() },
            27 => Event::WrapUpExtended { contact, operator },
            28 => Event::PartyAnswered { contact, attempt },
            29 => Event::PartyFailed { contact, attempt },
            30 => Event::PartyHungUp { contact, attempt },
            31 => self.of_leader(contact),
            32..=34 => self.settlement(ledger, operator),
            35 => self.of_message((contact, MessageNumber::default())),
            36 => self.number_given(contact),
            37 => Event::CitizenAnswered { contact, attempt },
            38 => Event::CitizenNotReached { contact, attempt, why: self.dice.one(NotReached::ALL) },
            39 => Event::CallBackUnheard { contact, operator, why: self.dice.one(NotReached::ALL) },
            40..=42 => self.call_taken(ledger, operator),
            43 if self.dice.percent(50) => Event::RingBackAsked { contact, operator },
            43 => Event::FilesAsked { contact, operator },
            44..=48 => self.of_promise(ledger, operator),
            _ => Event::Started { plan: String::new(), interrupted: vec![contact] },
        }
    }

    fn call_taken(&mut self, ledger: &Ledger, operator: OperatorId) -> Event {
        let (promise, matter) = self.promise(ledger);
        Event::CallTaken { promise, matter, operator }
    }

    fn of_promise(&mut self, ledger: &Ledger, operator: OperatorId) -> Event {
        let (promise, matter) = self.promise(ledger);
        match self.dice.below(5) {
            4 => Event::NextReportAsked { operator },
            0 => Event::PromiseTaken { promise, matter, operator },
            1 => Event::PromiseResumed { promise, matter, operator },
            _ => Event::PromisePaused { promise, matter, operator },
        }
    }

    fn promise(&mut self, ledger: &Ledger) -> (PromiseId, MatterId) {
        let open: Vec<(PromiseId, MatterId)> =
            ledger.promises.values().filter(|promise| promise.settled.is_none()).map(|promise| (promise.promise, promise.matter)).collect();
        if open.is_empty() { (PromiseId(1), MatterId(1)) } else { self.dice.one(&open) }
    }

    fn settlement(&mut self, ledger: &Ledger, operator: OperatorId) -> Event {
        let (promise, matter) = self.promise(ledger);
        let matter = if self.dice.percent(10) { MatterId(matter.0 + 1) } else { matter };
        Event::PromiseSettled {
            matter,
            promise,
            operator,
            outcome: self.dice.one(&[Outcome::Helped, Outcome::SystemTerminated(SystemCause::Deadline)]),
        }
    }

    // Details

    fn playback(&self, contact: ContactId) -> u64 {
        self.playbacks.get(&contact).copied().unwrap_or_default()
    }

    /// What words were said to: what is playing, something before, or nothing that is told.
    fn playback_perhaps(&mut self, contact: ContactId) -> Option<u64> {
        match self.dice.below(6) {
            0 => None,
            1 => Some(self.dice.below(4)),
            _ => Some(self.playback(contact)),
        }
    }

    fn attempt(&self, contact: ContactId) -> AttemptId {
        self.attempts.get(&contact).copied().unwrap_or(AttemptId(1))
    }

    pub fn profile(&mut self) -> OperatorProfile {
        let site = self.dice.one(&["goteborg", "falkenberg", "malmo", "kalmar", "nassjo", "lulea"]);
        let mut skills = BTreeMap::new();
        for skill in ["urgent", "violence", "report", "tip", "service"] {
            if self.dice.percent(60) {
                skills.insert(SkillId::new(skill), u8::try_from(self.dice.below(9) + 1).unwrap());
            }
        }
        let languages = if self.dice.percent(50) { vec![Language::Swedish] } else { vec![Language::Swedish, Language::English] };
        let category = self.dice.percent(50).then(|| CategoryId::new(self.dice.one(&["officer", "civilian"])));
        let also_regions = if self.dice.percent(20) { vec![RegionId::new(self.dice.one(&["vast", "syd", "nord"]))] } else { Vec::new() };
        OperatorProfile { site: SiteId::new(site), also_regions, category, skills, languages }
    }

    fn words(&mut self) -> Understanding {
        let first = u16::try_from(self.dice.below(1_000)).unwrap();
        let second = u16::try_from(self.dice.below(u64::from(first.min(1_000 - first)) + 1)).unwrap();
        let reading = |intent, confidence_permille| Reading { intent, confidence_permille };
        let readings = vec![reading(self.dice.one(Intent::ALL), first), reading(self.dice.one(Intent::ALL), second)];
        Understanding {
            readings: if self.dice.percent(80) { readings } else { Vec::new() },
            gate: self.dice.one(&[Gate::None, Gate::None, Gate::Ask, Gate::Direct]),
            language: if self.dice.percent(20) { Some(self.dice.one(Language::ALL)) } else { None },
            answer: if self.dice.percent(30) { Some(self.dice.one(Answer::ALL)) } else { None },
            municipality: if self.dice.percent(30) { Some(self.dice.one(&["1480", "1280", "2580", "9999"]).to_owned()) } else { None },
            county: if self.dice.percent(10) { Some(self.dice.one(&["14", "12", "25", "99"]).to_owned()) } else { None },
            request: if self.dice.percent(15) { Some(self.dice.one(Request::ALL)) } else { None },
            circumstances: if self.dice.percent(10) { vec![self.dice.one(Circumstance::ALL)] } else { Vec::new() },
            model: "storm".to_owned(),
        }
    }

    fn consulted(&mut self, view: &View) -> Consulted {
        let idle = view.operators.iter().find(|operator| operator.state == OperatorState::Idle);
        match (self.dice.below(4), idle) {
            (0 | 1, _) => Consulted::Party(PartyId::new(self.dice.one(&["112", "switchboard", "rlc.vast", "nobody"]))),
            (2, Some(idle)) => Consulted::Operator(idle.operator),
            _ => Consulted::Operator(OperatorId(self.dice.below(OPERATORS + 1))),
        }
    }

    fn next_intent(&mut self) -> NextIntent {
        self.dice.one(&[NextIntent::Ready, NextIntent::Pause(PauseReason::Rest), NextIntent::SignOut])
    }

    fn outcome(&mut self) -> Outcome {
        self.dice.one(&[Outcome::Helped, Outcome::ReportReceived, Outcome::CallbackAccepted])
    }
}
