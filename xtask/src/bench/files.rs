//! What recorded files hold: how many there are, how long, and how much of them is silence. Read here
//! apart from the product's own library, so that one does not excuse the other.

use anyhow::Result;
use std::{fs, path::Path, time::Duration};

/// 20 ms of one side.
const FRAME_SAMPLES: usize = 160;
const CHANNELS: usize = 2;
const BYTES_PER_SAMPLE: usize = 2;
const FRAMES_PER_SECOND: usize = 50;
/// A frame whose loudest sample is below this is silence; the callers' tone reaches 8,000.
const SILENT_BELOW: u16 = 2_000;

#[derive(Debug, PartialEq)]
pub struct Files {
    pub count: u64,
    pub shortest: Duration,
    /// Frames of both sides, without each file's first and last second, when not both speak.
    pub frames: u64,
    pub silent: u64,
}

/// Reads all recordings in a folder. What is no recording of two sides at 8 kHz counts as an empty one.
pub fn read(folder: &Path) -> Result<Files> {
    let mut files = Files { count: 0, shortest: Duration::MAX, frames: 0, silent: 0 };
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "wav") {
            let bytes = fs::read(&path)?;
            files.take(sound(&bytes).unwrap_or_default());
        }
    }
    if files.count == 0 {
        files.shortest = Duration::ZERO;
    }
    Ok(files)
}

impl Files {
    fn take(&mut self, sound: &[u8]) {
        let frames: Vec<&[u8]> = sound.chunks_exact(FRAME_SAMPLES * CHANNELS * BYTES_PER_SAMPLE).collect();
        self.count += 1;
        self.shortest = self.shortest.min(Duration::from_millis(frames.len() as u64 * 1000 / FRAMES_PER_SECOND as u64));
        let talk = frames.get(FRAMES_PER_SECOND..frames.len().saturating_sub(FRAMES_PER_SECOND)).unwrap_or_default();
        for frame in talk {
            for side in 0..CHANNELS {
                self.frames += 1;
                self.silent += u64::from(loudest(frame, side) < SILENT_BELOW);
            }
        }
    }
}

fn loudest(frame: &[u8], side: usize) -> u16 {
    let samples = frame.chunks_exact(BYTES_PER_SAMPLE).skip(side).step_by(CHANNELS);
    samples.map(|bytes| i16::from_le_bytes([bytes[0], bytes[1]]).unsigned_abs()).max().unwrap_or(0)
}

/// The samples of a WAV file with two channels of 16 bits at 8 kHz.
fn sound(file: &[u8]) -> Option<&[u8]> {
    let mut rest = file.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut fits = false;
    while let Some((name, after)) = rest.split_at_checked(4) {
        let (length, after) = after.split_at_checked(4)?;
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        let (body, following) = after.split_at_checked(length)?;
        match name {
            b"fmt " => fits = body.get(..8) == Some(&[1, 0, 2, 0, 0x40, 0x1F, 0, 0]) && body.get(14..16) == Some(&[16, 0]),
            b"data" => return fits.then_some(body),
            _ => {}
        }
        rest = following;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env;

    /// A recording of so many frames with these samples all through.
    fn wav(frames: usize, left: i16, right: i16) -> Vec<u8> {
        let sound: Vec<u8> = [left, right].repeat(frames * FRAME_SAMPLES).iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let format = [1, 0, 2, 0, 0x40, 0x1F, 0, 0, 0, 0x7D, 0, 0, 4, 0, 16, 0];
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        file.extend(format);
        file.extend(b"data");
        file.extend((sound.len() as u32).to_le_bytes());
        file.extend(sound);
        file
    }

    #[test]
    fn recordings_are_counted_and_silence_is_found_on_either_side() {
        let folder = env::temp_dir().join(format!("svar-bench-files-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert_eq!(read(&folder).unwrap(), Files { count: 0, shortest: Duration::ZERO, frames: 0, silent: 0 });
        fs::write(folder.join("1.wav"), wav(150, 8_000, -8_000)).unwrap();
        fs::write(folder.join("2.wav"), wav(120, 8_000, 100)).unwrap();
        // Too short to have a middle.
        fs::write(folder.join("3.wav"), wav(80, 0, 0)).unwrap();
        fs::write(folder.join("other.db"), "").unwrap();
        let files = read(&folder).unwrap();
        assert_eq!(files, Files { count: 3, shortest: Duration::from_millis(1_600), frames: 140, silent: 20 });
        fs::write(folder.join("4.wav"), &wav(80, 0, 0)[..60]).unwrap();
        assert_eq!(read(&folder).unwrap(), Files { count: 4, shortest: Duration::ZERO, ..files });
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn only_two_sides_at_8_khz_are_sound() {
        let file = wav(1, 1, 2);
        assert_eq!(sound(&file).map(<[u8]>::len), Some(640));
        for at in [0, 22, 24, 34] {
            let mut other = file.clone();
            other[at] ^= 1;
            assert_eq!(sound(&other), None, "{at}");
        }
    }
}
