//! A model file of whisper.cpp, walked through before it is handed over: whisper.cpp takes lengths as they stand
//! and ends the whole program where one makes no sense, as in a download that broke off.

use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

const MAGIC: u32 = 0x6767_6d6c;
const SIZES: usize = 11;
/// Which of the sizes say how many words there are and how many bands of sound.
const WORDS: usize = 0;
/// More than any model has.
const NUMBER_MAX: u32 = 1 << 20;
const NAME_BYTES_MAX: u32 = 256;
const SIDES_MAX: u32 = 4;
const PIECE: usize = 1 << 16;

/// Words that whisper.cpp looks for in any model.
const NEEDED: [&[u8]; 3] = [b" ", b" -", b" '"];

/// What is wrong with a file.
#[derive(Debug)]
pub(super) enum Wrong {
    Unreadable(io::Error),
    /// It does not begin as a model does.
    NoModel,
    /// It ends too early, or holds a number that makes no sense.
    Broken,
}

/// SHA-256 of a model file, in 64 hexadecimal digits, once it has been found to be whole.
pub(super) fn digest(path: &Path) -> Result<String, Wrong> {
    let file = File::open(path).map_err(Wrong::Unreadable)?;
    let length = file.metadata().map_err(Wrong::Unreadable)?.len();
    let mut walk = Walk { file: BufReader::with_capacity(PIECE, file), hash: Sha256::new(), left: length };
    if length < 4 || walk.number()? != MAGIC {
        return Err(Wrong::NoModel);
    }
    let sizes: Vec<u32> = (0..SIZES).map(|_| walk.number()).collect::<Result<_, _>>()?;
    if sizes.iter().any(|size| *size > NUMBER_MAX) {
        return Err(Wrong::Broken);
    }
    let (bands, width) = (walk.small(NUMBER_MAX)?, walk.small(NUMBER_MAX)?);
    walk.pass(4 * u64::from(bands) * u64::from(width))?;
    let mut needed = NEEDED.to_vec();
    for _ in 0..walk.small(sizes[WORDS])? {
        let word = walk.text()?;
        needed.retain(|needed| *needed != word.as_slice());
    }
    if !needed.is_empty() {
        return Err(Wrong::Broken);
    }
    while walk.left > 0 {
        walk.tensor()?;
    }
    Ok(walk.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

struct Walk {
    file: BufReader<File>,
    hash: Sha256,
    /// Bytes to come.
    left: u64,
}

impl Walk {
    fn read(&mut self, piece: &mut [u8]) -> Result<(), Wrong> {
        self.left = self.left.checked_sub(piece.len() as u64).ok_or(Wrong::Broken)?;
        self.file.read_exact(piece).map_err(Wrong::Unreadable)?;
        self.hash.update(&*piece);
        Ok(())
    }

    fn number(&mut self) -> Result<u32, Wrong> {
        let mut bytes = [0; 4];
        self.read(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn small(&mut self, most: u32) -> Result<u32, Wrong> {
        self.number().and_then(|number| if number <= most { Ok(number) } else { Err(Wrong::Broken) })
    }

    fn text(&mut self) -> Result<Vec<u8>, Wrong> {
        let mut text = vec![0; self.small(NAME_BYTES_MAX)? as usize];
        self.read(&mut text)?;
        Ok(text)
    }

    fn pass(&mut self, bytes: u64) -> Result<(), Wrong> {
        if bytes > self.left {
            return Err(Wrong::Broken);
        }
        let (mut piece, mut rest) = ([0; PIECE], bytes);
        while rest > 0 {
            let count = usize::try_from(rest).unwrap_or(PIECE).min(PIECE);
            self.read(&mut piece[..count])?;
            rest -= count as u64;
        }
        Ok(())
    }

    fn tensor(&mut self) -> Result<(), Wrong> {
        let (sides, name, kind) = (self.small(SIDES_MAX)?, self.small(NAME_BYTES_MAX)?, self.number()?);
        let mut count = 1_u64;
        for _ in 0..sides {
            count = count.checked_mul(self.small(NUMBER_MAX)?.into()).ok_or(Wrong::Broken)?;
        }
        self.pass(name.into())?;
        let (bytes, block) = bytes_of(kind).ok_or(Wrong::Broken)?;
        self.pass((count / block).checked_mul(bytes).ok_or(Wrong::Broken)?)
    }
}

/// How many bytes a block takes of a kind of number, and how many numbers it has: those that ggml knows and models
/// of speech are kept in.
fn bytes_of(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        0 => (4, 1),
        1 => (2, 1),
        2 => (18, 32),
        3 => (20, 32),
        6 => (22, 32),
        7 => (24, 32),
        8 => (34, 32),
        10 => (84, 256),
        11 => (110, 256),
        12 => (144, 256),
        13 => (176, 256),
        14 => (210, 256),
        _ => return None,
    })
}
