//! The middle column: who calls, where it is, what was said and understood, what came before.
//! Personal data: drawn for the operator who has the contact, after the switchboard logged the read.

use super::{Sight, readings, search, why, written};
use crate::{
    citizen, clock,
    components::{course, place},
    evidence, names,
};
use domain::{
    Timestamp,
    contact::{MessageState, Reference},
    destination::{self, Led, Said},
    intent::Intent,
    place::{Circle, PlaceSource},
    plan::Plan,
    routing::ContactView,
};
use maud::{Markup, html};
use serde_json::json;
use switchboard::{CallerDetails, EarlierContact, KnownLocality};

/// Earlier contacts shown; the rest are counted.
const EARLIER_SHOWN_MAX: usize = 8;

#[must_use]
pub fn draw(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let Some(contact) = sight.shown() else {
        if let Some((report, file)) = sight.opened().zip(sight.matter.as_ref()) {
            return written::draw(sight, report, file);
        }
        return html! {
            section .matter aria-labelledby="matter-title" {
                h2 #matter-title { (words.t("matter-title")) }
                p .empty { (words.t("matter-none")) }
            }
        };
    };
    let nothing = CallerDetails::default();
    let caller = sight.caller.as_ref().unwrap_or(&nothing);
    html! {
        section .matter aria-labelledby="matter-title" data-contact=(contact.contact) {
            h2 #matter-title tabindex="-1" { (words.t("matter-title")) }
            @if sight.asked_by().is_some() { p .why { (words.t("why-asked-for")) } }
            @else if let Some(why) = &contact.why { (why::draw(words, sight.plan(), sight.live, why)) }
            (who(sight, contact, caller))
            (place_of(sight, contact, caller))
            (said(sight, contact, caller))
            (evidence::list(words, &sight.evidence))
            @if let Some(file) = &sight.matter {
                (course::draw(words, sight.deployment, sight.live, sight.now, &file.timeline(), &|text| html! { h3 { (text) } }))
            }
            (earlier(sight, &caller.earlier))
        }
    }
}

fn who(sight: &Sight<'_>, contact: &ContactView, caller: &CallerDetails) -> Markup {
    let words = sight.words;
    html! {
        h3 { (words.t("who")) }
        dl .facts {
            dt { (words.t("who-number")) } dd .number { (caller.number.clone().unwrap_or_else(|| words.t("number-hidden"))) }
            @if let Some(other) = &caller.call_back_number { dt { (words.t("who-ring-at")) } dd .number { (other) } }
            (citizen::booked_with(words, caller))
            @if let Some(name) = &caller.display_name { dt { (words.t("who-name")) } dd { (name) " " span .quiet { (words.t("who-name-source")) } } }
            dt { (words.t("who-language")) } dd { (words.named("language", contact.language.word())) }
            dt { (words.t("waited")) } dd .number { (clock::age(contact.waited_ms)) }
        }
    }
}

/// A position if there is one, else what number, digits or words tell; both when both are known. Each
/// with its source and age, drawn as far as it is known and always in words.
fn place_of(sight: &Sight<'_>, contact: &ContactView, caller: &CallerDetails) -> Markup {
    let words = sight.words;
    let region = contact.region.as_ref().and_then(|region| sight.plan().region(region)).map(|region| region.name.as_str());
    let drawn = caller.circle.map(|circle| position(sight, circle));
    html! {
        h3 { (words.t("place")) }
        @if let Some(drawn) = &drawn { (drawn) }
        @if let Some(known) = &caller.locality { (locality(sight, known, region, drawn.is_none())) }
        dl .facts {
            @if let Some(text) = &caller.place_text { dt { (words.t("place-stated")) } dd { (text) } }
            dt { (words.t("place-region")) }
            dd {
                @match region {
                    Some(region) => {
                        (region)
                        @if contact.uncertain { " " span .mark.soon { (words.t("place-uncertain")) } }
                    }
                    None => (words.t("place-unknown")),
                }
            }
            @if let Some(source) = caller.place_source {
                dt { (words.t("place-source")) } dd { (source_text(sight, source, caller.place_time)) }
            }
            @if let Some(known) = &caller.locality {
                dt { (words.t("place-source")) } dd { (source_text(sight, known.source, Some(known.at))) }
            }
        }
        @if caller.circle.is_none() && caller.locality.is_none() && caller.place_text.is_none() {
            p .quiet { (words.t("place-ask")) }
        }
    }
}

fn source_text(sight: &Sight<'_>, source: PlaceSource, taken: Option<Timestamp>) -> Markup {
    let words = sight.words;
    html! {
        (words.named("place-source", source.word())) ", "
        @match taken {
            Some(at) => { span .number { (sight.time(at)) } " (" (clock::counting_up(at, sight.now)) ")" }
            None => (words.t("place-age-unknown")),
        }
    }
}

fn position(sight: &Sight<'_>, circle: Circle) -> Markup {
    let words = sight.words;
    let near = place::nearest(sight.deployment, circle.centre);
    html! {
        figure .place {
            (place::draw(words, circle, &near))
            figcaption { (place::in_words(words, circle, &near)) }
        }
    }
}

/// Drawn only when no position is: two drawings would be compared.
fn locality(sight: &Sight<'_>, known: &KnownLocality, region: Option<&str>, alone: bool) -> Markup {
    let words = sight.words;
    let near = known.circle.map(|circle| place::nearest(sight.deployment, circle.centre)).unwrap_or_default();
    let text = place::locality_in_words(words, known, region, &near);
    html! {
        @match known.circle.filter(|_| alone) {
            Some(circle) => figure .place {
                (place::draw_locality(words, circle, &near))
                figcaption { (text) }
            }
            None => p { (text) },
        }
    }
}

/// What the caller said and what was understood, to be corrected here: a list that follows what is
/// written, because nineteen matters are too many to look through while somebody talks.
fn said(sight: &Sight<'_>, contact: &ContactView, caller: &CallerDetails) -> Markup {
    let words = sight.words;
    html! {
        h3 { (words.t("said")) }
        @if caller.words.is_empty() { p .empty { (words.t("said-nothing")) } }
        @for line in &caller.words { blockquote { p lang=(contact.language.word()) { (line) } } }
        @if search::may_correct(sight) { (chooser(sight, contact)) } @else {
            p { (words.t("understood")) ": " strong { (names::matter_of(words, sight.plan(), contact)) } " " (readings::before(sight, contact)) }
        }
        (readings::draw(sight, contact, &caller.readings))
        (leads_to(sight, contact, caller))
        (told(sight, caller))
        (suggested(sight, caller))
    }
}

/// Where the plan leads such a matter, and why. None where nobody said anything: keys tell too little.
#[must_use]
pub fn led<'p>(plan: &'p Plan, contact: &ContactView, caller: &CallerDetails) -> Option<Led<'p>> {
    let circumstances: Vec<_> = caller.circumstances.iter().copied().collect();
    let said = Said { intent: contact.intent, circumstances: &circumstances, gate: caller.gate?, going_on: false };
    destination::lead(plan, &said)
}

fn leads_to(sight: &Sight<'_>, contact: &ContactView, caller: &CallerDetails) -> Markup {
    let words = sight.words;
    html! {
        @if let Some(led) = led(sight.plan(), contact, caller) {
            @let (to, why) = names::led(words, &led);
            p .leads { (words.t("led-to")) ": " strong { (to) } " " span .quiet { "(" (why) ")" } }
        }
    }
}

/// Whether what they were promised in writing was sent, so that nobody reads it out in vain or takes it for sent.
fn told(sight: &Sight<'_>, caller: &CallerDetails) -> Markup {
    let words = sight.words;
    html! {
        @for message in &caller.messages {
            @let medium = words.named("medium", message.medium.word());
            @let what = words.named("template", message.template.word());
            @let about = [("medium", medium.into()), ("what", what.into())];
            p .written data-message=(message.state.word()) {
                @match (message.state, message.settled) {
                    (MessageState::Owed, _) | (_, None) => (words.with("message-owed", about)),
                    (MessageState::Sent, Some(at)) => {
                        @let [medium, what] = about;
                        (words.with("message-sent", [medium, what, ("time", sight.time(at).into())]))
                    }
                    (MessageState::GivenUp, Some(_)) => span .mark.soon { (words.with("message-given-up", about)) },
                }
            }
        }
    }
}

/// What the words tell beside the matter, with those that it was taken from.
fn suggested(sight: &Sight<'_>, caller: &CallerDetails) -> Markup {
    let words = sight.words;
    html! {
        @if !caller.suggestions.is_empty() {
            p .quiet { (words.t("said-suggests")) }
            dl .facts.suggested {
                @for suggestion in &caller.suggestions {
                    dt { (words.named("suggested", suggestion.kind.word())) } dd { q { (suggestion.words) } }
                }
            }
        }
    }
}

fn chooser(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let words = sight.words;
    html! {
        div .chooser {
            div .stands { label for="intent" { (words.t("understood")) " " kbd { "Alt I" } } " " (readings::before(sight, contact)) }
            input #intent type="text" role="combobox" autocomplete="off" spellcheck="false" aria-controls="intents" aria-expanded="false"
                aria-autocomplete="list" value=(contact.intent.map(|intent| words.intent(intent)).unwrap_or_default()) placeholder=(names::matter_of(words, sight.plan(), contact));
            ul #intents .found role="listbox" aria-label=(words.t("understood")) hidden {
                @for intent in Intent::ALL {
                    li id={ "intent-" (intent.word()) } role="option" aria-selected="false"
                        data-carries=(json!({ "act": "correct_intent", "intent": intent.word() })) { (words.intent(*intent)) }
                }
            }
        }
    }
}

/// A reference that opens its matter.
pub(super) fn opens(reference: Reference) -> Markup {
    html! { button .plain.reference type="button" data-matter=(reference.digits()) { (reference) } }
}

fn earlier(sight: &Sight<'_>, earlier: &[EarlierContact]) -> Markup {
    let words = sight.words;
    html! {
        h3 { (words.t("earlier")) }
        @if earlier.is_empty() {
            p .empty { (words.t("earlier-none")) }
        } @else {
            table .list.earlier {
                thead { tr { th scope="col" { (words.t("earlier-when")) } th scope="col" { (words.t("reference")) } th scope="col" { (words.t("earlier-what")) } th scope="col" { (words.t("earlier-outcome")) } } }
                tbody {
                    @for one in earlier.iter().take(EARLIER_SHOWN_MAX) {
                        tr {
                            td .number { (sight.time(one.arrived)) }
                            td .reference {
                                (opens(one.reference))
                                @if search::may_link(sight, one.reference) {
                                    " " button .plain type="button" data-act=(search::link_act(one.reference)) { (words.t("earlier-link")) }
                                }
                            }
                            td { (names::matter(words, sight.plan(), one.intent, one.queue.as_ref())) }
                            td { (one.outcome.as_ref().map_or_else(|| words.t("earlier-open"), |outcome| names::outcome(words, sight.plan(), outcome))) }
                        }
                    }
                }
            }
            @if earlier.len() > EARLIER_SHOWN_MAX { p .quiet { (words.with("earlier-more", [("count", (earlier.len() - EARLIER_SHOWN_MAX).into())])) } }
        }
    }
}
