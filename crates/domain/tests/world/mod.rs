//! A contact centre in a test: the router, the ledger that its commands are folded into, and the
//! clock. After every event it is proved that the product's invariant holds.
#![allow(dead_code, clippy::unwrap_used)] // each test file uses its part

use domain::{
    ContactId, OfferId, OperatorId, Timestamp,
    booking::BookingState,
    contact::{
        Channel, ContactState,
        ledger::{Changes, ContactRecord, Ledger},
    },
    place::{PlaceTexts, Places},
    plan::{Plan, Source, read},
    routing::{Command, Decision, Event, NextIds, OperatorState, Router, Timer, View},
    survey::SurveyState,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

macro_rules! deployment {
    ($file:literal) => {
        deployment!("sweden", $file)
    };
    ($deployment:literal, $file:literal) => {
        Source { file: $file, text: include_str!(concat!("../../../../deployments/", $deployment, "/", $file)) }
    };
}

/// Sweden's plan, with some of its text replaced.
pub fn sweden(changes: &[(String, String)]) -> Arc<Plan> {
    plan_of("sweden", changes)
}

/// A deployment's plan, with some of its text replaced; every replacement must be found.
pub fn plan_of(deployment: &str, changes: &[(String, String)]) -> Arc<Plan> {
    let text = match deployment {
        "sweden" => deployment!("plan.toml").text,
        "denmark" => include_str!("../../../../deployments/denmark/plan.toml"),
        "denmark-112" => include_str!("../../../../deployments/denmark-112/plan.toml"),
        other => panic!("no deployment is called {other:?}"),
    };
    let mut text = text.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from.as_str()), "the plan has no {from:?}");
        text = text.replacen(from, to, 1);
    }
    let plan = read(&Source { file: "plan.toml", text: &text });
    Arc::new(plan.unwrap_or_else(|faults| panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))))
}

/// Municipalities and postal codes of the plan's country, read once.
pub fn places_of(plan: &Plan) -> Arc<Places> {
    static SWEDEN: LazyLock<Arc<Places>> = LazyLock::new(|| {
        let texts = PlaceTexts {
            municipalities: deployment!("areas/municipalities.csv"),
            counties: deployment!("areas/counties.csv"),
            regions: deployment!("areas/regions.csv"),
            area_codes: Some(deployment!("areas/area_codes.csv")),
            postal_codes: Some(deployment!("areas/postal_codes.csv")),
        };
        Arc::new(Places::read(&texts).unwrap())
    });
    static DENMARK: LazyLock<Arc<Places>> = LazyLock::new(|| {
        let texts = PlaceTexts {
            municipalities: deployment!("denmark", "areas/municipalities.csv"),
            counties: deployment!("denmark", "areas/counties.csv"),
            regions: deployment!("denmark", "areas/regions.csv"),
            area_codes: None,
            postal_codes: Some(deployment!("denmark", "areas/postal_codes.csv")),
        };
        Arc::new(Places::read(&texts).unwrap())
    });
    if plan.name == "denmark" { DENMARK.clone() } else { SWEDEN.clone() }
}

fn owned<K: Copy, V: Clone>((id, record): (&K, &V)) -> (K, V) {
    (*id, record.clone())
}

/// What was told at a time, and decided.
pub struct Entry {
    pub at: Timestamp,
    pub event: Event,
    pub commands: Vec<Command>,
}

pub struct World {
    pub router: Router,
    pub ledger: Ledger,
    pub now: Timestamp,
    pub ids: NextIds,
    pub journal: Vec<Entry>,
}

impl World {
    pub fn start(plan: Arc<Plan>, now: Timestamp) -> Self {
        let router = Router::new(plan.clone(), places_of(&plan), NextIds::default());
        let mut world = Self { router, ledger: Ledger::default(), now, ids: NextIds::default(), journal: Vec::new() };
        world.handle(&Event::Started { plan: plan.digest.clone(), interrupted: Vec::new() });
        world
    }

    /// Takes in an event at the present time.
    pub fn handle(&mut self, event: &Event) -> Decision {
        let decision = self.router.handle(self.now, event);
        if !decision.took_effect {
            assert_eq!(decision.commands, [], "{event:?} did not fit, but something was decided");
        }
        self.record(event, &decision.commands);
        decision
    }

    /// The next deadlines until `until` that fall together, if there are any: their time and what was decided.
    pub fn next_tick(&mut self, until: Timestamp) -> Option<(Timestamp, Vec<Command>)> {
        let (at, timer) = self.router.wake_at().filter(|(at, _)| *at <= until)?;
        self.now = self.now.max(at);
        let commands = self.router.tick(self.now);
        assert_ne!(self.router.wake_at().map(|(again, next)| (again <= self.now, next)), Some((true, timer)), "the clock stands still");
        self.record(&Event::TimePassed, &commands);
        Some((self.now, commands))
    }

    fn record(&mut self, event: &Event, commands: &[Command]) {
        self.journal.push(Entry { at: self.now, event: event.clone(), commands: commands.to_vec() });
        self.ids.apply(commands);
        match self.ledger.apply(self.entries(), self.now, commands) {
            Ok(changes) => self.prove_repetition(commands, &changes),
            Err(fault) => panic!("{fault}: {commands:#?}"),
        }
        assert_eq!(self.router.next_ids(), self.ids, "numbers can be counted on from the journal");
    }

    fn entries(&self) -> u64 {
        self.journal.len() as u64
    }

    /// Told a second time, commands change nothing: what may happen only once is refused, and what may
    /// happen again leaves all as it was but for a stretch of no length.
    fn prove_repetition(&self, commands: &[Command], changes: &Changes) {
        let of_promises = changes.promises.iter().filter_map(|id| self.ledger.promises.get(id)).map(|promise| promise.matter);
        let matters: BTreeSet<_> = changes.matters.iter().copied().chain(of_promises).collect();
        let before = Ledger {
            contacts: changes.contacts.iter().filter_map(|id| self.ledger.contacts.get_key_value(id)).map(owned).collect(),
            matters: matters.iter().filter_map(|id| self.ledger.matters.get_key_value(id)).map(owned).collect(),
            promises: changes.promises.iter().filter_map(|id| self.ledger.promises.get_key_value(id)).map(owned).collect(),
            surges: self.ledger.surges.clone(),
            bookings: changes.bookings.iter().filter_map(|id| self.ledger.bookings.get_key_value(id)).map(owned).collect(),
            surveys: changes.surveys.iter().filter_map(|id| self.ledger.surveys.get_key_value(id)).map(owned).collect(),
        };
        let mut again = before.clone();
        let told = again.apply(self.entries(), self.now, commands);
        let only_once = |command: &Command| {
            matches!(
                command,
                Command::OpenContact { .. }
                    | Command::EnterQueue { .. }
                    | Command::EndVisit { .. }
                    | Command::CloseContact { .. }
                    | Command::MakePromise { .. }
                    | Command::SettlePromise { .. }
                    | Command::PausePromise { .. }
                    | Command::ResumePromise { .. }
                    | Command::AwaitRingBack { .. }
                    | Command::CloseMatter { .. }
                    | Command::ReopenMatter { .. }
                    | Command::OweMessage { .. }
                    | Command::OweCall { .. }
                    | Command::DialCitizen { .. }
                    | Command::SettleMessage { .. }
                    | Command::AwaitOpinion { .. }
                    | Command::SettleSurvey { .. }
                    | Command::HoldTime { .. }
                    | Command::ReleaseTime { .. }
                    | Command::BookTime { .. }
                    | Command::MoveBooking { .. }
                    | Command::RemindCitizen { .. }
                    | Command::CancelBooking { .. }
                    | Command::EndBooking { .. }
            )
        };
        assert_eq!(told.is_err(), commands.iter().any(only_once), "told twice: {commands:#?}");
        for (id, record) in &mut again.contacts {
            record.segments.clone_from(&before.contacts[id].segments);
        }
        assert_eq!(again, before, "told twice: {commands:#?}");
    }

    /// The program ends without a word and begins again from what was recorded.
    pub fn restart(&mut self) -> Decision {
        let plan = self.router.plan().clone();
        self.router = Router::restore(plan.clone(), places_of(&plan), &self.ledger, self.ids);
        let open = self.ledger.contacts.values().filter(|record| record.closed.is_none());
        let interrupted = open
            .filter(|record| !matches!(record.state, ContactState::WrapUp | ContactState::Unread))
            .map(|record| record.contact)
            .collect();
        self.handle(&Event::Started { plan: plan.digest.clone(), interrupted })
    }

    /// Everything that must hold between two events.
    #[track_caller]
    pub fn prove(&self) -> View {
        assert_eq!(self.ledger.faults(), [], "the invariant of the ledger");
        assert_eq!(self.router.standing_pairs(self.now), [], "an idle operator and an eligible contact wait for each other");
        let view = self.router.view(self.now);
        self.prove_contacts(&view);
        self.prove_additions(&view);
        self.prove_calls(&view);
        self.prove_operators(&view);
        self.prove_promises(&view);
        self.prove_deadlines(&view);
        self.prove_parts(&view);
        view
    }

    /// What is seen of one is what the whole view shows.
    #[track_caller]
    fn prove_parts(&self, view: &View) {
        for contact in &view.contacts {
            assert_eq!(self.router.view_of_contact(self.now, contact.contact).as_ref(), Some(contact));
        }
        for operator in &view.operators {
            assert_eq!(self.router.view_of_operator(self.now, operator.operator).as_ref(), Some(operator));
            let has = self.router.contact_of(operator.operator);
            let owes = |contact: ContactId| {
                let shown = view.contacts.iter().find(|shown| shown.contact == contact);
                shown.is_some_and(|shown| shown.state == ContactState::WrapUp && shown.operator == Some(operator.operator))
            };
            let busy_with = operator.contact.filter(|_| operator.state != OperatorState::Offered);
            assert!(has == busy_with || (busy_with.is_none() && has.is_none_or(owes)), "{operator:?} has {has:?}");
        }
    }

    /// Every transient state has a deadline, and no deadline is left behind by a state that is over.
    #[track_caller]
    fn prove_deadlines(&self, view: &View) {
        let set: BTreeSet<Timer> = self.router.deadlines().map(|(_, timer)| timer).collect();
        let mut expected = BTreeSet::new();
        for contact in &view.contacts {
            let id = contact.contact;
            let of_attempts = |timer: &&Timer| matches!(timer, Timer::Attempt(_));
            match contact.state {
                ContactState::Dialogue => expected.extend([Timer::DialogueTurn(id), Timer::DialogueWhole(id)]),
                ContactState::Queued | ContactState::Offered => expected.extend([Timer::Announcement(id)]),
                ContactState::Connecting if contact.queue.is_some() => {
                    expected.extend([Timer::Connecting(id), Timer::Announcement(id)]);
                }
                ContactState::Connecting | ContactState::EmergencyTransfer => {
                    assert!(set.iter().any(|timer| of_attempts(&timer)), "contact {id} rings a party without end");
                }
                ContactState::Talking | ContactState::OnHold | ContactState::Consulting | ContactState::WithParty => {
                    expected.extend([Timer::Talk(id)]);
                }
                ContactState::OperatorLost => {
                    let (grace, sound) = (contact.operator.map(Timer::Grace), Timer::Connecting(id));
                    let out = grace.filter(|grace| set.contains(grace)).unwrap_or(sound);
                    expected.insert(out);
                }
                ContactState::Resting if contact.call.is_some() => expected.extend([Timer::Call(id)]),
                // A visit ends by the timer of its booking.
                ContactState::Resting => {}
                ContactState::Dialling => {
                    assert!(set.iter().any(|timer| of_attempts(&timer)), "contact {id} is rung without end");
                    expected.extend([Timer::Announcement(id)]);
                }
                ContactState::WrapUp | ContactState::Unread | ContactState::Closed => {}
            }
        }
        for operator in &view.operators {
            match operator.state {
                OperatorState::Offered => expected.extend(operator.offer.map(Timer::Offer)),
                OperatorState::WrapUp => expected.extend([Timer::WrapUp(operator.operator)]),
                _ => {}
            }
        }
        for record in self.ledger.bookings.values().filter(|record| record.state.is_open()) {
            assert!(view.diary.get(record.booking).is_some_and(|taken| taken.wanted == record.wanted), "{record:?} takes its place");
            let goes_on = record.state == BookingState::Held || record.wanted.wish.is_visit() || self.now < record.ends;
            expected.extend(goes_on.then_some(Timer::Booking(record.booking)));
        }
        let awaited = self.ledger.surveys.values().filter(|survey| survey.state == SurveyState::Awaited).map(|survey| survey.contact);
        assert!(view.surveys.iter().copied().eq(awaited), "who is perhaps asked: {:?}", view.surveys);
        expected.extend(view.surveys.iter().copied().map(Timer::Survey));
        let missing: Vec<_> = expected.difference(&set).collect();
        assert!(missing.is_empty(), "no way out: {missing:?}");
        let is_in_line = |state| matches!(state, ContactState::Queued | ContactState::Offered);
        let may_stay = |timer: &Timer| match timer {
            Timer::NextStep(id) | Timer::Awaiting(id) => {
                view.contacts.iter().any(|contact| contact.contact == *id && contact.queue.is_some())
            }
            Timer::QueueQuestion(id) => {
                let waits = |state| {
                    matches!(state, ContactState::Queued | ContactState::Offered | ContactState::Connecting | ContactState::OperatorLost)
                };
                view.contacts.iter().any(|contact| contact.contact == *id && waits(contact.state))
            }
            Timer::Promise(id) => view.promises.iter().any(|promise| promise.promise == *id),
            Timer::Grace(id) | Timer::WrapUp(id) | Timer::SiteOpens(id) => view.operators.iter().any(|operator| operator.operator == *id),
            Timer::Attempt(_) => true,
            Timer::Number(id) => view.contacts.iter().any(|contact| contact.contact == *id && is_in_line(contact.state)),
            // Of one in line, the beginning of the quiet hours.
            Timer::Call(id) => {
                view.contacts.iter().any(|contact| contact.contact == *id && contact.call.is_some() && is_in_line(contact.state))
            }
            Timer::Surge => !view.surges.is_empty(),
            _ => false,
        };
        let left: Vec<_> = set.difference(&expected).filter(|timer| !may_stay(timer)).collect();
        assert!(left.is_empty(), "left behind: {left:?}");
        use ContactState::{Connecting, Consulting, Dialling, EmergencyTransfer};
        let ringing = |state| matches!(state, Connecting | EmergencyTransfer | Consulting | Dialling);
        let attempts = set.iter().filter(|timer| matches!(timer, Timer::Attempt(_))).count();
        assert!(attempts <= view.contacts.iter().filter(|contact| ringing(contact.state)).count(), "an attempt was left behind");
    }

    #[track_caller]
    fn prove_contacts(&self, view: &View) {
        let is_unread = |record: &&ContactRecord| record.state == ContactState::Unread;
        let open = self.ledger.contacts.values().filter(|record| record.closed.is_none() && !is_unread(record));
        let told: BTreeMap<ContactId, _> = open.map(|record| (record.contact, record)).collect();
        assert!(view.contacts.iter().map(|contact| contact.contact).collect::<BTreeSet<_>>().iter().eq(told.keys()), "who is open");
        let owing: BTreeSet<_> =
            self.ledger.promises.values().filter(|promise| promise.settled.is_none()).map(|promise| promise.matter).collect();
        for contact in &view.contacts {
            let record = told[&contact.contact];
            assert_eq!((contact.state, &contact.owner), (record.state, &record.owner), "contact {}", contact.contact);
            let visiting = record.visits.last().filter(|visit| visit.outcome.is_none()).map(|visit| &visit.queue);
            assert_eq!(contact.queue.as_ref(), visiting, "contact {} in state {}", contact.contact, contact.state);
            assert_eq!(contact.region, record.region, "contact {}", contact.contact);
            assert!(owing.contains(&contact.matter), "contact {} is owed nothing", contact.contact);
        }
    }

    /// What was written to us is owed until a person settles it: one promise of its matter, with the same owner.
    #[track_caller]
    fn prove_additions(&self, view: &View) {
        let unread = self.ledger.contacts.values().filter(|record| record.state == ContactState::Unread);
        let told: BTreeMap<ContactId, _> = unread.map(|record| (record.contact, record)).collect();
        assert!(view.additions.iter().map(|addition| addition.contact).eq(told.keys().copied()), "what is to be read");
        let mut promises = BTreeSet::new();
        for addition in &view.additions {
            let record = told[&addition.contact];
            let owed = record.addition.as_ref().unwrap();
            let promise = &self.ledger.promises[&owed.promise];
            assert!(promises.insert(owed.promise), "promise {} is of two additions", owed.promise);
            assert_eq!((promise.settled, promise.matter, &promise.owner), (None, record.matter, &record.owner), "{record:?}");
            assert_eq!((addition.matter, addition.promise, &addition.owner), (record.matter, owed.promise, &record.owner));
            assert_eq!((addition.to_link, addition.verified), (owed.to_link, owed.verified));
        }
    }

    /// A call that is owed holds its promise, and of a matter there is at most one.
    #[track_caller]
    fn prove_calls(&self, view: &View) {
        let mut matters = BTreeSet::new();
        for contact in &view.contacts {
            assert_eq!(contact.call.is_some(), contact.channel == Channel::CallBack, "contact {}", contact.contact);
            let Some(call) = &contact.call else { continue };
            let record = &self.ledger.contacts[&contact.contact];
            assert_eq!(Some(call), record.call.as_ref(), "contact {}", contact.contact);
            assert!(matters.insert(contact.matter), "matter {} is owed two calls", contact.matter);
            let off_line = matches!(contact.state, ContactState::Resting | ContactState::Dialling);
            let open = self.ledger.promises.get(&call.promise).is_some_and(|promise| promise.settled.is_none());
            assert!(open || !off_line, "call {} keeps no promise", contact.contact);
        }
    }

    #[track_caller]
    fn prove_operators(&self, view: &View) {
        let (mut offered, mut ringing) = (BTreeSet::<ContactId>::new(), BTreeSet::<OfferId>::new());
        let mut engaged = BTreeMap::<ContactId, OperatorId>::new();
        for operator in &view.operators {
            let contact = operator.contact.and_then(|id| view.contacts.iter().find(|contact| contact.contact == id));
            let id = operator.operator;
            match operator.state {
                OperatorState::Offered => {
                    assert!(ringing.insert(operator.offer.unwrap()), "one offer, one operator");
                    let contact = contact.unwrap();
                    assert!(offered.insert(contact.contact), "contact {} is offered twice", contact.contact);
                    assert!(
                        contact.state == ContactState::Offered || contact.consult.is_some(),
                        "operator {id} is rung for {}",
                        contact.state
                    );
                    assert!(operator.until.is_some());
                }
                OperatorState::Connecting => assert_eq!(contact.unwrap().operator, Some(id)),
                OperatorState::Engaged => {
                    let contact = contact.unwrap();
                    assert_eq!(contact.operator, Some(id));
                    assert_eq!(engaged.insert(contact.contact, id), None, "two operators in contact {}", contact.contact);
                }
                OperatorState::Consulting => assert!(contact.unwrap().consult.is_some()),
                OperatorState::WrapUp => assert!(operator.until.is_some()),
                OperatorState::Idle
                | OperatorState::Paused
                | OperatorState::SignedOut
                | OperatorState::Unresponsive
                | OperatorState::Lost => {}
            }
        }
        for contact in view.contacts.iter().filter(|contact| contact.state == ContactState::Offered) {
            assert!(offered.contains(&contact.contact), "contact {} is offered to nobody", contact.contact);
        }
    }

    #[track_caller]
    fn prove_promises(&self, view: &View) {
        let open = self.ledger.promises.values().filter(|promise| promise.settled.is_none());
        let told: Vec<_> =
            open.map(|promise| (promise.due, promise.promise, &promise.owner)).collect::<BTreeSet<_>>().into_iter().collect();
        let seen: Vec<_> = view.promises.iter().map(|promise| (promise.due, promise.promise, &promise.owner)).collect();
        assert_eq!(seen, told, "what is owed");
    }
}
