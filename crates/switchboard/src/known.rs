//! What is known of a citizen, put together from the payloads of their contact. Personal data: whoever asks
//! for it has had the reading logged before.

use crate::{
    additions::{SenderProof, Written},
    desk::{CallerDetails, KnownLocality},
};
use domain::{
    Timestamp,
    intent::{Circumstance, Gate, Reading, Suggestion},
    place::{Locality, Places},
};
use serde_json::Value;
use storage::PayloadKind;

pub(crate) fn add_payload(details: &mut CallerDetails, kind: PayloadKind, body: &Value, places: &Places) {
    let text = |field: &str| body.get(field).and_then(Value::as_str).map(str::to_owned);
    match kind {
        PayloadKind::Caller => {
            details.number = text("number");
            details.display_name = text("display");
            details.mail = text("address");
        }
        PayloadKind::Place if body.get("locality").is_some() => details.locality = known_locality(body, places),
        PayloadKind::Place => {
            details.circle = body.get("circle").and_then(|circle| serde_json::from_value(circle.clone()).ok());
            details.place_source = body.get("source").and_then(|source| serde_json::from_value(source.clone()).ok());
            details.place_time = body.get("at").and_then(Value::as_i64).map(Timestamp);
            details.place_text = text("text").filter(|text| !text.is_empty());
        }
        PayloadKind::Words => add_words(details, body, text("text")),
        // What became of it is in the record; its words are the plan's.
        PayloadKind::CallBack => details.call_back_number = text("number"),
        PayloadKind::Written => {
            let proof = body.get("proof").and_then(Value::as_str).and_then(SenderProof::from_word);
            let is = |field: &str| body.get(field).and_then(Value::as_bool).unwrap_or(false);
            let attachments = body.get("attachments").and_then(|files| serde_json::from_value(files.clone()).ok()).unwrap_or_default();
            details.written.push(Written {
                subject: text_of(body, "subject"),
                text: text("text").unwrap_or_default(),
                reference: text_of(body, "reference"),
                proof,
                identified: body.get("identified").and_then(|who| serde_json::from_value(who.clone()).ok()),
                form: text("form"),
                is_cut: is("is_cut"),
                is_automatic: is("is_automatic"),
                attachments,
                attachments_count: body.get("attachments_count").and_then(Value::as_u64).unwrap_or(0),
            });
        }
        PayloadKind::Booking => {
            details.number = text("number").or_else(|| details.number.take());
            details.display_name = text("name").or_else(|| details.display_name.take());
            details.mail = text("mail");
            details.place_text = text("place").or_else(|| details.place_text.take());
            details.words.extend(text("words"));
            details.interpreter = text("interpreter");
            details.needs = text("needs");
        }
        PayloadKind::Question => details.asked.extend(text("text")),
        PayloadKind::Intake | PayloadKind::Text | PayloadKind::Message | PayloadKind::Opinion => {}
    }
}

fn text_of(body: &Value, field: &str) -> Option<String> {
    body.get(field).and_then(Value::as_str).map(str::to_owned).filter(|text| !text.is_empty())
}

/// Words that were kept before they told more than themselves have the text alone.
fn add_words(details: &mut CallerDetails, body: &Value, text: Option<String>) {
    fn part<T: serde::de::DeserializeOwned>(body: &Value, field: &str) -> Option<T> {
        serde_json::from_value(body.get(field)?.clone()).ok()
    }
    details.words.extend(text);
    for suggestion in part::<Vec<Suggestion>>(body, "suggestions").unwrap_or_default() {
        if !details.suggestions.contains(&suggestion) {
            details.suggestions.push(suggestion);
        }
    }
    for reading in part::<Vec<Reading>>(body, "readings").unwrap_or_default() {
        match details.readings.iter_mut().find(|known| known.intent == reading.intent) {
            Some(known) => known.confidence_permille = known.confidence_permille.max(reading.confidence_permille),
            None => details.readings.push(reading),
        }
    }
    // Of two that are as likely, the one that was said first.
    details.readings.sort_by_key(|reading| std::cmp::Reverse(reading.confidence_permille));
    details.circumstances.extend(part::<Vec<Circumstance>>(body, "circumstances").unwrap_or_default());
    // The verdicts stand from the most urgent on.
    details.gate = details.gate.into_iter().chain(part::<Gate>(body, "gate")).min();
}

fn known_locality(body: &Value, places: &Places) -> Option<KnownLocality> {
    let locality: Locality = serde_json::from_value(body.get("locality")?.clone()).ok()?;
    let source = serde_json::from_value(body.get("source")?.clone()).ok()?;
    let at = Timestamp(body.get("at")?.as_i64()?);
    let extent = places.extent(&locality);
    let (name, municipality) = extent.map(|extent| (extent.name.to_owned(), extent.municipality.clone())).unzip();
    Some(KnownLocality { source, at, name, municipality, circle: extent.map(|extent| extent.circle), locality })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::intent::{Intent, Suggested};
    use serde_json::json;

    #[test]
    fn words_kept_before_they_told_more_have_the_text_alone() {
        let mut details = CallerDetails::default();
        let mut add = |body: Value| add_payload(&mut details, PayloadKind::Words, &body, &Places::default());
        add(json!({ "text": "hej", "engine": "scripted" }));
        let told = json!([{ "kind": "object", "words": "cykel" }]);
        add(json!({ "text": "min cykel", "gate": "none", "circumstances": ["known_offender"], "suggestions": told }));
        add(json!({ "text": "cykel", "gate": "ask", "circumstances": ["of a later version"], "suggestions": told }));
        assert_eq!(details.words, ["hej", "min cykel", "cykel"]);
        assert_eq!(details.suggestions, [Suggestion { kind: Suggested::Object, words: "cykel".to_owned() }]);
        assert_eq!((details.circumstances.len(), details.gate), (1, Some(Gate::Ask)));
    }

    #[test]
    fn readings_of_all_that_was_said_stand_each_once_and_the_likeliest_first() {
        let mut details = CallerDetails::default();
        let mut add = |readings: &[(Intent, u16)]| {
            let readings: Vec<_> =
                readings.iter().map(|(intent, share)| json!({ "intent": intent, "confidence_permille": share })).collect();
            add_payload(&mut details, PayloadKind::Words, &json!({ "text": "hej", "readings": readings }), &Places::default());
        };
        add(&[(Intent::Tip, 500), (Intent::ReportTheft, 300)]);
        add(&[(Intent::ReportTheft, 800), (Intent::Other, 500)]);
        let told: Vec<_> = details.readings.iter().map(|reading| (reading.intent, reading.confidence_permille)).collect();
        assert_eq!(told, [(Intent::ReportTheft, 800), (Intent::Tip, 500), (Intent::Other, 500)]);
    }
}
