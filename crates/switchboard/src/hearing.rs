//! From sound to meaning, beside the loop: a recogniser that is slow, wrong or gone never blocks a
//! call; without words in time the dialogue goes on by keys.

use crate::{input::Input, learning::Learning, measures};
use domain::{
    ContactId,
    intent::{Language, Understanding},
    routing::Event,
};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{Payload, PayloadKind};
use tokio::sync::mpsc;
use understanding::{
    lexicon::Lexicon,
    recogniser::{Recogniser, Request},
    suggestions, understand,
};

/// The ears of a deployment.
pub struct Hearing {
    pub recogniser: Box<dyn Recogniser>,
    /// What callers mean, once it is learnt.
    pub learning: Learning,
    pub lexicon: Lexicon,
    /// What a caller waits for words at most.
    pub answer_max: Duration,
    /// What a minute of sound costs, in whatever money the contract is in; 0 for nothing.
    pub cost_per_minute: f64,
}

/// The plan's languages, that of the dialogue before the others.
pub(crate) fn likeliest_first(languages: &[Language], spoken: Option<Language>) -> Vec<Language> {
    let spoken = spoken.filter(|spoken| languages.contains(spoken));
    spoken.into_iter().chain(languages.iter().copied().filter(|language| Some(*language) != spoken)).collect()
}

/// One utterance of a caller.
pub(crate) struct Said {
    pub contact: ContactId,
    /// What was played when it was said.
    pub after: Option<u64>,
    /// Likeliest first.
    pub languages: Vec<Language>,
    pub samples: Arc<[i16]>,
}

/// Recognises one utterance and tells the loop what it meant.
pub(crate) async fn hear(hearing: Arc<Hearing>, said: Said, inputs: mpsc::Sender<Input>) {
    let Said { contact, after, languages, samples } = said;
    let hint = languages.first().copied();
    let request = Request { samples, languages, deadline: hearing.answer_max };
    let engine = hearing.recogniser.engine();
    let (begun, sound_ms) = (Instant::now(), request.sound_ms());
    let recognised = hearing.recogniser.recognise(request).await;
    let result = if recognised.is_ok() { "words" } else { "failed" };
    measures::note_recognition(engine, result, begun.elapsed(), sound_ms, hearing.cost_per_minute);
    let input = match recognised.map(|recognition| (recognition, hearing.learning.model())) {
        Ok((recognition, Some(model))) => {
            let text = recognition.best().unwrap_or_default();
            let understanding = understand(text, hint, model, &hearing.lexicon);
            // A cough is nothing to read at the desk.
            let words = (!text.is_empty()).then(|| words_of(contact, text, engine, &understanding, &hearing.lexicon));
            Input::EventWith(Event::WordsUnderstood { contact, understanding, after }, words.into_iter().collect())
        }
        // Nobody is asked for words before they are understood.
        Ok((_, None)) => Input::Event(Event::WordsMissed { contact, after }),
        Err(error) => {
            tracing::warn!(%error, engine, contact = contact.0, "an utterance was not recognised");
            Input::Event(Event::WordsMissed { contact, after })
        }
    };
    if inputs.send(input).await.is_err() {
        tracing::debug!("an utterance was recognised after the loop had ended");
    }
}

/// What was said, with what it tells beside the matter: all that the desk shows of it.
fn words_of(contact: ContactId, text: &str, engine: &str, understood: &Understanding, lexicon: &Lexicon) -> Payload {
    let body = json!({
        "text": text,
        "engine": engine,
        "readings": understood.readings,
        "gate": understood.gate,
        "circumstances": understood.circumstances,
        "suggestions": suggestions(text, lexicon),
    });
    Payload { contact, kind: PayloadKind::Words, body }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::intent::{Gate, Intent};
    use understanding::{
        model::Model,
        recogniser::{RecogniserError, Recognition, Scripted},
        sentences::Sentence,
    };

    #[test]
    fn the_language_of_the_dialogue_is_expected_first() {
        use Language::{Danish, English, Swedish};
        for (spoken, expected) in [
            (None, [Swedish, English]),
            (Some(Swedish), [Swedish, English]),
            (Some(English), [English, Swedish]),
            (Some(Danish), [Swedish, English]),
        ] {
            assert_eq!(likeliest_first(&[Swedish, English], spoken), expected, "{spoken:?}");
        }
    }

    /// A model of two sentences: what matters here is what becomes of the words, not what they mean.
    fn model() -> Model {
        let sentence = |language, intent, text: &str| Sentence {
            language,
            intent,
            destination: "pkc".to_owned(),
            gate: Gate::None,
            text: text.to_owned(),
        };
        let sentences = [
            sentence(Language::English, Intent::ReportBicycleTheft, "my bicycle was stolen"),
            sentence(Language::Swedish, Intent::Tip, "jag vill tipsa om något"),
        ];
        // What was said once only is chance.
        Model::train(&[&sentences[..]; 4].concat(), &Lexicon::default())
    }

    async fn check(answer: Result<Recognition, RecogniserError>) -> Input {
        check_with(Learning::knowing(model()), answer).await
    }

    async fn check_with(learning: Learning, answer: Result<Recognition, RecogniserError>) -> Input {
        let recogniser = Box::new(Scripted::new([answer]));
        let hearing =
            Hearing { recogniser, learning, lexicon: Lexicon::default(), answer_max: Duration::from_secs(1), cost_per_minute: 0.0 };
        let (inputs, mut received) = mpsc::channel(1);
        let said = Said { contact: ContactId(7), after: Some(3), languages: vec![Language::Swedish], samples: Arc::from([0; 80]) };
        hear(Arc::new(hearing), said, inputs).await;
        received.recv().await.unwrap()
    }

    fn recognised(words: &[&str]) -> Result<Recognition, RecogniserError> {
        let alternatives = words.iter().map(|words| ((*words).to_owned(), None)).collect();
        Ok(Recognition { alternatives, language: None, engine: "scripted", model: None, latency_ms: 0 })
    }

    #[tokio::test]
    async fn words_are_kept_and_nothing_else_is() {
        for (answer, kept) in [
            (recognised(&["my bicycle was stolen", "my bison was stolen"]), Some("my bicycle was stolen")),
            (recognised(&[""]), None),
            (recognised(&[]), None),
        ] {
            let Input::EventWith(Event::WordsUnderstood { contact, after, .. }, payloads) = check(answer).await else {
                panic!("the words did not come");
            };
            assert_eq!((contact, after), (ContactId(7), Some(3)));
            let texts: Vec<_> = payloads.iter().map(|payload| payload.body["text"].as_str().unwrap()).collect();
            assert_eq!(texts, Vec::from_iter(kept));
        }
        let Input::EventWith(_, payloads) = check(recognised(&["my bicycle was stolen"])).await else { panic!("the words did not come") };
        let part = |field: &str| payloads[0].body[field].clone();
        assert_eq!((part("gate"), part("circumstances"), part("suggestions")), (json!("none"), json!([]), json!([])));
        assert_eq!(part("readings")[0]["intent"], json!("report_bicycle_theft"), "{}", part("readings"));
        let missed = check(Err(RecogniserError::Busy)).await;
        assert!(matches!(missed, Input::Event(Event::WordsMissed { contact: ContactId(7), after: Some(3) })));
        let untaught = check_with(Learning::default(), recognised(&["my bicycle was stolen"])).await;
        assert!(matches!(untaught, Input::Event(Event::WordsMissed { contact: ContactId(7), after: Some(3) })), "nothing understands it");
    }
}
