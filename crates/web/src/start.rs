//! The first page: what is here and where to go.

use crate::{
    access::Reader,
    app::App,
    demo_messages,
    layout::{self, Frame},
    preferences::Preferences,
};
use axum::extract::State;
use domain::access::Permission;
use maud::{Markup, html};

/// `GET /`.
pub async fn page(State(app): State<App>, preferences: Preferences, reader: Option<Reader>) -> Markup {
    let words = preferences.words();
    let deployment = app.switchboard().deployment();
    let authority = deployment.plan.title.get(&words.language).or_else(|| deployment.plan.title.values().next());
    let title = authority.cloned().unwrap_or_else(|| words.t("product"));
    let signed = reader.as_ref();
    let may = |permission| signed.is_none_or(|reader| reader.may(permission));
    let citizens = format!("/{}", words.language);
    let places = [
        ("citizens", citizens.as_str(), true),
        ("desk", "/desk", may(Permission::AnswerCalls)),
        ("board", "/board", true),
        ("lead", "/lead", may(Permission::SeeAll)),
        ("surges", "/surges", may(Permission::SeeAll)),
        ("plan", "/plan", may(Permission::SeeAll)),
        ("prompts", "/prompts", may(Permission::SeeAll)),
        ("demo-messages", demo_messages::ADDRESS, app.config().demo_messages.is_some()),
        ("api", "/api/v1/openapi.json", true),
    ];
    let frame = Frame { preferences, title: &title, reader: signed, here: "", address: "/", parts: &[] };
    let content = html! {
        main #content .page tabindex="-1" {
            h1 { (title) }
            p .lead { (words.t("start-promise")) }
            ul .places {
                @for (name, address, shown) in places {
                    @if shown {
                        li {
                            a href=(address) { (words.named("place", name)) }
                            p { (words.named("place-about", name)) }
                        }
                    }
                }
            }
        }
    };
    layout::page(&frame, &content)
}
