//! What the ledger calls a breach of the invariant: each is found by its name, and nothing else is.
#![allow(clippy::unwrap_used)]

use domain::{
    ContactId, MatterId, OperatorId, PromiseId, QueueId, Timestamp, UnitId,
    contact::{
        Channel, ContactState, Owner, PromiseKind,
        ledger::{Ledger, LedgerFault, Segment, Visit},
    },
    routing::Command,
};

const CONTACT: ContactId = ContactId(1);
const MATTER: MatterId = MatterId(1);
const PROMISE: PromiseId = PromiseId(1);

/// One contact in the dialogue that is owed an answer.
fn ledger() -> Ledger {
    let (contact, matter, promise) = (CONTACT, MATTER, PROMISE);
    let (owner, due) = (Owner::Dialogue, Timestamp(9));
    let commands = [
        Command::OpenContact { contact, matter, channel: Channel::Telephone, owner: owner.clone() },
        Command::MakePromise { promise, matter, promise_kind: PromiseKind::Answer, owner, due },
    ];
    let mut ledger = Ledger::default();
    ledger.apply(1, Timestamp(1), &commands).unwrap();
    ledger
}

/// As it stands after a move to this state and owner.
fn moved(state: ContactState, owner: Owner) -> Ledger {
    let mut ledger = ledger();
    ledger.apply(2, Timestamp(2), &[Command::MoveContact { contact: CONTACT, state, owner }]).unwrap();
    ledger
}

#[track_caller]
fn check(mut ledger: Ledger, change: impl FnOnce(&mut Ledger), expected: &[LedgerFault]) {
    assert_eq!(ledger.faults(), [], "before the change");
    change(&mut ledger);
    assert_eq!(ledger.faults(), expected);
}

fn visit() -> Visit {
    let queue = QueueId::new("vast.report");
    Visit { queue, entered: Timestamp(1), strict: false, ended: None, outcome: None, waited_ms: None }
}

#[test]
fn records_that_no_command_could_have_made_are_found() {
    use LedgerFault as F;
    let (contact, matter) = (CONTACT, MATTER);
    check(ledger(), |ledger| ledger.matters.clear(), &[F::ContactWithoutMatter { contact }, F::PromiseWithoutMatter { promise: PROMISE }]);
    let close = |ledger: &mut Ledger| {
        ledger.contacts.get_mut(&contact).unwrap().closed = Some(Timestamp(3));
    };
    check(ledger(), close, &[F::ClosedWithoutOutcome { contact }]);
    check(ledger(), |ledger| ledger.promises.clear(), &[F::MatterWithoutPromise { matter }]);
    let segments: [fn(&mut Vec<Segment>); 4] = [
        Vec::clear,
        |segments| segments[0].until = Some(Timestamp(2)),
        |segments| segments[0].owner = Owner::Operator(OperatorId(7)),
        |segments| segments[0].state = ContactState::Queued,
    ];
    for change in segments {
        check(ledger(), |ledger| change(&mut ledger.contacts.get_mut(&contact).unwrap().segments), &[F::SegmentDoesNotFit { contact }]);
    }
}

#[test]
fn every_state_has_its_kind_of_owner() {
    use ContactState as S;
    let owners =
        [Owner::Dialogue, Owner::Queue(QueueId::new("vast.report")), Owner::Operator(OperatorId(7)), Owner::Unit(UnitId::new("112"))];
    for (state, fits) in [
        (S::Dialogue, [true, false, false, false]),
        (S::Queued, [false, true, false, false]),
        (S::Offered, [false, true, false, false]),
        (S::Connecting, [false, false, true, true]),
        (S::Talking, [false, false, true, false]),
        (S::OnHold, [false, false, true, false]),
        (S::Consulting, [false, false, true, false]),
        (S::OperatorLost, [false, false, true, false]),
        (S::WrapUp, [false, false, true, false]),
        (S::EmergencyTransfer, [false, false, false, true]),
        (S::WithParty, [false, false, false, true]),
    ] {
        for (owner, fits) in owners.iter().zip(fits) {
            let faults = moved(state, owner.clone()).faults();
            let expected = if fits { vec![] } else { vec![LedgerFault::OwnerDoesNotFit { contact: CONTACT }] };
            assert_eq!(faults, expected, "{state} {owner:?}");
        }
    }
}

#[test]
fn a_visit_is_open_in_line_only() {
    use ContactState as S;
    let (queue, operator) = (Owner::Queue(QueueId::new("vast.report")), Owner::Operator(OperatorId(7)));
    for (state, owner, in_line) in [
        (S::Dialogue, Owner::Dialogue, false),
        (S::Queued, queue.clone(), true),
        (S::Offered, queue, true),
        (S::Connecting, operator.clone(), true),
        (S::Talking, operator.clone(), false),
        (S::OnHold, operator.clone(), false),
        (S::WrapUp, operator, false),
        (S::WithParty, Owner::Unit(UnitId::new("112")), false),
    ] {
        let expected: &[LedgerFault] = if in_line { &[] } else { &[LedgerFault::VisitOutOfLine { contact: CONTACT }] };
        check(moved(state, owner), |ledger| ledger.contacts.get_mut(&CONTACT).unwrap().visits.push(visit()), expected);
    }
}
