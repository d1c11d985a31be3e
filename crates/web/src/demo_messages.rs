//! An invented carrier for a demo: it takes text messages as a gateway would, and mails in the same manner, sends nothing
//! to anybody, and shows them on a page. It is there only where the configuration of the pages gives one, for a demo on loopback.

use crate::{
    access::Reader,
    app::App,
    clock,
    fault::Fault,
    layout::{self, Frame},
    preferences::Preferences,
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use domain::Timestamp;
use maud::{Markup, html};
use parking_lot::Mutex;
use serde::Deserialize;
use std::collections::VecDeque;

/// Where it takes messages and shows them.
pub const ADDRESS: &str = "/demo/messages";
/// Where it was before there were mails.
pub const FORMER_ADDRESS: &str = "/demo/texts";
/// The latest that are kept.
const MESSAGES_MAX: usize = 100;

/// What it has taken since the program began, newest first.
#[derive(Default)]
pub struct DemoMessages(Mutex<VecDeque<Taken>>);

/// A message as it is posted (`docs/messages.md`).
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    to: String,
    from: String,
    #[serde(default)]
    subject: Option<String>,
    text: String,
    id: String,
}

#[derive(Clone)]
struct Taken {
    at: Timestamp,
    order: Order,
}

impl DemoMessages {
    /// Takes each id once.
    fn take(&self, at: Timestamp, order: Order) {
        let mut taken = self.0.lock();
        if taken.iter().all(|known| known.order.id != order.id) {
            taken.push_front(Taken { at, order });
            taken.truncate(MESSAGES_MAX);
        }
    }
}

/// `POST /demo/messages`.
pub async fn take(State(app): State<App>, Json(order): Json<Order>) -> Result<impl IntoResponse, Fault> {
    app.config().demo_messages.as_ref().ok_or(Fault::NotFound)?.take(clock::now(), order);
    Ok(StatusCode::ACCEPTED)
}

/// `GET /demo/texts`.
pub async fn moved() -> Redirect {
    Redirect::permanent(ADDRESS)
}

/// `GET /demo/messages`.
pub async fn page(State(app): State<App>, reader: Option<Reader>, preferences: Preferences) -> Result<Markup, Fault> {
    let messages = app.config().demo_messages.as_ref().ok_or(Fault::NotFound)?;
    let taken: Vec<Taken> = messages.0.lock().iter().cloned().collect();
    let (words, zone) = (preferences.words(), app.switchboard().deployment().plan.zone.clone());
    let title = words.t("place-demo-messages");
    let frame = Frame { preferences, title: &title, reader: reader.as_ref(), here: "", address: ADDRESS, parts: &[] };
    let content = html! {
        main #content .page tabindex="-1" {
            h1 { (title) }
            p .lead { (words.t("demo-messages-about")) }
            @if taken.is_empty() { p .empty { (words.t("demo-messages-none")) } } @else {
                table .list.messages {
                    thead { tr {
                        th scope="col" { (words.t("demo-messages-when")) }
                        th scope="col" .roomy { (words.t("demo-messages-from")) }
                        th scope="col" { (words.t("demo-messages-to")) }
                        th scope="col" { (words.t("demo-messages-text")) }
                    } }
                    tbody {
                        @for Taken { at, order } in &taken {
                            tr data-id=(order.id) {
                                td .number { (clock::time_of_day(*at, &zone, clock::now())) }
                                td .roomy { (order.from) }
                                td .number { (order.to) }
                                td {
                                    @if let Some(subject) = &order.subject { strong { (subject) } br; }
                                    (order.text)
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(layout::page(&frame, &content))
}
