//! The frame around every citizen's page: whose it is, the languages, 112 before everything, and the way to a human.

use super::{Sight, paths::Paths};
use crate::assets;
use domain::intent::Language;
use maud::{DOCTYPE, Markup, html};

/// The number of the emergency services; no deployment has another.
pub(super) const EMERGENCY: &str = "112";

pub(super) struct Frame<'a> {
    pub sight: &'a Sight,
    pub title: &'a str,
    /// The same page in the tree of another language.
    pub elsewhere: fn(Paths) -> String,
    /// Where "Back" leads.
    pub back: Option<String>,
    /// Something on the page is to be put right.
    pub wrong: bool,
}

impl Frame<'_> {
    pub fn page(&self, content: &Markup) -> Markup {
        let others = Language::ALL.iter().map(|language| (*language, (self.elsewhere)(Paths::of(*language)))).collect::<Vec<_>>();
        page(self, &others, content)
    }

    /// With the addresses of the other languages, where they depend on more than the page.
    pub fn page_with(&self, others: &[(Language, String)], content: &Markup) -> Markup {
        page(self, others, content)
    }
}

fn page(frame: &Frame<'_>, others: &[(Language, String)], content: &Markup) -> Markup {
    let (sight, words) = (frame.sight, frame.sight.words);
    let authority = sight.authority();
    html! {
        (DOCTYPE)
        html lang=(words.language.word()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="format-detection" content="telephone=no";
                title {
                    @if frame.wrong { (words.t("public-error-prefix")) " " }
                    (frame.title)
                    @if frame.title != authority { " – " (authority) }
                }
                link rel="icon" type="image/svg+xml" href=(assets::address("icon.svg"));
                link rel="stylesheet" href=(assets::address("citizen.css"));
            }
            body {
                a .govuk-skip-link href="#content" { (words.t("skip")) }
                (head(frame, &authority, others))
                div .govuk-width-container {
                    @if let Some(back) = &frame.back {
                        nav aria-label=(words.t("public-back")) { a .govuk-back-link href=(back) { (words.t("public-back")) } }
                    }
                    main #content .govuk-main-wrapper tabindex="-1" {
                        div .govuk-grid-row { div .govuk-grid-column-two-thirds { (content) } }
                    }
                }
                (human(sight))
            }
        }
    }
}

fn head(frame: &Frame<'_>, authority: &str, others: &[(Language, String)]) -> Markup {
    let words = frame.sight.words;
    html! {
        header {
            div .masthead {
                div .govuk-width-container {
                    a href=(frame.sight.paths.start()) { (authority) }
                    nav aria-label=(words.t("public-languages")) {
                        ul .languages {
                            @for (language, address) in others {
                                li lang=(language.word()) {
                                    @if *language == words.language {
                                        span aria-current="true" { (words.named("language-own", language.word())) }
                                    } @else {
                                        a href=(address) hreflang=(language.word()) { (words.named("language-own", language.word())) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            div .danger {
                div .govuk-width-container {
                    p { (words.t("public-danger")) " " a .govuk-link href={ "tel:" (EMERGENCY) } { (words.t("public-ring-112")) } }
                    // Nobody who looks over somebody's shoulder sees what they were at; without script, the way back stays.
                    @if let Some(elsewhere) = &frame.sight.deployment.plan.leave_to {
                        p { a .govuk-link .leave href=(elsewhere) rel="nofollow noreferrer noopener" { (words.t("public-leave")) } }
                    }
                }
            }
        }
    }
}

fn human(sight: &Sight) -> Markup {
    let words = sight.words;
    html! {
        footer .human {
            div .govuk-width-container {
                h2 .govuk-heading-m { (words.t("public-human")) }
                p .govuk-body {
                    (words.t("public-human-ring")) " "
                    a .govuk-link .number href={ "tel:" (sight.number()) } { (sight.number_to_read()) }
                    ". " (words.t("public-human-about"))
                }
            }
        }
    }
}
