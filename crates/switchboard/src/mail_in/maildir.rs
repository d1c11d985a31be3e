//! A Maildir folder: whatever a mail server delivers stands in `new`, each mail a file. It goes to `cur` once it is taken in,
//! and to `aside` where nobody could take it in. Nothing is ever deleted, opened or written here.

use domain::Timestamp;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// A longer mail is taken in by its beginning.
pub const MAIL_BYTES_MAX: u64 = 25 * 1024 * 1024;
/// So much of it.
const BEGINNING_BYTES: u64 = 256 * 1024;
/// Files taken in one round; the others wait for the next.
const FILES_MAX: usize = 100;
/// Files that are counted.
const COUNTED_MAX: usize = 10_000;

/// Where a mail goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shelf {
    /// It is taken in.
    Seen,
    /// Nobody could read it: a person has to.
    Unreadable,
    /// A machine answered a mail of ours.
    Machines,
}

impl Shelf {
    pub const ALL: [Self; 3] = [Self::Seen, Self::Unreadable, Self::Machines];

    pub fn folder(self, mailbox: &Path) -> PathBuf {
        match self {
            Self::Seen => mailbox.join("cur"),
            Self::Unreadable => mailbox.join("aside").join("unreadable"),
            Self::Machines => mailbox.join("aside").join("machines"),
        }
    }
}

/// What waits in `new`.
#[derive(Default)]
pub struct Waiting {
    /// By name, because servers name by time.
    pub files: Vec<PathBuf>,
    pub count: u64,
    /// Since when the oldest waits.
    pub oldest: Option<Timestamp>,
}

/// A mail as it was found.
pub struct Found {
    /// The name that the server gave it, which no other mail has.
    pub name: String,
    pub bytes: Vec<u8>,
    /// It is longer than what is read of it.
    pub is_cut: bool,
    /// Of all its bytes, in hexadecimal.
    pub sha256: String,
    /// The same for every delivery of the same mail, whatever servers write above it.
    pub body_sha256: String,
}

fn mails_in(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    // Hidden files are none of the mailbox; whatever is no file, nobody delivered.
    let is_mail = |entry: &fs::DirEntry| Ok(entry.file_type()?.is_file() && !entry.file_name().to_string_lossy().starts_with('.'));
    let found = fs::read_dir(folder)?.map(move |entry| entry.and_then(|entry| is_mail(&entry).map(|is| is.then_some(entry))));
    Ok(found.filter_map(Result::transpose).take(COUNTED_MAX))
}

/// # Errors
/// When the folder cannot be read.
pub fn waiting(mailbox: &Path) -> io::Result<Waiting> {
    let mut waiting = Waiting::default();
    for entry in mails_in(&mailbox.join("new"))? {
        let entry = entry?;
        let since = entry.metadata().and_then(|known| known.modified()).unwrap_or_else(|_| SystemTime::now());
        let since = since.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        waiting.oldest = Some(waiting.oldest.map_or(Timestamp(since), |oldest| oldest.min(Timestamp(since))));
        waiting.count += 1;
        waiting.files.push(entry.path());
    }
    waiting.files.sort();
    waiting.files.truncate(FILES_MAX);
    Ok(waiting)
}

/// How many stand on a shelf.
///
/// # Errors
/// When it cannot be read.
pub fn count(mailbox: &Path, shelf: Shelf) -> io::Result<u64> {
    Ok(u64::try_from(mails_in(&shelf.folder(mailbox))?.count()).unwrap_or(u64::MAX))
}

/// # Errors
/// When the file cannot be read.
pub fn read(file: &Path) -> io::Result<Found> {
    let mut source = File::open(file)?;
    let is_cut = source.metadata()?.len() > MAIL_BYTES_MAX;
    let kept_max = if is_cut { BEGINNING_BYTES } else { MAIL_BYTES_MAX };
    let mut bytes = Vec::new();
    (&mut source).take(kept_max).read_to_end(&mut bytes)?;
    let body = body_of(&bytes);
    let (mut whole, mut of_body) = (Sha256::new(), Sha256::new());
    whole.update(&bytes);
    of_body.update(&bytes[body..]);
    let mut more = vec![0; 64 * 1024];
    loop {
        let count = source.read(&mut more)?;
        if count == 0 {
            break;
        }
        whole.update(&more[..count]);
        of_body.update(&more[..count]);
    }
    Ok(Found { name: name_of(file), bytes, is_cut, sha256: hex(&whole.finalize()), body_sha256: hex(&of_body.finalize()) })
}

/// Where the words begin: behind the first empty line.
fn body_of(bytes: &[u8]) -> usize {
    let after = |mark: &[u8]| bytes.windows(mark.len()).position(|window| window == mark).map(|at| at + mark.len());
    after(b"\r\n\r\n").into_iter().chain(after(b"\n\n")).min().unwrap_or(bytes.len())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Without the marks that follow it.
fn name_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    name.split(":2,").next().unwrap_or_default().to_owned()
}

/// Puts a mail on its shelf. Done twice it is the same; nothing that stands there is written over.
///
/// # Errors
/// When it cannot be moved.
pub fn put(mailbox: &Path, file: &Path, shelf: Shelf) -> io::Result<()> {
    let (folder, name) = (shelf.folder(mailbox), name_of(file));
    let marks = if shelf == Shelf::Seen { ":2,S" } else { "" };
    let names = std::iter::once(format!("{name}{marks}")).chain((1..).map(|n| format!("{name}.{n}{marks}")));
    for free in names.map(|name| folder.join(name)) {
        if !free.try_exists()? {
            return match fs::rename(file, free) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && !file.try_exists()? && folder.is_dir() => Ok(()),
                moved => moved,
            };
        }
    }
    Ok(())
}
