//! Beside what stands: what else the model took the words to be about, each taken by one key, and what it
//! was understood as before somebody corrected it. Nothing where nobody said anything.

use super::{Sight, call, search};
use domain::{
    intent::{Intent, Reading},
    routing::ContactView,
};
use maud::{Markup, html};
use serde_json::json;

/// The keys that take the second and the third reading, on either side of the one that corrects.
const KEYS: [&str; 2] = ["Alt U", "Alt O"];

#[must_use]
pub fn draw(sight: &Sight<'_>, contact: &ContactView, readings: &[Reading]) -> Markup {
    let words = sight.words;
    let offered = search::may_correct(sight).then(|| beside(contact.intent, readings)).into_iter().flatten();
    let acts: Vec<_> = KEYS.iter().zip(offered.flatten()).collect();
    html! {
        @if !acts.is_empty() {
            div .readings role="group" aria-label=(words.t("readings")) {
                span .label aria-hidden="true" { (words.t("readings")) }
                @for (key, intent) in acts {
                    (call::act(&format!("take-{}", intent.word()), key, &words.intent(intent), &json!({ "act": "correct_intent", "intent": intent.word() })))
                }
            }
        }
    }
}

/// What it was understood as before somebody corrected it: on a line that is there already, so that nothing
/// below it moves.
#[must_use]
pub fn before(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let words = sight.words;
    html! {
        @if let Some(before) = contact.corrected_from {
            span .corrected.quiet { (words.with("understood-before", [("matter", words.intent(before).into())])) }
        }
    }
}

/// What each key takes: the second and the third reading. The place of the one that stands now is given to
/// the first, so that the same key goes back and no other key changes what it does. Where something else
/// stands, the first two.
fn beside(stands: Option<Intent>, readings: &[Reading]) -> [Option<Intent>; 2] {
    let reading = |place: usize| readings.get(place).map(|reading| reading.intent);
    let [first, second, third] = [reading(0), reading(1), reading(2)];
    match stands {
        _ if stands == first => [second, third],
        Some(_) if stands == second => [first, third],
        Some(_) if stands == third => [second, first],
        Some(_) | None => [first, second],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Intent::{Complaint, ReportFraud, ReportTheft, Tip};

    fn check(stands: Option<Intent>, readings: &[Intent], expected: [Option<Intent>; 2]) {
        let readings: Vec<_> = readings.iter().map(|intent| Reading { intent: *intent, confidence_permille: 300 }).collect();
        assert_eq!(beside(stands, &readings), expected, "{stands:?} of {readings:?}");
    }

    #[test]
    fn the_key_that_took_a_reading_gives_back_what_stood_before() {
        let three = [ReportTheft, ReportFraud, Tip];
        check(Some(ReportTheft), &three, [Some(ReportFraud), Some(Tip)]);
        check(Some(ReportFraud), &three, [Some(ReportTheft), Some(Tip)]);
        check(Some(Tip), &three, [Some(ReportFraud), Some(ReportTheft)]);
    }

    #[test]
    fn where_something_else_stands_the_likeliest_are_offered() {
        check(Some(Complaint), &[ReportTheft, ReportFraud, Tip], [Some(ReportTheft), Some(ReportFraud)]);
        check(None, &[ReportTheft], [Some(ReportTheft), None]);
        check(Some(ReportTheft), &[ReportTheft], [None, None]);
        check(Some(Tip), &[], [None, None]);
        check(None, &[], [None, None]);
    }
}
