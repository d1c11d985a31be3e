//! Serves the pages of a made-up centre for looking at them: `cargo run -p web --example pages`, then
//! `/desk?scene=talking&lang=sv&theme=dark`. A test stand-in: nothing moves, no button does anything.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../tests/rehearsal/mod.rs"]
mod rehearsal;

use axum::{
    Router,
    extract::Query,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use domain::{Timestamp, access::Role, intent::Language};
use futures::{Stream, StreamExt, stream};
use maud::Markup;
use rehearsal::Scene;
use serde::Deserialize;
use std::convert::Infallible;
use web::{
    access::Reader,
    board, desk, lead,
    preferences::{Preferences, Theme},
    surges,
};

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    scene: String,
    #[serde(default)]
    lang: String,
    #[serde(default)]
    theme: String,
}

impl Wanted {
    fn scene(&self) -> Scene {
        Scene::from_word(&self.scene).unwrap_or(Scene::Talking)
    }

    fn preferences(&self) -> Preferences {
        Preferences {
            language: Language::from_word(&self.lang).unwrap_or(Language::Swedish),
            theme: Theme::from_word(&self.theme).unwrap_or_default(),
        }
    }
}

fn reader() -> Reader {
    Reader::by_session(rehearsal::ME, "Plats 01".into(), Role::Leader, "none")
}

async fn desk_page(Query(wanted): Query<Wanted>) -> Markup {
    let (live, deployment, preferences, scene) =
        (rehearsal::live(wanted.scene()), rehearsal::deployment(), wanted.preferences(), wanted.scene());
    let drawn = desk::Sight::of(preferences.words(), (&deployment, &live), (rehearsal::ME, "Plats 01"), rehearsal::now());
    let concluding = (scene == Scene::Concluding).then_some(rehearsal::MINE);
    let (caller, matter, report) = (rehearsal::caller(scene), rehearsal::matter(scene), rehearsal::report(scene));
    let sight = desk::Sight { concluding, caller, matter, report, asks_for_files: true, ..drawn };
    desk::draw(&sight, &reader(), preferences)
}

async fn board_page(Query(wanted): Query<Wanted>) -> Markup {
    let (live, deployment, preferences) = (rehearsal::live(wanted.scene()), rehearsal::deployment(), wanted.preferences());
    let sight = board::Sight { words: preferences.words(), deployment: &deployment, live: &live, now: rehearsal::now() };
    board::draw(&sight, Some(&reader()), preferences)
}

async fn lead_page(Query(wanted): Query<Wanted>) -> Markup {
    let (live, deployment, preferences) = (rehearsal::live(wanted.scene()), rehearsal::deployment(), wanted.preferences());
    let understood = rehearsal::understood(wanted.scene());
    let (words, now) = (preferences.words(), rehearsal::now());
    let sight = lead::Sight { words, deployment: &deployment, live: &live, now, understood: understood.as_deref() };
    lead::draw(&sight, &reader(), preferences)
}

async fn surges_page(Query(wanted): Query<Wanted>) -> Markup {
    let (live, deployment, preferences) = (rehearsal::live(wanted.scene()), rehearsal::deployment(), wanted.preferences());
    let sight = surges::Sight { words: preferences.words(), deployment: &deployment, live: &live, now: rehearsal::now(), done: None };
    surges::draw(&sight, &reader(), preferences)
}

async fn silent() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let first = stream::once(async { Ok(Event::default().event("page").data(r#"{"page":1}"#)) });
    Sse::new(first.chain(stream::pending())).keep_alive(KeepAlive::default())
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    rehearsal::set_clock(Timestamp(jiff::Timestamp::now().as_millisecond()));
    let routes = Router::new()
        .route("/desk", get(desk_page))
        .route("/board", get(board_page))
        .route("/lead", get(lead_page))
        .route("/surges", get(surges_page))
        .route("/desk/stream", get(silent))
        .route("/board/stream", get(silent))
        .route("/assets/{name}", get(web::assets::serve));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/desk", listener.local_addr()?);
    axum::serve(listener, routes).await
}
