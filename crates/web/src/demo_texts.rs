//! An invented gateway for a demo: it takes text messages as a real one would, sends nothing to anybody, and shows
//! them on a page. It is there only where the configuration of the pages gives one, for a demo on loopback.

use crate::{
    access::Reader,
    app::App,
    clock,
    fault::Fault,
    layout::{self, Frame},
    preferences::Preferences,
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use domain::Timestamp;
use maud::{Markup, html};
use parking_lot::Mutex;
use serde::Deserialize;
use std::collections::VecDeque;

/// Where it takes messages and shows them.
pub const ADDRESS: &str = "/demo/texts";
/// The latest that are kept.
const MESSAGES_MAX: usize = 100;

/// What it has taken since the program began, newest first.
#[derive(Default)]
pub struct DemoTexts(Mutex<VecDeque<Taken>>);

/// A message as it is posted (`docs/texts.md`).
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    to: String,
    from: String,
    text: String,
    id: String,
}

#[derive(Clone)]
struct Taken {
    at: Timestamp,
    order: Order,
}

impl DemoTexts {
    /// Takes each id once.
    fn take(&self, at: Timestamp, order: Order) {
        let mut taken = self.0.lock();
        if taken.iter().all(|known| known.order.id != order.id) {
            taken.push_front(Taken { at, order });
            taken.truncate(MESSAGES_MAX);
        }
    }
}

/// `POST /demo/texts`.
pub async fn take(State(app): State<App>, Json(order): Json<Order>) -> Result<impl IntoResponse, Fault> {
    app.config().demo_texts.as_ref().ok_or(Fault::NotFound)?.take(clock::now(), order);
    Ok(StatusCode::ACCEPTED)
}

/// `GET /demo/texts`.
pub async fn page(State(app): State<App>, reader: Option<Reader>, preferences: Preferences) -> Result<Markup, Fault> {
    let texts = app.config().demo_texts.as_ref().ok_or(Fault::NotFound)?;
    let taken: Vec<Taken> = texts.0.lock().iter().cloned().collect();
    let (words, zone) = (preferences.words(), app.switchboard().deployment().plan.zone.clone());
    let title = words.t("place-demo-texts");
    let frame = Frame { preferences, title: &title, reader: reader.as_ref(), here: "", address: ADDRESS, parts: &[] };
    let content = html! {
        main #content .page tabindex="-1" {
            h1 { (title) }
            p .lead { (words.t("demo-texts-about")) }
            @if taken.is_empty() { p .empty { (words.t("demo-texts-none")) } } @else {
                table .list.texts {
                    thead { tr {
                        th scope="col" { (words.t("demo-texts-when")) }
                        th scope="col" .roomy { (words.t("demo-texts-from")) }
                        th scope="col" { (words.t("demo-texts-to")) }
                        th scope="col" { (words.t("demo-texts-text")) }
                    } }
                    tbody {
                        @for Taken { at, order } in &taken {
                            tr data-id=(order.id) {
                                td .number { (clock::time_of_day(*at, &zone, clock::now())) }
                                td .roomy { (order.from) }
                                td .number { (order.to) }
                                td { (order.text) }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(layout::page(&frame, &content))
}
