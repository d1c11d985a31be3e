//! Pages drawn from the made-up centre.

use super::*;
use domain::{
    contact::ledger::{PromiseRecord, Visit},
    routing::AdditionView,
};

/// Desk, board, lead's page and surges of every scene, and all that the plan's page can say, by name.
pub fn pages(language: Language, role: domain::access::Role) -> Vec<(String, String)> {
    let reader = web::access::Reader::by_session(ME, "Plats 01".into(), role, "none");
    let preferences = web::preferences::Preferences { language, theme: web::preferences::Theme::System };
    let deployment = deployment();
    let mut found = Vec::new();
    for scene in Scene::ALL {
        let live = live(scene);
        let desk = desk(&live, &deployment, preferences, scene, caller(scene), report(scene));
        found.push((format!("desk {scene:?}"), web::desk::draw(&desk, &reader, preferences).into_string()));
        let board = web::board::Sight { words: preferences.words(), deployment: &deployment, live: &live, now: now() };
        found.push((format!("board {scene:?}"), web::board::draw(&board, None, preferences).into_string()));
        let (words, weeks) = (preferences.words(), understood(scene));
        let lead = web::lead::Sight { words, deployment: &deployment, live: &live, now: now(), understood: weeks.as_deref() };
        found.push((format!("lead {scene:?}"), web::lead::draw(&lead, &reader, preferences).into_string()));
        found.push((format!("surges {scene:?}"), surges_page(&live, &deployment, &reader, preferences)));
    }
    let administrator = web::access::Reader::by_session(ME, "Plats 01".into(), domain::access::Role::Administrator, "none");
    for (name, told) in plan_told() {
        found.push((format!("plan {name}"), plan_page("name = \"other\"", &told, &deployment, &administrator, preferences)));
    }
    found
}

fn surges_page(
    live: &Live,
    deployment: &switchboard::Deployment,
    reader: &web::access::Reader,
    preferences: web::preferences::Preferences,
) -> String {
    let done = Some(web::surges::Done::Declared);
    let sight = web::surges::Sight { words: preferences.words(), deployment, live, now: now(), done };
    web::surges::draw(&sight, reader, preferences).into_string()
}

/// Everything that the plan's page may have to say beside what is in force.
pub fn plan_told() -> Vec<(&'static str, web::plan::Told)> {
    use web::plan::{Checked, Done, Problem, Told};
    let fault = |line| domain::plan::Fault::new("plan", line, "this is not right", "write it otherwise");
    let faulty = Checked { faults: vec![fault(0), fault(1)], notices: vec![fault(1)], bounds: Vec::new() };
    let sound = Checked { faults: Vec::new(), notices: vec![fault(1)], bounds: domain::plan::bounds(&plan()) };
    vec![
        ("nothing", Told::Nothing),
        ("done", Told::Done(Done::Adopted)),
        ("problems", Told::Problems(vec![Problem::NoText, Problem::NoReason, Problem::NotATime])),
        ("refused", Told::Refused(switchboard::PlanRefusal::Past)),
        ("faulty", Told::Checked(faulty)),
        ("sound", Told::Checked(sound)),
        ("tried", Told::Tried(Box::new(tried()))),
    ]
}

/// A made-up day of four callers and nobody on duty: two gave up, one waits still.
fn tried() -> web::plan::Tried {
    use simulator::{Caller, End, Fate, Recorded, Trial};
    let caller = |place: i64, region: &str| Caller {
        arrives_ms: place * 60_000,
        region: RegionId::new(region),
        intent: Intent::ReportTheft,
        language: Language::Swedish,
        channel: Channel::HandOver,
        handling_ms: 300_000,
        patience_ms: 90_000,
        rung_back: false,
    };
    let fate = |end: Option<End>| Fate { end, waited_ms: 90_000, ..Fate::default() };
    let recorded = Recorded {
        midnight: ago(32 * 60 * MINUTE),
        callers: vec![caller(480, "vast"), caller(481, "vast"), caller(500, "syd"), caller(505, "nord")],
        staff: Vec::new(),
        fates: vec![fate(Some(End::Answered)), fate(Some(End::Abandoned)), fate(Some(End::Short)), fate(None)],
        answered: 1,
        plan: None,
    };
    let (own, stop) = (Arc::new(plan()), std::sync::atomic::AtomicBool::new(false));
    let trial = Trial::of(&recorded, own.clone(), own.clone(), &stop).unwrap();
    let (day, digest) = (jiff::civil::date(2026, 11, 1), own.digest.clone());
    web::plan::Tried { day, is_over: false, callers: 4, operators: 0, own, digest, trial }
}

fn plan_page(
    text: &str,
    told: &web::plan::Told,
    deployment: &switchboard::Deployment,
    reader: &web::access::Reader,
    preferences: web::preferences::Preferences,
) -> String {
    let typed = web::plan::Typed { text: text.into(), reason: text.into(), due: text.into(), day: text.into() };
    let changes = plan_changes(text, &deployment.plan.digest);
    let names: switchboard::OperatorNames = [(ME, text.to_owned())].into();
    let sight =
        web::plan::Sight { words: preferences.words(), deployment, now: now(), changes: &changes, names: &names, typed: &typed, told };
    web::plan::draw(&sight, reader, preferences).into_string()
}

/// One that waits, the one in force, and one of each end.
fn plan_changes(reason: &str, in_force: &str) -> Vec<switchboard::PlanChange> {
    use switchboard::PlanOutcome as O;
    let change = |id: u64, digest: &str, outcome: Option<O>| switchboard::PlanChange {
        id,
        digest: digest.to_owned(),
        due: ago(MINUTE),
        asked: ago(2 * MINUTE),
        account: (id > 1).then_some(ME),
        reason: reason.to_owned(),
        ended: outcome.map(|_| ago(MINUTE)),
        outcome,
    };
    vec![
        change(5, "5555555555555555", None),
        change(4, in_force, Some(O::Adopted)),
        change(3, "3333333333333333", Some(O::Withdrawn)),
        change(2, "2222222222222222", Some(O::Refused)),
        change(1, "1111111111111111", Some(O::Adopted)),
    ]
}

/// Desk, board, lead's page, surges, a matter and the plan's page with `text` in every place where a person's words or the
/// plan's stand.
pub fn pages_with_words(text: &str) -> Vec<(&'static str, String)> {
    let preferences = web::preferences::Preferences { language: Language::English, theme: web::preferences::Theme::System };
    let reader = web::access::Reader::by_session(ME, text.into(), domain::access::Role::Leader, "none");
    let deployment = switchboard::Deployment { plan: Arc::new(plan_with_words(text)), ..deployment() };
    let live = |scene| {
        let mut live = live(scene);
        live.names = live.names.into_keys().map(|operator| (operator, text.to_owned())).collect();
        live
    };
    let (talking, crowded) = (live(Scene::Talking), live(Scene::Crowded));
    let (caller, draft) = (caller_with_words(text), report_with_words(text));
    let words = preferences.words();
    let desk = desk(&talking, &deployment, preferences, Scene::Talking, Some(caller.clone()), Some((7, draft.clone())));
    let board = web::board::Sight { words, deployment: &deployment, live: &crowded, now: now() };
    let lead = web::lead::Sight { words, deployment: &deployment, live: &crowded, now: now(), understood: None };
    let administrator = web::access::Reader::by_session(ME, text.into(), domain::access::Role::Administrator, "none");
    let fault = domain::plan::Fault::new("plan", 1, text, text);
    let told = web::plan::Told::Checked(web::plan::Checked { faults: vec![fault], notices: Vec::new(), bounds: Vec::new() });
    let file = handed_over();
    let citizen = web::citizen::Citizen { contact: file.contacts[0].contact, caller, report: Some((7, draft)), evidence: Vec::new() };
    let sight = web::matters::Sight { words, deployment: &deployment, live: &talking, now: now() };
    vec![
        ("desk", web::desk::draw(&desk, &reader, preferences).into_string()),
        ("board", web::board::draw(&board, Some(&reader), preferences).into_string()),
        ("lead", web::lead::draw(&lead, &reader, preferences).into_string()),
        ("surges", surges_page(&crowded, &deployment, &reader, preferences)),
        ("matter", web::matters::draw(&sight, &file, &[citizen], web::matters::Title::Page).into_string()),
        ("plan", plan_page(text, &told, &deployment, &administrator, preferences)),
    ]
}

fn plan_with_words(text: &str) -> Plan {
    let mut plan = plan();
    let hostile = |words: &mut Words| words.values_mut().for_each(|name| text.clone_into(name));
    hostile(&mut plan.title);
    plan.parties.values_mut().for_each(|party| hostile(&mut party.name));
    plan.classes.iter_mut().for_each(|class| hostile(&mut class.name));
    plan.regions.iter_mut().for_each(|region| text.clone_into(&mut region.name));
    plan.sites.iter_mut().for_each(|site| text.clone_into(&mut site.name));
    plan
}

fn caller_with_words(text: &str) -> CallerDetails {
    CallerDetails {
        number: Some(text.into()),
        display_name: Some(text.into()),
        place_text: Some(text.into()),
        words: vec![text.into()],
        suggestions: vec![Suggestion { kind: Suggested::Object, words: text.into() }],
        ..caller(Scene::Talking).unwrap()
    }
}

fn report_with_words(text: &str) -> ReportDraft {
    let (_, mut draft) = report(Scene::Talking).unwrap();
    let times = [&mut draft.from, &mut draft.to];
    let texts = [&mut draft.what_happened, &mut draft.place, &mut draft.traces, &mut draft.damage, &mut draft.measures, &mut draft.number];
    for field in times.into_iter().chain(texts).chain(draft.crimes.iter_mut().map(|crime| &mut crime.code)) {
        text.clone_into(field);
    }
    draft.municipality = Some(text.into());
    for party in &mut draft.parties {
        for field in [&mut party.name, &mut party.identity_number, &mut party.telephone, &mut party.note] {
            text.clone_into(field);
        }
    }
    for thing in &mut draft.property {
        for field in [&mut thing.what, &mut thing.mark, &mut thing.identity_number, &mut thing.value] {
            text.clone_into(field);
        }
    }
    draft
}

/// A matter whose call was handed over to a party, with a call-back that is owed.
pub fn handed_over() -> MatterFile {
    let id = MatterId(700);
    let owner = Owner::Queue(queue("vast", "report"));
    let record = ContactRecord {
        contact: ContactId(700),
        matter: id,
        channel: Channel::Telephone,
        arrived: ago(5 * MINUTE),
        language: Language::Swedish,
        region: Some(RegionId::new("vast")),
        uncertain: true,
        urged: false,
        intent: None,
        state: ContactState::Closed,
        owner: owner.clone(),
        operator: Some(ME),
        messages: Vec::new(),
        call: None,
        addition: None,
        decision: None,
        segments: vec![Segment { state: ContactState::Talking, owner: Owner::Operator(ME), since: ago(4 * MINUTE), until: None }],
        visits: vec![Visit {
            queue: queue("vast", "report"),
            entered: ago(5 * MINUTE),
            strict: false,
            ended: Some(ago(4 * MINUTE)),
            outcome: None,
            waited_ms: None,
        }],
        outcome: Some(Outcome::Transferred("switchboard".into())),
        closed: Some(ago(MINUTE)),
    };
    let promise = PromiseRecord {
        promise: PromiseId(700),
        matter: id,
        kind: PromiseKind::CallBack,
        owner,
        made: ago(MINUTE),
        due: now(),
        settled: None,
        settlement: None,
        paused: None,
        ring_back: None,
    };
    MatterFile {
        reference: Reference::of(id),
        matter: MatterRecord { matter: id, opened: ago(5 * MINUTE), closed: None, decided_by: None },
        contacts: vec![record],
        promises: vec![promise],
    }
}

fn desk<'a>(
    live: &'a Live,
    deployment: &'a switchboard::Deployment,
    preferences: web::preferences::Preferences,
    scene: Scene,
    caller: Option<CallerDetails>,
    report: Option<(u64, ReportDraft)>,
) -> web::desk::Sight<'a> {
    let drawn = web::desk::Sight::of(preferences.words(), (deployment, live), (ME, "Plats 01"), now());
    let concluding = (scene == Scene::Concluding).then_some(MINE);
    web::desk::Sight { concluding, caller, matter: matter(scene), report, asks_for_files: true, ..drawn }
}

/// A mail that names a matter, from somebody whom nobody knows.
pub fn additions() -> Vec<AdditionView> {
    vec![AdditionView {
        contact: ContactId(503),
        matter: MatterId(503),
        reference: Reference::of(MatterId(503)),
        channel: Channel::Mail,
        language: Language::Swedish,
        intent: None,
        kind: PromiseKind::Addition,
        arrived: ago(50 * MINUTE),
        region: Some(RegionId::new("vast")),
        owner: Owner::Unit(UnitId::new("supervisors.vast")),
        promise: PromiseId(503),
        due: now().plus_ms(9 * 60 * MINUTE),
        verified: false,
        to_link: true,
        proposed: Some(Reference::of(MatterId(700))),
    }]
}
