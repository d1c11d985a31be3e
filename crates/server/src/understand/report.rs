//! `svar understand report FILE`: the figures of labelled lines that the model was not trained on.

use super::{Materials, train};
use crate::{
    deployment,
    output::{complain, say},
};
use anyhow::{Context, ensure};
use domain::{
    destination::{self, Said},
    plan::Plan,
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};
use understanding::{
    gate::Thresholds,
    lexicon::Lexicon,
    model::Model,
    report::{self, Judged},
    sentences::{self, Sentence},
    text::CHARS_MAX,
    understand,
};

/// At most so many lines that are left out are named.
const TOLD_MAX: usize = 50;
/// More lines than this are refused.
const LINES_MAX: usize = 200_000;

#[derive(clap::Args)]
pub struct Arguments {
    /// Lines `language<TAB>intent<TAB>destination<TAB>text`, or as training lines with the gate before
    /// the text.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The deployment's folder or its name.
    #[arg(long, default_value = "sweden")]
    deployment: String,
    /// A model that `svar understand train --out` wrote; without, one is trained.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut labelled = Labelled::default();
    for path in &arguments.files {
        labelled.read(path)?;
    }
    ensure!(!labelled.sentences.is_empty(), "no line can be judged: write language, intent, destination and text, parted by tabs");
    let folder = deployment::find(&arguments.deployment)?;
    let (materials, plan) = (Materials::read(&folder)?, deployment::read_plan(&folder)?);
    let model = match &arguments.model {
        Some(path) => read_model(path)?,
        None => train::telling(&materials),
    };
    let judge = |sentence| judge(sentence, &model, &materials.lexicon, &plan);
    let judged: Vec<Judged<'_>> = labelled.sentences.iter().map(judge).collect();
    let lines = &Thresholds::CHOSEN;
    say!("model {}, {} lines judged, {} left out\n", model.digest(), judged.len(), labelled.left_out)?;
    say!("{}\n{}", report::print(&judged, lines), report::confusions(&judged))?;
    let spoilt = report::spoilt(&labelled.sentences, &model, &materials.lexicon);
    say!("with 12 % of the words lost and a fifth misspelt\n{}", report::figures(&spoilt, None, lines))?;
    Ok(if labelled.left_out == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read_model(path: &Path) -> anyhow::Result<Model> {
    let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Model::from_bytes(&bytes).with_context(|| path.display().to_string())
}

fn judge<'a>(sentence: &'a Sentence, model: &Model, lexicon: &Lexicon, plan: &Plan) -> Judged<'a> {
    let destination_right = destination_right(sentence, model, lexicon, plan);
    Judged { destination_right, ..report::judge(sentence, model, lexicon) }
}

/// Whether the deployment leads what was understood where the label says, or where it may as well. None for a
/// language that it does not speak, and for a place that it does not know.
fn destination_right(sentence: &Sentence, model: &Model, lexicon: &Lexicon, plan: &Plan) -> Option<bool> {
    let known = plan.destinations.iter().any(|destination| destination.id.as_str() == sentence.destination);
    if !known || !plan.languages.contains(&sentence.language) {
        return None;
    }
    let understood = understand(&sentence.text, Some(sentence.language), model, lexicon);
    let said = Said { intent: None, circumstances: &understood.circumstances, gate: understood.gate, going_on: false };
    Some(
        destination::lead_among(plan, &understood.readings, &said)
            .is_some_and(|led| report::is_acceptable(led.to.id.as_str(), &sentence.destination)),
    )
}

/// The lines that can be judged, and how many cannot.
#[derive(Default)]
struct Labelled {
    sentences: Vec<Sentence>,
    left_out: usize,
}

impl Labelled {
    /// Tells each line that does not fit with its file and number, and goes on with the next.
    fn read(&mut self, path: &Path) -> anyhow::Result<()> {
        let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let place = format!("{}:{}", path.display(), index + 1);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.trim_ascii().is_empty() || line.starts_with(b"#") {
                continue;
            }
            ensure!(self.sentences.len() < LINES_MAX, "{place}: there are more than {LINES_MAX} lines: judge them in parts");
            match std::str::from_utf8(line).map_err(|_| "the line is not UTF-8".to_owned()).and_then(sentences::labelled) {
                Ok(sentence) => {
                    if sentence.text.chars().nth(CHARS_MAX).is_some() {
                        complain!("{place}: only the first {CHARS_MAX} characters are looked at");
                    }
                    self.sentences.push(sentence);
                }
                Err(what) => self.leave_out(&place, &what),
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, place: &str, what: &str) {
        self.left_out += 1;
        if self.left_out <= TOLD_MAX {
            complain!("{place}: {what}; the line is left out");
        } else if self.left_out == TOLD_MAX + 1 {
            complain!("{place}: more such lines are not named");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn odd_lines_are_told_and_the_others_judged() {
        let path = std::env::temp_dir().join(format!("svar-report-{}.tsv", std::process::id()));
        let huge = format!("en\ttip\tpkc\t{}\n", "word ".repeat(100_000));
        let mut bytes = b"sv\ttip\tpkc\thej\r\n\n# a comment\nsv\ttip\tpkc\tnone\tfem kolumner\nsv\ttip\tpkc\t \nsv\ttip\n".to_vec();
        bytes.extend(b"sv\ttip\tpkc\t\xff\xfe\n\x00\x01\x02\nxx\ttip\tpkc\thej\nsv\ttip\tpkc\thello min cykel er v\xc3\xa6k\n");
        bytes.extend(huge.as_bytes());
        std::fs::write(&path, bytes).unwrap();
        let mut labelled = Labelled::default();
        labelled.read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let texts: Vec<&str> = labelled.sentences.iter().map(|sentence| sentence.text.get(..5).unwrap_or(&sentence.text)).collect();
        assert_eq!((texts, labelled.left_out), (vec!["hej", "fem k", "hello", "word "], 5));
    }
}
