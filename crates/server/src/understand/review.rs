//! The file that a reviewer reads: training sentences commented out, each below what was made of it.

use super::on_one_line;
use crate::clock;
use anyhow::bail;
use domain::{
    Timestamp,
    destination::{self, Said},
    plan::Plan,
    service_level::{Course, Question, Utterance},
};
use std::{fmt::Write, path::Path};
use understanding::{
    likeness::{APART_PERMILLE, Likeness, TWICE_PERMILLE},
    sentences,
};

/// What is taken and what is left out, and why.
pub struct Review {
    /// Sentences to learn from, those taken since among them.
    known: Likeness,
    /// Sentences that measure.
    apart: Likeness,
    pub lines: usize,
    pub erased: usize,
    pub alike: usize,
}

impl Review {
    /// # Errors
    /// When the deployment's sentences cannot be read.
    pub fn new(folder: &Path) -> anyhow::Result<Self> {
        let folder = folder.join("understanding");
        let apart = folder.join("apart");
        let kept_apart = if apart.is_dir() { read(&apart)? } else { Likeness::default() };
        Ok(Self { known: read(&folder)?, apart: kept_apart, lines: 0, erased: 0, alike: 0 })
    }

    /// What stands above all lines.
    pub fn head(at: Timestamp) -> String {
        let at = clock::written(at);
        format!(
            "# Callers' own words, as they were recognised, written at {at}: personal data.\n\
             # Nothing below is learnt from while its line begins with #. For each line that is to be:\n\
             #   take out names, numbers and addresses, or leave the line as it is;\n\
             #   mend what was plainly misheard, no more: callers are to be understood as they are heard;\n\
             #   see that intent, destination and gate are as LABELLING.md says: the intent is what the operator\n\
             #   made of it, the destination follows from it by the plan, the gate is the model's own;\n\
             #   take the # away.\n\
             # Above each stand the day, the digest of the model and what it took the words for.\n\n"
        )
    }

    /// The lines of an utterance, unless there is its like already.
    pub fn take(&mut self, plan: &Plan, course: &Course, said: &Utterance, text: &str) -> Option<String> {
        let text = on_one_line(text);
        let intent = course.intent()?;
        if self.known.of(&text) >= TWICE_PERMILLE || self.apart.of(&text) >= APART_PERMILLE {
            self.alike += 1;
            return None;
        }
        self.known.add(&text);
        self.lines += 1;
        let led =
            destination::lead(plan, &Said { intent: Some(intent), circumstances: &said.circumstances, gate: said.gate, going_on: false });
        let to = led.map_or("", |led| led.to.id.as_str());
        Some(format!("{}#{}\t{intent}\t{to}\t{}\t{text}\n\n", about(plan, course, said), course.language, said.gate))
    }
}

fn read(folder: &Path) -> anyhow::Result<Likeness> {
    let sentences = match sentences::load(folder) {
        Ok(sentences) => sentences,
        Err(faults) => {
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            bail!("the sentences that are there already cannot be read: {}", told.join("; "))
        }
    };
    let mut known = Likeness::default();
    sentences.iter().for_each(|sentence| known.add(&sentence.text));
    Ok(known)
}

/// What the model said, what stood, what the operator made of it, and the emergency question.
fn about(plan: &Plan, course: &Course, said: &Utterance) -> String {
    let mut about = format!("## {} by model {}\n## taken for", said.at.local(&plan.zone).date(), said.model);
    for reading in &said.readings {
        let permille = reading.confidence_permille;
        let _ = write!(about, " {} {}.{:03}", reading.intent, permille / 1_000, permille % 1_000);
    }
    let stood = course.understood().map_or("nothing", domain::intent::Intent::word);
    match course.corrected() {
        Some(intent) => {
            let _ = write!(about, "; stood as {stood}; the operator says {intent}");
        }
        None => {
            let _ = write!(about, "; stood as {stood}; the operator left it so");
        }
    }
    let question = match course.question {
        Question::NotPut => "was not put",
        Question::Unanswered => "had no answer",
        Question::Yes => "was answered yes",
        Question::No => "was answered no",
    };
    let _ = writeln!(about, "\n## gate {}; the emergency question {question}", said.gate);
    about
}
