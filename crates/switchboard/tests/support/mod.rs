//! A whole centre in a test: real store, real telephony on loopback, Sweden's deployment. Outside it
//! stand callers, desk telephones and parties, each a telephony of their own.
#![allow(dead_code, clippy::unwrap_used)]

pub mod headset;
pub mod side;

use domain::{
    ContactId, OperatorId, SiteId, SkillId, Timestamp,
    access::Role,
    contact::{ContactState, StatedOutcome, ledger::ContactRecord},
    intent::Language,
    place::{PlaceTexts, Places},
    plan::{self, Source},
    routing::{ContactView, OperatorState, OtherPlan, Replay},
};
use headset::Headset;
use side::{DEADLINE, FAULT_HZ, Side, tone};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};
use storage::{LeaseError, Location, NewAccount, PageLimit, Seq, Store};
use switchboard::{Config, Deployment, DeskEvent, Live, OperatorAct, PageId, Refusal, Running, Sounds, StartError, Switchboard};
use telephony::{LegId, Telephony};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout, timeout_at},
};
use understanding::prompts::Catalogue;

static NEXT: AtomicU32 = AtomicU32::new(0);

fn sweden() -> Deployment {
    static SWEDEN: LazyLock<Deployment> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/sweden");
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let (plan, municipalities, counties, regions, area_codes, postal_codes) = (
            rung_at_any_hour(&read("plan.toml")),
            read("areas/municipalities.csv"),
            read("areas/counties.csv"),
            read("areas/regions.csv"),
            read("areas/area_codes.csv"),
            read("areas/postal_codes.csv"),
        );
        let source = |text| Source { file: "", text };
        let texts = PlaceTexts {
            municipalities: source(&municipalities),
            counties: source(&counties),
            regions: source(&regions),
            area_codes: Some(source(&area_codes)),
            postal_codes: Some(source(&postal_codes)),
        };
        let sounds = sounds(&folder.join("prompts"));
        let (read, places) = (Arc::new(plan::read(&source(&plan)).unwrap()), Arc::new(Places::read(&texts).unwrap()));
        Deployment { plan: read, text: plan.as_str().into(), places, forms: Arc::default(), sounds: Arc::new(sounds), hearing: None }
    });
    SWEDEN.clone()
}

/// With some of its plan's text replaced; every replacement must be found.
pub fn sweden_with(changes: &[(&str, &str)]) -> Deployment {
    let whole = sweden();
    let text = changes.iter().fold(whole.text.to_string(), |text, (from, to)| {
        assert!(text.contains(from), "the plan has no {from:?}");
        text.replacen(from, to, 1)
    });
    let plan = Arc::new(plan::read(&Source { file: "", text: &text }).unwrap());
    Deployment { plan, text: text.as_str().into(), ..whole }
}

/// Call-backs are made whenever a test runs, and tried again soon.
fn rung_at_any_hour(plan: &str) -> String {
    let zone = plan::read(&Source { file: "", text: plan }).unwrap().zone;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let hour = Timestamp(i64::try_from(now).unwrap()).local(&zone).hour();
    // Far from now, and outside the hours in which times are booked.
    let quiet = if (4..12).contains(&hour) { "22:00-23:00" } else { "06:00-07:00" };
    let changed = plan.replace(r#"quiet = "21:00-08:00""#, &format!(r#"quiet = "{quiet}""#));
    changed.replace(r#"gap = "20 min""#, r#"gap = "1 s""#)
}

/// The deployment's recordings, with a tone of its own for the announcement of a fault: any other
/// recording is just as loud.
fn sounds(prompts: &Path) -> Sounds {
    let folder = Folder::new();
    for language in ["sv", "en"] {
        fs::create_dir_all(folder.path.join(language)).unwrap();
        for file in fs::read_dir(prompts.join(language)).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.path.join(language).join(file.file_name())).unwrap();
        }
        fs::write(folder.path.join(language).join("technical_fault.wav"), wav(&tone(FAULT_HZ, 40_000))).unwrap();
    }
    for file in ["catalogue.toml", "audio.toml", "music.wav"] {
        fs::copy(prompts.join(file), folder.path.join(file)).unwrap();
    }
    Sounds::load(Catalogue::load(&folder.path).unwrap()).unwrap()
}

/// 8 kHz, one channel, 16 bits.
fn wav(samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let length = u32::try_from(data.len()).unwrap();
    let format = [16_u32, 1 | 1 << 16, 8_000, 16_000, 2 | 16 << 16].map(u32::to_le_bytes).concat();
    let chunks = [b"WAVEfmt ".as_slice(), &format, b"data", &length.to_le_bytes(), &data].concat();
    [b"RIFF".as_slice(), &u32::try_from(chunks.len()).unwrap().to_le_bytes(), &chunks].concat()
}

/// A folder to store in, gone when dropped.
pub struct Folder {
    pub path: PathBuf,
    pub pages: PageLimit,
}

impl Folder {
    pub fn new() -> Self {
        let name = format!("svar-switchboard-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self { path: std::env::temp_dir().join(name), pages: PageLimit::default() }
    }

    pub fn location(&self) -> Location {
        Location::Sqlite(self.path.clone())
    }

    pub async fn open(&self) -> Store {
        Store::open_limited(&self.location(), &self.pages).await.unwrap()
    }

    /// Nothing in it contradicts its journal, and all of that is decided alike once more; (contacts ever,
    /// open contacts, open promises).
    pub async fn verify(&self) -> (u64, u64, u64) {
        let found = storage::verify(&self.location()).await.unwrap();
        assert_eq!(found.faults, [""; 0]);
        self.replay().await;
        (found.contacts, found.open, found.promises)
    }

    async fn replay(&self) {
        let store = Store::open_existing(&self.location()).await.unwrap();
        let Deployment { plan, places, .. } = sweden();
        let mut replay = Replay::new(plan, places);
        let mut last = Seq(0);
        loop {
            let entries = store.journal_since(last, 1_000).await.unwrap();
            let Some(end) = entries.last() else { break };
            last = end.seq;
            for entry in entries {
                let decided = match replay.decide(entry.at, &entry.event, &entry.commands) {
                    Ok(decided) => decided,
                    Err(OtherPlan { digest }) => {
                        let text = store.plan_text(&digest).await.unwrap().unwrap();
                        replay.prepare(Arc::new(plan::read(&Source { file: "", text: &text }).unwrap()));
                        replay.decide(entry.at, &entry.event, &entry.commands).unwrap()
                    }
                };
                assert_eq!(decided, entry.commands, "entry {} is decided otherwise: {:?}", entry.seq.0, entry.event);
            }
        }
        store.close().await;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// What a switchboard decides by itself: nobody carries messages, nothing leads to pages and no mail comes.
pub fn config_of(trunk: &str) -> Config {
    let (node, trunk) = ("test".to_owned(), trunk.to_owned());
    Config { node, trunk, spill: None, carriers: Default::default(), citizens: None, mail_in: None, evidence: None }
}

/// The centre alone, as a program would run it.
pub struct Centre {
    pub running: Running,
    pub telephony: Telephony,
}

impl Centre {
    pub async fn start(folder: &Folder, trunk: String) -> Self {
        let deadline = Instant::now() + DEADLINE;
        loop {
            // Networks that are gone are noticed soon; those that are there always send.
            let config = telephony::Config { rtp_silence_timeout_s: 5, ..telephony::Config::loopback(0) };
            let (telephony, legs) = Telephony::start(config).await.unwrap();
            let config = Config { spill: Some(folder.path.clone()), ..config_of(&trunk) };
            let store = folder.open().await;
            match switchboard::start(config, store, Arc::new(sweden()), telephony.clone(), legs).await {
                Ok(running) => return Self { running, telephony },
                // The lock of a process that has just died is freed a moment later.
                Err(StartError::Lease(LeaseError::HeldBy { .. })) if Instant::now() < deadline => telephony.stop().await,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// On any database, with nobody around it.
    pub async fn start_on(location: &Location, trunk: &str) -> Self {
        Self::start_with(location, config_of(trunk)).await
    }

    /// The same with whatever carries messages and brings mail.
    pub async fn start_with(location: &Location, config: Config) -> Self {
        Self::start_by(location, config, sweden()).await
    }

    /// The same by another plan.
    pub async fn start_by(location: &Location, config: Config, deployment: Deployment) -> Self {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let (telephony, legs) = Telephony::start(telephony::Config::loopback(0)).await.unwrap();
            let store = Store::open(location).await.unwrap();
            match switchboard::start(config.clone(), store, Arc::new(deployment.clone()), telephony.clone(), legs).await {
                Ok(running) => return Self { running, telephony },
                Err(StartError::Lease(LeaseError::HeldBy { .. })) if Instant::now() < deadline => telephony.stop().await,
                Err(error) => panic!("{error}"),
            }
        }
    }

    pub fn board(&self) -> &Switchboard {
        &self.running.switchboard
    }

    pub fn number(&self) -> String {
        format!("11414@{}", self.telephony.sip_address())
    }

    /// The first snapshot, from now on, that `wanted` makes something of.
    pub async fn see<T>(&self, what: &str, wanted: impl Fn(&Live) -> Option<T>) -> T {
        let mut changes = self.board().changes();
        let deadline = Instant::now() + DEADLINE;
        loop {
            let live = changes.borrow_and_update().clone();
            if let Some(found) = wanted(&live) {
                return found;
            }
            let changed = timeout_at(deadline, changes.changed()).await;
            let Ok(Ok(())) = changed else { panic!("never {what}: {:?} {:?}", live.view.contacts, live.view.operators) };
        }
    }

    pub async fn see_contact(&self, state: ContactState) -> ContactView {
        self.see(&format!("{state:?}"), |live| live.view.contacts.iter().find(|contact| contact.state == state).cloned()).await
    }

    pub async fn see_operator(&self, operator: OperatorId, state: OperatorState) {
        let is = |live: &Live| live.view.operators.iter().any(|known| known.operator == operator && known.state == state);
        self.see(&format!("{operator:?} {state:?}"), |live| is(live).then_some(())).await;
    }

    /// Waits until a contact is closed and its record is kept.
    pub async fn closed(&self, contact: ContactId) -> ContactRecord {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let file = self.board().store().contact(contact).await.unwrap();
            if let Some(file) = file.filter(|file| file.record.closed.is_some()) {
                return file.record;
            }
            assert!(Instant::now() < deadline, "{contact:?} is never closed");
            sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// An operator of Göteborg with an open page.
    pub async fn operator(&self, name: &str, sip_address: Option<String>) -> Operator {
        let account = NewAccount {
            login: name.to_owned(),
            name: name.to_owned(),
            role: Role::Operator,
            site: Some(SiteId::new("goteborg")),
            skills: [(SkillId::new("report"), 5), (SkillId::new("urgent"), 5)].into(),
            languages: vec![Language::Swedish],
            category: None,
            also_regions: Vec::new(),
            sip_address,
        };
        let id = self.board().store().create_account(&account).await.unwrap().id;
        let (page, events) = self.board().open_page(id).await.unwrap();
        Operator { id, user: name.to_owned(), page, events }
    }

    pub async fn act(&self, operator: OperatorId, act: OperatorAct) {
        assert_eq!(self.board().act(operator, act.clone()).await, Ok(()), "{act:?}");
    }

    /// Waits until no call is left.
    pub async fn is_quiet(&self) {
        let deadline = Instant::now() + DEADLINE;
        // A leg is gone before the router has heard so.
        while self.telephony.stats().legs > 0 || !self.board().live().view.contacts.is_empty() {
            assert!(Instant::now() < deadline, "calls are left: {:?}", self.telephony.stats());
            sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    pub async fn stop(self) {
        self.running.stop().await;
        let stats = self.telephony.stats();
        assert_eq!((stats.legs, stats.dialogs, stats.events_lost, stats.commands_lost), (0, 0, 0, 0), "{stats:?}");
    }
}

/// Somebody who answers, with the page they have open.
pub struct Operator {
    pub id: OperatorId,
    /// Who is rung at the desk telephones.
    pub user: String,
    pub page: PageId,
    events: mpsc::Receiver<DeskEvent>,
}

impl Operator {
    /// The next call that rings at the page is taken.
    pub async fn accept(&mut self, centre: &Centre) {
        loop {
            if let DeskEvent::Ring { offer, .. } = self.told().await {
                return centre.act(self.id, OperatorAct::Accept { offer }).await;
            }
        }
    }

    /// Goes on duty as soon as the centre hears the page's sound.
    async fn ready(&mut self, centre: &Centre) {
        while let Err(refusal) = centre.board().act(self.id, OperatorAct::Ready).await {
            assert_eq!(refusal, Refusal::Sound);
            timeout(DEADLINE, self.events.recv()).await.unwrap().unwrap();
        }
    }

    /// Whether the page is told nothing more, ever.
    pub async fn has_ended(&mut self) -> bool {
        while let Some(event) = timeout(DEADLINE, self.events.recv()).await.unwrap() {
            assert!(!matches!(event, DeskEvent::SoundLost), "a page that is gone is told");
        }
        true
    }

    /// What the page is told, leaving out that something changed.
    pub async fn told(&mut self) -> DeskEvent {
        loop {
            match timeout(DEADLINE, self.events.recv()).await.unwrap().unwrap() {
                DeskEvent::Changed => {}
                event => return event,
            }
        }
    }
}

/// A centre with everybody around it.
pub struct World {
    pub folder: Folder,
    pub centre: Centre,
    pub callers: Side,
    pub desks: Side,
    pub parties: Side,
}

impl World {
    pub async fn start() -> Self {
        let (callers, desks, parties) = (Side::start().await, Side::start().await, Side::start().await);
        let folder = Folder::new();
        let centre = Centre::start(&folder, parties.address()).await;
        Self { folder, centre, callers, desks, parties }
    }

    /// An operator of Göteborg with an open page; `telephone` or else the browser.
    pub async fn operator(&self, name: &str, telephone: bool) -> Operator {
        self.centre.operator(name, telephone.then(|| format!("sip:{name}@{}", self.desks.address()))).await
    }

    /// An operator on duty at a desk telephone.
    pub async fn at_desk(&self, name: &str) -> Operator {
        let operator = self.operator(name, true).await;
        self.centre.act(operator.id, OperatorAct::Ready).await;
        operator
    }

    /// An operator on duty at a page with a headset.
    pub async fn at_page(&self, name: &str) -> (Operator, Headset) {
        let mut operator = self.operator(name, false).await;
        let headset = Headset::connect(self.centre.board(), &operator).await;
        operator.ready(&self.centre).await;
        (operator, headset)
    }

    /// One more page of the same operator.
    pub async fn another_page(&self, operator: &Operator) -> Operator {
        let (page, events) = self.centre.board().open_page(operator.id).await.unwrap();
        Operator { id: operator.id, user: operator.user.clone(), page, events }
    }

    pub async fn call(&mut self) -> LegId {
        let leg = self.callers.dial(&self.centre.number());
        self.callers.answered(leg).await;
        leg
    }

    /// A call by keys about a crime, on its way into the line of Region Väst.
    pub async fn report_call(&mut self) -> LegId {
        let leg = self.call().await;
        self.callers.telephony.send_keys(leg, "32");
        leg
    }

    /// The same, answered by an operator: (caller's leg, desk's leg, contact).
    pub async fn talk(&mut self, operator: &Operator) -> (LegId, LegId, ContactId) {
        let caller = self.report_call().await;
        let desk = self.desks.lift(&operator.user).await;
        let contact = self.centre.see_contact(ContactState::Talking).await.contact;
        (caller, desk, contact)
    }

    /// The same with an operator at a page: (caller's leg, contact).
    pub async fn talk_at_page(&mut self, operator: &mut Operator) -> (LegId, ContactId) {
        let caller = self.report_call().await;
        operator.accept(&self.centre).await;
        (caller, self.centre.see_contact(ContactState::Talking).await.contact)
    }

    pub async fn hang_up(&mut self, caller: LegId) {
        self.callers.telephony.hang_up(caller);
        self.callers.ended(caller).await;
    }

    /// States the outcome of a conversation that is over.
    pub async fn conclude(&self, operator: &Operator, contact: ContactId) -> ContactRecord {
        self.centre.see_operator(operator.id, OperatorState::WrapUp).await;
        self.centre.act(operator.id, OperatorAct::Outcome { contact: None, outcome: StatedOutcome::Helped }).await;
        self.centre.closed(contact).await
    }

    /// Everybody goes home; nothing is left and nothing contradicts the journal.
    pub async fn end(self) -> (u64, u64, u64) {
        self.centre.stop().await;
        for side in [self.callers, self.desks, self.parties] {
            side.stop().await;
        }
        self.folder.verify().await
    }
}

/// What an act is refused with.
pub async fn refused(centre: &Centre, operator: OperatorId, act: OperatorAct) -> Refusal {
    centre.board().act(operator, act).await.unwrap_err()
}
