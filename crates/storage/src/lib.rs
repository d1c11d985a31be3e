//! What is remembered: the journal of every event and decision, the records of contacts, matters and
//! promises that follow from it, and what stands beside them (personal data, reports, accounts,
//! sessions, the access log), on SQLite or PostgreSQL.
//!
//! All SQL of the product is here. Nothing here decides what happens to a contact, and nothing is
//! promised to anybody before [`Store::append`] has answered.

mod access_log;
mod accounts;
mod bookings;
mod database;
mod error;
mod evidence;
mod followed;
mod form_drafts;
mod hashing;
mod holds;
mod journal;
mod lease;
mod links;
mod matter;
mod messages;
mod migrations;
mod passwords;
mod payloads;
mod plans;
mod records;
mod reports;
mod retention;
mod sessions;
mod settings;
mod spill;
mod store;
mod surveys;
mod tokens;
mod verify;

pub use access_log::{Access, AccessFilter, Reader};
pub use accounts::{Account, NewAccount};
pub use error::{LeaseError, OpenError, StoreError};
pub use evidence::{
    Completed, Custodian, Custody, CustodyAct, CustodyStep, EVIDENCE_BYTES_MAX, EVIDENCE_PIECE_BYTES_MAX, Evidence, EvidenceError,
    EvidenceId, EvidenceRoom, EvidenceState, Intake, MATTER_BYTES_MAX, MATTER_FILES_MAX, NewEvidence, PieceReader, UNSENT_KEPT_MS,
    VISIT_FILES_MAX, Whole,
};
pub use followed::Followed;
pub use form_drafts::{DraftCode, FORM_DRAFT_KEPT_MS, FormDraft};
pub use hashing::Token;
pub use holds::{HOLD_REASON_CHARS_MAX, Hold, HoldReason, Lifted};
pub use journal::{Append, Entry, Head, NewEntry, NextIds, Records, Seq};
pub use lease::Term;
pub use matter::{MatterFile, Moment, What};
pub use messages::{Attachment, Attempt, Message, MessagesOwed, OwedMessage};
pub use payloads::{ContactFile, KeptPayload, Payload, PayloadKind};
pub use plans::{NewPlanChange, PlanChange, PlanOutcome};
pub use records::{ContactFilter, ContactRow, OwedAt};
pub use reports::{Report, SaveReport};
pub use retention::{ClosedMatter, DueMatter, ErasedCount, Erasing};
pub use sessions::{Session, SessionLimits};
pub use spill::{Spill, SpilledEntry};
pub use store::{Location, PageLimit, Store};
pub use surveys::{OpinionWords, SurveyFile};
pub use tokens::ApiToken;
pub use verify::{Verification, verify};
