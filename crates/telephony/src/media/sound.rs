//! Sounds that can be played: 8 kHz mono, encoded once for each law the first time it is needed.
//! Reading a file is the caller's; this takes bytes.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::g711::Codec;
use super::jitter::FRAME;

/// Sample rate of everything in this crate.
pub const RATE_HZ: u32 = 8_000;
/// An hour of sound: more in one piece is a mistake.
const SAMPLES_MAX: usize = 3_600 * RATE_HZ as usize;

/// Why bytes are not a sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SoundError {
    #[error("this is not a WAV file; save the sound as WAV")]
    NotWav,
    #[error("the WAV file has {channels} channels at {rate_hz} Hz; save it as mono at 8000 Hz")]
    WrongShape { channels: u16, rate_hz: u32 },
    #[error("the WAV file's samples are of kind {format} with {bits} bits; save it as 16-bit PCM, A-law or mu-law")]
    WrongSamples { format: u16, bits: u16 },
    #[error("the sound is longer than an hour; split it")]
    TooLong,
}

/// A sound, cheap to share.
pub struct Sound {
    samples: Arc<[i16]>,
    alaw: OnceLock<Box<[[u8; FRAME]]>>,
    ulaw: OnceLock<Box<[[u8; FRAME]]>>,
}

impl Sound {
    /// From 8 kHz samples. The last 20 ms are filled with silence.
    pub fn from_samples(samples: Vec<i16>) -> Sound {
        Sound { samples: samples.into(), alaw: OnceLock::new(), ulaw: OnceLock::new() }
    }

    /// From a WAV file: mono, 8 kHz, 16-bit PCM, A-law or mu-law.
    pub fn from_wav(bytes: &[u8]) -> Result<Sound, SoundError> {
        let (format, data) = wav_chunks(bytes).ok_or(SoundError::NotWav)?;
        if format.channels != 1 || format.rate_hz != RATE_HZ {
            return Err(SoundError::WrongShape { channels: format.channels, rate_hz: format.rate_hz });
        }
        let samples: Vec<i16> = match (format.kind, format.bits) {
            (1, 16) => data.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect(),
            (6, 8) => data.iter().map(|&b| Codec::Alaw.decode(b)).collect(),
            (7, 8) => data.iter().map(|&b| Codec::Ulaw.decode(b)).collect(),
            (format, bits) => return Err(SoundError::WrongSamples { format, bits }),
        };
        if samples.len() > SAMPLES_MAX {
            return Err(SoundError::TooLong);
        }
        Ok(Sound::from_samples(samples))
    }

    /// A pure tone at -10 dBFS, its ends softened so that it does not click.
    pub fn tone(hz: u32, ms: u32) -> Sound {
        const AMPLITUDE: f64 = 10_362.0;
        const RAMP: usize = 40;
        let count = ms_to_samples(u64::from(ms)).min(SAMPLES_MAX);
        let step = std::f64::consts::TAU * f64::from(hz) / f64::from(RATE_HZ);
        let samples = (0..count).map(|n| {
            let edge = n.min(count - 1 - n).min(RAMP) as f64 / RAMP as f64;
            ((step * n as f64).sin() * AMPLITUDE * edge) as i16
        });
        Sound::from_samples(samples.collect())
    }

    pub fn silence(ms: u32) -> Sound {
        Sound::from_samples(vec![0; ms_to_samples(u64::from(ms)).min(SAMPLES_MAX)])
    }

    pub fn duration_ms(&self) -> u64 {
        self.samples.len() as u64 * 1_000 / u64::from(RATE_HZ)
    }

    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// The sound as 20 ms packets.
    pub(crate) fn frames(&self, codec: Codec) -> &[[u8; FRAME]] {
        let cell = match codec {
            Codec::Alaw => &self.alaw,
            Codec::Ulaw => &self.ulaw,
        };
        cell.get_or_init(|| {
            let frame = |chunk: &[i16]| {
                let mut frame = [codec.silence(); FRAME];
                for (slot, &sample) in frame.iter_mut().zip(chunk) {
                    *slot = codec.encode(sample);
                }
                frame
            };
            self.samples.chunks(FRAME).map(frame).collect()
        })
    }
}

impl fmt::Debug for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sound").field("duration_ms", &self.duration_ms()).finish()
    }
}

/// Samples in so many milliseconds.
pub(crate) fn ms_to_samples(ms: u64) -> usize {
    (ms * u64::from(RATE_HZ) / 1_000) as usize
}

struct WavFormat {
    kind: u16,
    channels: u16,
    rate_hz: u32,
    bits: u16,
}

fn wav_chunks(bytes: &[u8]) -> Option<(WavFormat, &[u8])> {
    if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
        return None;
    }
    let half = |b: &[u8], at: usize| Some(u16::from_le_bytes(b.get(at..at + 2)?.try_into().ok()?));
    let word = |b: &[u8], at: usize| Some(u32::from_le_bytes(b.get(at..at + 4)?.try_into().ok()?));
    let (mut at, mut format) = (12usize, None);
    while let (Some(name), Some(length)) = (bytes.get(at..at + 4), word(bytes, at + 4)) {
        let rest = bytes.get(at + 8..)?;
        // A writer that died leaves a length of nothing or of everything: take what is there.
        let body = rest.get(..length as usize).unwrap_or(rest);
        match name {
            b"fmt " => {
                let kind = half(body, 0)?;
                format = Some(WavFormat {
                    // WAVE_FORMAT_EXTENSIBLE keeps the real kind at the head of its sub-format.
                    kind: if kind == 0xFFFE { half(body, 24)? } else { kind },
                    channels: half(body, 2)?,
                    rate_hz: word(body, 4)?,
                    bits: half(body, 14)?,
                });
            }
            b"data" => return Some((format?, body)),
            _ => {}
        }
        at = at.checked_add(8)?.checked_add(length as usize)?.checked_add(length as usize & 1)?;
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn wav(kind: u16, channels: u16, rate_hz: u32, bits: u16, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVELIST\x04\0\0\0abcdfmt \x10\0\0\0".to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(channels.to_le_bytes());
        bytes.extend(rate_hz.to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend(bits.to_le_bytes());
        bytes.extend(b"data");
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn the_three_kinds_are_read() {
        assert_eq!(Sound::from_wav(&wav(1, 1, 8000, 16, &[1, 0, 255, 255])).unwrap().samples(), [1, -1]);
        assert_eq!(Sound::from_wav(&wav(6, 1, 8000, 8, &[0xD5])).unwrap().samples(), [8]);
        assert_eq!(Sound::from_wav(&wav(7, 1, 8000, 8, &[0xFF])).unwrap().samples(), [0]);
    }

    #[test]
    fn others_are_refused_with_what_to_do() {
        let check = [
            (wav(1, 2, 8000, 16, &[0; 4]), SoundError::WrongShape { channels: 2, rate_hz: 8000 }),
            (wav(1, 1, 44_100, 16, &[0; 4]), SoundError::WrongShape { channels: 1, rate_hz: 44_100 }),
            (wav(3, 1, 8000, 32, &[0; 4]), SoundError::WrongSamples { format: 3, bits: 32 }),
            (b"ID3".to_vec(), SoundError::NotWav),
            (b"RIFF\0\0\0\0WAVEfmt ".to_vec(), SoundError::NotWav),
        ];
        for (bytes, error) in check {
            assert_eq!(Sound::from_wav(&bytes).unwrap_err(), error);
        }
    }

    #[test]
    fn frames_are_whole_and_padded() {
        let sound = Sound::from_samples(vec![1_000; 200]);
        let frames = sound.frames(Codec::Alaw);
        assert_eq!(frames.len(), 2);
        assert_eq!(frames[1][39], Codec::Alaw.encode(1_000));
        assert_eq!(frames[1][40], Codec::Alaw.silence());
        assert_eq!(Sound::tone(440, 500).duration_ms(), 500);
    }
}
