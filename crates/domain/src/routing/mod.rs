//! The router: events in, commands out. It alone decides who is next and who answers.
//!
//! It must not read a clock, know a wire format or keep a figure: figures are folds over what it
//! says (see [`crate::service_level`] and [`crate::contact::ledger`]).

mod able;
mod additions;
mod adoption;
mod awaiting;
mod bookings;
mod call_back;
mod closed;
mod command;
mod consult;
mod contacts;
mod conversation;
mod danger;
mod diversion;
mod eligibility;
mod ending;
mod escalation;
mod event;
mod explain;
mod handover;
mod idle;
mod intake;
mod leading;
mod line;
mod lines;
mod matching;
mod messages;
mod offers;
mod order;
mod owed;
mod pause;
mod post;
mod presence;
mod promises;
mod qualified;
mod recovery;
mod replay;
mod reports;
mod reserved;
mod ring_back;
mod router;
mod shares;
mod staff;
mod state;
mod surge;
mod surveys;
mod timers;
mod view;
mod voice;

pub use able::Able;
pub use additions::AdditionView;
pub use command::{Alarm, Command};
pub use event::{Consulted, Event, NextIntent};
pub use explain::{Explanation, Reason};
pub use idle::Idle;
pub use intake::Intake;
pub use qualified::unqualified;
pub use replay::{OtherPlan, Replay};
pub use router::{Decision, Router, WakeReason};
pub use state::{NextIds, Reach};
pub use surge::SURGE_MS_MAX;
pub use timers::Timer;
pub use view::{ConsultView, ContactView, LineView, OperatorState, OperatorView, PromiseView, QueueView, SurgeView, View};
