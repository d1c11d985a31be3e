//! The authority's own program looks at what came: it gets the bytes on its standard input and says by its exit what it
//! found. It is trusted with every file and with nothing else; whatever becomes of it, calls go on.

use super::EvidenceDesk;
use crate::clock;
use std::{
    collections::BTreeMap,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use storage::{Evidence, EvidenceError, EvidenceId, PieceReader};
use tokio::{
    io::AsyncWriteExt,
    process::{ChildStdin, Command},
    sync::mpsc,
    time::{Instant, sleep, timeout},
};

/// How soon one that could not be scanned is tried again, and the longest that grows to.
const AGAIN_FIRST: Duration = Duration::from_secs(15);
const AGAIN_MAX: Duration = Duration::from_secs(30 * 60);
/// How often what waits is looked for when nothing was told.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// Pieces between the disk and the program.
const PIECES_AHEAD: usize = 4;

#[derive(Clone, Debug)]
pub struct ScanSettings {
    /// The program and what it is called with.
    pub program: Vec<String>,
    /// How long it may take for one file.
    pub wait: Duration,
}

/// What the program said of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Said {
    Clean,
    Refused,
}

/// When each that failed is due again, and how long it waits then.
type Failed = BTreeMap<EvidenceId, (Instant, Duration)>;

pub(super) async fn again_and_again(desk: &EvidenceDesk, settings: &ScanSettings) {
    let mut failed = Failed::new();
    loop {
        match desk.room.to_scan().await {
            Ok(all) => {
                failed.retain(|id, _| all.iter().any(|one| one.id == *id));
                for one in &all {
                    let is_due = failed.get(&one.id).is_none_or(|(due, _)| *due <= Instant::now());
                    if is_due {
                        scan_one(desk, settings, one, &mut failed).await;
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "evidence that waits to be scanned cannot be read; trying again"),
        }
        tokio::select! {
            () = desk.came.notified() => {}
            () = sleep(LOOK_EVERY) => {}
        }
    }
}

async fn scan_one(desk: &EvidenceDesk, settings: &ScanSettings, evidence: &Evidence, failed: &mut Failed) {
    let said = match desk.room.verified(evidence).await {
        Ok(pieces) => scan(settings, pieces).await,
        Err(EvidenceError::Damaged) => Err("what lies in the folder is not what came".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let noted = match said {
        Ok(said) => desk.room.scanned(&evidence.id, said == Said::Clean, clock::now()).await.map_err(|error| error.to_string()),
        Err(why) => Err(why),
    };
    if let Err(why) = noted {
        let wait = failed.get(&evidence.id).map_or(AGAIN_FIRST, |(_, before)| (*before * 2).min(AGAIN_MAX));
        tracing::warn!(evidence = %evidence.id, why, again_s = wait.as_secs(), "evidence could not be scanned and stays quarantined");
        failed.insert(evidence.id.clone(), (Instant::now() + wait, wait));
    }
}

/// # Errors
/// Why nothing is known of it, in words for the log.
async fn scan(settings: &ScanSettings, pieces: PieceReader) -> Result<Said, String> {
    let (name, arguments) = settings.program.split_first().ok_or("no program is named")?;
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| format!("the program cannot be started ({})", error.kind()))?;
    let stdin = child.stdin.take().ok_or("the program has no standard input")?;
    let scanning = async {
        let (fed, ended) = tokio::join!(feed(stdin, pieces), child.wait());
        (fed, ended)
    };
    let (fed, ended) = timeout(settings.wait, scanning).await.map_err(|_| "the program took too long".to_owned())?;
    let ended: ExitStatus = ended.map_err(|error| format!("the program is lost ({})", error.kind()))?;
    match ended.code() {
        Some(1) => Ok(Said::Refused),
        Some(0) => fed.map(|()| Said::Clean),
        Some(code) => Err(format!("the program ended with {code}")),
        None => Err("the program was killed".to_owned()),
    }
}

/// A program that has seen enough may stop reading; one that did not get all of it has not seen all.
async fn feed(mut stdin: ChildStdin, mut pieces: PieceReader) -> Result<(), String> {
    let (sender, mut receiver) = mpsc::channel(PIECES_AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        loop {
            match pieces.next_piece() {
                Ok(None) => return Ok(()),
                Ok(Some(piece)) => sender.blocking_send(piece).map_err(|_| "the program did not read to the end".to_owned())?,
                Err(error) => return Err(error.to_string()),
            }
        }
    });
    while let Some(piece) = receiver.recv().await {
        if stdin.write_all(&piece).await.is_err() {
            break;
        }
    }
    drop((stdin, receiver));
    reading.await.unwrap_or_else(|_| Err("reading it ended in a fault".to_owned()))
}
