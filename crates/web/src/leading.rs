//! A leader's hand in who is next, on the page of a matter: gives a waiting contact to an operator who is free,
//! or puts it before others. Plain forms; the journal keeps who did it and why.

use crate::{access::Reader, app::App, fault::Fault, names, words::Words};
use axum::{
    Form,
    extract::{
        Path, State,
        rejection::{FormRejection, PathRejection},
    },
    response::Redirect,
};
use domain::{
    ContactId, OperatorId,
    access::Permission,
    contact::{ContactState, LeadReason},
    routing::{ContactView, OperatorState},
};
use maud::{Markup, html};
use serde::Deserialize;
use switchboard::{LeadAct, Live};

/// What can be done with a contact that waits; nothing for one that does not.
#[must_use]
pub fn draw(words: Words, live: &Live, contact: &ContactView) -> Markup {
    if !matches!(contact.state, ContactState::Queued | ContactState::Offered) {
        return html! {};
    }
    // A matter may have several that wait.
    let id = |part: &str| format!("{part}-{}", contact.contact);
    let address = format!("/contacts/{}/lead", contact.contact);
    let may_be_moved = contact.put_first || !contact.strict;
    let free: Vec<_> = live.view.operators.iter().filter(|operator| operator.state == OperatorState::Idle).collect();
    html! {
        section aria-labelledby=(id("leading")) {
            h2 #(id("leading")) { (words.t("leading")) }
            @if free.is_empty() { p .quiet { (words.t("leading-nobody-free")) } }
            @if !free.is_empty() || may_be_moved { form method="post" action=(address) {
                (reasons(words, &id("leading-reason")))
                @if !free.is_empty() {
                    p .field {
                        label for=(id("leading-to")) { (words.t("leading-to")) }
                        select #(id("leading-to")) name="to" {
                            @for operator in &free { option value=(operator.operator) { (names::operator(words, live, operator.operator)) } }
                        }
                    }
                    button type="submit" name="act" value="give" { (words.t("leading-give")) }
                    " "
                }
                @if contact.put_first { button type="submit" name="act" value="back" { (words.t("leading-back")) } }
                @else if may_be_moved { button type="submit" name="act" value="first" { (words.t("leading-first")) } }
            } }
        }
    }
}

fn reasons(words: Words, id: &str) -> Markup {
    html! {
        p .field {
            label for=(id) { (words.t("leading-reason")) }
            select #(id) name="reason" {
                @for reason in LeadReason::ALL { option value=(reason.word()) { (words.named("lead-reason", reason.word())) } }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Wanted {
    act: String,
    reason: String,
    #[serde(default)]
    to: Option<u64>,
}

impl Wanted {
    fn act(&self) -> Option<LeadAct> {
        match self.act.as_str() {
            "give" => self.to.map(|to| LeadAct::Give { to: OperatorId(to) }),
            "first" => Some(LeadAct::PutFirst { first: true }),
            "back" => Some(LeadAct::PutFirst { first: false }),
            _ => None,
        }
    }
}

/// `POST /contacts/{id}/lead`: back to the matter's page.
pub async fn lead(
    State(app): State<App>,
    reader: Reader,
    contact: Result<Path<u64>, PathRejection>,
    form: Result<Form<Wanted>, FormRejection>,
) -> Result<Redirect, Fault> {
    reader.require(Permission::LeadQueues)?;
    let contact = contact.map(|Path(id)| ContactId(id)).map_err(|_| Fault::NotFound)?;
    let Form(wanted) = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let (act, reason) = wanted.act().zip(LeadReason::from_word(&wanted.reason)).ok_or(Fault::WrongShape)?;
    let live = app.switchboard().live();
    let view = live.view.contacts.iter().find(|view| view.contact == contact).ok_or(Fault::NotFound)?;
    app.switchboard().lead(reader.operator()?, contact, act, reason).await?;
    Ok(Redirect::to(&format!("/matters/{}", view.reference.digits())))
}
