//! Evidence: what was received stays received, what was changed is never given, what is forgotten cannot be read.

use crate::support::{Centre, Place};
use domain::{ContactId, MatterId, OperatorId, Timestamp};
use std::{
    env, fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};
use storage::{
    Completed, Custodian, CustodyAct, EVIDENCE_BYTES_MAX, EVIDENCE_PIECE_BYTES_MAX, Evidence, EvidenceError, EvidenceId, EvidenceRoom,
    EvidenceState, NewEvidence, Store, UNSENT_KEPT_MS, VISIT_FILES_MAX,
};

on_both!(
    an_upload_goes_on_where_it_was_safe,
    a_changed_file_is_never_given,
    limits_hold,
    the_chain_of_custody_tells_of_every_change,
    erasing_a_contact_erases_its_evidence,
    what_was_never_sent_is_forgotten
);

const NOW: Timestamp = Timestamp(1_796_047_200_000);
const MATTER: MatterId = MatterId(1);
const PIECE: usize = EVIDENCE_PIECE_BYTES_MAX;

/// A folder that is gone when dropped, with a room that holds so much.
struct Room {
    folder: PathBuf,
    bytes_max: u64,
}

impl Room {
    fn new(bytes_max: u64) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("svar-evidence-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self { folder: env::temp_dir().join(name), bytes_max }
    }

    fn open(&self, store: &Store) -> EvidenceRoom {
        EvidenceRoom::open(store.clone(), &self.folder, self.bytes_max).unwrap()
    }

    fn file(&self, id: &EvidenceId) -> PathBuf {
        self.folder.join(id.text())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn plenty() -> Room {
    Room::new(1 << 40)
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|n| u8::try_from((n * 7 + n / 251) % 256).unwrap()).collect()
}

async fn begin(room: &EvidenceRoom, declared: Option<u64>) -> Evidence {
    room.begin(&NewEvidence { matter: MATTER, visit: "v", name: "bild.jpg", declared }, NOW).await.unwrap()
}

/// Takes these bytes in from where it stands.
async fn add(room: &EvidenceRoom, evidence: Evidence, bytes: &[u8]) -> Evidence {
    let at = evidence.received;
    let mut intake = room.go_on(evidence, at).await.unwrap();
    intake.take(bytes).await.unwrap();
    intake.finish(NOW).await.unwrap()
}

async fn complete(room: &EvidenceRoom, evidence: &Evidence) -> Evidence {
    let whole = room.look_through(evidence, 0, 0).await.unwrap();
    let found = Completed {
        sha256: whole.sha256,
        media_type: "image/jpeg".to_owned(),
        proposed: Some("{}".to_owned()),
        state: EvidenceState::Quarantined,
        refused: None,
    };
    room.complete(evidence, &found, NOW).await.unwrap();
    room.evidence(&evidence.id).await.unwrap().unwrap()
}

async fn whole(room: &EvidenceRoom, bytes: &[u8]) -> Evidence {
    let evidence = begin(room, Some(bytes.len() as u64)).await;
    let evidence = add(room, evidence, bytes).await;
    complete(room, &evidence).await
}

/// All that is given of it.
async fn given(room: &EvidenceRoom, evidence: &Evidence) -> Result<Vec<u8>, EvidenceError> {
    let mut reader = room.verified(evidence).await?;
    let mut all = Vec::new();
    while let Some(piece) = reader.next_piece()? {
        all.extend(piece);
    }
    Ok(all)
}

async fn an_upload_goes_on_where_it_was_safe(place: Place) {
    let (folder, all) = (plenty(), bytes(2 * PIECE + 4_711));
    let (store, _) = place.open_leased().await;
    let room = folder.open(&store);
    let evidence = begin(&room, Some(all.len() as u64)).await;
    let evidence = add(&room, evidence, &all[..1_000]).await;
    assert_eq!(evidence.received, 1_000);
    // Broken off: a whole piece was written behind what counts, and was never said to be safe.
    let mut lost = room.go_on(evidence.clone(), 1_000).await.unwrap();
    lost.take(&all[1_000..1_000 + PIECE + 5]).await.unwrap();
    drop(lost);
    store.close().await;

    let (store, _) = place.open_leased().await;
    let room = folder.open(&store);
    let evidence = room.evidence(&evidence.id).await.unwrap().unwrap();
    assert_eq!(evidence.received, 1_000, "after the program began anew");
    for wrong in [0, 999, 1_001] {
        assert_eq!(room.go_on(evidence.clone(), wrong).await.err(), Some(EvidenceError::WrongOffset { at: 1_000 }));
    }
    assert!(!evidence.is_whole());
    let evidence = add(&room, evidence, &all[1_000..PIECE]).await;
    let evidence = add(&room, evidence, &all[PIECE..]).await;
    assert!(evidence.is_whole());
    let evidence = complete(&room, &evidence).await;
    assert_eq!(evidence.sha256.as_deref(), Some(&*sha256(&all)));
    assert_eq!(given(&room, &evidence).await.unwrap(), all);
    assert_eq!(room.go_on(evidence.clone(), evidence.received).await.err(), Some(EvidenceError::NotThere), "it is complete");
    let sealed = fs::read(folder.file(&evidence.id)).unwrap();
    assert!(!sealed.windows(64).any(|part| part == &all[..64]), "nothing of it lies open");
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn a_changed_file_is_never_given(place: Place) {
    let (folder, all) = (plenty(), bytes(3 * PIECE));
    let (store, _) = place.open_leased().await;
    let room = folder.open(&store);
    let (one, other) = (whole(&room, &all).await, whole(&room, &all).await);
    let sealed = fs::read(folder.file(&one.id)).unwrap();
    let piece = PIECE + 32;
    assert_eq!(sealed.len(), 3 * piece + 40 + 32);
    let mut swapped = sealed.clone();
    swapped[..2 * piece].rotate_left(piece);
    let mut flipped = sealed.clone();
    flipped[piece + 100] ^= 1;
    let left_out = [&sealed[..piece], &sealed[2 * piece..]].concat();
    let huge = [&u32::MAX.to_be_bytes()[..], &sealed[4..]].concat();
    for (what, spoilt) in [
        ("swapped", swapped),
        ("flipped", flipped),
        ("a piece left out", left_out),
        ("cut in a piece", sealed[..piece + 9].to_vec()),
        ("cut behind a piece", sealed[..piece].to_vec()),
        ("without its end", sealed[..3 * piece].to_vec()),
        ("longer", [&sealed[..], b"x"].concat()),
        ("another's", fs::read(folder.file(&other.id)).unwrap()),
        ("empty", Vec::new()),
        ("a length without end", huge),
    ] {
        fs::write(folder.file(&one.id), spoilt).unwrap();
        assert_eq!(given(&room, &one).await.err(), Some(EvidenceError::Damaged), "{what}");
    }
    fs::remove_file(folder.file(&one.id)).unwrap();
    assert_eq!(given(&room, &one).await.err(), Some(EvidenceError::Damaged), "gone");
    fs::write(folder.file(&one.id), sealed).unwrap();
    assert_eq!(given(&room, &one).await.unwrap(), all);
    place.tamper("UPDATE evidence SET sha256 = REPLACE(sha256, SUBSTR(sha256, 1, 1), 'x')").await;
    let changed = room.evidence(&one.id).await.unwrap().unwrap();
    assert_eq!(given(&room, &changed).await.err(), Some(EvidenceError::Damaged), "another hash in the row");
}

async fn limits_hold(place: Place) {
    let (store, _) = place.open_leased().await;
    let folder = Room::new(10_000);
    let room = folder.open(&store);
    let ask = async |declared| {
        let new = NewEvidence { matter: MATTER, visit: "v", name: "", declared };
        room.begin(&new, NOW).await
    };
    assert_eq!(ask(Some(EVIDENCE_BYTES_MAX + 1)).await.err(), Some(EvidenceError::TooLarge));
    assert_eq!(ask(Some(10_001)).await.err(), Some(EvidenceError::MatterFull));
    let evidence = ask(Some(10_000)).await.unwrap();
    assert_eq!(ask(Some(1)).await.err(), Some(EvidenceError::RoomFull), "what was announced is counted");
    let mut intake = room.go_on(evidence.clone(), 0).await.unwrap();
    assert_eq!(intake.take(&bytes(10_001)).await, Err(EvidenceError::TooLarge), "more than was announced");
    assert_eq!(intake.finish(NOW).await.unwrap().received, 10_000);
    assert!(room.take_back(&evidence.id, Custodian::Citizen, NOW).await.unwrap());
    assert!(!room.take_back(&evidence.id, Custodian::Citizen, NOW).await.unwrap(), "only once");
    let unsaid = ask(None).await.unwrap();
    let mut intake = room.go_on(unsaid, 0).await.unwrap();
    assert_eq!(intake.take(&bytes(10_001)).await, Err(EvidenceError::TooLarge), "more than there is room for");
    drop(intake);
    for _ in 1..VISIT_FILES_MAX {
        ask(Some(1)).await.unwrap();
    }
    assert_eq!(ask(Some(1)).await.err(), Some(EvidenceError::MatterFull));
}

async fn the_chain_of_custody_tells_of_every_change(place: Place) {
    let folder = plenty();
    let (store, _) = place.open_leased().await;
    let room = folder.open(&store);
    let evidence = whole(&room, &bytes(10)).await;
    room.scanned(&evidence.id, true, NOW).await.unwrap();
    room.scanned(&evidence.id, false, NOW).await.unwrap();
    room.sent(std::slice::from_ref(&evidence.id), ContactId(1), NOW).await.unwrap();
    room.sent(std::slice::from_ref(&evidence.id), ContactId(2), NOW).await.unwrap();
    let reader = Custodian::Operator(OperatorId(7));
    room.note(&evidence.id, reader, CustodyAct::Seen, "", NOW).await.unwrap();
    room.note(&evidence.id, reader, CustodyAct::Copied, "sha256", NOW.plus_ms(5)).await.unwrap();
    let custody = room.custody(&evidence.id).await.unwrap();
    let told: Vec<_> = custody.steps.iter().map(|step| (step.act, step.who)).collect();
    let (citizen, system) = (Custodian::Citizen, Custodian::System);
    assert_eq!(
        told,
        [
            (CustodyAct::Begun, citizen),
            (CustodyAct::Received, system),
            (CustodyAct::Scanned, system),
            (CustodyAct::Sent, citizen),
            (CustodyAct::Seen, reader),
            (CustodyAct::Copied, reader),
        ]
    );
    assert!(custody.is_whole);
    let after = room.evidence(&evidence.id).await.unwrap().unwrap();
    assert_eq!((after.state, after.contact), (EvidenceState::Clean, Some(ContactId(1))));
    assert_eq!(place.faults().await, [""; 0]);
    place.tamper("CREATE TABLE kept AS SELECT * FROM evidence_custody").await;
    for change in [
        "UPDATE evidence_custody SET who = 'citizen' WHERE act = 'copied'",
        "UPDATE evidence_custody SET at = at + 1 WHERE step = 2",
        "DELETE FROM evidence_custody WHERE step = 4",
        "DELETE FROM evidence_custody",
    ] {
        place.tamper(change).await;
        assert!(!room.custody(&evidence.id).await.unwrap().is_whole, "{change}");
        assert!(place.faults().await.iter().any(|fault| fault.contains("custody")), "{change}");
        place.tamper("DELETE FROM evidence_custody; INSERT INTO evidence_custody SELECT * FROM kept").await;
    }
    assert!(room.custody(&evidence.id).await.unwrap().is_whole);
}

async fn erasing_a_contact_erases_its_evidence(place: Place) {
    let folder = plenty();
    let (store, _) = place.open_leased().await;
    store.append_all(vec![Centre::default().arrive("031-390 06 05")]).await.unwrap();
    let room = folder.open(&store);
    let (mine, other) = (whole(&room, &bytes(10)).await, whole(&room, &bytes(10)).await);
    room.sent(std::slice::from_ref(&mine.id), ContactId(1), NOW).await.unwrap();
    assert_eq!(room.of_matter(MATTER).await.unwrap().len(), 1);
    let copy = fs::read(folder.file(&mine.id)).unwrap();
    store.erase_payloads(ContactId(1), NOW).await.unwrap();
    let erased = room.evidence(&mine.id).await.unwrap().unwrap();
    assert_eq!((erased.state, &*erased.name, erased.proposed.clone()), (EvidenceState::Erased, "", None));
    assert!(!folder.file(&mine.id).exists());
    fs::write(folder.file(&mine.id), copy).unwrap();
    assert_eq!(given(&room, &erased).await.err(), Some(EvidenceError::NotThere), "a copy of the file opens no more");
    let custody = room.custody(&mine.id).await.unwrap();
    assert_eq!(custody.steps.last().map(|step| step.act), Some(CustodyAct::Erased));
    assert!(custody.is_whole && given(&room, &other).await.is_ok());
    assert_eq!(room.sweep().await.unwrap(), 1, "what a crash left is deleted");
    assert!(!folder.file(&mine.id).exists() && folder.file(&other.id).exists());
}

async fn what_was_never_sent_is_forgotten(place: Place) {
    let folder = plenty();
    let (store, _) = place.open_leased().await;
    let room = folder.open(&store);
    let (sent, unsent) = (whole(&room, &bytes(10)).await, whole(&room, &bytes(10)).await);
    let part = begin(&room, Some(5)).await;
    room.sent(std::slice::from_ref(&sent.id), ContactId(1), NOW).await.unwrap();
    assert!(!room.take_back(&sent.id, Custodian::Citizen, NOW).await.unwrap(), "what was sent stays");
    let later = NOW.plus_ms(UNSENT_KEPT_MS);
    assert!(room.left_behind(Timestamp(later.0 - 1)).await.unwrap().is_empty());
    let left: Vec<_> = room.left_behind(later).await.unwrap();
    assert_eq!(left.len(), 2);
    for id in left.iter().map(|one| &one.id).chain([&sent.id]) {
        room.forget_unsent(id).await.unwrap();
    }
    for (id, is_there) in [(&sent.id, true), (&unsent.id, false), (&part.id, false)] {
        assert_eq!(room.evidence(id).await.unwrap().is_some(), is_there);
        assert_eq!(folder.file(id).exists(), is_there);
        assert_eq!(room.custody(id).await.unwrap().steps.is_empty(), !is_there);
    }
}
