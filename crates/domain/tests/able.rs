//! Who could answer a contact that waits, and why who is free is offered nobody, is counted by the rule that matches.
#![allow(clippy::unwrap_used)]

mod world;

use domain::{
    ContactId, MatterId, OperatorId, RegionId, SiteId, SkillId, Timestamp,
    contact::{Channel, PauseReason},
    intent::{Intent, Language},
    place::{PlaceEstimate, PlaceSource},
    plan::OperatorProfile,
    routing::{Able, Event, Idle, Intake},
};
use world::{World, sweden};

const FIRST: ContactId = ContactId(1);

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

fn able(world: &World, contact: ContactId) -> Able {
    let view = world.router.view(world.now);
    view.contacts.iter().find(|view| view.contact == contact).unwrap().line.unwrap().able
}

#[test]
fn whoever_may_take_it_is_counted_by_what_they_do() {
    let mut world = World::start(sweden(&[]), Timestamp(1_795_000_000_000));
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
    let mut world = World::start(sweden(&[("[[sites]]".to_owned(), step.to_owned())]), Timestamp(1_795_000_000_000));
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
    let offer = world.router.view(world.now).operators[0].offer.unwrap();
    world.handle(&Event::OfferAccepted { offer, operator: OperatorId(1) });
    world.handle(&Event::OperatorConnected { contact: ContactId(9), operator: OperatorId(1) });
    while world.next_tick(Timestamp(1_795_000_060_000)).is_some() {}
    assert_eq!(able(&world, FIRST), Able { talking: 1, paused: 2, ..Able::default() }, "a step has been passed");
}

#[test]
fn each_who_is_free_is_told_what_keeps_them_from_those_who_wait() {
    let affinity = "[affinity]\nwithin = \"2 h\"\nhold = \"45 s\"\n\n[follow_up]";
    let changes = [("[follow_up]", affinity), ("opens = 2021-03-31", "opens = 2099-03-31")];
    let mut world = World::start(sweden(&changes.map(|(from, to)| (from.to_owned(), to.to_owned()))), Timestamp(1_795_000_000_000));
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
}
