//! Whatever is said and whatever a transcription server answers: an answer comes, and nothing panics. A few rounds in
//! `cargo xtask test`, minutes of it in `cargo xtask storm` (`SVAR_FUZZ_MINUTES`). A round is repeated by its seed.
#![allow(clippy::unwrap_used)]

use domain::intent::Language;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use understanding::{
    lexicon::Lexicon,
    model::Model,
    recogniser::{HttpSettings, HttpTranscription, Recogniser, RecogniserError, Request},
    sentences::{self, Sentence},
    understand,
};

/// Rounds where no time is set.
const ROUNDS: u64 = 300;
/// So many of the training sentences make the model that is fuzzed: its form counts here and not what it knows.
const SENTENCES: usize = 400;
const PATIENT: Duration = Duration::from_secs(10);

/// Small, seeded, the same on every machine (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (end.max(1) as u64)).unwrap()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Runs rounds, each by its number, for as long as is asked.
fn rounds(mut round: impl FnMut(u64)) {
    let minutes: Option<u64> = std::env::var("SVAR_FUZZ_MINUTES").ok().map(|minutes| minutes.parse().unwrap());
    let end = minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    let mut seed = 0;
    while end.map_or(seed < ROUNDS, |end| Instant::now() < end) {
        round(seed);
        seed += 1;
    }
    eprintln!("{seed} rounds");
}

/// Changes bytes here and there, cuts, repeats, and puts in what no keyboard has.
fn spoilt(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    const ODD: [&[u8]; 9] = [
        b"\0",
        b"\xff\xfe",
        b"\r\n",
        b"\t",
        "\u{202e}".as_bytes(),
        "\u{1F480}".as_bytes(),
        "e\u{301}\u{301}".as_bytes(),
        b"{\"text\":",
        b"-1e999",
    ];
    let mut bytes = bytes.to_vec();
    for _ in 0..dice.below(8) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(5) {
            0 if !bytes.is_empty() => bytes[at.saturating_sub(1)] = u8::try_from(dice.below(256)).unwrap(),
            1 => bytes.truncate(at),
            2 => drop(bytes.splice(at..at, dice.one(&ODD).iter().copied())),
            3 => {
                let piece = bytes[at..].to_vec();
                (0..dice.below(40)).for_each(|_| bytes.extend(&piece));
            }
            _ => drop(bytes.drain(..at)),
        }
        bytes.truncate(1 << 20);
    }
    bytes
}

fn sweden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/sweden/understanding")
}

#[test]
fn whatever_is_said_is_answered() {
    let all = sentences::load(&sweden()).unwrap();
    let some: Vec<Sentence> = all.iter().step_by((all.len() / SENTENCES).max(1)).cloned().collect();
    let lexicon = Lexicon::load(&sweden()).unwrap();
    let model = Model::train(&some, &lexicon);
    rounds(|seed| {
        let mut dice = Dice(seed);
        let noise: Vec<u8> = (0..dice.below(300)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
        let said = all[usize::try_from(seed).unwrap() % all.len()].text.as_bytes();
        let bytes = if seed % 8 == 0 { noise } else { spoilt(&mut dice, said) };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let understood = understand(&text, Some(Language::Swedish), &model, &lexicon);
        let shares: Vec<u16> = understood.readings.iter().map(|reading| reading.confidence_permille).collect();
        assert!(shares.is_sorted_by(|one, other| one >= other) && shares.iter().all(|share| *share <= 1_000), "seed {seed}: {shares:?}");
        assert_eq!(
            understand(&text, Some(Language::Swedish), &model, &lexicon),
            understood,
            "seed {seed}: the same words, another meaning"
        );
    });
}

const ANSWERS: [&[u8]; 5] = [
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 47\r\n\r\n{\"text\":\"min cykel\",\"language\":\"sv\",\"segments\":[]}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n{\"text\":\"en cykel\"}\r\n0\r\n\r\n",
    b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 None\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\n{\"text\":\"\\ud83d\\u0000\"}",
];

/// A stand-in server that gives each caller another spoilt answer.
#[test]
fn whatever_a_server_answers_is_words_or_an_error() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let settings = format!("url = \"http://{}/v1\"\nmodel = \"m\"\nrest_ms = 0", listener.local_addr().unwrap());
    let adapter = HttpTranscription::new(&toml::from_str::<HttpSettings>(&settings).unwrap()).unwrap();
    rounds(|seed| {
        let mut dice = Dice(seed);
        let whole = *dice.one(&ANSWERS);
        let answer = spoilt(&mut dice, whole);
        let request = Request { samples: Arc::from([0_i16; 800]), languages: vec![Language::Swedish], deadline: PATIENT };
        let heard = runtime.block_on(async {
            let serve = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (mut piece, mut got) = ([0; 4_096], Vec::new());
                while !got.ends_with(b"--\r\n") {
                    let count = stream.read(&mut piece).await.unwrap();
                    got.extend(&piece[..count]);
                }
                // Whoever has heard enough hangs up in the middle.
                let _ = stream.write_all(&answer).await;
            };
            let (heard, ()) = tokio::join!(adapter.recognise(request), serve);
            heard
        });
        match heard {
            Ok(heard) => assert!(heard.alternatives.iter().all(|(text, _)| !text.contains('\0')), "seed {seed}"),
            Err(RecogniserError::Deadline { .. }) => panic!("seed {seed}: the server had hung up, and nobody noticed"),
            Err(_) => {}
        }
    });
}
