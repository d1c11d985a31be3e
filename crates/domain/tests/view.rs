//! What is shown of queues, contacts and operators: who could answer a contact that waits, and why who is free is
//! offered nobody, is counted by the rule that matches.
#![allow(clippy::unwrap_used)]

mod world;

use domain::{
    ClassId, ContactId, MatterId, OperatorId, RegionId, SiteId, SkillId, Timestamp,
    contact::{Channel, PauseReason, SurgeReason},
    intent::{Intent, Language},
    place::{PlaceEstimate, PlaceSource},
    plan::OperatorProfile,
    routing::{Able, Event, Idle, Intake, OperatorState, OperatorView, SurgeView},
};
use world::{World, sweden};

const FIRST: ContactId = ContactId(1);
const START: Timestamp = Timestamp(1_795_000_000_000);
const AFFINITY: (&str, &str) = ("[follow_up]", "[affinity]\nwithin = \"2 h\"\nhold = \"45 s\"\n\n[follow_up]");

fn changed(changes: &[(&str, &str)]) -> World {
    let changes: Vec<_> = changes.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
    World::start(sweden(&changes), START)
}

/// Who signs in and is ready, one after the other.
fn at_work(world: &mut World, staff: &[(&str, &str, Language)]) {
    for (number, (site, skills, language)) in (1..).zip(staff) {
        let operator = OperatorId(number);
        let profile = OperatorProfile {
            site: SiteId::new(site),
            also_regions: Vec::new(),
            category: None,
            skills: skills.split(' ').map(|skill| (SkillId::new(skill), 5)).collect(),
            languages: vec![*language],
        };
        world.handle(&Event::OperatorSignedIn { operator, profile });
        world.handle(&Event::OperatorReady { operator });
    }
}

fn come(world: &mut World, contact: u64, intent: Intent) {
    come_again(world, contact, intent, None);
}

fn come_again(world: &mut World, contact: u64, intent: Intent, spoke_with: Option<OperatorId>) {
    world.handle(&Event::CallArrived {
        contact: ContactId(contact),
        matter: MatterId(contact),
        channel: Channel::HandOver,
        place: Some(PlaceEstimate::whole(PlaceSource::Stated, RegionId::new("vast"))),
        intake: Intake { intent: Some(intent), spoke_with, ..Intake::of_caller(Language::Swedish) },
    });
}

/// The operator takes what is offered and is heard.
fn answer(world: &mut World, operator: u64, contact: u64) {
    let operator = OperatorId(operator);
    let offer = shown(world, operator).offer.unwrap();
    world.handle(&Event::OfferAccepted { offer, operator });
    world.handle(&Event::OperatorConnected { contact: ContactId(contact), operator });
}

fn shown(world: &World, operator: OperatorId) -> OperatorView {
    world.router.view_of_operator(world.now, operator).unwrap()
}

fn able(world: &World, contact: ContactId) -> Able {
    let view = world.router.view(world.now);
    view.contacts.iter().find(|view| view.contact == contact).unwrap().line.unwrap().able
}

#[test]
fn whoever_may_take_it_is_counted_by_what_they_do() {
    let mut world = changed(&[]);
    let here = ("goteborg", "report", Language::Swedish);
    at_work(&mut world, &[here; 5]);
    // One is offered, one lets it ring out, one pauses, one is lost, one goes.
    come(&mut world, 1, Intent::ReportTheft);
    world.handle(&Event::OperatorPaused { operator: OperatorId(3), reason: PauseReason::Meal });
    world.handle(&Event::OperatorLost { operator: OperatorId(4) });
    world.handle(&Event::OperatorSignedOut { operator: OperatorId(5) });
    come(&mut world, 2, Intent::ReportTheft);
    come(&mut world, 3, Intent::ReportTheft);
    assert_eq!(able(&world, ContactId(3)), Able { talking: 2, paused: 1, ..Able::default() });
    world.next_tick(world.now.plus_ms(20_000)).unwrap();
    assert_eq!(
        able(&world, ContactId(3)),
        Able { paused: 3, ..Able::default() },
        "who lets it ring out is no more at hand than on a pause"
    );
}

#[test]
fn who_lacks_skill_language_or_reach_is_not_counted_until_a_step_makes_do() {
    let step = "[[overflow]]\ninterpreter = true\nskill = \"tip\"\nwaited = \"1 min\"\n\n[[sites]]";
    let mut world = changed(&[("[[sites]]", step)]);
    let staff = [
        ("goteborg", "report", Language::Swedish),
        ("goteborg", "tip", Language::Swedish),
        ("goteborg", "report", Language::English),
        ("malmo", "report", Language::Swedish),
    ];
    at_work(&mut world, &staff);
    for operator in 1..=4 {
        world.handle(&Event::OperatorPaused { operator: OperatorId(operator), reason: PauseReason::Rest });
    }
    world.handle(&Event::OperatorReady { operator: OperatorId(1) });
    come(&mut world, 9, Intent::ReportTheft);
    come(&mut world, FIRST.0, Intent::ReportTheft);
    assert_eq!(able(&world, FIRST), Able { talking: 1, ..Able::default() });
    answer(&mut world, 1, 9);
    while world.next_tick(START.plus_ms(60_000)).is_some() {}
    assert_eq!(able(&world, FIRST), Able { talking: 1, paused: 2, ..Able::default() }, "a step has been passed");
}

#[test]
fn each_who_is_free_is_told_what_keeps_them_from_those_who_wait() {
    let mut world = changed(&[AFFINITY, ("opens = 2021-03-31", "opens = 2099-03-31")]);
    let staff = [
        ("goteborg", "report service", Language::Swedish),
        ("goteborg", "report service", Language::Swedish),
        ("malmo", "service", Language::Swedish),
        ("goteborg", "service", Language::English),
        ("goteborg", "tip", Language::Swedish),
        ("skara", "service", Language::Swedish),
    ];
    at_work(&mut world, &staff);
    let idle = |world: &World| world.router.view(world.now).operators.iter().map(|operator| operator.idle).collect::<Vec<_>>();
    assert_eq!(idle(&world)[0], Some(Idle::default()), "nobody waits");
    // The first is offered; of the two who take reports the other is kept for them. Then somebody awaits the first.
    come(&mut world, 1, Intent::Complaint);
    come(&mut world, 2, Intent::Complaint);
    come_again(&mut world, 3, Intent::ReportTheft, Some(OperatorId(1)));
    let none = Idle::default();
    let opens = world.router.plan().site(&SiteId::new("skara")).unwrap().opens.unwrap().to_zoned(world.router.plan().zone.clone());
    let expected = [
        None,
        Some(Idle { kept: 1, awaited: 1, ..none }),
        Some(Idle { elsewhere: 2, ..none }),
        Some(Idle { language: 2, ..none }),
        Some(Idle { matter: 2, ..none }),
        Some(Idle { matter: 1, unopened: 1, opens: Some(Timestamp(opens.unwrap().timestamp().as_millisecond())), ..none }),
    ];
    assert_eq!(idle(&world), expected);
    let each = Idle { opens: None, elsewhere: 1, language: 2, matter: 4, kept: 8, booked: 64, awaited: 16, unopened: 32 };
    assert_eq!(each.waiting(), 127);
}

#[test]
fn all_who_want_the_same_are_counted() {
    let mut world = changed(&[]);
    at_work(&mut world, &[("goteborg", "report", Language::English)]);
    for contact in 1..=5 {
        come(&mut world, contact, Intent::ReportTheft);
    }
    assert_eq!(shown(&world, OperatorId(1)).idle, Some(Idle { language: 5, ..Idle::default() }));
    at_work(&mut world, &[("goteborg", "report", Language::Swedish)]);
    let why = world.router.view_of_contact(world.now, FIRST).unwrap().why.unwrap();
    assert_eq!(why.eligible_contacts, 5);
    // The storms hold each offer against this.
    let offer = shown(&world, OperatorId(1)).offer.unwrap();
    let contacts: Vec<_> = (1..=5).map(ContactId).collect();
    assert_eq!(world.router.alternatives(world.now, offer), Some((contacts, vec![OperatorId(1)])));
}

#[test]
fn those_of_several_posts_are_counted_together() {
    let mut world = changed(&[AFFINITY]);
    let staff = ["goteborg", "falkenberg"].map(|site| (site, "report", Language::Swedish));
    at_work(&mut world, &staff.repeat(3));
    for (operator, contact) in [(1, 1), (2, 2), (3, 3), (4, 4)] {
        come(&mut world, contact, Intent::ReportTheft);
        answer(&mut world, operator, contact);
    }
    for contact in [3, 4] {
        world.handle(&Event::CallerHungUp { contact: ContactId(contact) });
    }
    // Two are free, but the one who is awaited talks.
    come_again(&mut world, 5, Intent::ReportTheft, Some(OperatorId(1)));
    assert_eq!(able(&world, ContactId(5)), Able { ready: 2, talking: 2, wrap_up: 2, ..Able::default() });
    for operator in [5, 6] {
        world.handle(&Event::OperatorPaused { operator: OperatorId(operator), reason: PauseReason::Meal });
    }
    assert_eq!(able(&world, ContactId(5)), Able { talking: 2, wrap_up: 2, paused: 2, ..Able::default() });
    assert_eq!(Able { ready: 1, talking: 2, wrap_up: 4, paused: 8, kept: 16 }.all(), 31);
}

#[test]
fn who_is_free_and_kept_for_other_matters_is_counted_apart() {
    let mut world = changed(&[]);
    let staff = ["goteborg", "falkenberg"].map(|site| (site, "report service", Language::Swedish));
    at_work(&mut world, &staff.repeat(2));
    // Three fifths of four are kept for reports.
    for contact in 1..=3 {
        come(&mut world, contact, Intent::Complaint);
    }
    assert_eq!(able(&world, ContactId(3)), Able { talking: 2, kept: 2, ..Able::default() });
}

#[test]
fn a_queue_shows_who_is_queued_or_rung_for_and_since_when() {
    let mut world = changed(&[]);
    at_work(&mut world, &[("goteborg", "report", Language::Swedish)]);
    for contact in 1..=3 {
        world.now = START.plus_ms(contact * 1_000);
        come(&mut world, contact, Intent::ReportTheft);
    }
    let view = world.router.view(world.now);
    let queues: Vec<_> = world.router.plan().queues().map(|(queue, _, _)| queue).collect();
    assert_eq!(view.queues.iter().map(|shown| shown.queue.clone()).collect::<Vec<_>>(), queues, "in the order of the plan");
    let busy: Vec<_> = view.queues.iter().filter(|shown| shown.waiting > 0 || shown.oldest_since.is_some()).collect();
    let [shown] = busy.as_slice() else { panic!("{busy:?}") };
    assert_eq!((shown.queue.to_string().as_str(), shown.waiting), ("vast.report", 3));
    assert_eq!((shown.region.as_str(), shown.oldest_since), ("vast", Some(START.plus_ms(1_000))));
    let place = PlaceEstimate::whole(PlaceSource::Stated, RegionId::new("vast"));
    assert_eq!(world.router.place_of(FIRST), Some(&place));
    assert_eq!(world.router.place_of(ContactId(4)), None);
}

#[test]
fn an_operator_is_shown_with_the_queues_they_serve_and_since_when_they_are_idle() {
    let mut world = changed(&[]);
    at_work(&mut world, &[("goteborg", "report service", Language::Swedish)]);
    let one = OperatorId(1);
    // Passports are handed to the switchboard, though their skill is that of service.
    let queues: Vec<String> = shown(&world, one).queues.iter().map(ToString::to_string).collect();
    assert_eq!(queues, ["vast.report", "vast.service"]);
    assert!(world.router.plan().class(&ClassId::new("information")).unwrap().party.is_some());
    world.handle(&Event::OperatorPaused { operator: one, reason: PauseReason::Meal });
    for (after_ms, event, state, since_ms) in [
        (1_000, Event::OperatorReady { operator: one }, OperatorState::Idle, 1_000),
        (2_000, Event::OperatorReady { operator: one }, OperatorState::Idle, 1_000),
        (3_000, Event::OperatorLost { operator: one }, OperatorState::Lost, 3_000),
    ] {
        world.now = START.plus_ms(after_ms);
        world.handle(&event);
        let shown = shown(&world, one);
        assert_eq!((shown.state, shown.since), (state, START.plus_ms(since_ms)), "{event:?}");
    }
}

#[test]
fn what_was_understood_before_a_correction_is_shown_until_it_stands_again() {
    let mut world = changed(&[]);
    at_work(&mut world, &[("goteborg", "report", Language::Swedish)]);
    come(&mut world, 1, Intent::ReportTheft);
    answer(&mut world, 1, 1);
    let operator = OperatorId(1);
    for (intent, before) in [
        (Intent::ReportFraud, Some(Intent::ReportTheft)),
        (Intent::Tip, Some(Intent::ReportTheft)),
        (Intent::ReportTheft, None),
        (Intent::ReportFraud, Some(Intent::ReportTheft)),
    ] {
        world.handle(&Event::IntentCorrected { contact: FIRST, operator, intent });
        let view = world.router.view(world.now);
        let shown = view.contacts.iter().find(|contact| contact.contact == FIRST).unwrap();
        assert_eq!((shown.intent, shown.corrected_from), (Some(intent), before));
    }
}

#[test]
fn a_surge_is_shown_until_its_end() {
    let mut world = changed(&[]);
    let (class, until) = (ClassId::new("service"), START.plus_ms(60_000));
    let declared = Event::SurgeDeclared { class: class.clone(), until, by: OperatorId(9), reason: SurgeReason::Event };
    assert!(world.handle(&declared).took_effect);
    assert_eq!((world.router.surge_until(&class), world.router.surge_until(&ClassId::new("tip"))), (Some(until), None));
    assert_eq!(world.router.view(world.now).surges, [SurgeView { class, until }]);
    assert_eq!(world.next_tick(until).map(|(at, _)| at), Some(until));
    assert_eq!(world.router.view(world.now).surges, []);
}
