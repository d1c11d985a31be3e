//! The model of what callers mean: what it costs to train, to load and to ask, and how large it is. The
//! understanding crate's program `measure` does it on one core with Sweden's sentences.

use super::{Figure, Place, build, server::on_one_core, thousands};
use crate::child;
use anyhow::{Context, Result};
use serde::Deserialize;

/// What the program says, in one line of JSON.
#[derive(Deserialize)]
struct Told {
    sentences: u32,
    features: u32,
    bytes: u32,
    train_s: f64,
    load_ms: f64,
    decision_us: f64,
}

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    build::example(place, "understanding", "measure")?;
    let folder = place.root.join("deployments/sweden/understanding");
    let line = child::told(on_one_core(&place.example("measure")).arg("decision").arg(folder))?;
    let told: Told = serde_json::from_str(&line).with_context(|| format!("`measure` printed something else than its figures: {line}"))?;
    Ok(told.figures())
}

impl Told {
    fn figures(&self) -> Vec<Figure> {
        let size = format!("{:.1} MB, {} features", f64::from(self.bytes) / 1e6, thousands(f64::from(self.features)));
        vec![
            Figure::new("one decision", format!("{:.1} us", self.decision_us)),
            Figure::new("size of the model", size),
            Figure::new(format!("training from {} sentences", thousands(f64::from(self.sentences))), format!("{:.1} s", self.train_s)),
            Figure::new("loading the kept model", format!("{:.1} ms", self.load_ms)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_line_becomes_figures() {
        let line = r#"{"sentences":9283,"features":68000,"bytes":6500000,"train_s":9.5,"load_ms":12.3,"decision_us":41.2}"#;
        let told: Told = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}"));
        let values: Vec<String> = told.figures().into_iter().map(|figure| figure.value).collect();
        assert_eq!(values[0], "41.2 us");
        assert!(values[1].starts_with("6.5 MB") && values[2] == "9.5 s" && values[3] == "12.3 ms", "{values:?}");
    }
}
