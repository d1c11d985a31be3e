//! A model as bytes: a head, the vocabulary, rarities, temperatures and weights, all little-endian.

use super::{Model, OUTPUTS};
use crate::{lexicon::Lexicon, sentences::Sentence};
use sha2::{Digest, Sha256};
use std::{fs, io, path::Path};

/// Changed whenever features or layout change, so that an old file is trained anew.
const HEAD: &[u8; 8] = b"SvarUnd1";
const DIGEST_DIGITS: usize = 16;
/// More features than this are no model of ours.
const FEATURES_MAX: usize = 4_000_000;

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ArtefactError {
    #[error("this is no model, or one of another version: train it anew")]
    Unknown,
    #[error("the model is cut off or damaged: train it anew")]
    Damaged,
}

impl Model {
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD.len() + 4 + (self.weights.len() + self.vocabulary.len() * 2) * 4);
        bytes.extend(HEAD);
        bytes.extend(u32::try_from(self.vocabulary.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(self.vocabulary.iter().flat_map(|hash| hash.to_le_bytes()));
        bytes.extend(self.rarity.iter().chain(&self.temperatures).chain(&self.weights).flat_map(|number| number.to_le_bytes()));
        bytes
    }

    /// # Errors
    /// When the bytes are not what `to_bytes` gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtefactError> {
        let rest = bytes.strip_prefix(HEAD).ok_or(ArtefactError::Unknown)?;
        let mut words = rest.chunks_exact(4).map(|four| [four[0], four[1], four[2], four[3]]);
        let count = words.next().map(u32::from_le_bytes).and_then(|count| usize::try_from(count).ok()).ok_or(ArtefactError::Damaged)?;
        let weights = (count + 1) * OUTPUTS;
        if count > FEATURES_MAX || rest.len() != 4 * (1 + count + count + 3 + weights) {
            return Err(ArtefactError::Damaged);
        }
        let vocabulary: Vec<u32> = words.by_ref().take(count).map(u32::from_le_bytes).collect();
        let numbers: Vec<f32> = words.map(f32::from_le_bytes).collect();
        let ascending = vocabulary.windows(2).all(|pair| pair[0] < pair[1]);
        let temperatures = [numbers[count], numbers[count + 1], numbers[count + 2]];
        if !ascending || numbers.iter().any(|number| !number.is_finite()) || temperatures.iter().any(|temperature| *temperature <= 0.0) {
            return Err(ArtefactError::Damaged);
        }
        let (rarity, weights) = (numbers[..count].to_vec(), numbers[count + 3..].to_vec());
        Ok(Self { vocabulary, rarity, weights, temperatures, digest: String::new() }.sealed())
    }

    /// The model for these sentences and cues: from `cache` when it was trained from the very same,
    /// else trained and kept there. A cache that cannot be read or written only costs time.
    #[must_use]
    pub fn trained_or_cached(sentences: &[Sentence], lexicon: &Lexicon, cache: &Path) -> Self {
        let path = cache.join(format!("understanding-{}.model", inputs_digest(sentences, lexicon)));
        match fs::read(&path)
            .map_err(|error| error.to_string())
            .and_then(|bytes| Self::from_bytes(&bytes).map_err(|error| error.to_string()))
        {
            Ok(model) => return model,
            Err(why) => tracing::debug!(path = %path.display(), why, "no model is kept for these sentences, training one"),
        }
        let model = Self::train(sentences, lexicon);
        if let Err(error) = keep(&path, &model.to_bytes()) {
            tracing::warn!(path = %path.display(), %error, "the trained model could not be kept and will be trained again at the next start");
        }
        model
    }

    pub(super) fn sealed(mut self) -> Self {
        let sum = Sha256::digest(self.to_bytes());
        self.digest = hexadecimal(&sum);
        self
    }
}

/// Written beside and moved into place, so that no reader sees half of it.
fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = path.with_extension(format!("{}.new", std::process::id()));
    fs::write(&fresh, bytes)?;
    fs::rename(fresh, path)
}

fn inputs_digest(sentences: &[Sentence], lexicon: &Lexicon) -> String {
    let mut sum = Sha256::new();
    sum.update(HEAD);
    for sentence in sentences {
        sum.update(format!("{}\t{}\t{}\t{}\n", sentence.language, sentence.intent, sentence.gate, sentence.text));
    }
    lexicon.hash_into(&mut |bytes| sum.update(bytes));
    hexadecimal(&sum.finalize())
}

fn hexadecimal(sum: &[u8]) -> String {
    let mut digits: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.truncate(DIGEST_DIGITS);
    digits
}
