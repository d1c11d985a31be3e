//! The bar on top: the call that rings or is under way, and everything one can do to it, each with
//! its key. A button that the moment does not allow is not there.

use super::Sight;
use crate::{clock, names};
use domain::{
    PartyId, Timestamp,
    contact::{CallKind, CallRecord, ContactState, StatedOutcome, ledger::Segment},
    plan::Party,
    routing::{Consulted, ContactView, OperatorState, OperatorView},
};
use maud::{Markup, html};
use serde_json::{Value, json};

#[must_use]
pub fn draw(sight: &Sight<'_>) -> Markup {
    use OperatorState as S;
    let words = sight.words;
    let Some(me) = sight.me() else { return quiet(words.t("call-off-duty")) };
    if let Some(contact) = sight.concluded().filter(|_| me.state != S::Offered) {
        return conclude(sight, contact);
    }
    match (me.state, sight.contact()) {
        (S::Offered, contact) => ringing(sight, me, contact),
        (S::Consulting, Some(contact)) if sight.asked_by().is_some() => asked_in(sight, contact),
        (S::Connecting, Some(contact)) if contact.state == ContactState::Dialling => dialling(sight, contact),
        (S::Connecting, Some(contact)) => under_way(sight, contact, &words.t("call-connecting"), &html! {}),
        (S::Engaged | S::Consulting, Some(contact)) => talking(sight, contact),
        (S::Lost, Some(contact)) => under_way(sight, contact, &words.t("call-lost"), &html! {}),
        (S::WrapUp, contact) => wrap_up(sight, me, contact),
        (S::Idle, _) => quiet(words.t("call-none")),
        (S::Paused, _) => quiet(words.t("call-paused")),
        (S::Unresponsive, _) => quiet(words.t("call-unresponsive")),
        (S::SignedOut, _) => quiet(words.t("call-off-duty")),
        (S::Connecting | S::Engaged | S::Consulting | S::Lost, None) => quiet(words.t("call-none")),
    }
}

fn bar(sight: &Sight<'_>, kind: &str, content: &Markup) -> Markup {
    html! { section .call data-kind=(kind) aria-label=(sight.words.t("call-title")) { (content) } }
}

fn quiet(text: String) -> Markup {
    html! { section .call data-kind="quiet" aria-label=(text) { p .quiet { (text) } } }
}

/// One act with its key shown.
pub(super) fn act(id: &str, key: &str, text: &str, act: &Value) -> Markup {
    html! { button id=(id) type="button" data-key=(key) data-act=(act) { (text) " " kbd { (key) } } }
}

/// A button that the browser answers itself.
fn local(id: &str, key: &str, text: &str) -> Markup {
    html! { button id=(id) type="button" data-key=(key) { (text) " " kbd { (key) } } }
}

fn ringing(sight: &Sight<'_>, me: &OperatorView, contact: Option<&ContactView>) -> Markup {
    let words = sight.words;
    let Some(offer) = me.offer else { return quiet(words.t("call-none")) };
    let until = me.until.unwrap_or(sight.now);
    let strict = contact.is_some_and(|contact| contact.strict);
    let intent = contact.and_then(|contact| contact.intent);
    let queue = contact.and_then(|contact| contact.queue.as_ref());
    let what = names::matter(words, sight.plan(), intent, queue);
    let line = queue.map(|queue| names::line(words, sight.plan(), intent, queue));
    let title = if contact.is_some_and(|contact| contact.call.is_some()) { "ring-title-call-back" } else { "ring-title" };
    let content = html! {
        div .what {
            p .headline {
                span .pulse aria-hidden="true" {}
                (words.t(title))
                @if strict { " " span .mark.late { (words.t("strict")) } }
            }
            @if let Some(colleague) = sight.asked_by() { p { (words.with("ring-asked-by", [("name", sight.operator_name(colleague).into())])) } }
            @if let Some(call) = contact.and_then(|contact| contact.call.as_ref()) { p .call-back { (owed(sight, call)) } }
            p { strong { (what) } @if let Some(line) = line { " · " (line) } }
        }
        @if let Some(contact) = contact {
            p .figure { span .label { (words.t("waited")) } span .number { (clock::counting_up(Timestamp(sight.now.0 - i64::try_from(contact.waited_ms).unwrap_or(0)), sight.now)) } }
            p .figure { span .label { (words.t("reference")) } span .number { (contact.reference) } }
        }
        p .figure { span .label { (words.t("ring-left")) } span .number { (clock::counting_down(until, sight.now)) } }
        div .acts {
            button #answer .primary type="button" data-key="F2" data-act=(json!({ "act": "accept", "offer": offer })) { (words.t("act-answer")) " " kbd { "F2" } }
            button #decline type="button" data-act=(json!({ "act": "decline", "offer": offer })) { (words.t("act-decline")) }
        }
    };
    html! {
        section .call data-kind="ringing" data-offer=(offer) data-ring-text=(words.t(title)) aria-label=(words.t("call-title")) { (content) }
    }
}

/// Who, reference and how long: the left of the bar while a contact is mine.
fn under_way(sight: &Sight<'_>, contact: &ContactView, state: &str, acts: &Markup) -> Markup {
    let words = sight.words;
    let number = sight.caller.as_ref().and_then(|caller| caller.call_back_number.clone().or_else(|| caller.number.clone()));
    let content = html! {
        div .what {
            p .headline { (number.unwrap_or_else(|| words.t("number-hidden"))) }
            p { (state) @if contact.state != ContactState::Talking { " " span .age { (clock::counting_up(contact.since, sight.now)) } } }
        }
        @if let Some(began) = began(sight, contact) {
            p .figure { span .label { (words.t("talk-time")) } span .number { (clock::counting_up(began, sight.now)) } }
        }
        p .figure.reference { span .label { (words.t("reference-aloud")) } span .number { (contact.reference) } }
        (acts)
    };
    bar(sight, contact.state.word(), &content)
}

/// A call that we owe: which attempt this is, and since when it is owed.
fn owed(sight: &Sight<'_>, call: &CallRecord) -> String {
    let attempt = u64::from(call.attempts_all) + 1;
    let key = if call.kind == CallKind::Booked { "call-back-booked" } else { "call-back-owed" };
    sight.words.with(key, [("attempt", attempt.into()), ("time", sight.time(call.since).into())])
}

/// The citizen is being rung; the operator hears it.
fn dialling(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let words = sight.words;
    let acts = html! {
        div .acts { (act("end", "Shift F2", &words.t("act-stop-ringing"), &json!({ "act": "end_call" }))) }
    };
    under_way(sight, contact, &words.named("contact-state", contact.state.word()), &acts)
}

/// Whoever answers a call-back may be somebody else.
fn not_them(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let words = sight.words;
    html! {
        @if contact.call.is_some() {
            (act("machine", "Shift F3", &words.t("act-machine"), &json!({ "act": "not_them", "who": "machine" })))
            (act("wrong-person", "Shift F4", &words.t("act-wrong-person"), &json!({ "act": "not_them", "who": "wrong_person" })))
        }
    }
}

/// The citizen is asked to ring again, by an app or otherwise; once.
fn ask_back(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let is_asked = sight.live.view.promises.iter().any(|promise| promise.matter == contact.matter && promise.ring_back);
    html! {
        @if is_asked {
            p .quiet { (sight.words.t("asked-back")) }
        } @else {
            (act("ask-back", "Shift F9", &sight.words.t("act-ask-back"), &json!({ "act": "asked_to_ring_back" })))
        }
    }
}

/// The citizen is told where to send pictures and other files, while they are on the line or just after.
fn files(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let may = sight.asks_for_files && contact.files;
    html! { @if may { (act("send-files", "Alt L", &sight.words.t("act-send-files"), &json!({ "act": "send_files_link" }))) } }
}

/// A time at which we ring them, or they come.
fn book(sight: &Sight<'_>) -> Markup {
    html! { @if sight.plan().bookings.is_some() { (local("book-open", "Alt B", &sight.words.t("act-book"))) } }
}

/// When the conversation began, over every hold and consultation since; none before the first word.
fn began(sight: &Sight<'_>, contact: &ContactView) -> Option<Timestamp> {
    let record = sight.matter.as_ref()?.contacts.iter().find(|record| record.contact == contact.contact)?;
    // Back in line after a conversation that broke, the next one begins anew.
    let waits = |segment: &Segment| matches!(segment.state, ContactState::Queued | ContactState::Offered);
    let spoken = record.segments.rsplit(waits).next()?;
    spoken.iter().find(|segment| segment.state == ContactState::Talking).map(|segment| segment.since)
}

/// Asked into a colleague's conversation: it is theirs to lead, and ours to leave.
fn asked_in(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let words = sight.words;
    let name = sight.asked_by().map(|colleague| sight.operator_name(colleague)).unwrap_or_default();
    let together = contact.consult.as_ref().is_some_and(|consult| consult.conference);
    let content = html! {
        div .what {
            p .headline { (words.with("ring-asked-by", [("name", name.into())])) }
            p { (words.t(if together { "consult-conference" } else { "consult-answered" })) " " span .age { (clock::counting_up(contact.since, sight.now)) } }
        }
        p .figure.reference { span .label { (words.t("reference")) } span .number { (contact.reference) } }
        div .acts {
            button #mute type="button" data-key="F9" aria-pressed="false" { (words.t("act-mute")) " " kbd { "F9" } }
            (act("leave", "Shift F2", &words.t("act-leave"), &json!({ "act": "end_consult" })))
        }
    };
    bar(sight, "asked_in", &content)
}

fn talking(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let words = sight.words;
    let held = contact.state == ContactState::OnHold;
    let hold = if held { ("act-resume", "resume") } else { ("act-hold", "hold") };
    let consulting = contact.consult.is_some();
    let acts = html! {
        div .acts {
            button #mute type="button" data-key="F9" aria-pressed="false" { (words.t("act-mute")) " " kbd { "F9" } }
            (local("digits-open", "F3", &words.t("act-digits")))
            @if !consulting {
                (act("hold", "F4", &words.t(hold.0), &json!({ "act": hold.1 })))
                (local("consult-open", "F6", &words.t("act-consult")))
                @if !held { (not_them(sight, contact)) }
                (ask_back(sight, contact))
                (files(sight, contact))
                (book(sight))
            }
            (act("end", "Shift F2", &words.t("act-end"), &json!({ "act": "end_call" })))
        }
    };
    html! {
        (under_way(sight, contact, &words.named("contact-state", contact.state.word()), &acts))
        @if consulting { (consult_bar(sight, contact)) }
        (digits(sight))
        @if !consulting { (consult_dialog(sight, contact)) }
    }
}

/// While a third party is asked in: who, how far, and the ways on.
fn consult_bar(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let words = sight.words;
    let Some(consult) = &contact.consult else { return html! {} };
    let name = consulted_name(sight, &consult.with);
    let state = match (consult.answered, consult.conference) {
        (false, _) => "consult-ringing",
        (true, false) => "consult-answered",
        (true, true) => "consult-conference",
    };
    html! {
        section .call.second data-kind="consult" aria-label=(words.t("consult-title")) {
            div .what {
                p .headline { (name) }
                p { (words.t(state)) }
            }
            div .acts {
                (act("consult-end", "F6", &words.t("act-consult-end"), &json!({ "act": "end_consult" })))
                @if consult.answered && !consult.conference {
                    (act("conference", "Shift F6", &words.t("act-conference"), &json!({ "act": "conference" })))
                }
                @if consult.answered {
                    button #transfer .primary type="button" data-key="F7" data-act=(json!({ "act": "transfer" })) { (words.t("act-transfer")) " " kbd { "F7" } }
                }
            }
        }
    }
}

fn consulted_name(sight: &Sight<'_>, with: &Consulted) -> String {
    match with {
        Consulted::Party(party) => names::party(sight.words, sight.plan(), party.as_str()),
        Consulted::Operator(operator) => sight.operator_name(*operator),
    }
}

/// Keys sent to the other side's menu.
fn digits(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    html! {
        dialog #digits aria-labelledby="digits-title" {
            h2 #digits-title { (words.t("digits-title")) }
            p .quiet #digits-about { (words.t("digits-about")) }
            input #digits-sent type="text" inputmode="tel" autocomplete="off" aria-labelledby="digits-title" aria-describedby="digits-about";
            form method="dialog" { button type="submit" { (words.t("close")) } }
        }
    }
}

/// Whom to ask: 112, the command centre of the caller's region, the switchboard, then colleagues.
fn consult_dialog(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let words = sight.words;
    let (near, other) = parties(sight, contact);
    let row = |with: &Consulted, name: &str, about: Option<String>| {
        let act = json!({ "act": "consult", "with": with });
        html! { li { button type="button" data-act=(act) { (name) @if let Some(about) = about { " " span .quiet { (about) } } } } }
    };
    let party = |party: &Party| row(&Consulted::Party(party.id.clone()), &names::party(words, sight.plan(), party.id.as_str()), None);
    html! {
        dialog #consult .choose aria-labelledby="consult-title" {
            h2 #consult-title { (words.t("consult-with")) }
            p .quiet { (words.t("consult-about")) }
            ul .choices { @for one in &near { (party(one)) } }
            h3 { (words.t("consult-colleagues")) }
            ul .choices.long {
                @let colleagues = colleagues(sight);
                @if colleagues.is_empty() { li .empty { (words.t("consult-nobody")) } }
                @for one in colleagues {
                    (row(&Consulted::Operator(one.operator), &sight.operator_name(one.operator), Some(words.named("operator-state", one.state.word()))))
                }
            }
            @if !other.is_empty() {
                details {
                    summary { (words.t("consult-others")) }
                    ul .choices { @for one in &other { (party(one)) } }
                }
            }
            form method="dialog" { button type="submit" { (words.t("close")) } }
        }
    }
}

/// The parties that this contact most likely needs, in order, and all the others.
fn parties<'a>(sight: &Sight<'a>, contact: &ContactView) -> (Vec<&'a Party>, Vec<&'a Party>) {
    let plan = sight.plan();
    let region = contact.region.as_ref().and_then(|region| plan.region(region));
    let first: Vec<&PartyId> = [Some(&plan.emergency.party), region.map(|region| &region.command_centre)]
        .into_iter()
        .flatten()
        .chain(plan.classes.iter().filter_map(|class| class.party.as_ref()))
        .collect();
    let mut near: Vec<&Party> = Vec::new();
    for party in first.iter().filter_map(|id| plan.parties.get(*id)) {
        if !near.iter().any(|known| known.id == party.id) {
            near.push(party);
        }
    }
    let other = plan.parties.values().filter(|party| !near.iter().any(|known| known.id == party.id)).collect();
    (near, other)
}

/// Operators on duty but me, the free ones first.
fn colleagues<'a>(sight: &Sight<'a>) -> Vec<&'a OperatorView> {
    let on_duty = |state: OperatorState| match state {
        OperatorState::SignedOut | OperatorState::Lost | OperatorState::Unresponsive => None,
        OperatorState::Idle => Some(0),
        OperatorState::Offered
        | OperatorState::Connecting
        | OperatorState::Engaged
        | OperatorState::Consulting
        | OperatorState::WrapUp
        | OperatorState::Paused => Some(1),
    };
    let mut found: Vec<_> = sight
        .live
        .view
        .operators
        .iter()
        .filter(|view| view.operator != sight.operator)
        .filter_map(|view| on_duty(view.state).map(|rank| ((rank, sight.operator_name(view.operator)), view)))
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found.into_iter().map(|(_, view)| view).collect()
}

/// How it ended: asked once the citizen is gone.
fn wrap_up(sight: &Sight<'_>, me: &OperatorView, contact: Option<&ContactView>) -> Markup {
    let words = sight.words;
    let content = html! {
        div .what {
            p .headline { (words.t("wrap-up-title")) }
            p { (words.t("wrap-up-how")) " " kbd { "Shift F2" } }
        }
        @if let Some(contact) = contact {
            p .figure.reference { span .label { (words.t("reference")) } span .number { (contact.reference) } }
        }
        @if let Some(until) = me.until {
            p .figure { span .label { (words.t("wrap-up-left")) } span .number { (clock::counting_down(until, sight.now)) } }
        }
        (outcomes(sight, contact, &html! {
            @if let Some(contact) = contact { (not_them(sight, contact)) (ask_back(sight, contact)) (files(sight, contact)) }
            button #extend type="button" data-act=(json!({ "act": "extend_wrap_up" })) { (words.t("act-extend")) }
        }))
    };
    bar(sight, "wrap_up", &content)
}

/// The same after wrap-up has run out, for a record that was opened among the promises.
fn conclude(sight: &Sight<'_>, contact: &ContactView) -> Markup {
    let words = sight.words;
    let content = html! {
        div .what {
            p .headline { (words.t("conclude-title")) }
            p { (words.t("wrap-up-how")) " " kbd { "Shift F2" } }
        }
        p .figure.reference { span .label { (words.t("reference")) } span .number { (contact.reference) } }
        (outcomes(sight, Some(contact), &html! {
            button #conclude-later type="button" data-conclude="" { (words.t("conclude-later")) }
        }))
    };
    bar(sight, "conclude", &content)
}

fn outcomes(sight: &Sight<'_>, contact: Option<&ContactView>, more: &Markup) -> Markup {
    let words = sight.words;
    let stated =
        |outcome: &StatedOutcome| json!({ "act": "outcome", "contact": contact.map(|contact| contact.contact), "outcome": outcome });
    html! {
        div #outcomes .acts role="group" aria-label=(words.t("wrap-up-how")) {
            @for (place, outcome) in StatedOutcome::ALL.iter().enumerate() {
                button id={ "outcome-" (place) } type="button" data-act=(stated(outcome)) { (words.named("outcome", outcome.word())) }
            }
            (more)
        }
    }
}
