//! The demo's recogniser: it knows the murmur of invented callers, which has no words in it, and hears one of a few
//! sentences in it. In any other voice, such as that of whoever tries the demo with a softphone, it hears nothing, so
//! that the dialogue goes on by keys.

use domain::intent::Language;
use std::sync::atomic::{AtomicUsize, Ordering};
use understanding::recogniser::{Answer, Recogniser, Recognition, Request};

const ENGINE: &str = "invented";
/// A murmur is low: from sample to sample it changes little. The share of its energy that is in these changes is about
/// 4 %; that of words is several times as much, because of all that hisses in them.
const CHANGE_PERMILLE_MAX: i64 = 80;

#[derive(Default)]
pub struct InventedEars {
    heard: AtomicUsize,
}

impl InventedEars {
    fn sentence(&self, request: &Request) -> Option<&'static str> {
        let sentences = sentences(*request.languages.first()?);
        let next = self.heard.fetch_add(1, Ordering::Relaxed);
        sentences.get(next % sentences.len().max(1)).copied().filter(|_| is_murmur(&request.samples))
    }
}

/// Matters that have a form, over and done, with nothing in the way.
fn sentences(language: Language) -> &'static [&'static str] {
    match language {
        Language::Swedish => &["min cykel blev stulen förra veckan", "någon har klottrat på vårt garage i helgen"],
        Language::Danish => &["min cykel blev stjålet i sidste uge"],
        Language::English => &["my bicycle was stolen last week"],
    }
}

fn is_murmur(samples: &[i16]) -> bool {
    let square = |value: i64| value * value;
    let energy: i64 = samples.iter().map(|sample| square(i64::from(*sample))).sum();
    let changes: i64 = samples.windows(2).map(|pair| square(i64::from(pair[1]) - i64::from(pair[0]))).sum();
    energy > 0 && changes.saturating_mul(1_000) < energy.saturating_mul(CHANGE_PERMILLE_MAX)
}

impl Recogniser for InventedEars {
    fn recognise(&self, request: Request) -> Answer<'_> {
        Box::pin(async move {
            let alternatives = self.sentence(&request).map(|sentence| (sentence.to_owned(), None)).into_iter().collect();
            Ok(Recognition { alternatives, language: None, engine: ENGINE, model: None, latency_ms: 0 })
        })
    }

    fn engine(&self) -> &'static str {
        ENGINE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::Arc, time::Duration};

    fn heard(ears: &InventedEars, samples: Vec<i16>) -> Option<&'static str> {
        let samples: Arc<[i16]> = samples.into();
        ears.sentence(&Request { samples, languages: vec![Language::English], deadline: Duration::from_secs(1) })
    }

    #[test]
    fn only_the_invented_voice_is_heard() {
        let ears = InventedEars::default();
        assert_eq!(heard(&ears, super::super::world::murmured()), Some("my bicycle was stolen last week"));
        let hiss = (0..8_000_i32).map(|at| i16::try_from((at * 7_919) % 4_001 - 2_000).unwrap_or(0)).collect();
        assert_eq!(heard(&ears, hiss), None);
        assert_eq!(heard(&ears, vec![0; 8_000]), None);
        assert_eq!(heard(&ears, Vec::new()), None);
    }
}
