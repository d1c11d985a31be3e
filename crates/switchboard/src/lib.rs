//! Who makes it happen: the one place that knows both the router and the telephone.
//!
//! An event comes in (from a leg, a page, a clock), the router decides, the entry is saved, and only
//! then acts are carried out. Nothing here decides who is next, and nothing here draws a page.

mod acquaintance;
mod act;
mod additions;
mod ahead;
mod arrivals;
mod bookings;
mod call_backs;
mod calls;
mod citizens;
mod clock;
mod concerned;
mod desk;
mod desk_acts;
mod desk_bookings;
mod drafts;
mod evidence;
mod forms;
mod hearing;
mod input;
mod known;
mod learning;
mod legs;
mod live;
mod localities;
mod mail_in;
mod measures;
mod messages;
mod operators;
mod pages;
mod parties;
mod plans;
mod readings;
mod recordings;
mod reports;
mod retention;
mod run_loop;
mod save;
mod seldom;
mod sign_in;
mod sounds;
mod spilling;
mod start;
mod surveys;
mod talk;
mod understood;
mod words_to_callers;

pub use additions::{Addition, AnswerTo, AttachedFile, SenderProof, TakenIn, Written, named};
pub use bookings::{Booked, BookingDetails, BookingRefusal, FreeTime, Hold, TimesWanted};
pub use citizens::CitizensPages;
pub use desk::{Answered, CallerDetails, DeskEvent, EarlierContact, KnownLocality, LeadAct, OperatorAct, PageId, Refusal};
pub use desk_bookings::DeskBooking;
pub use evidence::{CopyBytes, EvidenceCopy, EvidenceSending, EvidenceSettings, Findings, ScanSettings, Upload};
pub use forms::FiledForm;
pub use hearing::Hearing;
pub use interop::evidence::{Concern, Group as EvidenceGroup, group_of, saved_as, served_as};
pub use interop::sign_in::Secrets as SignInSecrets;
pub use learning::{Comprehension, Learning};
pub use live::{ALARMS_MAX, AlarmNotice, Deployment, Health, Live, OperatorNames, Raised, Trouble};
pub use mail_in::{MailInError, MailInSettings, MailInStand, Mailbox};
pub use messages::{
    Carrier, Carriers, Gateway, GatewayError, MailError, MailSettings, MailTls, Mailer, MessagesStand, TextSettings, UnusableTime,
};
pub use plans::{PlanRefusal, WantedPlan};
pub use readings::Purpose;
pub use recordings::NoRecording;
pub use reports::{QUESTION_CHARS_MAX, Question};
pub use retention::RetentionReport;
pub use sign_in::{NotSignedIn, SignInBroker, SignInError, SignInSettings, Started};
pub use sounds::{Sounds, UnplayableFile};
pub use start::{Config, Running, StartError, start};
pub use storage::{Attachment, DraftCode, FORM_DRAFT_KEPT_MS, Followed, FormDraft, MessagesOwed, PlanChange, PlanOutcome, SurveyFile};
pub use surveys::{OPINION_CHARS_MAX, OwnWords, Told};
pub use understanding::prompts::{Catalogue, Kind as RecordingKind, Piece, Recorded, StudioError, sound::SoundError};

use domain::{
    ClassId, ContactId, OperatorId, Timestamp,
    contact::{LeadReason, Reference, SurgeReason},
    intent::Language,
    plan::{Examined, OperatorProfile},
    routing::Event,
    service_level::LanguageDays,
};
use input::{Input, Reply};
use known::add_payload;
use operators::SoundOffered;
use parking_lot::{Mutex, RwLock};
use plans::Plans;
use readings::{Kind, Reading, Readings};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use storage::{Access, AccessFilter, ContactFile, KeptPayload, MatterFile, Reader, Store, StoreError};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

/// Earlier contacts shown to an operator.
const EARLIER_CONTACTS_MAX: u32 = 20;
/// How long an operator's page waits for an act to be safe before it is told that it is not.
const ACT_WAIT_MS_MAX: u64 = 8_000;

/// The running centre. Cheap to clone; every page, API call and leg holds one.
#[derive(Clone)]
pub struct Switchboard {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    live: watch::Receiver<Arc<Live>>,
    inputs: mpsc::Sender<Input>,
    names: Arc<RwLock<OperatorNames>>,
    stage: Arc<act::Stage>,
    plans: Arc<Plans>,
    understood: watch::Receiver<understood::Told>,
    page_next: AtomicU64,
    readings: Mutex<Readings>,
    refusing: tokio::sync::Mutex<()>,
    recording: tokio::sync::Mutex<()>,
    booking: tokio::sync::Mutex<()>,
    evidence: Option<Arc<evidence::EvidenceDesk>>,
}

impl Switchboard {
    fn new(
        (store, evidence): (Store, Option<Arc<evidence::EvidenceDesk>>),
        live: watch::Receiver<Arc<Live>>,
        inputs: mpsc::Sender<Input>,
        names: Arc<RwLock<OperatorNames>>,
        stage: Arc<act::Stage>,
        plans: Arc<Plans>,
        understood: watch::Receiver<understood::Told>,
    ) -> Self {
        let (readings, refusing, recording, booking) = (Mutex::default(), Default::default(), Default::default(), Default::default());
        let page_next = 1.into();
        let inner =
            Inner { store, live, inputs, names, stage, plans, understood, page_next, readings, refusing, recording, booking, evidence };
        Self { inner: Arc::new(inner) }
    }

    /// Records for named reads. All writes go through the switchboard.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Plan, areas and words of this deployment, as they are now.
    #[must_use]
    pub fn deployment(&self) -> Arc<Deployment> {
        self.inner.stage.deployment()
    }

    /// All that can be said of a plan before anybody adopts it, judged beside what runs. None of it is kept.
    #[must_use]
    pub fn examine_plan(&self, text: &str) -> Examined {
        plans::examine(text, &self.deployment())
    }

    /// Has a plan adopted, now or at its time: the number of the change. Nobody loses place, age or call.
    ///
    /// # Errors
    /// A [`PlanRefusal`] says why not; then the plan before it is in force, but for
    /// [`PlanRefusal::NotSaved`], after which it may come into force once it can be saved.
    pub async fn change_plan(&self, wanted: WantedPlan) -> Result<u64, PlanRefusal> {
        self.inner.plans.change(&wanted).await
    }

    /// Takes a change back that waits for its time.
    ///
    /// # Errors
    /// [`PlanRefusal::Unknown`] when none of this number waits.
    pub async fn withdraw_plan(&self, change: u64) -> Result<(), PlanRefusal> {
        self.inner.plans.withdraw(change).await
    }

    /// The latest changes, newest first.
    ///
    /// # Errors
    /// [`PlanRefusal::NotSaved`] when they cannot be read.
    pub async fn plan_changes(&self) -> Result<Vec<PlanChange>, PlanRefusal> {
        self.inner.plans.changes().await
    }

    /// What a kept version of the plan says.
    ///
    /// # Errors
    /// [`PlanRefusal::NotSaved`] when it cannot be read.
    pub async fn plan_text(&self, digest: &str) -> Result<Option<String>, PlanRefusal> {
        self.inner.plans.text(digest).await
    }

    /// The newest snapshot.
    #[must_use]
    pub fn live(&self) -> Arc<Live> {
        self.inner.live.borrow().clone()
    }

    /// How callers have been understood over the last weeks, by language, counted from the journal; none while
    /// it is still being counted.
    #[must_use]
    pub fn understood(&self) -> Option<Arc<Vec<LanguageDays>>> {
        self.inner.understood.borrow().clone()
    }

    /// Wakes with every new snapshot; several may be joined into one.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Arc<Live>> {
        self.inner.live.clone()
    }

    /// The clock that all times of the centre are read from.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        clock::now()
    }

    /// Carries out what an operator asks, once it is saved.
    ///
    /// # Errors
    /// A [`Refusal`] says why not and what to do. Nothing has changed then, except that after
    /// [`Refusal::NotSaved`] it may still be done, once it can be saved.
    pub async fn act(&self, operator: OperatorId, act: OperatorAct) -> Result<(), Refusal> {
        if let OperatorAct::Link { contact, reference } = act {
            let at_hand = || self.live().view.operators.iter().find(|view| view.operator == operator).and_then(|view| view.contact);
            let contact = contact.or_else(at_hand).ok_or(Refusal::NoContact)?;
            return self.link(operator, contact, reference).await;
        }
        match act {
            OperatorAct::Book(wanted) => self.book_at_desk(operator, wanted).await,
            OperatorAct::MoveBooking { booking, slot } => self.change_at_desk(operator, booking, Some(slot)).await,
            OperatorAct::CancelBooking { booking } => self.change_at_desk(operator, booking, None).await,
            OperatorAct::DecideReport { matter, promise, decision } => self.decide_report(operator, matter, promise, decision).await,
            OperatorAct::AskCitizen { matter, promise, question } => self.ask_citizen(operator, matter, promise, question).await,
            OperatorAct::SendFilesLink if !self.asks_for_files() => Err(Refusal::NotNow),
            act => self.asks(operator, act).await,
        }
    }

    async fn asks(&self, operator: OperatorId, act: OperatorAct) -> Result<(), Refusal> {
        self.answered(|reply| Input::Act { operator, act, reply }).await
    }

    async fn answered(&self, asked: impl FnOnce(Reply) -> Input) -> Result<(), Refusal> {
        let (reply, answer) = oneshot::channel();
        self.inner.inputs.send(asked(reply)).await.map_err(|_| Refusal::Unavailable)?;
        match timeout(Duration::from_millis(ACT_WAIT_MS_MAX), answer).await {
            Ok(answer) => answer.unwrap_or(Err(Refusal::Unavailable)),
            Err(_) => Err(Refusal::NotSaved),
        }
    }

    /// Does what a leader asks with a waiting contact, once it is saved with who it was and why.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] when the contact does not wait or the operator is not free; else as [`Self::act`].
    pub async fn lead(&self, by: OperatorId, contact: ContactId, act: LeadAct, reason: LeadReason) -> Result<(), Refusal> {
        let event = match act {
            LeadAct::Give { to } => Event::ContactAssigned { contact, operator: to, by, reason },
            LeadAct::PutFirst { first } => Event::ContactPutFirst { contact, first, by, reason },
        };
        self.led(event, Vec::new()).await
    }

    pub(crate) async fn led(&self, event: Event, payloads: Vec<storage::Payload>) -> Result<(), Refusal> {
        self.answered(|reply| Input::Led { event, payloads, reply }).await
    }

    /// Tells callers of a class until then that too many ring about it, and offers them what the plan has for that.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] when the class has no line of ours, is time-critical, or the time is past or more than
    /// [`domain::routing::SURGE_MS_MAX`] away; else as [`Self::act`].
    pub async fn declare_surge(&self, by: OperatorId, class: ClassId, until: Timestamp, reason: SurgeReason) -> Result<(), Refusal> {
        self.led(Event::SurgeDeclared { class, until, by, reason }, Vec::new()).await
    }

    /// Callers of the class are told so no more.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] when they are not; else as [`Self::act`].
    pub async fn end_surge(&self, by: OperatorId, class: ClassId) -> Result<(), Refusal> {
        self.led(Event::SurgeEnded { class, by }, Vec::new()).await
    }

    /// Opens the desk of an operator in one page. The operator is present until every page is
    /// closed; what rings and connects arrives in the returned stream.
    ///
    /// # Errors
    /// [`Refusal::NotAnOperator`] when the account has no site to answer at.
    pub async fn open_page(&self, operator: OperatorId) -> Result<(PageId, mpsc::Receiver<DeskEvent>), Refusal> {
        let account = self.inner.store.account(operator).await.map_err(not_read)?.ok_or(Refusal::NotAnOperator)?;
        let site = account.site.filter(|_| !account.disabled).ok_or(Refusal::NotAnOperator)?;
        self.inner.names.write().insert(operator, account.name.clone());
        let storage::Account { skills, languages, category, also_regions, .. } = account;
        let profile = OperatorProfile { site, also_regions, category, skills, languages };
        let page = PageId(self.inner.page_next.fetch_add(1, Ordering::Relaxed));
        let (sender, receiver) = mpsc::channel(pages::PAGE_EVENTS_MAX);
        let opened = Input::PageOpened { operator, page, profile, telephone: account.sip_address, sender };
        self.inner.inputs.send(opened).await.map_err(|_| Refusal::Unavailable)?;
        Ok((page, receiver))
    }

    /// The page is gone (its stream closed).
    pub async fn close_page(&self, operator: OperatorId, page: PageId) {
        if self.inner.inputs.send(Input::PageClosed { operator, page }).await.is_err() {
            tracing::debug!("a page closed after the loop had ended");
        }
    }

    /// Connects the page's microphone and loudspeaker: takes the browser's SDP offer, returns the answer. `had` is the number
    /// under which this page had the sound before, where it only connects anew and nobody asked for the sound to be here.
    ///
    /// # Errors
    /// [`Refusal::Sound`] when the offer cannot be answered, [`Refusal::NotNow`] when another page has taken the sound from
    /// one that connects anew.
    pub async fn connect_sound(
        &self,
        operator: OperatorId,
        page: PageId,
        had: Option<PageId>,
        offer_sdp: String,
    ) -> Result<String, Refusal> {
        let (leg, answer) = self.inner.stage.telephony.connect_browser(offer_sdp).await.map_err(|error| {
            tracing::warn!(%error, operator = operator.0, "a browser's sound could not be connected");
            Refusal::Sound
        })?;
        let offered = SoundOffered { page, had, leg };
        self.answered(|reply| Input::SoundOffered { operator, offered, reply }).await?;
        Ok(answer)
    }

    /// What is known of the citizen; none when there is no such contact. The read is written to the
    /// access log first.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read, or the reading cannot be written down.
    pub async fn caller(&self, reader: OperatorId, contact: ContactId, purpose: Purpose) -> Result<Option<CallerDetails>, Refusal> {
        self.note_reading(Reading { reader, contact, kind: Kind::Caller, purpose }).await?;
        let Some(file) = self.inner.store.contact(contact).await.map_err(not_read)? else { return Ok(None) };
        let mut details = CallerDetails { messages: file.record.messages.clone(), ..CallerDetails::default() };
        for payload in self.told_before(reader, &file, purpose).await?.iter().chain(&file.payloads) {
            if let Some(body) = &payload.body {
                add_payload(&mut details, payload.kind, body, &self.deployment().places);
            }
        }
        if let Some(number) = &details.number {
            let mut earlier = Vec::new();
            for written in self.deployment().plan.writings_of(number) {
                earlier.extend(self.inner.store.earlier_contacts_of(&written, contact, EARLIER_CONTACTS_MAX).await.map_err(not_read)?);
            }
            earlier.sort_unstable_by_key(|record| std::cmp::Reverse(record.contact));
            earlier.dedup_by_key(|record| record.contact);
            earlier.truncate(usize::try_from(EARLIER_CONTACTS_MAX).unwrap_or(usize::MAX));
            details.earlier = earlier.into_iter().map(earlier_contact).collect();
        }
        Ok(Some(details))
    }

    /// What the call told that a call-back answers; that it is read is written to the access log first as well.
    async fn told_before(&self, reader: OperatorId, file: &ContactFile, purpose: Purpose) -> Result<Vec<KeptPayload>, Refusal> {
        let Some(from) = file.record.call.as_ref().map(|call| call.from).filter(|from| *from != file.record.contact) else {
            return Ok(Vec::new());
        };
        self.note_reading(Reading { reader, contact: from, kind: Kind::Caller, purpose }).await?;
        let before = self.inner.store.contact(from).await.map_err(not_read)?;
        Ok(before.map(|before| before.payloads).unwrap_or_default())
    }

    /// A matter by its reference: its contacts, promises and course, nothing of the citizen. Who looks
    /// it up is written to the access log first all the same; a program by a token is none of them.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read, or the reading cannot be written down.
    pub async fn matter(&self, reader: Option<OperatorId>, reference: Reference) -> Result<Option<MatterFile>, Refusal> {
        let Some(file) = self.inner.store.matter_by_reference(reference).await.map_err(not_read)? else { return Ok(None) };
        if let Some(reader) = reader {
            let access = access(reader, "matter", Purpose::Search);
            self.inner.store.log_access(&Access { matter: Some(file.matter.matter), ..access }).await.map_err(not_read)?;
        }
        Ok(Some(file))
    }

    /// Writes down that somebody was refused the personal data of a contact, or of all.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn note_refusal(&self, reader: Reader, contact: Option<ContactId>, what: &str) -> Result<(), StoreError> {
        // One after the other: whoever asks without end keeps the journal's connection for one row at most.
        let _turn = self.inner.refusing.lock().await;
        let (what, why) = (what.to_owned(), "refused".to_owned());
        self.inner.store.log_access(&Access { at: clock::now(), reader, contact, matter: None, what, why }).await
    }

    /// Who read whose personal data, newest first. This reading too is written to the log first.
    ///
    /// # Errors
    /// [`Refusal::NotSaved`] when it cannot be read, or the reading cannot be written down.
    pub async fn accesses(&self, reader: OperatorId, wanted: &AccessFilter, rows_max: u32) -> Result<Vec<Access>, Refusal> {
        let own = Access { contact: wanted.contact, matter: wanted.matter, ..access(reader, "access_log", Purpose::Search) };
        self.inner.store.log_access(&own).await.map_err(not_read)?;
        self.inner.store.accesses(wanted, rows_max).await.map_err(not_read)
    }

    /// Nothing is shown before its reading is in the access log; one that goes on is there already.
    async fn note_reading(&self, reading: Reading) -> Result<(), Refusal> {
        let now = clock::now();
        if self.inner.readings.lock().is_logged(&reading, now) {
            return Ok(());
        }
        let access = access(reading.reader, reading.kind.word(), reading.purpose);
        self.inner.store.log_access(&Access { contact: Some(reading.contact), ..access }).await.map_err(not_read)?;
        self.inner.readings.lock().logged(reading, now);
        Ok(())
    }

    /// The language of the deployment's first greeting.
    #[must_use]
    pub fn first_language(&self) -> Language {
        self.deployment().plan.languages.first().copied().unwrap_or(Language::English)
    }
}

fn access(reader: OperatorId, what: &str, purpose: Purpose) -> Access {
    let (what, why) = (what.to_owned(), purpose.word().to_owned());
    Access { at: clock::now(), reader: Reader::Account(reader), contact: None, matter: None, what, why }
}

fn not_read(error: StoreError) -> Refusal {
    tracing::error!(%error, "a read or write beside the journal failed");
    Refusal::NotSaved
}

fn earlier_contact(record: domain::contact::ledger::ContactRecord) -> EarlierContact {
    EarlierContact {
        contact: record.contact,
        reference: Reference::of(record.matter),
        arrived: record.arrived,
        intent: record.intent,
        language: record.language,
        queue: record.queue().cloned(),
        outcome: record.outcome,
    }
}
