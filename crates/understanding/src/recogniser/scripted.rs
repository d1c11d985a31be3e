//! Says what it was told to, in order: for tests of everything behind a recogniser.

use super::{Answer, Recogniser, RecogniserError, Recognition, Request};
use parking_lot::Mutex;
use std::collections::VecDeque;

/// A recogniser whose answers are known beforehand. Without a line left it has heard nothing.
#[derive(Default)]
pub struct Scripted {
    lines: Mutex<VecDeque<Result<Recognition, RecogniserError>>>,
}

impl Scripted {
    #[must_use]
    pub fn new(lines: impl IntoIterator<Item = Result<Recognition, RecogniserError>>) -> Self {
        Self { lines: Mutex::new(lines.into_iter().collect()) }
    }

    /// Answers with these words, one after the other.
    #[must_use]
    pub fn saying<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(words.into_iter().map(|words| Ok(heard(vec![(words.to_owned(), None)]))))
    }
}

fn heard(alternatives: Vec<(String, Option<u16>)>) -> Recognition {
    Recognition { alternatives, language: None, engine: ENGINE, model: None, latency_ms: 0 }
}

const ENGINE: &str = "scripted";

impl Recogniser for Scripted {
    fn recognise(&self, _request: Request) -> Answer<'_> {
        let line = self.lines.lock().pop_front();
        Box::pin(async move { line.unwrap_or_else(|| Ok(heard(Vec::new()))) })
    }

    fn engine(&self) -> &'static str {
        ENGINE
    }
}
