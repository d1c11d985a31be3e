//! A model as bytes: a head, the number of features, then vocabulary, rarities, temperatures, alarm,
//! the regression's table and the networks, all little-endian. The networks' places take four bits each.

use super::{
    Model, NETWORKS, OUTPUTS,
    alarm::{Alarm, VIEWS},
    network::{HIDDEN, Network},
    table::Table,
};
use crate::{lexicon::Lexicon, sentences::Sentence};
use sha2::{Digest, Sha256};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Changed whenever features or layout change, so that an old file is trained anew.
const HEAD: &[u8; 8] = b"SvarUnd3";
const DIGEST_DIGITS: usize = 16;
/// How the name of a kept file begins.
const FILE_NAME: &str = "understanding-";
/// How the name of one ends that is being written.
const HALF: &str = "new";
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
        let features = self.vocabulary.len();
        let mut bytes = Vec::with_capacity(HEAD.len() + 4 + size(features));
        bytes.extend(HEAD);
        bytes.extend(u32::try_from(features).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(self.vocabulary.iter().flat_map(|hash| hash.to_le_bytes()));
        put(&mut bytes, self.rarity.iter().chain(&self.temperatures).chain(&self.alarm));
        put_table(&mut bytes, &self.linear);
        for network in &self.networks {
            put(&mut bytes, &network.places.factors);
            bytes.extend(network.places.cells.chunks(2).map(packed));
            put(&mut bytes, network.starts.iter().chain(&network.readings));
        }
        bytes
    }

    /// # Errors
    /// When the bytes are not what `to_bytes` gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtefactError> {
        let rest = bytes.strip_prefix(HEAD).ok_or(ArtefactError::Unknown)?;
        let (count, rest) = rest.split_first_chunk().ok_or(ArtefactError::Damaged)?;
        let features = usize::try_from(u32::from_le_bytes(*count)).map_err(|_| ArtefactError::Damaged)?;
        if features > FEATURES_MAX || rest.len() != size(features) {
            return Err(ArtefactError::Damaged);
        }
        let mut reader = Reader(rest);
        let vocabulary: Vec<u32> = reader.fours(features).map(u32::from_le_bytes).collect();
        let rarity = reader.numbers(features)?;
        let temperatures = reader.numbers(3)?;
        let alarm: Alarm = reader.numbers(VIEWS + 1)?.try_into().map_err(|_| ArtefactError::Damaged)?;
        let linear = reader.table(features + 1, OUTPUTS)?;
        let networks = (0..NETWORKS).map(|_| {
            let places = reader.packed_table(features, HIDDEN)?;
            let starts = reader.numbers(HIDDEN)?.try_into().map_err(|_| ArtefactError::Damaged)?;
            Ok(Network { places, starts, readings: reader.numbers((HIDDEN + 1) * OUTPUTS)? })
        });
        let networks = networks.collect::<Result<Vec<Network>, ArtefactError>>()?;
        let ascending = vocabulary.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || temperatures.iter().any(|temperature| *temperature <= 0.0) {
            return Err(ArtefactError::Damaged);
        }
        let temperatures = [temperatures[0], temperatures[1], temperatures[2]];
        Ok(Self { vocabulary, rarity, linear, networks, temperatures, alarm, digest: String::new() }.sealed())
    }

    /// The model for these sentences and cues: from `cache` when it was trained from the very same,
    /// else trained and kept there. A cache that cannot be read or written only costs time.
    #[must_use]
    pub fn trained_or_cached(sentences: &[Sentence], lexicon: &Lexicon, cache: &Path) -> Self {
        Self::cached(sentences, lexicon, cache).unwrap_or_else(|| {
            let model = Self::train(sentences, lexicon);
            model.cache(sentences, lexicon, cache);
            model
        })
    }

    /// The model that was trained from the very same sentences and cues, where `cache` has it.
    #[must_use]
    pub fn cached(sentences: &[Sentence], lexicon: &Lexicon, cache: &Path) -> Option<Self> {
        let inputs = inputs_digest(sentences, lexicon);
        let path = place(cache, &inputs);
        let bytes = fs::read(&path).map_err(|error| error.to_string());
        match bytes.and_then(|bytes| kept(&bytes, &inputs).map_err(|error| error.to_string())) {
            Ok(model) => Some(model),
            Err(why) => {
                tracing::debug!(path = %path.display(), why, "no model is kept for these sentences");
                None
            }
        }
    }

    /// Keeps it in `cache` under what it was trained from. A cache that cannot be written only costs time.
    pub fn cache(&self, sentences: &[Sentence], lexicon: &Lexicon, cache: &Path) {
        let inputs = inputs_digest(sentences, lexicon);
        let path = place(cache, &inputs);
        if let Err(error) = keep(&path, &inputs, self) {
            tracing::warn!(path = %path.display(), %error, "the trained model could not be kept and will be trained again at the next start");
        }
    }

    pub(super) fn sealed(mut self) -> Self {
        let sum = Sha256::digest(self.to_bytes());
        self.digest = hexadecimal(&sum);
        self
    }
}

/// How many bytes follow the number of features.
const fn size(features: usize) -> usize {
    let regression = (features + 1) * (4 + OUTPUTS);
    let network = features * (4 + HIDDEN / 2) + 4 * (HIDDEN + (HIDDEN + 1) * OUTPUTS);
    4 * (2 * features + 3 + VIEWS + 1) + regression + NETWORKS * network
}

fn put<'a>(bytes: &mut Vec<u8>, numbers: impl IntoIterator<Item = &'a f32>) {
    bytes.extend(numbers.into_iter().flat_map(|number| number.to_le_bytes()));
}

fn put_table(bytes: &mut Vec<u8>, table: &Table) {
    put(bytes, &table.factors);
    bytes.extend(table.cells.iter().map(|cell| cell.cast_unsigned()));
}

/// Two whole numbers of four bits, the first in the lower half.
fn packed(pair: &[i8]) -> u8 {
    let half = |cell: Option<&i8>| cell.map_or(0, |cell| cell.cast_unsigned() & 0x0F);
    half(pair.first()) | half(pair.get(1)) << 4
}

fn unpacked(byte: u8) -> [i8; 2] {
    let low = byte << 4;
    [low.cast_signed() >> 4, byte.cast_signed() >> 4]
}

/// Reads what `size` has already found to be there.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    fn fours(&mut self, count: usize) -> impl Iterator<Item = [u8; 4]> {
        self.bytes(4 * count).chunks_exact(4).map(|four| [four[0], four[1], four[2], four[3]])
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<f32>, ArtefactError> {
        let numbers: Vec<f32> = self.fours(count).map(f32::from_le_bytes).collect();
        let whole = numbers.len() == count && numbers.iter().all(|number| number.is_finite());
        if whole { Ok(numbers) } else { Err(ArtefactError::Damaged) }
    }

    fn table(&mut self, rows: usize, width: usize) -> Result<Table, ArtefactError> {
        let factors = self.numbers(rows)?;
        let cells: Vec<i8> = self.bytes(rows * width).iter().map(|byte| byte.cast_signed()).collect();
        whole_table(rows, width, factors, cells)
    }

    fn packed_table(&mut self, rows: usize, width: usize) -> Result<Table, ArtefactError> {
        let factors = self.numbers(rows)?;
        let cells: Vec<i8> = self.bytes(rows * width / 2).iter().flat_map(|byte| unpacked(*byte)).collect();
        whole_table(rows, width, factors, cells)
    }
}

fn whole_table(rows: usize, width: usize, factors: Vec<f32>, cells: Vec<i8>) -> Result<Table, ArtefactError> {
    if cells.len() == rows * width { Ok(Table { width, factors, cells }) } else { Err(ArtefactError::Damaged) }
}

/// A kept file: what the model was trained from, the digest of its bytes, and these. So a torn file, and
/// one that belongs to other sentences, are known for what they are.
fn kept(bytes: &[u8], inputs: &str) -> Result<Model, ArtefactError> {
    let rest = bytes.strip_prefix(inputs.as_bytes()).ok_or(ArtefactError::Unknown)?;
    let (digest, rest) = rest.split_at_checked(DIGEST_DIGITS).ok_or(ArtefactError::Damaged)?;
    let model = Model::from_bytes(rest)?;
    if model.digest.as_bytes() == digest { Ok(model) } else { Err(ArtefactError::Damaged) }
}

fn place(cache: &Path, inputs: &str) -> PathBuf {
    cache.join(format!("{FILE_NAME}{inputs}.model"))
}

/// Written beside and moved into place, so that no reader sees half of it.
fn keep(path: &Path, inputs: &str, model: &Model) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = path.with_extension(format!("{}.{HALF}", std::process::id()));
    fs::write(&fresh, [inputs.as_bytes(), model.digest.as_bytes(), &model.to_bytes()].concat())?;
    fs::rename(fresh, path)
}

/// Takes away what a program left that ended while it kept a model. For a folder that no other program keeps models in.
///
/// # Errors
/// The folder cannot be read, or a file in it not be removed.
pub fn sweep(folder: &Path) -> io::Result<()> {
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        let ours = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(FILE_NAME));
        if ours && path.extension().is_some_and(|extension| extension == HALF) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn inputs_digest(sentences: &[Sentence], lexicon: &Lexicon) -> String {
    let mut sum = Sha256::new();
    sum.update(HEAD);
    for sentence in sentences {
        let Sentence { language, intent, destination, gate, text } = sentence;
        sum.update(format!("{language}\t{intent}\t{destination}\t{gate}\t{text}\n"));
    }
    lexicon.hash_into(&mut |bytes| sum.update(bytes));
    hexadecimal(&sum.finalize())
}

fn hexadecimal(sum: &[u8]) -> String {
    let mut digits: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.truncate(DIGEST_DIGITS);
    digits
}
