//! What was understood of what somebody said, and what we say, as a scenario writes it.

use domain::{
    contact::{Outcome, SystemCause},
    dialogue::Line,
    intent::{Answer, Circumstance, Gate, Intent, Language, Reading, Request, Understanding},
};

/// "report_theft 50 %, tip 30 % gate none [in en] [naming 1480] [within 14] [meaning yes] [asking person]"
pub fn understanding(words: &[&str]) -> Option<Understanding> {
    let after = |key: &str| words.iter().position(|word| *word == key).and_then(|at| words.get(at + 1).copied());
    let percents = (0..words.len()).filter(|at| words[*at] == "%");
    let reading = |at: usize| {
        let confidence = words.get(at.checked_sub(1)?)?.parse::<u16>().ok()?;
        Some(Reading { intent: Intent::from_word(words.get(at.checked_sub(2)?)?)?, confidence_permille: confidence * 10 })
    };
    Some(Understanding {
        readings: percents.map(reading).collect::<Option<_>>()?,
        gate: Gate::from_word(after("gate")?)?,
        language: after("in").and_then(Language::from_word),
        answer: after("meaning").and_then(Answer::from_word),
        municipality: after("naming").map(str::to_owned),
        county: after("within").map(str::to_owned),
        request: after("asking").and_then(Request::from_word),
        circumstances: after("beside").and_then(Circumstance::from_word).into_iter().collect(),
        model: "scenario".to_owned(),
    })
}

pub fn outcome(word: &str) -> Option<Outcome> {
    Some(match word {
        "helped" => Outcome::Helped,
        "report_received" => Outcome::ReportReceived,
        "callback_accepted" => Outcome::CallbackAccepted,
        "not_reached" => Outcome::SystemTerminated(SystemCause::Deadline),
        "read" => Outcome::Read,
        "passed_on" => Outcome::PassedOn,
        _ => return None,
    })
}

pub fn said(line: &Line) -> String {
    match line {
        Line::Say(prompt) => prompt.to_string(),
        Line::Number(number) => number.to_string(),
        Line::Time { hour, minute } => format!("{hour}:{minute:02}"),
        Line::Digits(digits) => digits.clone(),
        Line::County(code) => format!("county {code}"),
        Line::Music => "music".to_owned(),
        Line::CallBackNumber => "(their number)".to_owned(),
        Line::Pause(ms) => format!("({ms} ms)"),
    }
}
