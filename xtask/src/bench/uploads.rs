//! Files that citizens send (tus): how fast one large one comes, and several at once, beside a plain copy of as much on the
//! same disk with SHA-256, in turns.

use super::{
    Figure, Place,
    caretaker::Caretaker,
    http::Connection,
    kept::Kept,
    server::Server,
    visitor::{Filled, Visitor},
};
use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::{
    env, fs,
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process, thread,
    time::{Duration, Instant},
};

const FORM: &str = "husdjur";
/// As pages send them (`files.js`).
const PIECE_BYTES: usize = 8 * 1024 * 1024;
/// How a plain copy reads, and how often it brings to the disk what it wrote: as often as the program does.
const READ_BYTES: usize = 1024 * 1024;
const SYNC_EVERY_BYTES: u64 = 16 * 1024 * 1024;
/// So many at once, each a part of the large one.
const AT_ONCE: u64 = 4;
const MIB: u64 = 1024 * 1024;
const TUS: [(&str, &str); 2] = [("tus-resumable", "1.0.0"), ("content-type", "application/offset+octet-stream")];

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    let folder = env::temp_dir().join(format!("svar-bench-files-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let _caretaker = Caretaker::of(&folder, None)?;
    let bytes = place.upload_mib * MIB;
    let source = source(&folder, bytes)?;
    let kept = Kept::sqlite("uploads")?;
    let server = Server::start_on(place, &kept.folder, None)?;
    let filled = Visitor::new(0).fill_in(&mut Connection::to(server.http), FORM)?;
    let mut copies = vec![copy(&source, &folder)?];
    let processor = server.processor();
    let one = upload(&server, &filled, &source, (1, bytes))?;
    let share =
        server.processor().zip(processor).map(|(after, before)| after.saturating_sub(before).as_secs_f64() * 100.0 / one.as_secs_f64());
    copies.push(copy(&source, &folder)?);
    let several = upload(&server, &filled, &source, (AT_ONCE, bytes / AT_ONCE))?;
    copies.push(copy(&source, &folder)?);
    server.stop()?;
    let plain = copies.iter().sum::<Duration>() / u32::try_from(copies.len())?;
    let rate = |time: Duration| format!("{:>5.0} MiB a second", place.upload_mib as f64 / time.as_secs_f64());
    let beside = |time: Duration| format!("{}, {:.2} of the plain copy", rate(time), plain.as_secs_f64() / time.as_secs_f64());
    let processor = share.map_or_else(String::new, |share| format!(", processor {share:.0} %"));
    let mib = super::thousands(place.upload_mib as f64);
    Ok(vec![
        Figure::new(format!("{mib} MiB, plain copy with SHA-256, mean of {}", copies.len()), rate(plain)),
        Figure::new(format!("{mib} MiB, one file sent"), format!("{}{processor}", beside(one))),
        Figure::new(format!("{mib} MiB, {AT_ONCE} files sent at once"), beside(several)),
    ])
}

/// A file that no system can store smaller.
fn source(folder: &Path, bytes: u64) -> Result<PathBuf> {
    println!("writing {} MiB to be sent", bytes / MIB);
    let path = folder.join("source");
    let mut file = File::create(&path)?;
    let (mut piece, mut seed) = (vec![0; READ_BYTES], 0x9E37_79B9_7F4A_7C15_u64);
    for _ in 0..bytes / READ_BYTES as u64 {
        for word in piece.chunks_exact_mut(8) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            word.copy_from_slice(&seed.to_le_bytes());
        }
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    Ok(path)
}

/// Reads, hashes and writes, on the disk at its end.
fn copy(source: &Path, folder: &Path) -> Result<Duration> {
    println!("a plain copy");
    let target = folder.join("copy");
    let (mut from, mut to) = (File::open(source)?, File::create(&target)?);
    let (mut hash, mut piece, mut unsynced) = (Sha256::new(), vec![0; READ_BYTES], 0);
    let begun = Instant::now();
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        to.write_all(&piece[..read])?;
        unsynced += read as u64;
        if unsynced >= SYNC_EVERY_BYTES {
            to.sync_data()?;
            unsynced = 0;
        }
    }
    to.sync_all()?;
    std::hint::black_box(hash.finalize());
    let spent = begun.elapsed();
    fs::remove_file(&target)?;
    Ok(spent)
}

/// So many files at once, each so large, each of a citizen with a report of their own.
fn upload(server: &Server, filled: &Filled, source: &Path, (files, bytes): (u64, u64)) -> Result<Duration> {
    println!("{files} sent at once, {} MiB each", bytes / MIB);
    let senders = (0..files).map(|number| Sender::begin(server, filled, (u32::try_from(number + 100 * files)?, bytes)));
    let senders = senders.collect::<Result<Vec<_>>>()?;
    let begun = Instant::now();
    thread::scope(|scope| {
        let send = |(number, sender): (usize, Sender)| scope.spawn(move || sender.send(source, number as u64 * bytes));
        let running: Vec<_> = senders.into_iter().enumerate().map(send).collect();
        running.into_iter().try_for_each(|one| one.join().map_err(|_| anyhow::anyhow!("a sender broke off"))?)
    })?;
    Ok(begun.elapsed())
}

struct Sender {
    visitor: Visitor,
    connection: Connection,
    address: String,
    bytes: u64,
}

impl Sender {
    fn begin(server: &Server, filled: &Filled, (number, bytes): (u32, u64)) -> Result<Self> {
        let (mut visitor, mut connection) = (Visitor::new(number), Connection::to(server.http));
        visitor.fill_in_again(&mut connection, filled)?;
        visitor.file(&mut connection, filled)?;
        let matter = visitor.matter(&mut connection, filled)?;
        // "film.bin"
        let headers = [TUS[0], ("upload-length", &*bytes.to_string()), ("upload-metadata", "filename ZmlsbS5iaW4=")];
        let begun = visitor.ask(&mut connection, ("POST", &format!("{matter}/filer/tus")), &headers, b"")?.is(201, "beginning a file")?;
        let address = begun.header("location").context("a file that was begun is nowhere")?.to_owned();
        Ok(Self { visitor, connection, address, bytes })
    }

    /// Piece by piece, each once the one before is on the disk.
    fn send(mut self, source: &Path, from: u64) -> Result<()> {
        let mut file = File::open(source)?;
        file.seek(SeekFrom::Start(from))?;
        let (mut piece, mut at) = (vec![0; PIECE_BYTES], 0);
        while at < self.bytes {
            let length = usize::try_from(self.bytes - at).map_or(PIECE_BYTES, |left| left.min(PIECE_BYTES));
            file.read_exact(&mut piece[..length])?;
            let headers = [TUS[0], TUS[1], ("upload-offset", &*at.to_string())];
            let answer = self.visitor.ask(&mut self.connection, ("PATCH", &self.address), &headers, &piece[..length])?;
            let answer = answer.is(204, "a piece of a file")?;
            at += length as u64;
            ensure!(answer.header("upload-offset") == Some(&at.to_string()), "a piece of a file did not come whole");
        }
        Ok(())
    }
}
