//! The real library with Debian's English model and Sweden's own grammar, on speech that espeak-ng makes.

#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, LazyLock},
    time::Duration,
};
use understanding::{
    prompts::sound::Sound,
    recogniser::{Pocketsphinx, PocketsphinxError, PocketsphinxSettings, RATE, Recogniser, RecogniserError, Request},
};

const GRAMMAR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments/sweden/understanding/en.jsgf");
const PATIENT: Duration = Duration::from_secs(60);

fn settings(lines: &str) -> PocketsphinxSettings {
    toml::from_str(lines).unwrap()
}

static ENGINE: LazyLock<Pocketsphinx> =
    LazyLock::new(|| Pocketsphinx::load(&settings(&format!("grammar = {GRAMMAR:?}\nconcurrent_max = 1"))).unwrap());

/// One utterance at a time: tests that hear take turns.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// As the telephone brings it, with the quiet around it that the ear leaves.
fn spoken(words: &str) -> Vec<i16> {
    let path = file(&format!("{}.wav", words.replace(' ', "_")));
    assert!(Command::new("espeak-ng").args(["-v", "en-us", "-w"]).arg(&path).arg(words).status().unwrap().success());
    let sound = Sound::from_wav(&fs::read(&path).unwrap()).unwrap().resampled();
    assert_eq!(sound.rate, RATE);
    let quiet = || std::iter::repeat_n(0, RATE as usize / 2);
    #[allow(clippy::cast_possible_truncation)]
    let samples = sound.samples.iter().map(|sample| (sample * 32_767.0) as i16);
    quiet().chain(samples).chain(quiet()).collect()
}

fn request(samples: &[i16], deadline: Duration) -> Request {
    Request { samples: Arc::from(samples), languages: Vec::new(), deadline }
}

/// As soon as the engine is free again, whatever was given up before.
async fn hears(samples: &[i16]) -> understanding::recogniser::Recognition {
    loop {
        match ENGINE.recognise(request(samples, PATIENT)).await {
            Err(RecogniserError::Busy) => tokio::task::yield_now().await,
            answer => return answer.unwrap(),
        }
    }
}

#[tokio::test]
async fn sentences_of_the_grammar_are_made_out() {
    let _turn = TURN.lock().await;
    for words in [
        "somebody took my car",
        "no it is over",
        "i want to renew my passport",
        "yes that is right",
        "my bicycle has been stolen",
        "somebody is threatening me",
    ] {
        let heard = hears(&spoken(words)).await;
        assert_eq!(heard.best(), Some(words));
        assert_eq!((heard.engine, heard.language), ("pocketsphinx", None));
        assert_eq!((ENGINE.digest().len(), heard.model.as_deref()), (64, Some(ENGINE.digest())));
        assert!(heard.alternatives.iter().all(|(_, confidence)| confidence.is_none()), "no confidence is invented");
    }
}

#[tokio::test]
async fn what_one_caller_said_changes_nothing_for_the_next() {
    let _turn = TURN.lock().await;
    let (quiet, loud) = (spoken("i want to renew my passport"), vec![20_000; RATE as usize * 3]);
    let before = hears(&quiet).await.alternatives;
    hears(&loud).await;
    // Nothing at all, and a moment.
    assert_eq!(hears(&[]).await.best(), None);
    assert_eq!(hears(&[0; 80]).await.best(), None);
    assert_eq!(hears(&quiet).await.alternatives, before);
}

#[tokio::test]
async fn nobody_waits_beyond_the_deadline_or_in_a_line() {
    let _turn = TURN.lock().await;
    let long: Vec<i16> = spoken("somebody took my car").into_iter().cycle().take(29 * RATE as usize).collect();
    hears(&[]).await;
    let late = ENGINE.recognise(request(&long, Duration::ZERO)).await;
    assert_eq!(late, Err(RecogniserError::Deadline { deadline_ms: 0 }));
    // The thread is free again soon after, and so it is when a caller has hung up.
    hears(&[]).await;
    drop(tokio::time::timeout(Duration::from_millis(1), ENGINE.recognise(request(&long, PATIENT))).await);
    hears(&[]).await;
    let (one, other) = tokio::join!(ENGINE.recognise(request(&long, PATIENT)), ENGINE.recognise(request(&long, PATIENT)));
    assert!(one.is_ok());
    assert_eq!(other, Err(RecogniserError::Busy), "one at a time, as the settings say");
    let longer = vec![0; 31 * RATE as usize];
    assert_eq!(ENGINE.recognise(request(&longer, PATIENT)).await, Err(RecogniserError::TooLong));
}

#[test]
fn what_cannot_work_is_told_with_its_mend() {
    let said = |lines: &str| Pocketsphinx::load(&settings(lines)).err().map(|error| error.to_string()).unwrap();
    let grammar = |name: &str, text: &str| {
        fs::write(file(name), text).unwrap();
        format!("grammar = {:?}", file(name))
    };
    const HEAD: &str = "#JSGF V1.0;\ngrammar g;\n";
    let missing = said(&grammar("missing.jsgf", &format!("{HEAD}public <said> = yes |\n my smorrebrod;")));
    assert!(missing.contains("missing.jsgf has faults: line 4: the dictionary has no \"smorrebrod\": write another word"), "{missing}");
    let open = said(&grammar("open.jsgf", &format!("{HEAD}public <said> = (yes | no;")));
    assert!(open.contains("pocketsphinx makes nothing of") && open.contains("open.jsgf"), "{open}");
    let gone = said("grammar = \"/nonexistent/en.jsgf\"");
    assert!(gone.contains("/nonexistent/en.jsgf cannot be read"), "{gone}");
    let model = said(&format!("grammar = {GRAMMAR:?}\nmodel = \"/nonexistent\""));
    assert!(model.contains("/nonexistent/feat.params cannot be read") && model.contains("pocketsphinx-en-us"), "{model}");
    let many = said(&format!("grammar = {GRAMMAR:?}\nconcurrent_max = 65"));
    assert!(many.contains("write 64 or less"), "{many}");
    let nothing = PocketsphinxError::NoLibrary("no such file".to_owned()).to_string();
    assert!(nothing.contains("apt-get install libpocketsphinx3"), "{nothing}");
}
