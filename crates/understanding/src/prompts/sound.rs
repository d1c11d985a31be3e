//! Sound as the telephone has it: 8 kHz mono, written as A-law (G.711) in a WAV file. Measures and
//! shapes recordings; knows nothing of prompts.

/// Samples per second of everything the telephone plays.
pub const RATE: u32 = 8_000;
/// What speech is brought to, in dB relative to full scale.
pub const LOUDNESS_DBFS: f32 = -20.0;
/// No sample is louder than this.
const PEAK_MAX: f32 = 0.79;
/// Quieter than this counts as silence.
const SILENCE: f32 = 0.01;
/// A little quiet is left at both ends, so that no sound is cut.
const MARGIN_START: usize = 400;
const MARGIN_END: usize = 800;
/// Longest recording that is read.
const SECONDS_MAX: usize = 120;

/// Telephone sound at twice its rate, between -1 and 1. Between two samples stands what a half-band filter of eight
/// makes of their neighbours.
#[must_use]
pub fn doubled(samples: &[i16]) -> Vec<f32> {
    const TAPS: [f32; 4] = [0.609_98, -0.142_49, 0.039_36, -0.006_84];
    let at = |index: usize, shift: isize| {
        let sample = index.checked_add_signed(shift).and_then(|index| samples.get(index)).copied();
        f32::from(sample.unwrap_or(0)) / 32_768.0
    };
    let between = |index| (0_isize..).zip(TAPS).map(|(tap, weight)| weight * (at(index, -tap) + at(index, tap + 1))).sum::<f32>();
    (0..samples.len()).flat_map(|index| [at(index, 0), between(index)]).collect()
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SoundError {
    #[error("this is no WAV file")]
    NotWav,
    #[error("only 16-bit PCM and A-law in one channel are read")]
    Format,
    #[error("the recording is longer than {SECONDS_MAX} seconds")]
    TooLong,
}

/// Samples between -1 and 1, and their rate.
#[derive(Clone, PartialEq, Debug)]
pub struct Sound {
    pub rate: u32,
    pub samples: Vec<f32>,
}

/// Figures about a recording.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measure {
    pub duration_ms: usize,
    pub leading_silence_ms: usize,
    pub trailing_silence_ms: usize,
    /// Loudness of the parts that are not silent.
    pub loudness_dbfs: f32,
    /// Highest sample, 1 is full scale.
    pub peak: f32,
}

impl Sound {
    /// Reads 16-bit PCM or A-law, one channel.
    ///
    /// # Errors
    /// When it is neither.
    pub fn from_wav(bytes: &[u8]) -> Result<Self, SoundError> {
        if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
            return Err(SoundError::NotWav);
        }
        let mut format = None;
        let mut rest = bytes.get(12..).unwrap_or_default();
        while rest.len() >= 8 {
            let (id, length) = (&rest[..4], le_u32(rest, 4).ok_or(SoundError::NotWav)?);
            // A stream's length is unknown when its head is written, so the data may claim too much.
            let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len() - 8);
            let body = &rest[8..8 + length];
            match id {
                b"fmt " => {
                    let fields = (le_u16(body, 0), le_u16(body, 2), le_u32(body, 4), le_u16(body, 14));
                    format = match fields {
                        (Some(tag), Some(1), Some(rate), Some(bits)) if (tag, bits) == (1, 16) || (tag, bits) == (6, 8) => {
                            Some((tag, rate))
                        }
                        _ => return Err(SoundError::Format),
                    };
                }
                b"data" => {
                    let (tag, rate) = format.ok_or(SoundError::NotWav)?;
                    let samples: Vec<f32> = if tag == 6 {
                        body.iter().map(|byte| f32::from(alaw_to_linear(*byte)) / 32_768.0).collect()
                    } else {
                        body.chunks_exact(2).map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0).collect()
                    };
                    let limit = usize::try_from(rate).unwrap_or(usize::MAX).saturating_mul(SECONDS_MAX);
                    return if samples.len() > limit { Err(SoundError::TooLong) } else { Ok(Self { rate, samples }) };
                }
                _ => {}
            }
            rest = rest.get(8 + length + length % 2..).unwrap_or_default();
        }
        Err(SoundError::NotWav)
    }

    /// The file's bytes: A-law, format tag 6.
    #[must_use]
    pub fn to_alaw_wav(&self) -> Vec<u8> {
        #[allow(clippy::cast_possible_truncation)] // held between -32768 and 32767
        let data: Vec<u8> =
            self.samples.iter().map(|sample| linear_to_alaw((sample * 32_768.0).clamp(-32_768.0, 32_767.0) as i16)).collect();
        let count = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let mut wav = Vec::with_capacity(data.len() + 58);
        wav.extend(b"RIFF");
        wav.extend((50 + count + count % 2).to_le_bytes());
        wav.extend(b"WAVEfmt \x12\0\0\0\x06\0\x01\0");
        wav.extend(self.rate.to_le_bytes());
        wav.extend(self.rate.to_le_bytes());
        wav.extend(b"\x01\0\x08\0\0\0fact\x04\0\0\0");
        wav.extend(count.to_le_bytes());
        wav.extend(b"data");
        wav.extend(count.to_le_bytes());
        wav.extend(&data);
        wav.resize(wav.len() + data.len() % 2, 0);
        wav
    }

    /// At the telephone's rate, without what would fold back into hearing (windowed sinc).
    #[must_use]
    pub fn resampled(&self) -> Self {
        const HALF_WIDTH: i64 = 32;
        const CUTOFF_HZ: f32 = 3_500.0;
        if self.rate == RATE || self.samples.is_empty() {
            return self.clone();
        }
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small numbers
        let samples = {
            let step = f64::from(self.rate) / f64::from(RATE);
            let cutoff = CUTOFF_HZ / self.rate as f32;
            let count = (self.samples.len() as f64 / step) as i64;
            (0..count)
                .map(|index| {
                    let at = index as f64 * step;
                    let centre = at.floor() as i64;
                    let mut sum = 0.0_f32;
                    for tap in centre - HALF_WIDTH + 1..=centre + HALF_WIDTH {
                        let Some(sample) = usize::try_from(tap).ok().and_then(|tap| self.samples.get(tap)) else { continue };
                        let distance = (tap as f64 - at) as f32;
                        let angle = 2.0 * std::f32::consts::PI * cutoff * distance;
                        let sinc = if distance.abs() < 1e-6 { 1.0 } else { angle.sin() / angle };
                        let window = 0.5 + 0.5 * (std::f32::consts::PI * distance / HALF_WIDTH as f32).cos();
                        sum += sample * 2.0 * cutoff * sinc * window;
                    }
                    sum
                })
                .collect()
        };
        Self { rate: RATE, samples }
    }

    /// Without the silence at both ends.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let heard = |sample: &f32| sample.abs() > SILENCE;
        let Some(first) = self.samples.iter().position(heard) else { return self.clone() };
        let last = self.samples.iter().rposition(heard).unwrap_or(first);
        let samples = self.samples[first.saturating_sub(MARGIN_START)..(last + MARGIN_END).min(self.samples.len())].to_vec();
        Self { rate: self.rate, samples }
    }

    /// As loud as every other prompt, and nowhere clipped.
    #[must_use]
    pub fn levelled(&self, loudness_dbfs: f32) -> Self {
        let measure = self.measure();
        if measure.peak <= 0.0 {
            return self.clone();
        }
        let gain = 10.0_f32.powf((loudness_dbfs - measure.loudness_dbfs) / 20.0);
        let samples = self.samples.iter().map(|sample| limited(sample * gain)).collect();
        Self { rate: self.rate, samples }
    }

    #[must_use]
    pub fn measure(&self) -> Measure {
        const FRAME: usize = 160;
        const ACTIVE_POWER: f32 = 3e-5;
        let ms = |samples: usize| samples * 1_000 / usize::try_from(self.rate.max(1)).unwrap_or(1);
        let heard = |sample: &f32| sample.abs() > SILENCE;
        #[allow(clippy::cast_precision_loss)] // frames are short
        let powers: Vec<f32> = self
            .samples
            .chunks(FRAME)
            .map(|frame| frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len() as f32)
            .filter(|power| *power > ACTIVE_POWER)
            .collect();
        #[allow(clippy::cast_precision_loss)]
        let power = powers.iter().sum::<f32>() / powers.len().max(1) as f32;
        let after = self.samples.iter().rposition(heard).map_or(self.samples.len(), |last| self.samples.len() - 1 - last);
        Measure {
            duration_ms: ms(self.samples.len()),
            leading_silence_ms: ms(self.samples.iter().position(heard).unwrap_or(self.samples.len())),
            trailing_silence_ms: ms(after),
            loudness_dbfs: 10.0 * power.max(1e-10).log10(),
            peak: self.samples.iter().fold(0.0, |peak, sample| peak.max(sample.abs())),
        }
    }
}

/// Bends peaks softly instead of cutting them.
fn limited(sample: f32) -> f32 {
    const KNEE: f32 = 0.55;
    let size = sample.abs();
    if size <= KNEE {
        return sample;
    }
    let room = PEAK_MAX - KNEE;
    (KNEE + room * ((size - KNEE) / room).tanh()).copysign(sample)
}

fn le_u16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).map(|two| u16::from_le_bytes([two[0], two[1]]))
}

fn le_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// G.711: sign, three bits of segment, four of mantissa, every other bit turned.
#[must_use]
pub fn linear_to_alaw(sample: i16) -> u8 {
    let (sign, size) = if sample >= 0 { (0x80, sample >> 3) } else { (0x00, !sample >> 3) };
    let (mut segment, mut rest) = (0_u8, size);
    while rest > 31 && segment < 7 {
        rest >>= 1;
        segment += 1;
    }
    // The lowest segment keeps five bits, of which the last is dropped; the others have a leading one.
    let mantissa = if segment == 0 { rest >> 1 } else { rest & 0x0F };
    let code = (segment << 4) | u8::try_from(mantissa).unwrap_or(0x0F);
    (code | sign) ^ 0x55
}

#[must_use]
pub fn alaw_to_linear(code: u8) -> i16 {
    let code = code ^ 0x55;
    let (segment, mantissa) = ((code >> 4) & 0x07, i16::from(code & 0x0F));
    let size = match segment {
        0 => (mantissa << 4) + 8,
        segment => ((mantissa << 4) + 0x108) << (segment - 1),
    };
    if code & 0x80 == 0 { -size } else { size }
}
