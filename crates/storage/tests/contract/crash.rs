//! A process killed while it appends, and a last write torn by the power going: what was answered is
//! there, and all of it verifies.

use crate::support::{Centre, Place};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, Stdio},
};
use storage::{Location, Seq, Store};

on_both!(no_acknowledged_entry_is_lost_by_a_kill);

const FOLDER: &str = "SVAR_TEST_FOLDER";
const ADDRESS: &str = "SVAR_TEST_ADDRESS";

async fn no_acknowledged_entry_is_lost_by_a_kill(place: Place) {
    for round in 0..3 {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "crash::child_appends_until_killed", "--ignored", "--nocapture"]);
        match &place.location {
            Location::Sqlite(folder) => command.env(FOLDER, folder),
            Location::Postgres(address) => command.env(ADDRESS, address),
        };
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut acknowledged = 0;
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some(seq) = line.strip_prefix("saved ").and_then(|seq| seq.parse::<u64>().ok()) {
                acknowledged = seq;
                seen += 1;
            }
            if seen == 40 + round * 7 {
                child.kill().unwrap();
                break;
            }
        }
        assert!(seen >= 40, "the child ended by itself after {seen} entries");
        // Already written to the pipe when it died.
        for line in lines.map_while(Result::ok) {
            acknowledged = line.strip_prefix("saved ").and_then(|seq| seq.parse().ok()).unwrap_or(acknowledged);
        }
        child.wait().unwrap();

        assert_eq!(place.faults().await, [""; 0], "as it lies, before anything opens it for writing");
        let (store, _) = place.open_leased().await;
        let head = store.head().await.unwrap().unwrap();
        assert!(head.seq >= Seq(acknowledged), "entry {acknowledged} was acknowledged, the journal ends with {}", head.seq);
        assert_eq!(place.faults().await, [""; 0]);
        store.close().await;
    }
}

#[tokio::test]
#[ignore = "started and killed by another test"]
async fn child_appends_until_killed() {
    let location = match (env::var(FOLDER), env::var(ADDRESS)) {
        (Ok(folder), _) => Location::Sqlite(PathBuf::from(folder)),
        (_, Ok(address)) => Location::Postgres(address),
        _ => return,
    };
    let store = Store::open(&location).await.unwrap();
    store.take_lease("child", 0).await.unwrap();
    let mut centre = Centre::going_on(&store).await;
    let mut output = std::io::stdout();
    loop {
        for entry in centre.whole_call("+46701740605") {
            let seq = store.append(entry).await.unwrap();
            writeln!(output, "saved {seq}").unwrap();
            output.flush().unwrap();
        }
        drop(store.append(centre.arrive("+46701740606")));
    }
}

/// How a write may be torn by the power going: cut off, or its end never written, or written with what lay there before.
#[derive(Clone, Copy, Debug)]
enum Tear {
    CutOff,
    Noughts,
    OldContent,
}

/// The log of writes as the disk may have it: torn somewhere in its last bytes.
fn torn(log: &[u8], tear: Tear, bytes: usize, random: &mut StdRng) -> Vec<u8> {
    let (whole, lost) = log.split_at(log.len() - bytes);
    let mut torn = whole.to_vec();
    match tear {
        Tear::CutOff => {}
        Tear::Noughts => torn.resize(log.len(), 0),
        Tear::OldContent => torn.extend(lost.iter().map(|byte| byte ^ random.random_range(1..=u8::MAX))),
    }
    torn
}

/// PostgreSQL's own log of writes is its own affair: it checks each record of it by a checksum, and what it says is
/// committed is on the disk. The kill above is held to it as well.
#[tokio::test]
async fn a_torn_last_write_is_as_if_it_had_not_been() {
    const SEED: u64 = 29;
    let place = Place::sqlite();
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    for _ in 0..5 {
        store.append_all(centre.whole_call("+46701740605")).await.unwrap();
    }
    let log = fs::read(place.folder().join("svar.db-wal")).unwrap();
    let mut random = StdRng::seed_from_u64(SEED);
    let chosen = [0, 1, 100, 4_000, 4_120, 9_000, 20_000].map(|bytes| (Tear::CutOff, bytes));
    let by_chance: Vec<(Tear, usize)> = (0..30)
        .map(|round| ([Tear::CutOff, Tear::Noughts, Tear::OldContent][round % 3], random.random_range(1..=log.len().min(40_000))))
        .collect();
    let mut ends = Vec::new();
    for (tear, bytes) in chosen.into_iter().chain(by_chance) {
        let copy = Place::sqlite();
        fs::create_dir_all(copy.folder()).unwrap();
        fs::copy(place.folder().join("svar.db"), copy.folder().join("svar.db")).unwrap();
        fs::write(copy.folder().join("svar.db-wal"), torn(&log, tear, bytes, &mut random)).unwrap();
        assert_eq!(copy.faults().await, [""; 0], "{tear:?} of {bytes} bytes, seed {SEED}");
        let (torn, _) = copy.open_leased().await;
        ends.push(torn.head().await.unwrap().map_or(0, |head| head.seq.0));
        let next = torn.append(centre.tick()).await.unwrap();
        assert_eq!(Some(next.0), ends.last().map(|end| end + 1));
        assert_eq!(copy.faults().await, [""; 0], "{tear:?} of {bytes} bytes and gone on, seed {SEED}");
    }
    assert_eq!(ends[0], 20, "untorn, all is there");
    assert!(ends.iter().all(|end| end % 4 == 0), "a torn transaction is there whole or not at all: {ends:?}");
    assert!(ends.iter().any(|end| *end < 20), "nothing was torn: {ends:?}");
}
