//! Figures about the model of a deployment's sentences, for `docs/understanding.md` and for
//! `cargo xtask bench understanding`:
//!
//!     cargo run --release -p understanding --example measure -- decision|cross|curve|doubts [FOLDER]
//!
//! `decision` prints one line of JSON: what training and one decision cost and how large the artefact
//! is. `cross` judges every training sentence by a model that learnt from the others. `curve` does so
//! with a quarter, a half and all of them. `doubts` lists the sentences whose label a model that learnt from
//! the others contradicts with confidence: the first to be read again. FOLDER is a deployment's `understanding` folder.

#![allow(clippy::print_stdout)]

use domain::intent::Language;
use std::{error::Error, path::Path, time::Instant};
use understanding::{
    gate::Thresholds,
    lexicon::Lexicon,
    model::Model,
    report::{self, Judged},
    sentences::{self, Sentence},
    understand,
};

const PARTS: usize = 4;
/// How often every sentence is decided on; the quickest round counts.
const ROUNDS: usize = 5;
/// So sure of another intent, a label is doubted.
const DOUBT: f32 = 0.8;
const SHARES_PERMILLE: [usize; 3] = [250, 500, 1_000];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let folder =
        arguments.next().unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments/sweden/understanding").to_owned());
    let folder = Path::new(&folder);
    let sentences = sentences::load(folder).map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let lexicon = Lexicon::load(folder)?;
    match what.as_str() {
        "decision" => decision(&sentences, &lexicon),
        "cross" => cross(&sentences, &lexicon),
        "curve" => curve(&sentences, &lexicon),
        "doubts" => doubts(&sentences, &lexicon),
        _ => return Err("say decision, cross, curve or doubts".into()),
    }
    Ok(())
}

/// Time on the processor where the system tells it, so that other work on the machine does not count;
/// else time as it passes.
struct Clock {
    begun: Instant,
    spent_ns: Option<u64>,
}

impl Clock {
    fn start() -> Self {
        Self { begun: Instant::now(), spent_ns: Self::spent_ns() }
    }

    fn spent_ns() -> Option<u64> {
        std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
    }

    #[allow(clippy::cast_precision_loss)] // nanoseconds of minutes
    fn elapsed_s(&self) -> f64 {
        match (self.spent_ns, Self::spent_ns()) {
            (Some(before), Some(after)) => (after - before) as f64 / 1e9,
            _ => self.begun.elapsed().as_secs_f64(),
        }
    }
}

fn decision(sentences: &[Sentence], lexicon: &Lexicon) {
    // It learns on threads of its own, so only the clock on the wall tells how long that takes.
    let begun = Instant::now();
    let model = Model::train(sentences, lexicon);
    let (train_s, bytes) = (begun.elapsed().as_secs_f64(), model.to_bytes());
    let begun = Clock::start();
    let model = Model::from_bytes(&bytes).unwrap_or(model);
    let load_ms = begun.elapsed_s() * 1e3;
    let mut decision_us = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begun = Clock::start();
        for sentence in sentences {
            std::hint::black_box(understand(&sentence.text, Some(Language::Swedish), &model, lexicon));
        }
        #[allow(clippy::cast_precision_loss)] // thousands
        let each = begun.elapsed_s() * 1e6 / sentences.len() as f64;
        decision_us = decision_us.min(each);
    }
    let (sentences, features, bytes) = (sentences.len(), model.features(), bytes.len());
    println!(
        "{{\"sentences\":{sentences},\"features\":{features},\"bytes\":{bytes},\"train_s\":{train_s:.1},\"load_ms\":{load_ms:.1},\"decision_us\":{decision_us:.1}}}"
    );
}

fn cross(sentences: &[Sentence], lexicon: &Lexicon) {
    let crossed = report::cross_validate(sentences, lexicon, PARTS, 1_000);
    println!("{}\n{}", report::print(&crossed.whole, &Thresholds::CHOSEN), report::confusions(&crossed.whole));
    println!("words lost and misspelt\n{}", report::figures(&crossed.spoilt, None, &Thresholds::CHOSEN));
    println!("lines of the gate: asked from, emergencies caught, others asked; sent from, emergencies sent, others sent");
    for step in 1..20 {
        #[allow(clippy::cast_precision_loss)] // below twenty
        let step = step as f32;
        let lines = Thresholds { unasked: step * 0.02, direct: 0.8 + step * 0.01 };
        let got = report::figures(&crossed.whole, None, &lines);
        let [caught, asked, sent, others] =
            [got.emergencies_caught, got.others_asked, got.emergencies_sent, got.others_sent].map(report::Share::permille);
        println!("  {:.2} {caught:>4} {asked:>4}   {:.2} {sent:>4} {others:>4}", lines.unasked, lines.direct);
    }
}

fn curve(sentences: &[Sentence], lexicon: &Lexicon) {
    println!("learnt from, intent right and among the first three in thousandths: sv, en, da, all");
    for share in SHARES_PERMILLE {
        let crossed = report::cross_validate(sentences, lexicon, PARTS, share);
        let shown = |judged: &[Judged<'_>], language| {
            let got = report::figures(judged, language, &Thresholds::CHOSEN);
            format!("{} {}", got.intent.permille(), got.among_three.permille())
        };
        let languages = Language::ALL.iter().map(|language| Some(*language)).chain([None]);
        let row: Vec<String> = languages.map(|language| shown(&crossed.whole, language)).collect();
        println!("{:>6}  {}", crossed.trained_on, row.join("  "));
    }
}

/// `confidence<TAB>intent it was taken for<TAB>` and the line as it stands, the surest first.
fn doubts(sentences: &[Sentence], lexicon: &Lexicon) {
    let crossed = report::cross_validate(sentences, lexicon, PARTS, 1_000);
    let taken = |one: &Judged<'_>| one.prediction.ranked().first().copied();
    let mut doubted: Vec<_> = crossed.whole.iter().filter_map(|one| Some((taken(one)?, one.sentence))).collect();
    doubted.retain(|((intent, sure), sentence)| *intent != sentence.intent && *sure >= DOUBT);
    doubted.sort_by(|((_, one), _), ((_, other), _)| other.total_cmp(one));
    for ((intent, sure), Sentence { language, intent: label, destination, gate, text, .. }) in doubted {
        println!("{sure:.2}\t{intent}\t{language}\t{label}\t{destination}\t{gate}\t{text}");
    }
}
