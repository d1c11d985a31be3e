//! The field at the desk's foot and what it finds. Each row carries what choosing it does, which the
//! browser carries out (`search.js`): an act of the API, a matter to open, a municipality to take over.

use super::Sight;
use crate::{
    access::Reader,
    app::App,
    components::place::distance,
    fault::Fault,
    finder::{self, Found, Numbered},
    names,
    preferences::Preferences,
    words::Words,
};
use axum::extract::{Query, State};
use domain::{
    access::Permission,
    contact::{ContactState, Reference},
    place::{Locality, Municipality},
    plan::Region,
    routing::{Consulted, ContactView},
};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use storage::MatterFile;

#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
}

/// `GET /desk/search`: the rows for a text.
pub async fn rows(State(app): State<App>, reader: Reader, preferences: Preferences, Query(wanted): Query<Wanted>) -> Result<Markup, Fault> {
    reader.require(Permission::AnswerCalls)?;
    let operator = reader.operator()?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let words = preferences.words();
    let found = finder::find(&app, operator, words, &deployment, &wanted.q).await?;
    let sight = Sight::of(words, (&deployment, &live), (operator, &reader.name), crate::clock::now());
    Ok(draw(&sight, &found))
}

/// The field. What it finds is laid in above it.
#[must_use]
pub fn field(words: Words) -> Markup {
    html! {
        div .find role="search" aria-label=(words.t("find-title")) {
            label for="find" { (words.t("find-title")) " " kbd { "Ctrl K" } }
            input #find type="text" role="combobox" autocomplete="off" spellcheck="false" maxlength=(finder::TEXT_CHARS_MAX)
                placeholder=(words.t("find-hint")) aria-controls="found" aria-expanded="false" aria-autocomplete="list"
                data-action=(words.t("find-action")) data-nothing=(words.t("find-nothing"));
            ul #found .found role="listbox" aria-label=(words.t("find-title")) hidden {}
        }
        dialog #opened .wide aria-labelledby="opened-title" {
            div #opened-matter {}
            form method="dialog" { button type="submit" { (words.t("close")) } }
        }
    }
}

#[must_use]
pub fn draw(sight: &Sight<'_>, found: &Found<'_>) -> Markup {
    let words = sight.words;
    html! {
        ul {
            @if found.misread { li .note role="option" aria-disabled="true" { (words.t("find-misread")) } }
            @if let Some(file) = &found.matter {
                (matter(sight, file))
                @if may_link(sight, file.reference) { (linked(words, file.reference)) }
            }
            @for number in &found.numbers { (numbered(words, number)) }
            @if may_correct(sight) {
                @for intent in &found.intents {
                    (row(words, "find-understood", &words.intent(*intent), "", &Choice::Act(json!({ "act": "correct_intent", "intent": intent.word() }))))
                }
            }
            @if may_consult(sight) {
                @for party in &found.parties {
                    @let act = json!({ "act": "consult", "with": Consulted::Party(party.id.clone()) });
                    (row(words, "find-consult", &names::party(words, sight.plan(), party.id.as_str()), "", &Choice::Act(act)))
                }
            }
            @for (place, region) in &found.municipalities { (municipality(words, place, *region)) }
        }
    }
}

/// What choosing a row does.
enum Choice {
    Act(serde_json::Value),
    Open(String),
    Take(String),
}

fn row(words: Words, kind: &str, name: &str, about: &str, choice: &Choice) -> Markup {
    let (act, open, take) = match choice {
        Choice::Act(act) => (Some(act.to_string()), None, None),
        Choice::Open(reference) => (None, Some(reference), None),
        Choice::Take(municipality) => (None, None, Some(municipality)),
    };
    html! {
        li role="option" data-carries=[act] data-matter=[open] data-municipality=[take] {
            span .kind { (words.t(kind)) } " " strong { (name) } @if !about.is_empty() { " " span .quiet { (about) } }
        }
    }
}

fn matter(sight: &Sight<'_>, file: &MatterFile) -> Markup {
    let words = sight.words;
    let last = file.contacts.last();
    let what = last.map(|contact| names::matter(words, sight.plan(), contact.intent, contact.queue()));
    let state = match last.map(|contact| (&contact.outcome, contact.state)) {
        Some((Some(outcome), _)) => names::outcome(words, sight.plan(), outcome),
        Some((None, state)) => words.named("contact-state", state.word()),
        None => String::new(),
    };
    let about = [what.unwrap_or_default(), state, sight.time(file.matter.opened)].join(" · ");
    row(words, "find-matter", &file.reference.to_string(), &about, &Choice::Open(file.reference.digits()))
}

fn numbered(words: Words, number: &Numbered<'_>) -> Markup {
    let (kind, digits) = match &number.locality {
        Locality::AreaCode(code) => ("find-area-code", code),
        Locality::PostalCode(digits) => ("find-postal-code", digits),
        Locality::Municipality(code) => ("find-municipality", code),
    };
    let reach = number.extent.and_then(|extent| Some(format!("{}, {}", extent.name, distance(words, extent.circle.radius_m?))));
    let uncertain = number.uncertain.then(|| words.t("place-uncertain"));
    let about = [reach, Some(number.region.name.clone()), uncertain].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let take = number.extent.map_or_else(String::new, |extent| extent.municipality.name.clone());
    row(words, kind, digits, &about, &Choice::Take(take))
}

fn municipality(words: Words, place: &Municipality, region: Option<&Region>) -> Markup {
    let seat = (place.seat != place.name).then(|| place.seat.clone());
    let region = region.map(|region| region.name.clone());
    let about = [seat, region, Some(place.code.clone())].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    row(words, "find-municipality", &place.name, &about, &Choice::Take(place.name.clone()))
}

/// The call at hand is found to be about this matter.
fn linked(words: Words, reference: Reference) -> Markup {
    row(words, "find-link", &reference.to_string(), "", &Choice::Act(link_act(reference)))
}

pub(super) fn link_act(reference: Reference) -> serde_json::Value {
    json!({ "act": "link", "reference": reference.digits() })
}

/// Whoever speaks with a caller, or finishes that record, says which matter it was about; a call that we owe is of the one that owes it.
pub(super) fn may_link(sight: &Sight<'_>, reference: Reference) -> bool {
    let in_hand = |state| matches!(state, ContactState::Talking | ContactState::OnHold | ContactState::Consulting | ContactState::WrapUp);
    own(sight).is_some_and(|contact| in_hand(contact.state) && contact.call.is_none() && contact.reference != reference)
}

/// A matter is corrected by the operator whose contact it is, once it is answered.
pub(super) fn may_correct(sight: &Sight<'_>) -> bool {
    own(sight).is_some_and(|contact| !matches!(contact.state, ContactState::Offered | ContactState::Queued | ContactState::Dialogue))
}

fn may_consult(sight: &Sight<'_>) -> bool {
    own(sight).is_some_and(|contact| matches!(contact.state, ContactState::Talking | ContactState::OnHold) && contact.consult.is_none())
}

/// A colleague who is asked in, or from whom the contact was taken over, changes nothing of it.
fn own<'a>(sight: &Sight<'a>) -> Option<&'a ContactView> {
    sight.contact().filter(|contact| contact.operator == Some(sight.operator))
}
