//! Writes what a leg says (left) and hears (right) to an 8 kHz stereo WAV file while it goes on.
//! One thread writes for everybody, so that no disk can hold up sound. The sizes in the header are
//! set again after each write: after a crash the file is right up to the last write, at most a
//! second, and longer than its header says by at most one write, which players pass over.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::jitter::FRAME;
use crate::stats::{Counters, count};

/// Writes waiting for the disk. When it cannot keep up, sound is left out and its place kept.
const WRITES_QUEUED_MAX: usize = 4_096;
/// Files open at once. One more is not recorded.
const TRACKS_MAX: usize = 4_096;
/// Room for the opening and the closing of every file beside the writes, so that both always go in,
/// and in order.
const JOBS_QUEUED_MAX: usize = WRITES_QUEUED_MAX + 2 * TRACKS_MAX;
/// Frames gathered before they are written: one second.
const FRAMES_PER_WRITE: usize = 50;
const CHANNELS: u32 = 2;
const BYTES_PER_SAMPLE: u32 = 2;
const HEADER_BYTES: u64 = 44;
/// Where a WAV file's length stops being expressible.
const DATA_BYTES_MAX: u64 = u32::MAX as u64 - HEADER_BYTES;

enum Job {
    Open {
        track: u64,
        path: PathBuf,
    },
    /// Interleaved samples that belong at this sample position.
    Write {
        track: u64,
        at: u64,
        samples: Vec<i16>,
    },
    Close {
        track: u64,
    },
}

/// The way to the writing thread.
#[derive(Clone)]
pub struct Recorder {
    jobs: SyncSender<Job>,
    pending: Arc<Pending>,
    counters: Arc<Counters>,
}

/// What the writing thread has not done yet.
#[derive(Default)]
struct Pending {
    writes: AtomicUsize,
    /// Files not closed yet.
    tracks: AtomicUsize,
}

impl Pending {
    /// Counts one more unless there are so many already.
    fn take(counter: &AtomicUsize, max: usize) -> bool {
        counter.fetch_update(Ordering::AcqRel, Ordering::Acquire, |pending| (pending < max).then_some(pending + 1)).is_ok()
    }
}

impl Recorder {
    /// Starts the writing thread. It ends, with all files whole, when the last `Recorder` is gone.
    pub fn start(counters: Arc<Counters>) -> io::Result<(Recorder, std::thread::JoinHandle<()>)> {
        let (recorder, queue) = Recorder::queued(counters);
        let (pending, counters) = (recorder.pending.clone(), recorder.counters.clone());
        let thread = std::thread::Builder::new().name("telephony-record".to_owned());
        let thread = thread.spawn(move || write_all(&queue, &pending, &counters))?;
        Ok((recorder, thread))
    }

    fn queued(counters: Arc<Counters>) -> (Recorder, Receiver<Job>) {
        let (jobs, queue) = sync_channel(JOBS_QUEUED_MAX);
        (Recorder { jobs, pending: Arc::default(), counters }, queue)
    }

    /// Begins a file; an existing one is replaced. `None` when too many are open already.
    pub fn open(&self, path: PathBuf) -> Option<Track> {
        if !Pending::take(&self.pending.tracks, TRACKS_MAX) {
            count(&self.counters.recording_faults);
            return None;
        }
        let number = self.counters.next_track();
        self.send(Job::Open { track: number, path });
        Some(Track { recorder: self.clone(), number, at: 0, gathered: Vec::new() })
    }

    fn write(&self, job: Job) {
        if Pending::take(&self.pending.writes, WRITES_QUEUED_MAX) {
            self.send(job);
        } else {
            count(&self.counters.recording_faults);
        }
    }

    /// For what has its place: the queue has room for it.
    fn send(&self, job: Job) {
        if self.jobs.try_send(job).is_err() {
            count(&self.counters.recording_faults);
        }
    }
}

/// A file being written. Closed when dropped.
pub struct Track {
    recorder: Recorder,
    number: u64,
    at: u64,
    gathered: Vec<i16>,
}

impl Track {
    /// 20 ms of both sides.
    pub fn push(&mut self, said: &[i16; FRAME], heard: &[i16; FRAME]) {
        self.gathered.extend(said.iter().zip(heard).flat_map(|(&said, &heard)| [said, heard]));
        if self.gathered.len() >= FRAMES_PER_WRITE * FRAME * CHANNELS as usize {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let samples = std::mem::take(&mut self.gathered);
        let length = samples.len() as u64 / u64::from(CHANNELS);
        self.recorder.write(Job::Write { track: self.number, at: self.at, samples });
        self.at += length;
    }
}

impl Drop for Track {
    fn drop(&mut self) {
        if !self.gathered.is_empty() {
            self.flush();
        }
        self.recorder.send(Job::Close { track: self.number });
    }
}

fn write_all(queue: &Receiver<Job>, pending: &Pending, counters: &Counters) {
    let mut files: HashMap<u64, WavFile> = HashMap::new();
    while let Ok(job) = queue.recv() {
        let (track, result) = match job {
            Job::Open { track, path } => {
                let result = WavFile::create(&path).map(|file| {
                    files.insert(track, file);
                });
                (track, result)
            }
            Job::Write { track, at, samples } => {
                pending.writes.fetch_sub(1, Ordering::AcqRel);
                match files.get_mut(&track) {
                    Some(file) => (track, file.write(at, &samples)),
                    None => continue,
                }
            }
            Job::Close { track } => {
                pending.tracks.fetch_sub(1, Ordering::AcqRel);
                files.remove(&track);
                continue;
            }
        };
        if let Err(error) = result {
            files.remove(&track);
            count(&counters.recording_faults);
            tracing::error!(track, %error, "a recording could not be written and was given up; see to the disk");
        }
    }
}

struct WavFile {
    file: File,
    data_bytes: u64,
}

impl WavFile {
    fn create(path: &Path) -> io::Result<WavFile> {
        let mut wav = WavFile { file: File::create(path)?, data_bytes: 0 };
        wav.file.write_all(&header(0))?;
        Ok(wav)
    }

    fn write(&mut self, at: u64, samples: &[i16]) -> io::Result<()> {
        let start = at * u64::from(CHANNELS * BYTES_PER_SAMPLE);
        let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        let end = start + bytes.len() as u64;
        if end > DATA_BYTES_MAX {
            return Err(io::Error::other("the recording is longer than a WAV file can be"));
        }
        // Seeking beyond the end leaves zeros: silence where a write was left out.
        self.file.seek(SeekFrom::Start(HEADER_BYTES + start))?;
        self.file.write_all(&bytes)?;
        self.data_bytes = end;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(end as u32))
    }
}

fn header(data_bytes: u32) -> [u8; HEADER_BYTES as usize] {
    let rate = super::sound::RATE_HZ;
    let mut out = [0; HEADER_BYTES as usize];
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &(data_bytes + HEADER_BYTES as u32 - 8).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16u32.to_le_bytes(),
        &1u16.to_le_bytes(),
        &(CHANNELS as u16).to_le_bytes(),
        &rate.to_le_bytes(),
        &(rate * CHANNELS * BYTES_PER_SAMPLE).to_le_bytes(),
        &((CHANNELS * BYTES_PER_SAMPLE) as u16).to_le_bytes(),
        &(BYTES_PER_SAMPLE as u16 * 8).to_le_bytes(),
        b"data",
        &data_bytes.to_le_bytes(),
    ];
    let mut at = 0;
    for field in fields {
        out[at..at + field.len()].copy_from_slice(field);
        at += field.len();
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn with_a_disk_that_stands_still_openings_and_closings_keep_their_order() {
        // Nobody takes from the queue.
        let (recorder, queue) = Recorder::queued(Arc::new(Counters::default()));
        let mut tracks = vec![recorder.open(PathBuf::from("0")).unwrap()];
        for _ in 0..WRITES_QUEUED_MAX + 3 {
            tracks[0].gathered.extend([1, 2]);
            tracks[0].flush();
        }
        assert_eq!(recorder.counters.read(0).recording_faults, 3);
        tracks.extend((1..TRACKS_MAX).map(|n| recorder.open(PathBuf::from(n.to_string())).unwrap()));
        assert!(recorder.open(PathBuf::from("one too many")).is_none());
        assert_eq!(recorder.counters.read(0).recording_faults, 4);
        drop(tracks);
        assert_eq!(recorder.counters.read(0).recording_faults, 4);
        let (mut opened, mut closed) = (Vec::new(), Vec::new());
        for job in queue.try_iter() {
            match job {
                Job::Open { track, .. } => {
                    assert!(closed.is_empty());
                    opened.push(track);
                }
                Job::Write { track, .. } => assert_eq!((track, opened.len()), (0, 1)),
                Job::Close { track } => closed.push(track),
            }
        }
        assert_eq!((opened.len(), &opened), (TRACKS_MAX, &closed));
    }

    #[test]
    fn a_file_is_whole_after_each_write_and_keeps_the_place_of_gaps() {
        let path = std::env::temp_dir().join(format!("svar-recorder-{}.wav", std::process::id()));
        let mut file = WavFile::create(&path).unwrap();
        file.write(0, &[1, 2, 3, 4]).unwrap();
        file.write(4, &[5, 6]).unwrap();
        // Not dropped, not closed: this is what a crash leaves.
        let mut reader = hound::WavReader::open(&path).unwrap();
        assert_eq!(reader.spec().channels, 2);
        let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(samples, [1, 2, 3, 4, 0, 0, 0, 0, 5, 6]);
        std::fs::remove_file(&path).unwrap();
    }
}
