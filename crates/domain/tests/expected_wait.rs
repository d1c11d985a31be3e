//! What waiting callers are told of their wait, and the step that goes by it: both only while the expectation is
//! calibrated, for which a queue has to be answered many times.
#![allow(clippy::unwrap_used)]

mod world;

use domain::{
    ContactId, MatterId, OperatorId, RegionId, SiteId, SkillId, Timestamp,
    contact::{Channel, Outcome, PauseReason},
    dialogue::{Line, Prompt},
    intent::{Intent, Language},
    place::{PlaceEstimate, PlaceSource},
    plan::OperatorProfile,
    routing::{Command, Event, Intake},
};
use world::{World, sweden};

const HERE: OperatorId = OperatorId(1);
const NEIGHBOUR: OperatorId = OperatorId(2);
/// So many waits, scattered evenly up to 100 s, are enough to be calibrated.
const CALLS: u64 = 60;

/// A queue that was answered so often, by a plan whose second step is for an expected wait over this.
fn answered_often(calls: u64, expected_over: &str) -> World {
    let step = ("waited = \"3 min\"".to_owned(), format!("expected_over = \"{expected_over}\""));
    let mut world = World::start(sweden(&[step]), Timestamp(1_795_417_200_000));
    sign_in(&mut world, HERE, "goteborg");
    for call in 1..=calls {
        come(&mut world, call);
        let answered = world.now.plus_ms(call * 37 % 101 * 1_000);
        while world.next_tick(answered).is_some() {}
        world.now = answered;
        answer(&mut world, ContactId(call));
    }
    sign_in(&mut world, NEIGHBOUR, "malmo");
    world.handle(&Event::OperatorReady { operator: NEIGHBOUR });
    // Somebody serves the queue, or an empty step would be passed.
    world.handle(&Event::OperatorReady { operator: HERE });
    come(&mut world, 1_000);
    world
}

fn sign_in(world: &mut World, operator: OperatorId, site: &str) {
    let profile = OperatorProfile {
        site: SiteId::new(site),
        also_regions: Vec::new(),
        category: None,
        skills: [(SkillId::new("report"), 5)].into(),
        languages: vec![Language::Swedish],
    };
    world.handle(&Event::OperatorSignedIn { operator, profile });
}

fn come(world: &mut World, contact: u64) -> Vec<Command> {
    come_about(world, contact, contact, None)
}

/// About a matter that is known already, perhaps, and that we owe a call.
fn come_about(world: &mut World, contact: u64, matter: u64, owed: Option<ContactId>) -> Vec<Command> {
    let arrived = world.handle(&Event::CallArrived {
        contact: ContactId(contact),
        matter: MatterId(matter),
        channel: Channel::HandOver,
        place: Some(PlaceEstimate::whole(PlaceSource::Stated, RegionId::new("vast"))),
        intake: Intake { intent: Some(Intent::ReportTheft), callable: true, owed, ..Intake::of_caller(Language::Swedish) },
    });
    world.prove();
    arrived.commands
}

/// By the operator here, who is on pause again when it is done.
fn answer(world: &mut World, contact: ContactId) {
    let operator = HERE;
    world.handle(&Event::OperatorReady { operator });
    let view = world.router.view(world.now);
    let offer = view.operators[0].offer.unwrap();
    world.handle(&Event::OfferAccepted { offer, operator });
    world.handle(&Event::OperatorConnected { contact, operator });
    world.handle(&Event::CallerHungUp { contact });
    world.handle(&Event::OutcomeStated { contact, operator, outcome: Outcome::Helped });
    world.handle(&Event::OperatorPaused { operator, reason: PauseReason::Rest });
}

/// What the next caller hears on coming into line, and whether the neighbour is rung for them.
fn next_caller(calls: u64, expected_over: &str) -> (Vec<Line>, bool) {
    let mut world = answered_often(calls, expected_over);
    let commands = come(&mut world, 1_001);
    let words = commands.iter().find_map(|command| match command {
        Command::Play { lines, .. } => Some(lines.clone()),
        _ => None,
    });
    let rung = commands.iter().any(|command| matches!(command, Command::Ring { operator: NEIGHBOUR, .. }));
    (words.unwrap(), rung)
}

#[test]
fn an_interval_is_told_once_it_is_calibrated() {
    let interval = [
        Line::Say(Prompt::ExpectedFrom),
        Line::Number(1),
        Line::Say(Prompt::ExpectedTo),
        Line::Number(2),
        Line::Say(Prompt::ExpectedMinutes),
    ];
    let check = |calls: u64, told: bool| {
        let (words, _) = next_caller(calls, "2 min");
        assert_eq!(words[0], Line::Say(Prompt::Queued), "after {calls}");
        assert_eq!(words[1..].starts_with(&interval), told, "after {calls}: {words:?}");
    };
    check(1, false);
    check(CALLS, true);
}

#[test]
fn a_step_by_the_expected_wait_holds_only_above_it() {
    let check = |calls: u64, expected_over: &str, rung: bool| {
        assert_eq!(next_caller(calls, expected_over).1, rung, "after {calls}, over {expected_over}");
    };
    // Half of the callers are expected to wait 52 s.
    check(CALLS, "51 s", true);
    check(CALLS, "52 s", false);
    check(1, "1 s", false);
}

#[test]
fn whoever_takes_the_age_of_a_call_that_we_owed_tells_nothing_of_what_others_wait() {
    let mut world = answered_often(CALLS, "2 min");
    answer(&mut world, ContactId(1_000));
    world.handle(&Event::OperatorPaused { operator: NEIGHBOUR, reason: PauseReason::Rest });
    let told = |world: &World| {
        let view = world.router.view(world.now);
        let queue = view.queues.iter().find(|queue| queue.queue.as_str() == "vast.report").unwrap();
        (queue.hit_rate.unwrap(), queue.expected_ms)
    };
    come(&mut world, 2_000);
    for key in ['6', '1'] {
        assert!(world.handle(&Event::KeyPressed { contact: ContactId(2_000), key }).took_effect);
    }
    let call = ContactId(2_001);
    let later = world.now.plus_ms(10 * 60_000);
    while world.next_tick(later).is_some() {}
    world.now = later;
    let joined = come_about(&mut world, 3_000, 2_000, Some(call));
    assert!(joined.contains(&Command::CloseContact { contact: call, outcome: Outcome::JoinedOther }), "{joined:#?}");
    let before = told(&world);
    answer(&mut world, ContactId(3_000));
    assert_eq!(told(&world), before, "ten minutes of it nobody waited on the line");
    // Anybody else's wait counts.
    come(&mut world, 3_001);
    answer(&mut world, ContactId(3_001));
    assert_eq!(told(&world).0.predictions, before.0.predictions + 1);
}
