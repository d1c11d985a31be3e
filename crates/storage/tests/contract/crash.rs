//! A process killed while it appends, and a last write torn by the power going: what was answered is
//! there, and all of it verifies.

use crate::support::{Centre, Place};
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

#[tokio::test]
async fn a_torn_last_write_is_as_if_it_had_not_been() {
    let place = Place::sqlite();
    let (store, _) = place.open_leased().await;
    let mut centre = Centre::default();
    for _ in 0..5 {
        store.append_all(centre.whole_call("+46701740605")).await.unwrap();
    }
    let log = fs::read(place.folder().join("svar.db-wal")).unwrap();
    let mut ends = Vec::new();
    for cut in [0, 1, 100, 4_000, 4_120, 9_000, 20_000] {
        let copy = Place::sqlite();
        fs::create_dir_all(copy.folder()).unwrap();
        fs::copy(place.folder().join("svar.db"), copy.folder().join("svar.db")).unwrap();
        fs::write(copy.folder().join("svar.db-wal"), &log[..log.len() - cut]).unwrap();
        assert_eq!(copy.faults().await, [""; 0], "{cut} bytes torn off");
        let (torn, _) = copy.open_leased().await;
        ends.push(torn.head().await.unwrap().unwrap().seq.0);
        let next = torn.append(centre.tick()).await.unwrap();
        assert_eq!(Some(next.0), ends.last().map(|end| end + 1));
        assert_eq!(copy.faults().await, [""; 0]);
    }
    assert_eq!(ends[0], 20, "untorn, all is there");
    assert!(ends.iter().all(|end| end % 4 == 0), "a torn transaction is there whole or not at all: {ends:?}");
    assert!(ends.iter().any(|end| *end < 20), "nothing was torn: {ends:?}");
}
