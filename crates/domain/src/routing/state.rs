//! What the router remembers of contacts, operators, offers and promises.

use super::{Command, Consulted, Explanation, NextIntent, call_back::TimesTold, post::Post};
use crate::{
    AttemptId, BookingId, ClassId, ContactId, MatterId, MessageNumber, OfferId, OperatorId, PartyId, PromiseId, QueueId, RegionId, SkillId,
    Timestamp,
    contact::{CallKind, CallRecord, Channel, Owner, PauseReason},
    dialogue::Dialogue,
    intent::{Circumstance, Intent, Language},
    place::PlaceEstimate,
    plan::{Ease, OverflowStep, Widening},
};
use serde::Serialize;
use std::sync::Arc;

pub(super) use super::owed::{About, Promise};

#[derive(Clone, Debug)]
pub(super) struct Contact {
    pub id: ContactId,
    pub matter: MatterId,
    pub channel: Channel,
    pub arrived: Timestamp,
    pub language: Language,
    pub recogniser: bool,
    pub place: Option<PlaceEstimate>,
    pub region: Option<RegionId>,
    pub intent: Option<Intent>,
    pub phase: Phase,
    pub since: Timestamp,
    pub owner: Owner,
    /// The promise that is open for this contact while it is open.
    pub promise: PromiseId,
    /// First queue entry; kept over every hop and transfer.
    pub queued_since: Option<Timestamp>,
    /// Back in line after a conversation that broke; this wait is counted from here.
    pub returned_at: Option<Timestamp>,
    /// Wait until the human voice, once it was heard.
    pub waited_ms: Option<u64>,
    /// The queue of the visit that has not ended yet.
    pub visiting: Option<QueueId>,
    pub playback: u64,
    /// The rest of a postal code that may still be keyed: how many digits, and until when.
    pub digits_to_come: (u8, Timestamp),
    pub why: Option<Arc<Explanation>>,
    /// Whether the citizen still is on the line.
    pub on_line: bool,
    /// Interrupted by the end of the last router: a follow-up within minutes, not hours.
    pub owed_soon: bool,
    /// A sign of danger that nobody has taken back: whoever goes now is rung back within minutes.
    pub urged: bool,
    /// The emergency question, while an answer to it counts.
    pub question: Option<Question>,
    /// The widest reach it has had; never narrowed again.
    pub reach: Reach,
    /// What has not been insisted on; never asked for again.
    pub eased: Eased,
    /// The operator they spoke with when they rang before.
    pub spoke_with: Option<OperatorId>,
    /// Nobody can be rung back.
    pub anonymous: bool,
    /// What it was understood to be about before an operator corrected that.
    pub corrected_from: Option<Intent>,
    /// Their matters are handed to a party that has closed.
    pub turned_from: Option<ClassId>,
    /// A text message reaches them.
    pub textable: bool,
    /// A mail reaches them.
    pub mailable: bool,
    /// The number of the next message to them.
    pub next_message: MessageNumber,
    /// When they were told last that we rang and reached nobody.
    pub told_not_reached: Option<Timestamp>,
    /// What they said beside the matter, in all their words.
    pub circumstances: Vec<Circumstance>,
    /// They told of danger in so many words, once.
    pub told_danger: bool,
    pub form: FormOffer,
    /// The number that they show may be rung.
    pub callable: bool,
    pub taking: Taking,
    /// The free times that they were told last.
    pub times: Option<Box<TimesTold>>,
    /// What it is for, of channel `call_back`.
    pub call: Option<Box<CallRecord>>,
    /// The contact of a call that we owe the number that rang in.
    pub owed: Option<ContactId>,
    /// They have taken the place of that call, and are owed it again if they go without having been spoken with.
    pub joined: bool,
    /// What is owed for what they told about the matter that an operator linked them to.
    pub addition: Option<PromiseId>,
}

impl Contact {
    /// A call that we owe and that nobody has spoken in yet.
    pub fn is_owed_call(&self) -> bool {
        self.call.is_some() && self.waited_ms.is_none()
    }

    /// A call at a time that the citizen has booked.
    pub fn is_booked_call(&self) -> bool {
        self.call.as_ref().is_some_and(|call| call.kind == CallKind::Booked)
    }

    /// Owed, and nobody is on the line.
    pub fn is_off_line_call(&self) -> bool {
        self.call.is_some() && !self.on_line
    }
}

/// How far a caller in line came with being rung back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Taking {
    Nothing,
    /// They heard free times, and choose one.
    Choosing,
    /// They heard the number, and say whether it is right.
    Confirming {
        /// Numbers keyed that could not be rung.
        tries: u8,
    },
    Keying {
        tries: u8,
    },
}

/// How far a caller in line came with the form that they may be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FormOffer {
    None,
    /// They heard that there is one: from here on the key means that.
    Told,
    /// A text message is or was owed.
    Taken,
}

/// What the steps passed so far do not insist on.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Eased {
    pub any_category: bool,
    pub interpreter: bool,
    /// Skills that will do in place of the class's.
    pub skills: Vec<SkillId>,
}

impl Eased {
    /// Whether a step insists on less than this.
    pub fn is_furthered_by(&self, ease: &Ease) -> bool {
        ease.any_category && !self.any_category
            || ease.interpreter && !self.interpreter
            || ease.skill.as_ref().is_some_and(|skill| !self.skills.contains(skill))
    }

    pub fn further(&mut self, ease: &Ease) {
        self.any_category |= ease.any_category;
        self.interpreter |= ease.interpreter;
        if let Some(skill) = ease.skill.as_ref().filter(|skill| !self.skills.contains(skill)) {
            self.skills.push(skill.clone());
            self.skills.sort_unstable();
        }
    }
}

/// The emergency question put to somebody who waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    /// Until when a late key still answers it.
    pub until: Timestamp,
    /// How often it was asked again because the answer was none.
    pub repeated: u8,
}

#[derive(Clone, Debug)]
pub(super) enum Phase {
    Dialogue(Dialogue),
    Queued(Entry),
    Offered {
        entry: Entry,
        offer: OfferId,
    },
    Connecting {
        entry: Entry,
        operator: OperatorId,
    },
    Talking(Talk),
    /// 112, a command centre or what stands in for it is being rung; the dialogue is kept for the undo key.
    Emergency {
        attempt: AttemptId,
        party: PartyId,
        /// Whom to ring when that is silent, in order.
        next: Vec<PartyId>,
        dialogue: Option<Box<Dialogue>>,
        entry: Option<Entry>,
    },
    /// A call is handed to a party such as the switchboard.
    Handing {
        attempt: AttemptId,
        party: PartyId,
    },
    WithParty {
        attempt: AttemptId,
        party: PartyId,
    },
    /// The operator's page is gone; the caller hears that it is being mended.
    OperatorLost {
        operator: OperatorId,
    },
    WrapUp {
        operator: OperatorId,
    },
    /// A call that we owe waits for its time.
    Resting,
    /// The citizen is being rung; the operator hears it.
    Dialling {
        entry: Entry,
        operator: OperatorId,
        attempt: AttemptId,
    },
}

/// A place in line.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub queue: QueueId,
    pub region: RegionId,
    pub class: ClassId,
    /// Time-critical: before every other class.
    pub strict: bool,
    /// Any operator of any class will do.
    pub any_class: bool,
    /// The emergency question went unanswered here: as if it were strict and of any class.
    pub urged: bool,
    /// A leader has put it before all that is not time-critical.
    pub put_first: bool,
    /// A booked call: operators are kept for it.
    pub booked: bool,
    /// For a while nobody else may take it: they rang again, and had spoken with this operator.
    pub awaits: Option<OperatorId>,
    /// Where the wait counts from.
    pub since: Timestamp,
    /// The overflow step it was last widened by, from 1; 0 is the own region.
    pub step: usize,
    pub reach: Reach,
    pub eased: Eased,
    /// Placed in front because an operator was lost.
    pub returned: bool,
    /// Nobody on duty could take it; told once.
    pub alarmed: bool,
}

impl Phase {
    /// Waits for a voice, wherever from.
    pub fn is_waiting(&self) -> bool {
        self.entry().is_some() || matches!(self, Self::Handing { .. } | Self::OperatorLost { .. })
    }

    /// Nobody is being rung for it yet, of a call that we owe or a visit.
    pub fn is_before_offer(&self) -> bool {
        matches!(self, Self::Resting | Self::Queued(_))
    }

    /// The place in line that it has or, while it is rung or connected, had.
    pub fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Queued(entry) | Self::Offered { entry, .. } | Self::Connecting { entry, .. } => Some(entry),
            _ => None,
        }
    }

    pub fn entry_mut(&mut self) -> Option<&mut Entry> {
        match self {
            Self::Queued(entry) | Self::Offered { entry, .. } | Self::Connecting { entry, .. } => Some(entry),
            _ => None,
        }
    }
}

impl Entry {
    /// Whether a step lets anybody more take it.
    pub fn is_furthered_by(&self, step: &OverflowStep) -> bool {
        let wider = step.widen_to.is_some_and(|widening| Reach::from(widening) > self.reach);
        step.only.covers(&self.class, &self.region) && (wider || self.eased.is_furthered_by(&step.ease))
    }

    pub fn pass(&mut self, number: usize, step: &OverflowStep) {
        self.step = number;
        self.reach = step.widen_to.map_or(self.reach, |widening| self.reach.max(widening.into()));
        self.eased.further(&step.ease);
    }

    pub fn goes_first(&self) -> bool {
        self.strict || self.urged
    }

    pub fn is_for_any_class(&self) -> bool {
        self.any_class || self.urged
    }
}

/// Whose operators may take it; never narrowed while it waits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    Region,
    Neighbours,
    Nation,
}

#[derive(Clone, Debug)]
pub(super) struct Talk {
    pub operator: OperatorId,
    pub held: bool,
    pub consult: Option<Consult>,
}

#[derive(Clone, Debug)]
pub(super) struct Consult {
    pub with: Consulted,
    pub attempt: AttemptId,
    pub answered: bool,
    pub conference: bool,
    /// The operator wants to leave as soon as the other answers.
    pub transfer: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Operator {
    pub id: OperatorId,
    /// One for all who are alike; changed by giving another.
    pub post: Arc<Post>,
    /// What the person wants: on duty, on pause, or off.
    pub intent: Intention,
    pub next: Option<NextIntent>,
    pub doing: Doing,
    /// The class of the contact that was offered last, or that a colleague asked in for.
    pub class: Option<ClassId>,
    pub since: Timestamp,
    /// End of the last contact handled, over all sites; rank is by the longest idle.
    pub idle_since: Timestamp,
    /// The page or telephone is there.
    pub present: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Intention {
    Off,
    OnDuty,
    Paused(PauseReason),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// Nothing; ready only when on duty and present.
    Nothing,
    Offered(OfferId),
    Connecting(ContactId),
    Engaged(ContactId),
    /// Asked into a colleague's conversation.
    Assisting {
        contact: ContactId,
        attempt: AttemptId,
    },
    WrapUp {
        contact: ContactId,
        extensions: u8,
    },
    /// Let an offer ring out; says so themselves when ready again.
    Unresponsive,
}

#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub contact: ContactId,
    pub operator: OperatorId,
    /// Asked in by a colleague rather than offered from the queue.
    pub consult: Option<AttemptId>,
}

/// The next numbers to give.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NextIds {
    pub promise: u64,
    pub offer: u64,
    pub attempt: u64,
    pub contact: u64,
    pub booking: u64,
}

impl Default for NextIds {
    fn default() -> Self {
        Self { promise: 1, offer: 1, attempt: 1, contact: 1, booking: 1 }
    }
}

impl Operator {
    pub fn take_all_languages(&mut self) {
        if !self.post.taking.is_empty() {
            Arc::make_mut(&mut self.post).taking.clear();
        }
    }

    pub fn is_idle(&self) -> bool {
        self.intent == Intention::OnDuty && self.present && self.doing == Doing::Nothing
    }

    /// What they are busy with, from the ring to the end of wrap-up.
    pub fn busy_with(&self) -> Option<&ClassId> {
        match self.doing {
            Doing::Offered(_) | Doing::Connecting(_) | Doing::Engaged(_) | Doing::Assisting { .. } | Doing::WrapUp { .. } => {
                self.class.as_ref()
            }
            Doing::Nothing | Doing::Unresponsive => None,
        }
    }

    /// At work, busy or not. Whoever let an offer ring out is not counted until they say so: nobody
    /// waits for an empty chair.
    pub fn on_duty(&self) -> bool {
        self.intent == Intention::OnDuty && self.present && self.doing != Doing::Unresponsive
    }
}

impl From<Widening> for Reach {
    fn from(widening: Widening) -> Self {
        match widening {
            Widening::Neighbours => Self::Neighbours,
            Widening::Nation => Self::Nation,
        }
    }
}

impl NextIds {
    pub(super) fn promise(&mut self) -> PromiseId {
        self.promise += 1;
        PromiseId(self.promise - 1)
    }

    pub(super) fn offer(&mut self) -> OfferId {
        self.offer += 1;
        OfferId(self.offer - 1)
    }

    pub(super) fn attempt(&mut self) -> AttemptId {
        self.attempt += 1;
        AttemptId(self.attempt - 1)
    }

    pub(super) fn contact(&mut self) -> ContactId {
        self.contact += 1;
        ContactId(self.contact - 1)
    }

    /// Whoever comes from outside has this number already.
    pub(super) fn pass_contact(&mut self, contact: ContactId) {
        self.contact = self.contact.max(contact.0 + 1);
    }

    pub(super) fn pass_booking(&mut self, booking: BookingId) {
        self.booking = self.booking.max(booking.0 + 1);
    }

    /// Counts on past what these recorded commands have given. Folded over a journal it tells where a
    /// new router has to go on.
    pub fn apply(&mut self, commands: &[Command]) {
        for command in commands {
            match command {
                Command::MakePromise { promise, .. } => self.promise = self.promise.max(promise.0 + 1),
                Command::Ring { offer, .. } => self.offer = self.offer.max(offer.0 + 1),
                Command::RingColleague { offer, attempt, .. } => {
                    self.offer = self.offer.max(offer.0 + 1);
                    self.attempt = self.attempt.max(attempt.0 + 1);
                }
                Command::OpenContact { contact, .. } => self.pass_contact(*contact),
                Command::HoldTime { booking, .. } => self.pass_booking(*booking),
                Command::Dial { attempt, .. } | Command::DialCitizen { attempt, .. } => self.attempt = self.attempt.max(attempt.0 + 1),
                _ => {}
            }
        }
    }
}
