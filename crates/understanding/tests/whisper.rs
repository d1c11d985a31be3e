//! whisper.cpp with a model of its whole form, tiny and of chance: what it says means nothing. What counts is how it
//! is loaded, refused, kept to its deadline, shared and given back.
#![cfg(feature = "whisper")]
#![allow(clippy::unwrap_used)]

use domain::intent::Language;
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
    time::Duration,
};
use understanding::recogniser::{LoadError, RATE, Recogniser, RecogniserError, Request, Whisper, WhisperSettings};

/// Sizes of the model, named as in whisper.cpp: as many words as one for many languages has, all else small.
const N_VOCAB: usize = 51_865;
const N_AUDIO_CTX: usize = 1_500;
const N_STATE: usize = 32;
const N_HEAD: usize = 1;
const N_LAYER: usize = 4;
const N_TEXT_CTX: usize = 448;
const N_MELS: usize = 80;
const N_FFT: usize = 201;
/// Kinds of numbers: what is multiplied with is short, what is added is not.
const F32: usize = 0;
const F16: usize = 1;

/// A model file as it is written, number by number.
struct Writer {
    bytes: Vec<u8>,
    dice: u64,
}

impl Writer {
    fn number(&mut self, number: usize) {
        self.bytes.extend(i32::try_from(number).unwrap().to_le_bytes());
    }

    /// Chance (splitmix64), the same on every machine.
    fn chance(&mut self) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (self.dice ^ (self.dice >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40
    }

    fn floats(&mut self, count: usize) {
        for _ in 0..count {
            let weight = (self.chance() as f32 / (1_u64 << 24) as f32 - 0.5) * 0.2;
            self.bytes.extend(weight.to_le_bytes());
        }
    }

    /// Sign and fraction by chance, between 1/16 and 1/8 beside it.
    fn shorts(&mut self, count: usize) {
        for _ in 0..count {
            let short = self.chance() & 0x83ff | 0x2c00;
            self.bytes.extend(u16::try_from(short).unwrap().to_le_bytes());
        }
    }

    fn tensor(&mut self, name: &str, sides: &[usize]) {
        let is_short = name.ends_with(".weight") && sides.len() > 1;
        self.number(sides.len());
        self.number(name.len());
        self.number(if is_short { F16 } else { F32 });
        sides.iter().for_each(|side| self.number(*side));
        self.bytes.extend(name.bytes());
        let count = sides.iter().product();
        if is_short { self.shorts(count) } else { self.floats(count) }
    }

    fn scaled(&mut self, name: &str) {
        self.tensor(&format!("{name}.weight"), &[N_STATE]);
        self.tensor(&format!("{name}.bias"), &[N_STATE]);
    }

    fn attention(&mut self, block: &str, name: &str) {
        self.scaled(&format!("{block}.{name}_ln"));
        for part in ["query", "key", "value", "out"] {
            self.tensor(&format!("{block}.{name}.{part}.weight"), &[N_STATE, N_STATE]);
            if part != "key" {
                self.tensor(&format!("{block}.{name}.{part}.bias"), &[N_STATE]);
            }
        }
    }

    fn blocks(&mut self, coder: &str, attentions: &[&str]) {
        for layer in 0..N_LAYER {
            let block = format!("{coder}.blocks.{layer}");
            attentions.iter().for_each(|name| self.attention(&block, name));
            self.scaled(&format!("{block}.mlp_ln"));
            self.tensor(&format!("{block}.mlp.0.weight"), &[N_STATE, 4 * N_STATE]);
            self.tensor(&format!("{block}.mlp.0.bias"), &[4 * N_STATE]);
            self.tensor(&format!("{block}.mlp.2.weight"), &[4 * N_STATE, N_STATE]);
            self.tensor(&format!("{block}.mlp.2.bias"), &[N_STATE]);
        }
    }
}

const WORDS: [&str; 3] = [" ", " -", " '"];

fn model() -> Vec<u8> {
    model_with(&WORDS)
}

fn model_with(words: &[&str]) -> Vec<u8> {
    let mut file = Writer { bytes: 0x6767_6d6c_u32.to_le_bytes().to_vec(), dice: 11_414 };
    for size in [N_VOCAB, N_AUDIO_CTX, N_STATE, N_HEAD, N_LAYER, N_TEXT_CTX, N_STATE, N_HEAD, N_LAYER, N_MELS, F16] {
        file.number(size);
    }
    file.number(N_MELS);
    file.number(N_FFT);
    file.floats(N_MELS * N_FFT);
    // Of the words those are written out that any model has; whisper.cpp names the others itself.
    file.number(words.len());
    for word in words {
        file.number(word.len());
        file.bytes.extend(word.bytes());
    }
    file.tensor("encoder.positional_embedding", &[N_STATE, N_AUDIO_CTX]);
    for (name, width) in [("encoder.conv1", N_MELS), ("encoder.conv2", N_STATE)] {
        file.tensor(&format!("{name}.weight"), &[3, width, N_STATE]);
        file.tensor(&format!("{name}.bias"), &[1, N_STATE]);
    }
    file.scaled("encoder.ln_post");
    file.blocks("encoder", &["attn"]);
    file.tensor("decoder.positional_embedding", &[N_STATE, N_TEXT_CTX]);
    file.tensor("decoder.token_embedding.weight", &[N_STATE, N_VOCAB]);
    file.scaled("decoder.ln");
    file.blocks("decoder", &["attn", "cross_attn"]);
    file.bytes
}

fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn settings(model: &Path) -> WhisperSettings {
    toml::from_str(&format!("model = {:?}\nthreads = 1", model.display().to_string())).unwrap()
}

static WHISPER: LazyLock<Whisper> = LazyLock::new(|| Whisper::load(&settings(&written("tiny.bin", &model()))).unwrap());
const PATIENT: Duration = Duration::from_secs(120);

fn request(seconds: u32, deadline: Duration) -> Request {
    let samples: Vec<i16> = (0..seconds * RATE).map(|at| if at % 16 < 8 { 6_000 } else { -6_000 }).collect();
    Request { samples: Arc::from(samples), languages: vec![Language::Swedish, Language::English], deadline }
}

/// One utterance at a time: tests that hear take turns.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// As soon as the engine is free again, whatever was given up before.
async fn hears(seconds: u32) -> understanding::recogniser::Recognition {
    loop {
        match WHISPER.recognise(request(seconds, PATIENT)).await {
            Err(RecogniserError::Busy) => tokio::task::yield_now().await,
            answer => return answer.unwrap(),
        }
    }
}

#[tokio::test]
async fn a_model_is_loaded_warmed_up_and_hears() {
    let _turn = TURN.lock().await;
    let heard = hears(2).await;
    let digest: String = Sha256::digest(model()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((heard.engine, WHISPER.model(), heard.model.as_deref()), ("whisper", digest.as_str(), Some(digest.as_str())));
    assert!(heard.language.is_some_and(|language| [Language::Swedish, Language::English].contains(&language)), "one of those expected");
    assert!(heard.alternatives.iter().all(|(_, confidence)| confidence.is_none()), "no confidence is invented");
    assert_eq!(hears(2).await.alternatives, heard.alternatives, "the same sound, the same words");
    // A moment, and nothing at all.
    hears(0).await;
}

#[tokio::test]
async fn nobody_waits_beyond_the_deadline_or_in_a_line() {
    let _turn = TURN.lock().await;
    hears(1).await;
    let late = WHISPER.recognise(request(29, Duration::from_millis(1))).await;
    assert_eq!(late, Err(RecogniserError::Deadline { deadline_ms: 1 }));
    // The processor is free again soon after, and so it is when a caller has hung up.
    hears(1).await;
    drop(tokio::time::timeout(Duration::from_millis(1), WHISPER.recognise(request(29, PATIENT))).await);
    hears(1).await;
    let (one, other) = tokio::join!(WHISPER.recognise(request(1, PATIENT)), WHISPER.recognise(request(1, PATIENT)));
    assert!(one.is_ok());
    assert_eq!(other, Err(RecogniserError::Busy), "one at a time, unless the settings say otherwise");
    assert_eq!(WHISPER.recognise(request(31, PATIENT)).await, Err(RecogniserError::TooLong));
}

#[test]
fn what_is_no_model_is_refused() {
    let refused = |path: &Path| Whisper::load(&settings(path)).err().unwrap();
    assert!(matches!(refused(Path::new("/nonexistent/model.bin")), LoadError::Unreadable { .. }));
    assert!(matches!(refused(&written("empty.bin", b"")), LoadError::NoModel(_)));
    assert!(matches!(refused(&written("text.bin", b"<html>not found</html>")), LoadError::NoModel(_)));
    let whole = model();
    for (name, bytes) in [
        ("head.bin", &whole[..30]),
        ("half.bin", &whole[..whole.len() / 2]),
        ("nearly.bin", &whole[..whole.len() - 1]),
        ("without_last.bin", &whole[..whole.len() - 4 * N_STATE - 12 - 4 - "decoder.blocks.3.mlp.2.bias".len()]),
    ] {
        assert!(matches!(refused(&written(name, bytes)), LoadError::Broken { .. }), "{name}: a download that broke off");
    }
    assert!(matches!(refused(&written("wordless.bin", &model_with(&WORDS[1..]))), LoadError::Broken { .. }), "a word is missing");
    let mut odd = whole.clone();
    odd[8..12].copy_from_slice(&(-1_i32).to_le_bytes());
    assert!(matches!(refused(&written("odd.bin", &odd)), LoadError::Broken { .. }), "a size that makes no sense");
}
