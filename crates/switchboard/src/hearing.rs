//! From sound to meaning, beside the loop: a recogniser that is slow, wrong or gone never blocks a
//! call; without words in time the dialogue goes on by keys.

use crate::{input::Input, measures};
use domain::{ContactId, intent::Language, routing::Event};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use storage::{Payload, PayloadKind};
use tokio::sync::mpsc;
use understanding::{
    lexicon::Lexicon,
    model::Model,
    recogniser::{Recogniser, Request},
    understand,
};

/// What a caller waits for words at most.
const RECOGNITION_WAIT: Duration = Duration::from_secs(6);

/// The ears of a deployment.
pub struct Hearing {
    pub recogniser: Box<dyn Recogniser>,
    pub model: Model,
    pub lexicon: Lexicon,
}

/// Recognises one utterance and tells the loop what it meant.
pub(crate) async fn hear(
    hearing: Arc<Hearing>,
    contact: ContactId,
    languages: Vec<Language>,
    samples: Arc<[i16]>,
    inputs: mpsc::Sender<Input>,
) {
    let hint = languages.first().copied();
    let request = Request { samples, languages, deadline: RECOGNITION_WAIT };
    let engine = hearing.recogniser.engine();
    let input = match hearing.recogniser.recognise(request).await {
        Ok(recognition) => {
            metrics::counter!(measures::RECOGNITIONS, "engine" => engine, "result" => "words").increment(1);
            let text = recognition.best().unwrap_or_default();
            let understanding = understand(text, hint, &hearing.model, &hearing.lexicon);
            let words = Payload { contact, kind: PayloadKind::Words, body: json!({ "text": text, "engine": engine }) };
            Input::EventWith(Event::WordsUnderstood { contact, understanding }, vec![words])
        }
        Err(error) => {
            metrics::counter!(measures::RECOGNITIONS, "engine" => engine, "result" => "failed").increment(1);
            tracing::warn!(%error, engine, contact = contact.0, "an utterance was not recognised");
            Input::Event(Event::WordsMissed { contact })
        }
    };
    if inputs.send(input).await.is_err() {
        tracing::debug!("an utterance was recognised after the loop had ended");
    }
}
