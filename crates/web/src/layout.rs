//! The frame around every page of the staff's console: head, skip link, bar with places to go,
//! language and theme.

use crate::{
    access::Reader,
    assets,
    preferences::{Preferences, Theme},
};
use domain::{access::Permission, intent::Language};
use maud::{DOCTYPE, Markup, html};

pub struct Frame<'a> {
    pub preferences: Preferences,
    pub title: &'a str,
    pub reader: Option<&'a Reader>,
    /// The place in the bar that this page is ("desk").
    pub here: &'a str,
    /// Where a change of language or theme leads back to.
    pub address: &'a str,
    /// Browser parts beside the console's own ("desk.js").
    pub parts: &'a [&'a str],
}

/// A whole page. `content` brings its own `<main id="content">`.
#[must_use]
pub fn page(frame: &Frame<'_>, content: &Markup) -> Markup {
    let words = frame.preferences.words();
    html! {
        (DOCTYPE)
        html lang=(words.language.word()) data-theme=(frame.preferences.theme.word()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (frame.title) " · " (words.t("product")) }
                link #icon rel="icon" type="image/svg+xml" href=(assets::address("icon.svg")) data-ring=(assets::address("icon-ring.svg"));
                link rel="stylesheet" href=(assets::address("console.css"));
                @for part in frame.parts.iter().filter(|part| part.ends_with(".css")) {
                    link rel="stylesheet" href=(assets::address(part));
                }
                script type="module" src=(assets::address("console.js")) {}
                @for part in frame.parts.iter().filter(|part| part.ends_with(".js")) {
                    script type="module" src=(assets::address(part)) {}
                }
            }
            body .{ "on-" (if frame.here.is_empty() { "page" } else { frame.here }) } data-now=(crate::clock::now().0) {
                a .skip href="#content" { (words.t("skip")) }
                (bar(frame))
                (content)
            }
        }
    }
}

fn bar(frame: &Frame<'_>) -> Markup {
    let words = frame.preferences.words();
    let may = |permission| frame.reader.is_some_and(|reader| reader.may(permission));
    let places = [
        ("desk", "/desk", may(Permission::AnswerCalls)),
        ("lead", "/lead", may(Permission::SeeAll)),
        ("surges", "/surges", may(Permission::SeeAll)),
        ("plan", "/plan", may(Permission::SeeAll)),
        ("prompts", "/prompts", may(Permission::SeeAll)),
        ("board", "/board", true),
    ];
    html! {
        header .bar {
            a .product href="/" { (words.t("product")) }
            nav aria-label=(words.t("places")) {
                ul {
                    @for (name, address, shown) in places {
                        @if shown {
                            li { a href=(address) aria-current=[(frame.here == name).then_some("page")] { (words.named("place", name)) } }
                        }
                    }
                }
            }
            details .settings {
                summary { (words.t("settings")) }
                (settings(frame))
            }
            @if let Some(reader) = frame.reader {
                form .who method="post" action="/logout" {
                    span .quiet { (reader.name) }
                    button .plain type="submit" { (words.t("sign-out")) }
                }
            } @else if !matches!(frame.here, "login" | "fault") {
                a href="/login" { (words.t("sign-in")) }
            }
        }
    }
}

fn settings(frame: &Frame<'_>) -> Markup {
    let words = frame.preferences.words();
    html! {
        form .floating method="post" action="/settings" {
            input type="hidden" name="back" value=(frame.address);
            label for="language" { (words.t("settings-language")) }
            select #language name="language" {
                @for language in Language::ALL {
                    option value=(language.word()) lang=(language.word()) selected[*language == words.language] {
                        (words.named("language-own", language.word()))
                    }
                }
            }
            label for="theme" { (words.t("settings-theme")) }
            select #theme name="theme" {
                @for theme in Theme::ALL {
                    option value=(theme.word()) selected[theme == frame.preferences.theme] { (words.named("theme", theme.word())) }
                }
            }
            button type="submit" { (words.t("settings-save")) }
        }
    }
}
