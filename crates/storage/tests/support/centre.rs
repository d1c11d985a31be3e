//! A contact centre in a few lines: each act gives the entry that the router would have given, and
//! keeps its own ledger beside it.

use domain::{
    AttemptId, BookingId, ClassId, ContactId, MatterId, MessageNumber, OperatorId, PromiseId, QueueId, RegionId, Timestamp, UnitId,
    booking::{CancelledBy, TimeWanted, Wish},
    contact::{
        CallKind, Channel, ContactState, Medium, MessageRecord, MessageState, NotReached, Outcome, Owner, PromiseKind, ReachedBy,
        Settlement, Template, VisitOutcome,
        ledger::{ContactRecord, Ledger, Visit},
    },
    intent::{Intent, Language},
    routing::{Command, Event, Intake},
};
use storage::{Message, NewEntry, Payload, PayloadKind, Records, Store};

#[derive(Clone, Default)]
pub struct Centre {
    pub ledger: Ledger,
    at: i64,
    contacts: u64,
    promises: u64,
    entries: u64,
}

impl Centre {
    /// A new start from what was kept.
    pub async fn going_on(store: &Store) -> Self {
        let next = store.next_ids().await.unwrap();
        let ledger = store.load_ledger().await.unwrap();
        Self { ledger, contacts: next.contact - 1, promises: next.promise - 1, at: 1_000_000_000, entries: 0 }
    }

    pub fn tick(&mut self) -> NewEntry {
        self.entry(Event::TimePassed, Vec::new(), Vec::new())
    }

    pub fn entry(&mut self, event: Event, commands: Vec<Command>, payloads: Vec<Payload>) -> NewEntry {
        self.at += 1_000;
        self.entries += 1;
        let at = Timestamp(self.at);
        let changes = self.ledger.apply(self.entries, at, &commands).unwrap();
        let records = Records::of(&changes, &self.ledger);
        NewEntry { at, event, commands, records, payloads }
    }

    /// An entry as no router would give it: its commands need not fit what went before.
    pub fn breach(&mut self, commands: Vec<Command>) -> NewEntry {
        self.at += 1_000;
        self.entries += 1;
        let at = Timestamp(self.at);
        // Which records it changed is not told when it does not fit: all are written.
        let _ = self.ledger.apply(self.entries, at, &commands);
        let records = Records {
            contacts: self.ledger.contacts.values().cloned().collect(),
            matters: self.ledger.matters.values().cloned().collect(),
            promises: self.ledger.promises.values().cloned().collect(),
            surges: self.ledger.surges.iter().map(|(class, until)| (class.clone(), Some(*until))).collect(),
            messages: self.ledger.contacts.values().flat_map(messages_of).collect(),
            bookings: self.ledger.bookings.values().cloned().collect(),
            surveys: self.ledger.surveys.values().cloned().collect(),
        };
        NewEntry { at, event: Event::TimePassed, commands, records, payloads: Vec::new() }
    }

    /// A call comes in and is owed an answer.
    pub fn arrive(&mut self, number: &str) -> NewEntry {
        self.contacts += 1;
        self.promises += 1;
        let (contact, matter, promise) = (ContactId(self.contacts), MatterId(self.contacts), PromiseId(self.promises));
        let intake = Intake::of_caller(Language::Swedish);
        let event = Event::CallArrived { contact, matter, channel: Channel::Telephone, place: None, intake };
        let due = Timestamp(self.at + 600_000);
        let commands = vec![
            Command::OpenContact { contact, matter, channel: Channel::Telephone, owner: Owner::Dialogue },
            Command::MakePromise { promise, matter, promise_kind: PromiseKind::Answer, owner: Owner::Dialogue, due },
            Command::Answer { contact },
        ];
        let words = Payload { contact, kind: PayloadKind::Words, body: serde_json::json!({ "words": ["min cykel är stulen"] }) };
        self.entry(event, commands, vec![Payload::caller(contact, Some(number), None), words])
    }

    pub fn queue(&mut self, contact: u64) -> NewEntry {
        let contact = ContactId(contact);
        let matter = self.ledger.contacts[&contact].matter;
        let queue = QueueId::new("vast.report");
        let owner = Owner::Queue(queue.clone());
        let promise = self.ledger.next_promise(matter).unwrap().promise;
        let region = Some(RegionId::new("vast"));
        let commands = vec![
            Command::Describe {
                contact,
                region,
                uncertain: false,
                intent: Some(Intent::ReportBicycleTheft),
                language: Language::Swedish,
                urged: false,
            },
            Command::EnterQueue { contact, queue, strict: false },
            Command::MoveContact { contact, state: ContactState::Queued, owner: owner.clone() },
            Command::PassPromise { promise, matter, owner },
        ];
        self.entry(Event::KeyPressed { contact, key: '3' }, commands, Vec::new())
    }

    pub fn connect(&mut self, contact: u64) -> NewEntry {
        let (contact, operator) = (ContactId(contact), OperatorId(7));
        let record = &self.ledger.contacts[&contact];
        let (matter, queue) = (record.matter, record.queue().unwrap().clone());
        let waited_ms = record.waited_ms(Timestamp(self.at + 1_000));
        let owed = self.ledger.next_promise(matter).unwrap().promise;
        self.promises += 1;
        let owner = Owner::Operator(operator);
        let due = Timestamp(self.at + 3_600_000);
        let promise = PromiseId(self.promises);
        let commands = vec![
            Command::EndVisit { contact, queue, outcome: VisitOutcome::Answered, waited_ms },
            Command::MoveContact { contact, state: ContactState::Talking, owner: owner.clone() },
            Command::SettlePromise { promise: owed, matter, settlement: Settlement::Kept },
            Command::MakePromise { promise, matter, promise_kind: PromiseKind::Conclude, owner, due },
        ];
        self.entry(Event::OperatorConnected { contact, operator }, commands, Vec::new())
    }

    /// The caller hangs up to be rung back: the contact that owes the call, in line.
    pub fn keep_place(&mut self, contact: u64) -> NewEntry {
        let from = ContactId(contact);
        let record = &self.ledger.contacts[&from];
        let (matter, queue) = (record.matter, record.queue().unwrap().clone());
        let before = self.ledger.next_promise(matter).unwrap().promise;
        let waited_ms = record.waited_ms(Timestamp(self.at + 1_000));
        self.contacts += 1;
        self.promises += 1;
        let (call, promise, owner) = (ContactId(self.contacts), PromiseId(self.promises), Owner::Queue(queue.clone()));
        let since = Timestamp(self.at);
        let class = ClassId::new("report");
        let due = Timestamp(self.at + 3_600_000);
        let commands = vec![
            Command::MakePromise { promise, matter, promise_kind: PromiseKind::CallBack, owner: owner.clone(), due },
            Command::OpenContact { contact: call, matter, channel: Channel::CallBack, owner: owner.clone() },
            Command::OweCall { contact: call, call_kind: CallKind::KeepPlace, from, since, class, promise, textable: false },
            Command::EndVisit { contact: from, queue: queue.clone(), outcome: VisitOutcome::CallbackAccepted, waited_ms },
            Command::SettlePromise { promise: before, matter, settlement: Settlement::Replaced },
            Command::CloseContact { contact: from, outcome: Outcome::CallbackAccepted },
            Command::EnterQueue { contact: call, queue, strict: false },
            Command::MoveContact { contact: call, state: ContactState::Queued, owner },
        ];
        self.entry(Event::KeyPressed { contact: from, key: '1' }, commands, Vec::new())
    }

    /// The citizen of a call is rung, decided after this event.
    pub fn ring_citizen(&mut self, contact: u64, attempt: u64, event: Event) -> NewEntry {
        let (contact, operator, attempt) = (ContactId(contact), OperatorId(7), AttemptId(attempt));
        let until = Timestamp(self.at + 40_000);
        let from = self.ledger.contacts[&contact].call.as_ref().unwrap().from;
        let commands = vec![
            Command::MoveContact { contact, state: ContactState::Dialling, owner: Owner::Operator(operator) },
            Command::DialCitizen { contact, attempt, operator, from, until },
        ];
        self.entry(event, commands, Vec::new())
    }

    /// Nobody answered: it rests for so long.
    pub fn not_reached(&mut self, contact: u64, attempt: u64, gap_ms: u64) -> NewEntry {
        let (contact, attempt) = (ContactId(contact), AttemptId(attempt));
        let record = &self.ledger.contacts[&contact];
        let queue = record.queue().unwrap().clone();
        let ends = |visit: &Visit| Command::EndVisit { contact, queue: visit.queue.clone(), outcome: VisitOutcome::TimedOut, waited_ms: 1 };
        let why = NotReached::NoAnswer;
        let not_before = Timestamp(self.at + 1_000).plus_ms(gap_ms);
        let mut commands = vec![Command::CancelCitizen { contact, attempt, lost: false }];
        commands.extend(record.visits.last().filter(|visit| visit.outcome.is_none()).map(ends));
        commands.extend([
            Command::RestCall { contact, not_before, fault: Some(why), in_front: false, promise: None },
            Command::MoveContact { contact, state: ContactState::Resting, owner: Owner::Queue(queue) },
        ]);
        self.entry(Event::CitizenNotReached { contact, attempt, why }, commands, Vec::new())
    }

    /// The caller is owed a text message.
    pub fn owe_text(&mut self, contact: u64, number: &str) -> NewEntry {
        self.owe(contact, Medium::Text, Some(number))
    }

    /// The caller is owed a message by this medium.
    pub fn owe(&mut self, contact: u64, medium: Medium, to: Option<&str>) -> NewEntry {
        let contact = ContactId(contact);
        let message = self.ledger.contacts[&contact].next_message();
        let (to, subject) = (to.map(str::to_owned), (medium == Medium::Mail).then(|| "Polisen".to_owned()));
        let words = Message {
            message,
            to,
            subject,
            text: "Polisen: https://polisen.se/".to_owned(),
            linked: None,
            follows: None,
            surveys: None,
            files: None,
            attachment: None,
        };
        let payload = Payload { contact, kind: PayloadKind::Message, body: serde_json::to_value(words).unwrap() };
        let (template, form) = (Template::Form, Some("e-service".to_owned()));
        let command = Command::OweMessage { contact, message, template, medium, form, language: Language::Swedish, when: None };
        self.entry(Event::KeyPressed { contact, key: '5' }, vec![command], vec![payload])
    }

    pub fn settle(&mut self, contact: u64, message: u32, state: MessageState) -> NewEntry {
        let (contact, message) = (ContactId(contact), MessageNumber(message));
        self.entry(Event::MessageSent { contact, message }, vec![Command::SettleMessage { contact, message, state }], Vec::new())
    }

    /// A time is held for whoever has the link of this key.
    pub fn hold_time(&mut self, booking: u64, slot: i64, key: &str) -> NewEntry {
        let wish = Wish { class: ClassId::new("report"), region: RegionId::new("vast"), desk: None };
        let (booking, wanted, key) =
            (BookingId(booking), TimeWanted { wish, slot: Timestamp(slot) }, Some(key.to_owned()).filter(|key| !key.is_empty()));
        let event = Event::TimeHeld { booking, wanted: wanted.clone(), key: key.clone() };
        let ends = wanted.slot.plus_ms(1_800_000);
        let command = Command::HoldTime { booking, wanted, ends, until: Timestamp(self.at + 600_000), key };
        self.entry(event, vec![command], Vec::new())
    }

    /// What is held is booked by whoever gives this number.
    pub fn book_time(&mut self, booking: u64, contact: u64, number: &str) -> NewEntry {
        let (booking, contact, matter, promise) = (BookingId(booking), ContactId(contact), MatterId(contact), PromiseId(contact));
        let owner = Owner::Unit(UnitId::new("supervisors.vast"));
        let language = Language::Swedish;
        let (intent, at_desk, interpreter, reached) = (None, None, false, ReachedBy::default());
        let event = Event::TimeBooked { booking, matter, contact, language, intent, interpreter, reached, at_desk };
        let due = Timestamp(self.at + 9_000_000);
        let commands = vec![
            Command::OpenContact { contact, matter, channel: Channel::Desk, owner: owner.clone() },
            Command::MakePromise { promise, matter, promise_kind: PromiseKind::Booked, owner, due },
            Command::BookTime { booking, matter, contact, promise, interpreter: false, textable: false, mailable: false },
        ];
        let body = serde_json::json!({ "number": number, "name": "a name", "words": "min cykel" });
        self.entry(event, commands, vec![Payload { contact, kind: PayloadKind::Booking, body }])
    }

    pub fn cancel_booking(&mut self, booking: u64, contact: u64) -> NewEntry {
        let (booking, by, contact, matter, promise) =
            (BookingId(booking), CancelledBy::Citizen, ContactId(contact), MatterId(contact), PromiseId(contact));
        let commands = vec![
            Command::CancelBooking { booking, by },
            Command::SettlePromise { promise, matter, settlement: Settlement::Withdrawn },
            Command::CloseContact { contact, outcome: Outcome::Cancelled },
            Command::CloseMatter { matter },
        ];
        self.entry(Event::BookingCancelled { booking, by, staff: None }, commands, Vec::new())
    }

    /// Closes the contact; a caller who was not answered is rung back.
    pub fn close(&mut self, contact: u64) -> NewEntry {
        let contact = ContactId(contact);
        let record = self.ledger.contacts[&contact].clone();
        let matter = record.matter;
        let owed = self.ledger.next_promise(matter).unwrap().promise;
        let mut commands = Vec::new();
        if let Some(visit) = record.visits.last().filter(|visit| visit.outcome.is_none()) {
            let waited_ms = record.waited_ms(Timestamp(self.at + 1_000));
            commands.push(Command::EndVisit { contact, queue: visit.queue.clone(), outcome: VisitOutcome::Abandoned, waited_ms });
        }
        if record.state == ContactState::Talking {
            commands.extend([
                Command::SettlePromise { promise: owed, matter, settlement: Settlement::Kept },
                Command::CloseContact { contact, outcome: Outcome::ReportReceived },
                Command::CloseMatter { matter },
            ]);
        } else {
            self.promises += 1;
            let promise = PromiseId(self.promises);
            let owner = Owner::Unit(UnitId::new("vast"));
            let due = Timestamp(self.at + 60_000);
            commands.extend([
                Command::CloseContact { contact, outcome: Outcome::Abandoned },
                Command::SettlePromise { promise: owed, matter, settlement: Settlement::Replaced },
                Command::MakePromise { promise, matter, promise_kind: PromiseKind::FollowUp, owner, due },
            ]);
        }
        self.entry(Event::CallerHungUp { contact }, commands, Vec::new())
    }

    /// A whole call from ring to closing.
    pub fn whole_call(&mut self, number: &str) -> Vec<NewEntry> {
        let arrived = self.arrive(number);
        let contact = self.contacts;
        vec![arrived, self.queue(contact), self.connect(contact), self.close(contact)]
    }
}

fn messages_of(record: &ContactRecord) -> Vec<(ContactId, MessageRecord)> {
    record.messages.iter().map(|message| (record.contact, message.clone())).collect()
}
