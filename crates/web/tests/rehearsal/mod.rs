//! A made-up centre to draw pages from: a test stand-in. Nobody in it exists, nothing in it moves,
//! and every number is from a range set aside for fiction.
#![allow(clippy::unwrap_used, dead_code)]

use domain::{
    AttemptId, ClassId, ContactId, MatterId, OfferId, OperatorId, PartyId, PromiseId, QueueId, RegionId, SiteId, SkillId, Timestamp,
    UnitId,
    contact::{
        Channel, ContactState, Outcome, Owner, PauseReason, PromiseKind, Reference,
        ledger::{ContactRecord, MatterRecord, Segment},
    },
    intent::{Gate, Intent, Language, Reading, Suggested, Suggestion},
    place::{Circle, PlaceSource, Places, Position},
    plan::{
        Class, DialogueLimits, EmergencyRule, FollowUpRule, GoingOn, OfferLimits, Party, Plan, Region, ServiceLevel, Site, SurgeOffer,
        Words,
    },
    report::{CrimeDegree, PartyRole, Property, ReportCrime, ReportDraft, ReportKind, ReportParty},
    routing::{
        Able, Alarm, ConsultView, Consulted, ContactView, Idle, LineView, OperatorState, OperatorView, PromiseView, QueueView, Reach,
        SurgeView, View,
    },
    service_level::{Counts, Day, HalfHour, QueueDay},
};
use jiff::{civil::time, tz::TimeZone};
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};
use storage::MatterFile;
use switchboard::{AlarmNotice, CallerDetails, EarlierContact, Health, Live};

mod calls;
mod drawn;
mod land;
pub mod looked;
mod plan;
mod rush;
mod weeks;

pub use calls::by_number;
use calls::{explanation, owed_call, resting};
#[allow(unused_imports, reason = "the example draws without them")]
pub use drawn::{handed_over, pages, pages_with_words, plan_told};
pub use land::{deployment, places};
pub use plan::{REGIONS, plan};
pub use weeks::understood;

pub const ME: OperatorId = OperatorId(1);
pub const MINE: ContactId = ContactId(900);
const MINUTE: u64 = 60_000;
/// Göteborg, in the range set aside for fiction.
pub const LANDLINE: &str = "031-390 06 05";

/// 2026-11-02 14:32:08 in Stockholm, unless [`set_clock`] was called before.
const USUALLY: Timestamp = Timestamp(1_793_626_328_000);
static CLOCK: OnceLock<Timestamp> = OnceLock::new();

pub fn now() -> Timestamp {
    *CLOCK.get_or_init(|| USUALLY)
}

/// For looking at the pages in a browser, whose clock goes on.
pub fn set_clock(at: Timestamp) {
    let _ = CLOCK.set(at);
}

/// What is going on in the made-up centre.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scene {
    OffDuty,
    Idle,
    Ringing,
    Talking,
    Held,
    Consulting,
    WrapUp,
    /// Asked into a colleague's conversation.
    AskedIn,
    /// Wrap-up has run out; the record is being finished.
    Concluding,
    /// A call that we owe is offered.
    CallBack,
    /// The citizen whom we owe it is being rung.
    Dialling,
    RungBack,
    /// Known by key and area code alone: no words, no position.
    ByKeys,
    /// Fifty callers, late promises, long names.
    Crowded,
    /// Nobody waits, nobody works, nothing was counted.
    Empty,
}

impl Scene {
    pub const ALL: [Self; 15] = [
        Self::OffDuty,
        Self::Idle,
        Self::Ringing,
        Self::Talking,
        Self::Held,
        Self::Consulting,
        Self::WrapUp,
        Self::AskedIn,
        Self::Concluding,
        Self::CallBack,
        Self::Dialling,
        Self::RungBack,
        Self::ByKeys,
        Self::Crowded,
        Self::Empty,
    ];

    /// Ours to ring, in any of its states.
    pub fn is_call_back(self) -> bool {
        matches!(self, Self::CallBack | Self::Dialling | Self::RungBack)
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scene| format!("{scene:?}").eq_ignore_ascii_case(word))
    }
}

fn ago(ms: u64) -> Timestamp {
    Timestamp(now().0 - i64::try_from(ms).unwrap())
}

fn queue(region: &str, class: &str) -> QueueId {
    QueueId::of(&RegionId::new(region), &ClassId::new(class))
}

fn waiting(id: u64, region: &str, class: &str, intent: Intent, waited_ms: u64) -> ContactView {
    ContactView {
        contact: ContactId(id),
        matter: MatterId(id),
        reference: Reference::of(MatterId(id)),
        channel: Channel::Telephone,
        state: ContactState::Queued,
        since: ago(waited_ms),
        arrived: ago(waited_ms + 50_000),
        queue: Some(queue(region, class)),
        queued_since: Some(ago(waited_ms)),
        waited_ms,
        region: Some(RegionId::new(region)),
        uncertain: false,
        intent: Some(intent),
        corrected_from: None,
        language: if id.is_multiple_of(7) { Language::English } else { Language::Swedish },
        strict: class == "critical",
        put_first: false,
        line: Some(LineView { reach: Reach::Region, any_class: false, returned: false, awaits: None, able: Able::default() }),
        owner: Owner::Queue(queue(region, class)),
        operator: None,
        consult: None,
        why: None,
        call: None,
        files: false,
    }
}

fn mine(scene: Scene) -> Option<ContactView> {
    let (state, since) = match scene {
        Scene::OffDuty | Scene::Idle | Scene::Crowded | Scene::Empty => return None,
        Scene::Ringing | Scene::ByKeys | Scene::CallBack => (ContactState::Offered, 4_000),
        Scene::Dialling => (ContactState::Dialling, 9_000),
        Scene::Talking | Scene::RungBack => (ContactState::Talking, 127_000),
        Scene::Held => (ContactState::OnHold, 18_000),
        Scene::Consulting | Scene::AskedIn => (ContactState::Consulting, 21_000),
        Scene::WrapUp => (ContactState::WrapUp, 12_000),
        Scene::Concluding => (ContactState::WrapUp, 312_000),
    };
    let asked = match scene {
        Scene::Consulting => Some(Consulted::Party(PartyId::new("rlc.vast"))),
        Scene::AskedIn => Some(Consulted::Operator(ME)),
        _ => None,
    };
    let consult = asked.map(|with| ConsultView { with, attempt: AttemptId(1), answered: true, conference: false });
    let mut view = waiting(MINE.0, "vast", "report", Intent::ReportBicycleTheft, 192_000);
    view.state = state;
    view.since = ago(since);
    view.queued_since = Some(ago(192_000 + since));
    view.arrived = ago(250_000 + since);
    view.uncertain = scene != Scene::ByKeys;
    if scene == Scene::ByKeys {
        view.intent = None;
    }
    if scene.is_call_back() {
        view.channel = Channel::CallBack;
        view.call = Some(owed_call(view.contact, 192_000 + since));
    }
    view.line = None;
    let owner = if scene == Scene::AskedIn { OperatorId(2) } else { ME };
    view.owner = Owner::Operator(owner);
    view.operator = Some(owner);
    view.consult = consult;
    view.why = Some(explanation());
    Some(view)
}

fn operator(id: u64, region: &str, state: OperatorState, since_ms: u64) -> OperatorView {
    OperatorView {
        operator: OperatorId(id),
        site: SiteId::new(region),
        region: RegionId::new(region),
        state,
        since: ago(since_ms),
        on_duty: !matches!(state, OperatorState::SignedOut | OperatorState::Paused | OperatorState::Lost | OperatorState::Unresponsive),
        pause: (state == OperatorState::Paused).then_some(PauseReason::Meal),
        next: None,
        contact: None,
        offer: None,
        until: None,
        languages: vec![Language::Swedish, Language::English],
        taking: vec![Language::Swedish, Language::English],
        queues: ["critical", "report", "tip", "other"].map(|class| queue(region, class)).into(),
        idle: (state == OperatorState::Idle).then(Idle::default),
    }
}

fn me(scene: Scene) -> OperatorView {
    use OperatorState as S;
    let (state, since) = match scene {
        Scene::OffDuty | Scene::Empty => (S::SignedOut, 60_000),
        Scene::Idle | Scene::Crowded | Scene::Concluding => (S::Idle, 47_000),
        Scene::Ringing | Scene::ByKeys | Scene::CallBack => (S::Offered, 4_000),
        Scene::Dialling => (S::Connecting, 9_000),
        Scene::Talking | Scene::Held | Scene::RungBack => (S::Engaged, 127_000),
        Scene::Consulting | Scene::AskedIn => (S::Consulting, 21_000),
        Scene::WrapUp => (S::WrapUp, 12_000),
    };
    let mut view = operator(ME.0, "vast", state, since);
    if let Some(contact) = mine(scene).filter(|_| scene != Scene::Concluding) {
        view.contact = Some(contact.contact);
    }
    if matches!(scene, Scene::Ringing | Scene::ByKeys | Scene::CallBack) {
        view.offer = Some(OfferId(77));
        view.until = Some(now().plus_ms(11_000));
    }
    if scene == Scene::WrapUp {
        view.until = Some(now().plus_ms(108_000));
    }
    view
}

fn contacts(scene: Scene) -> Vec<ContactView> {
    let count = match scene {
        Scene::Empty | Scene::Idle | Scene::OffDuty => 0,
        Scene::Crowded => 50,
        _ => 9,
    };
    let matters = [(Intent::ReportTheft, "report"), (Intent::Tip, "tip"), (Intent::ReportFraud, "report"), (Intent::Other, "other")];
    let mut found: Vec<ContactView> = (0..count)
        .map(|place| {
            let region = REGIONS[usize::try_from(place * 3 % 7).unwrap()].0;
            let (intent, class) = matters[usize::try_from(place % 4).unwrap()];
            waiting(100 + place, region, class, intent, (count - place) * 17_000 + 5_000)
        })
        .collect();
    if scene == Scene::Crowded {
        found.insert(0, waiting(99, "syd", "critical", Intent::OngoingEmergency, 9_000));
    }
    if !matches!(scene, Scene::Empty | Scene::OffDuty) {
        found.push(resting(98));
    }
    found.extend(mine(scene));
    found
}

fn promises(scene: Scene) -> Vec<PromiseView> {
    let promise = |id: u64, kind: PromiseKind, owner: Owner, due: Timestamp| PromiseView {
        promise: PromiseId(id),
        matter: MatterId(id),
        reference: Reference::of(MatterId(id)),
        kind,
        owner,
        due,
        soon_ms: None,
        step: None,
        pressing: false,
        paused: None,
        ring_back: false,
    };
    if scene == Scene::Empty {
        return Vec::new();
    }
    let mut found = vec![
        promise(501, PromiseKind::CallBack, Owner::Operator(ME), now().plus_ms(7 * MINUTE)),
        promise(502, PromiseKind::FollowUp, Owner::Unit(UnitId::new("supervisors.vast")), now().plus_ms(48 * MINUTE)),
        promise(503, PromiseKind::Addition, Owner::Unit(UnitId::new("supervisors.vast")), now().plus_ms(9 * 60 * MINUTE)),
    ];
    if scene == Scene::Concluding {
        found.insert(0, promise(MINE.0, PromiseKind::Conclude, Owner::Operator(ME), now().plus_ms(24 * MINUTE)));
    }
    if scene == Scene::Crowded {
        found.insert(0, promise(500, PromiseKind::FollowUp, Owner::Operator(ME), ago(3 * MINUTE + 12_000)));
        found.extend((0..6).map(|id| promise(510 + id, PromiseKind::Answer, Owner::Queue(queue("syd", "report")), ago(MINUTE * id))));
        found.sort_by_key(|promise| promise.due);
    }
    found
}

fn day(scene: Scene) -> Day {
    let mut day = Day::default();
    if scene == Scene::Empty {
        return day;
    }
    for (place, (region, _)) in REGIONS.iter().enumerate() {
        let place = place as u64;
        let (offered, in_time) = (160 + 37 * place, 130 + 29 * place + 3 * (place % 3));
        let inside = Counts {
            offered,
            answered: in_time + 12,
            answered_in_time: in_time,
            abandoned: 14,
            abandoned_in_time: 9,
            abandoned_short: 4,
            ..Counts::default()
        };
        let half_hours = (0..48_u64)
            .map(|half| {
                let busy = if (14..29).contains(&half) {
                    6 + (half * 5 + place * 3) % 9 + if (18..24).contains(&half) { 6 } else { 0 }
                } else {
                    half % 2
                };
                HalfHour {
                    offered: if half < 30 { busy } else { 0 },
                    answered_in_time: if half < 29 { busy * 9 / 10 - u64::from(half == 20) * 3 } else { 0 },
                }
            })
            .collect();
        let outside = Counts { offered: 9, answered: 7, answered_in_time: 6, abandoned: 1, ..Counts::default() };
        day.queues.insert(queue(region, "report"), QueueDay { inside, outside, half_hours, ..QueueDay::default() });
    }
    day
}

pub fn live(scene: Scene) -> Live {
    use OperatorState as S;
    let contacts = contacts(scene);
    let mut operators = vec![me(scene)];
    if scene != Scene::Empty {
        let states = [S::Idle, S::Engaged, S::Engaged, S::WrapUp, S::Paused, S::Engaged, S::Idle, S::Unresponsive];
        operators.extend((0..42_u64).map(|id| {
            let region = REGIONS[usize::try_from(id % 7).unwrap()].0;
            operator(id + 2, region, states[usize::try_from(id * 5 % 8).unwrap()], (id * 37 % 600) * 1_000)
        }));
    }
    if scene == Scene::Crowded {
        rush::tell_why_idle(&mut operators);
        operators.push(operator(60, "syd", S::Lost, 12_000));
    }
    let names = operators.iter().map(|view| (view.operator, format!("Plats {:02}", view.operator.0))).collect();
    let alarms = if scene == Scene::Crowded {
        vec![
            AlarmNotice {
                at: ago(40_000),
                alarm: Alarm::PromiseLate { promise: PromiseId(500), step: None, operator: None }.into(),
                contact: None,
            },
            AlarmNotice { at: ago(95_000), alarm: Alarm::OperatorUnresponsive { operator: OperatorId(9) }.into(), contact: None },
        ]
    } else {
        Vec::new()
    };
    Live {
        view: View {
            at: now(),
            plan: plan().digest,
            queues: plan::queues(&contacts),
            contacts,
            operators,
            promises: promises(scene),
            surges: rush::surges(scene),
            additions: if scene == Scene::Empty { Vec::new() } else { drawn::additions() },
            messages: Vec::new(),
            ..View::default()
        },
        names,
        alarms,
        health: Health::default(),
        figures: Arc::new(day(scene)),
        ..Live::default()
    }
}

/// The matter behind the desk's contact, from the first second to now.
pub fn matter(scene: Scene) -> Option<MatterFile> {
    let view = mine(scene)?;
    let segment = |state, owner: &Owner, since, until| Segment { state, owner: owner.clone(), since: ago(since), until: Some(ago(until)) };
    let line = Owner::Queue(queue("vast", "report"));
    let record = ContactRecord {
        contact: view.contact,
        matter: view.matter,
        channel: view.channel,
        state: view.state,
        owner: view.owner.clone(),
        arrived: view.arrived,
        closed: None,
        outcome: None,
        region: view.region.clone(),
        uncertain: view.uncertain,
        urged: false,
        intent: view.intent,
        language: view.language,
        operator: view.operator,
        visits: Vec::new(),
        messages: Vec::new(),
        call: view.call.clone(),
        addition: None,
        decision: None,
        segments: vec![
            segment(ContactState::Dialogue, &Owner::Dialogue, 650_000, 600_000),
            segment(ContactState::Queued, &line, 600_000, 408_000),
            segment(ContactState::Talking, &view.owner, 400_000, 130_000),
            segment(ContactState::OnHold, &view.owner, 130_000, 127_000),
            Segment { state: view.state, owner: view.owner.clone(), since: view.since, until: None },
        ],
    };
    let matter = MatterRecord { matter: view.matter, opened: view.arrived, closed: None, decided_by: None };
    Some(MatterFile { reference: view.reference, matter, contacts: vec![record], promises: Vec::new() })
}

pub fn caller(scene: Scene) -> Option<CallerDetails> {
    mine(scene)?;
    if scene == Scene::ByKeys {
        return Some(CallerDetails { number: Some(LANDLINE.into()), locality: Some(by_number(LANDLINE)), ..CallerDetails::default() });
    }
    Some(CallerDetails {
        number: Some("070-174 06 05".into()),
        call_back_number: scene.is_call_back().then(|| "031-390 06 00".into()),
        circle: Some(Circle {
            centre: Position::from_degrees(57.7104, 11.9943).unwrap(),
            radius_m: Some(1_600),
            confidence_permille: Some(680),
        }),
        place_source: Some(PlaceSource::Network),
        place_time: Some(ago(4 * MINUTE)),
        place_text: Some("Drottningtorget, Göteborg".into()),
        words: vec!["Hej, jag vill anmäla att min cykel är stulen.".into(), "Vid centralstationen i Göteborg, i morse.".into()],
        readings: [(Intent::ReportBicycleTheft, 870), (Intent::ReportTheft, 84), (Intent::ReportLostItem, 31)]
            .map(|(intent, confidence_permille)| Reading { intent, confidence_permille })
            .into(),
        suggestions: [(Suggested::Object, "cykel"), (Suggested::Place, "göteborg"), (Suggested::When, "i morse")]
            .map(|(kind, words)| Suggestion { kind, words: words.to_owned() })
            .into(),
        gate: Some(Gate::None),
        earlier: vec![
            EarlierContact {
                contact: ContactId(40),
                reference: Reference::of(MatterId(40)),
                arrived: ago(26 * 60 * MINUTE),
                intent: None,
                queue: Some(queue("vast", "other")),
                language: Language::Swedish,
                outcome: Some(Outcome::Helped),
            },
            EarlierContact {
                contact: ContactId(12),
                reference: Reference::of(MatterId(12)),
                arrived: ago(400 * 60 * MINUTE),
                intent: Some(Intent::ReportBicycleTheft),
                queue: Some(queue("vast", "report")),
                language: Language::Swedish,
                outcome: Some(Outcome::ReportReceived),
            },
        ],
        ..CallerDetails::default()
    })
}

pub fn report(scene: Scene) -> Option<(u64, ReportDraft)> {
    if matches!(scene, Scene::Ringing | Scene::ByKeys | Scene::CallBack | Scene::Dialling) {
        return None;
    }
    mine(scene)?;
    let draft = ReportDraft {
        kind: Some(ReportKind::BicycleTheft),
        what_happened: "Cykeln stod låst vid ställen utanför stationen. Låset är avklippt och ligger kvar.".into(),
        place: "Cykelställen, Drottningtorget".into(),
        municipality: Some("Göteborg".into()),
        from: "2026-11-02T07:40".into(),
        to: "2026-11-02T13:15".into(),
        parties: vec![ReportParty {
            telephone: "070-174 06 05".into(),
            note: "Den som ringer".into(),
            ..ReportParty::of(PartyRole::Victim)
        }],
        property: vec![Property {
            what: "Damcykel, svart".into(),
            mark: "Nordlinge".into(),
            identity_number: "NL-000000".into(),
            value: "4500".into(),
        }],
        crimes: vec![ReportCrime { code: "9830".into(), degree: CrimeDegree::Completed }],
        ..ReportDraft::default()
    };
    Some((7, draft))
}
