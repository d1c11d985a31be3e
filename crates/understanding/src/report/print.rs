//! Figures as text, for people and for documents.

use super::{Figures, Judged, figures, found, taken_for};
use crate::gate::Thresholds;
use domain::intent::{Intent, Language};
use std::fmt;

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  intent right                  {}", self.intent)?;
        writeln!(f, "  among the first three         {}", self.among_three)?;
        if self.destination.all > 0 {
            writeln!(f, "  led well by the words alone   {}", self.destination)?;
            writeln!(f, "  led well, asked where unsure  {}", self.reached)?;
        }
        writeln!(f, "  language right                {}", self.language)?;
        writeln!(
            f,
            "  calibration error             {:>3}.{} %",
            self.calibration_error_permille / 10,
            self.calibration_error_permille % 10
        )?;
        writeln!(f, "  covered at 95 % precision     {}", self.covered)?;
        writeln!(f, "  emergencies sent or asked     {}", self.emergencies_caught)?;
        writeln!(f, "  emergencies sent              {}", self.emergencies_sent)?;
        writeln!(f, "  others sent unasked           {}", self.others_sent)?;
        writeln!(f, "  others asked                  {}", self.others_asked)
    }
}

/// The figures of every language that occurs and of all, then each intent's precision and recall.
#[must_use]
pub fn print(judged: &[Judged<'_>], lines: &Thresholds) -> String {
    let mut out = String::new();
    for language in Language::ALL.iter().filter(|language| judged.iter().any(|one| one.sentence.language == **language)) {
        out.push_str(&format!("{language}\n{}", figures(judged, Some(*language), lines)));
    }
    out.push_str(&format!("all\n{}", figures(judged, None, lines)));
    out.push_str("by intent                  right when found        found when meant\n");
    for intent in Intent::ALL {
        let found = found(judged, *intent);
        if found.precision.all + found.recall.all > 0 {
            out.push_str(&format!("  {:<24} {:<23} {}\n", intent.word(), found.precision.to_string(), found.recall));
        }
    }
    out
}

/// Rows of what was meant, columns of what it was taken for, in the order of the intents.
#[must_use]
pub fn confusions(judged: &[Judged<'_>]) -> String {
    let mut counts = vec![vec![0_usize; Intent::ALL.len()]; Intent::ALL.len()];
    for one in judged {
        if let Some(taken) = taken_for(one) {
            counts[one.sentence.intent as usize][taken as usize] += 1;
        }
    }
    let head: String = (1..=Intent::ALL.len()).map(|number| format!("{number:>5}")).collect();
    let mut out = format!("meant, and taken for      {head}\n");
    for (number, (intent, row)) in Intent::ALL.iter().zip(counts).enumerate() {
        let cells: String = row.iter().map(|count| if *count == 0 { "    .".to_owned() } else { format!("{count:>5}") }).collect();
        out.push_str(&format!("{:>2} {:<23}{cells}\n", number + 1, intent.word()));
    }
    out
}
