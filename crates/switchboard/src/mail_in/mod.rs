//! Mail in: takes what a mail server delivers into a Maildir folder, each mail once. It is owed before it is moved, and known
//! by its name and words when it is found again, so that no crash loses or doubles it. It connects to nothing. A mail that
//! cannot be read is put aside with an alarm and holds up no other.

mod judge;
mod maildir;

use crate::{Switchboard, act::Stage, clock, desk::Refusal, live::Trouble, measures, seldom::Seldom};
use domain::{RegionId, Timestamp};
use interop::mail_in::{self, Origin, ReadMail};
use maildir::{Found, Shelf};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

/// What `look_ms` may be.
const LOOK_MS: std::ops::RangeInclusive<u64> = 100..=60_000;
/// Mails that were handed on and are not safe yet; beyond this nothing more is taken until they are.
const PENDING_MAX: usize = 1_000;
/// How long reading one mail may take.
const READING_MAX: Duration = Duration::from_secs(30);

/// `[mail_in]` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailInSettings {
    /// The Maildir: the folder that has `new` and `cur`.
    pub folder: PathBuf,
    /// The name by which our own mail server signs `Authentication-Results`; without it no address is believed.
    #[serde(default)]
    pub authserv_id: Option<String>,
    /// The region whose unit has what nobody has linked; without it the unit of those whose region nobody knows.
    #[serde(default)]
    pub region: Option<String>,
    /// How often the folder is looked at.
    #[serde(default = "look_ms")]
    pub look_ms: u64,
}

fn look_ms() -> u64 {
    2_000
}

/// Why mail cannot be taken in from there.
#[derive(Debug, thiserror::Error)]
pub enum MailInError {
    #[error("{} has no folder {name}: let the mail server make the Maildir, or make it with new, cur and tmp", folder.display())]
    NoMaildir { folder: PathBuf, name: &'static str },
    #[error("{} cannot be made: {cause}; the program must be able to move mail within the Maildir", folder.display())]
    NotOurs { folder: PathBuf, cause: io::Error },
    #[error("look_ms must lie between {} and {}", LOOK_MS.start(), LOOK_MS.end())]
    Look,
}

/// A Maildir from which mail can be taken in.
#[derive(Clone, Debug)]
pub struct Mailbox {
    folder: PathBuf,
    authserv_id: Option<String>,
    region: Option<RegionId>,
    look_every: Duration,
}

impl Mailbox {
    /// Takes nothing in yet.
    ///
    /// # Errors
    /// What about the settings or the folder cannot work.
    pub fn open(settings: MailInSettings) -> Result<Self, MailInError> {
        let MailInSettings { folder, authserv_id, region, look_ms } = settings;
        if !LOOK_MS.contains(&look_ms) {
            return Err(MailInError::Look);
        }
        for name in ["new", "cur"] {
            if !folder.join(name).is_dir() {
                return Err(MailInError::NoMaildir { folder, name });
            }
        }
        for shelf in Shelf::ALL {
            let folder = shelf.folder(&folder);
            fs::create_dir_all(&folder).map_err(|cause| MailInError::NotOurs { folder, cause })?;
        }
        Ok(Self { folder, authserv_id, region: region.as_deref().map(RegionId::new), look_every: Duration::from_millis(look_ms) })
    }

    #[must_use]
    pub fn region(&self) -> Option<&RegionId> {
        self.region.as_ref()
    }
}

/// How mail in stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct MailInStand {
    /// The folder can be read and written.
    pub works: bool,
    /// Mails that are not taken in yet.
    pub waiting: u64,
    /// Since when the oldest of them waits.
    pub oldest: Option<Timestamp>,
    /// Mails put aside because nobody could read them.
    pub unreadable: u64,
}

/// What became of a mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Taken {
    In,
    /// It had been taken in before.
    Again,
    /// A machine answers a mail of ours: nobody is owed anything.
    MachineAnswer,
    Unreadable,
    /// What is known of matters and senders cannot be read now: looked at again in the next round.
    NotYet,
    /// It was handed on and is not safe yet: looked for in the next round, and so is all behind it.
    NotSaved,
}

impl Taken {
    fn shelf(self) -> Option<Shelf> {
        match self {
            Self::In | Self::Again => Some(Shelf::Seen),
            Self::MachineAnswer => Some(Shelf::Machines),
            Self::Unreadable => Some(Shelf::Unreadable),
            Self::NotYet | Self::NotSaved => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::In => "taken",
            Self::Again => "again",
            Self::MachineAnswer => "machine_answer",
            Self::Unreadable => "unreadable",
            Self::NotYet => "not_yet",
            Self::NotSaved => "not_saved",
        }
    }
}

/// Takes mail in, where there is a mailbox, until it is told to stop. Were it to end in a fault of ours, calls go on and
/// everybody is told.
pub(crate) fn start(switchboard: &Switchboard, mailbox: Option<Mailbox>, stop: &CancellationToken) {
    let Some(mailbox) = mailbox else { return };
    let (stage, switchboard) = (switchboard.inner.stage.clone(), switchboard.clone());
    let work = MailIn { switchboard, mailbox, pending: BTreeSet::new(), complaint: Seldom::default() };
    let work = tokio::spawn(work.run(stop.clone()));
    tokio::spawn(async move {
        if work.await.is_err() {
            tracing::error!("taking mail in ended in a fault of the program: start it again, and report what the log says of it");
            fails(&stage);
        }
    });
}

/// No mail is taken in.
fn fails(stage: &Stage) {
    let nothing = MailInStand { works: true, waiting: 0, oldest: None, unreadable: 0 };
    let mut stand = stage.mail_in.lock();
    let before = stand.unwrap_or(nothing);
    *stand = Some(MailInStand { works: false, ..before });
    drop(stand);
    if before.works {
        stage.raise(clock::now(), Trouble::MailWaits, None);
    }
}

struct MailIn {
    switchboard: Switchboard,
    mailbox: Mailbox,
    /// Handed on, and not known to be safe: never handed on twice by this program.
    pending: BTreeSet<String>,
    complaint: Seldom,
}

impl MailIn {
    async fn run(mut self, stop: CancellationToken) {
        loop {
            let round = tokio::select! {
                () = stop.cancelled() => return,
                round = self.round() => round,
            };
            self.tell(round);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(self.mailbox.look_every) => {}
            }
        }
    }

    fn tell(&mut self, round: io::Result<MailInStand>) {
        let stage = &self.switchboard.inner.stage;
        match round {
            Ok(stand) => {
                *stage.mail_in.lock() = Some(stand);
                if self.complaint.is_over() {
                    tracing::info!("mail is taken in again");
                }
            }
            Err(error) => {
                fails(stage);
                if self.complaint.is_due(Instant::now()) {
                    tracing::error!(%error, "the mail folder cannot be read or written: mail waits in it");
                }
            }
        }
    }

    async fn round(&mut self) -> io::Result<MailInStand> {
        let waiting = self.within(maildir::waiting).await?;
        for file in waiting.files {
            if self.pending.len() >= PENDING_MAX {
                break;
            }
            let taken = self.one(&file).await;
            metrics::counter!(measures::MAILS, "result" => taken.word()).increment(1);
            let Some(shelf) = taken.shelf() else {
                // Nothing is saved now: the others would wait as long, one after the other.
                if taken == Taken::NotSaved {
                    break;
                }
                continue;
            };
            self.within(move |mailbox| maildir::put(mailbox, &file, shelf)).await?;
            if taken == Taken::Unreadable {
                self.switchboard.inner.stage.raise(clock::now(), Trouble::MailUnreadable, None);
            }
        }
        let (left, unreadable) =
            self.within(|mailbox| Ok((maildir::waiting(mailbox)?, maildir::count(mailbox, Shelf::Unreadable)?))).await?;
        Ok(MailInStand { works: true, waiting: left.count, oldest: left.oldest, unreadable })
    }

    /// Files are waited for beside everything else.
    async fn within<T: Send + 'static>(&self, work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static) -> io::Result<T> {
        let folder = self.mailbox.folder.clone();
        spawn_blocking(move || work(&folder)).await?
    }

    async fn one(&mut self, file: &Path) -> Taken {
        let (file, authserv_id) = (file.to_owned(), self.mailbox.authserv_id.clone());
        let reading = spawn_blocking(move || {
            let found = maildir::read(&file)?;
            let mail = mail_in::read(&found.bytes, authserv_id.as_deref());
            io::Result::Ok((found, mail))
        });
        match timeout(READING_MAX, reading).await {
            Ok(Ok(Ok((_, Some(mail))))) if mail.origin == Origin::MachineAnswer => Taken::MachineAnswer,
            Ok(Ok(Ok((found, Some(mail))))) => self.take(&found, &mail).await,
            // It says nothing at all, cannot be opened, or reading it ends in a fault or not at all.
            Ok(Ok(Ok((_, None)) | Err(_)) | Err(_)) | Err(_) => Taken::Unreadable,
        }
    }

    async fn take(&mut self, found: &Found, mail: &ReadMail) -> Taken {
        let key = judge::key(found, mail);
        match self.switchboard.store().contact_of_written(&key).await {
            Ok(Some(_)) => {
                self.pending.remove(&key);
                return Taken::Again;
            }
            Ok(None) => {}
            Err(_) => return Taken::NotYet,
        }
        if self.pending.contains(&key) {
            return Taken::NotSaved;
        }
        let Ok(addition) = judge::addition(&self.switchboard, &self.mailbox, found, mail, &key).await else { return Taken::NotYet };
        self.pending.insert(key.clone());
        match self.switchboard.take_in(addition).await {
            Ok(taken) => {
                self.pending.remove(&key);
                tracing::info!(contact = taken.contact.0, "a mail was taken in");
                Taken::In
            }
            // It may be saved as soon as anything can be; looked for by its key until then.
            Err(Refusal::NotSaved) => Taken::NotSaved,
            // It was never taken.
            Err(_) => {
                self.pending.remove(&key);
                Taken::NotYet
            }
        }
    }
}
