//! What the field at the desk's foot finds while somebody writes in it: a matter by its reference,
//! places and their numbers, parties, and what a caller may mean. Articles follow with their own issue.

use crate::{app::App, fault::Fault, words::Words};
use domain::{
    OperatorId,
    contact::{Reference, ReferenceError},
    intent::Intent,
    place::{Extent, Locality, Municipality, sound},
    plan::{Party, Plan, Region},
};
use storage::MatterFile;
use switchboard::Deployment;

/// Longest text that is looked for.
pub const TEXT_CHARS_MAX: usize = 100;
/// Most of each kind that are told.
const FOUND_MAX: usize = 6;
/// Fewer digits of a postal code than these are a number of anything.
const POSTAL_DIGITS_MIN: usize = 3;

/// So many letters are looked for inside a word too.
const INSIDE_LETTERS_MIN: usize = 3;

/// A number that tells a place.
pub struct Numbered<'a> {
    pub locality: Locality,
    pub extent: Option<Extent<'a>>,
    pub region: &'a Region,
    pub uncertain: bool,
}

/// Everything that a text finds.
#[derive(Default)]
pub struct Found<'a> {
    pub matter: Option<MatterFile>,
    /// Eight digits that cannot be a reference: one is wrong, or two are swapped.
    pub misread: bool,
    pub numbers: Vec<Numbered<'a>>,
    pub municipalities: Vec<(&'a Municipality, Option<&'a Region>)>,
    pub parties: Vec<&'a Party>,
    pub intents: Vec<Intent>,
}

/// Looks for a text of somebody who answers calls.
///
/// # Errors
/// [`Fault::NotRead`] when matters cannot be read now.
pub async fn find<'a>(app: &App, operator: OperatorId, words: Words, deployment: &'a Deployment, text: &str) -> Result<Found<'a>, Fault> {
    let text: String = text.trim().chars().take(TEXT_CHARS_MAX).collect();
    let mut found = beside_matters(words, deployment, &text);
    match text.parse::<Reference>() {
        Ok(reference) => {
            found.matter = app.switchboard().matter(Some(operator), reference).await.map_err(|_| Fault::NotRead)?;
        }
        Err(ReferenceError::CheckDigit) => found.misread = true,
        Err(ReferenceError::NotEightDigits) => {}
    }
    Ok(found)
}

/// What the deployment's own files and words hold.
fn beside_matters<'a>(words: Words, deployment: &'a Deployment, text: &str) -> Found<'a> {
    if text.is_empty() {
        return Found::default();
    }
    let (plan, places): (&Plan, _) = (&deployment.plan, &deployment.places);
    let municipalities = places.areas.beginning(text, FOUND_MAX).into_iter().map(|found| (found, plan.region(&found.region)));
    let named = |party: &&Party| party.name.values().any(|name| begins(text, name)) || begins(text, party.id.as_str());
    Found {
        municipalities: municipalities.collect(),
        numbers: numbers(deployment, text),
        parties: plan.parties.values().filter(named).take(FOUND_MAX).collect(),
        intents: Intent::ALL.iter().copied().filter(|intent| begins(text, &words.intent(*intent))).take(FOUND_MAX).collect(),
        ..Found::default()
    }
}

/// The area code or the postal code that these digits are.
fn numbers<'a>(deployment: &'a Deployment, text: &str) -> Vec<Numbered<'a>> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let area_code = Locality::AreaCode(digits.clone());
    if let Some(extent) = deployment.places.extent(&area_code) {
        let region = deployment.plan.region(&extent.municipality.region);
        return region.map(|region| Numbered { locality: area_code, extent: Some(extent), region, uncertain: true }).into_iter().collect();
    }
    let estimate = (digits.len() >= POSTAL_DIGITS_MIN).then(|| deployment.places.of_postal_code(&digits)).flatten();
    let region = estimate.as_ref().and_then(|estimate| deployment.plan.region(estimate.region()?));
    estimate
        .zip(region)
        .map(|(estimate, region)| Numbered { locality: Locality::PostalCode(digits), extent: None, region, uncertain: estimate.uncertain })
        .into_iter()
        .collect()
}

/// Whether every word of `text` begins a word of `name`, however it is spelt; longer ones may stand
/// inside it, because Swedish and Danish write words together.
fn begins(text: &str, name: &str) -> bool {
    let known: Vec<String> = name.split([' ', '-', '.']).map(sound).collect();
    let mut wanted = text.split([' ', '-', '.']).map(sound).filter(|word| !word.is_empty()).peekable();
    wanted.peek().is_some()
        && wanted
            .all(|word| known.iter().any(|known| known.starts_with(&word) || word.len() >= INSIDE_LETTERS_MIN && known.contains(&word)))
}

#[cfg(test)]
mod tests {
    use super::begins;

    #[test]
    fn a_name_is_found_by_the_beginnings_of_its_words() {
        for (text, name, expected) in [
            ("cyk", "Anmäla cykelstöld", true),
            ("anm cyk", "Anmäla cykelstöld", true),
            ("ANMALA", "Anmäla cykelstöld", true),
            ("stöld", "Anmäla cykelstöld", true),
            ("st", "Anmäla cykelstöld", false),
            ("", "Anmäla cykelstöld", false),
            (" - ", "Anmäla cykelstöld", false),
            ("rlc v", "rlc.vast", true),
        ] {
            assert_eq!(begins(text, name), expected, "{text} in {name}");
        }
    }
}
