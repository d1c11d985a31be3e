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
    let arrived = world.handle(&Event::CallArrived {
        contact: ContactId(contact),
        matter: MatterId(contact),
        channel: Channel::HandOver,
        place: Some(PlaceEstimate::whole(PlaceSource::Stated, RegionId::new("vast"))),
        intake: Intake { intent: Some(Intent::ReportTheft), ..Intake::of_caller(Language::Swedish) },
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
