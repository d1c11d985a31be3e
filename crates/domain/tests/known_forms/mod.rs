//! The deployments' own forms, and what somebody answers who knows next to nothing.
#![allow(clippy::unwrap_used)]

use domain::{
    form::{Catalogue, FormTexts, Forms, Kind, Need, Question},
    plan::Source,
};
use std::{fs, path::PathBuf};

pub fn read(deployment: &str) -> Catalogue {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments")).join(deployment).join("forms");
    let mut files: Vec<(String, String, String)> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let id = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, id, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    let source = |wanted: &str| files.iter().find(|(name, ..)| name == wanted).map(|(name, _, text)| Source { file: name, text });
    let forms = files.iter().filter(|(name, ..)| name.ends_with(".toml") && name != "parts.toml");
    let texts = FormTexts {
        parts: source("parts.toml").unwrap(),
        crimes: source("crimes.csv"),
        forms: forms.map(|(name, id, text)| (id.as_str(), Source { file: name, text })).collect(),
    };
    Forms::read(&texts)
        .unwrap_or_else(|faults| panic!("{deployment}:\n{}", faults.iter().map(|fault| format!("{fault}\n")).collect::<String>()))
}

/// "I do not know" wherever that is allowed, and what must be known.
pub fn least(question: &Question) -> Vec<(String, String)> {
    let field = |part: &str, value: &str| (format!("{}{part}", question.id), value.to_owned());
    let not_led = |id: &str| !question.leads.iter().any(|lead| lead.is.iter().any(|is| is == id));
    match question.answer {
        Need::Optional => Vec::new(),
        Need::Needed if not_led("unknown") && !question.kind.is_chosen() => vec![field(".unknown", "yes")],
        Need::Needed if not_led("unknown") => vec![field("", "unknown")],
        Need::Needed | Need::Known => match question.kind {
            Kind::YesNo => vec![field("", ["no", "yes"].into_iter().find(|id| not_led(id)).unwrap())],
            Kind::Choice | Kind::Choices => {
                vec![field("", question.options.iter().map(|option| option.id.as_str()).find(|id| not_led(id)).unwrap())]
            }
            Kind::Telephone => vec![field("", "070-174 06 05")],
            Kind::Mail => vec![field("", "anna@example.org")],
            Kind::Day | Kind::Moment => vec![field(".day", "1"), field(".month", "11"), field(".year", "2026")],
            Kind::Place => vec![field(".street", "Storgatan 1")],
            Kind::Amount => vec![field("", "100")],
            Kind::Digits => vec![field("", "1234")],
            Kind::Line | Kind::Text | Kind::Name | Kind::Registration => vec![field("", "ABC123")],
            Kind::Identity | Kind::Organisation | Kind::Imei => panic!("{}: nobody has to know such a number", question.id),
        },
    }
}
