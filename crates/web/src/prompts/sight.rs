//! The page of what callers hear as it is drawn.

use super::{Refused, Told};
use crate::{
    access::Reader,
    layout::{self, Frame},
    preferences::Preferences,
    words::Words,
};
use domain::{access::Permission, intent::Language};
use maud::{Markup, html};
use switchboard::{Catalogue, Piece, Recorded, RecordingKind};

pub struct Sight<'a> {
    pub words: Words,
    pub catalogue: &'a Catalogue,
    /// Whose texts are shown.
    pub language: Language,
    pub told: Told,
    /// The text that a refused recording was for.
    pub of: Option<Piece>,
}

/// The whole page.
#[must_use]
pub fn draw(sight: &Sight<'_>, reader: &Reader, preferences: Preferences) -> Markup {
    let words = sight.words;
    let title = words.t("prompts-title");
    let address = format!("/prompts?language={}", sight.language);
    let frame = Frame { preferences, title: &title, reader: Some(reader), here: "prompts", address: &address, parts: &[] };
    let may_act = reader.may(Permission::ChangePlan);
    let (prompts, numbers): (Vec<Piece>, Vec<Piece>) = sight.catalogue.pieces().partition(|piece| !matches!(piece, Piece::Number(_)));
    let content = html! {
        main #content .page .prompts-page tabindex="-1" {
            h1 { (title) }
            (told(sight))
            p { (words.t("prompts-about")) }
            @if may_act { p .quiet { (words.t("prompts-about-recordings")) } }
            nav aria-label=(words.t("prompts-languages")) {
                ul .row {
                    @for language in sight.catalogue.languages() {
                        li {
                            a href={ "/prompts?language=" (language) } aria-current=[(*language == sight.language).then_some("page")] {
                                (words.named("language", language.word()))
                            }
                        }
                    }
                }
            }
            @for piece in prompts { (row(sight, piece, may_act)) }
            details open[matches!(sight.of, Some(Piece::Number(_)))] {
                summary { (words.t("prompts-numbers")) }
                @for piece in numbers { (row(sight, piece, may_act)) }
            }
        }
    };
    layout::page(&frame, &content)
}

fn told(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let done = |key: &str| html! { p #note .note role="status" tabindex="-1" autofocus { (words.t(key)) } };
    match sight.told {
        Told::Nothing => html! {},
        Told::Entered => done("prompts-done-entered"),
        Told::TakenBack => done("prompts-done-taken-back"),
        Told::Refused(refused) => html! {
            div #fault .fault role="alert" tabindex="-1" autofocus {
                p { (words.t("prompts-refused")) }
                @if let Some(piece) = sight.of { p { a href={ "#" (piece.name()) } { (text(sight, piece)) } } }
                p { (why(words, refused)) }
            }
        },
    }
}

fn why(words: Words, refused: Refused) -> String {
    match refused {
        Refused::NoFile => words.t("prompts-no-file"),
        Refused::NotListened => words.t("prompts-not-listened"),
        Refused::NotWav => words.t("prompts-not-wav"),
        Refused::TooLong => words.t("prompts-too-long"),
        Refused::Silent => words.t("prompts-silent"),
        Refused::Clipped => words.t("prompts-clipped"),
        Refused::OddLength { duration_ms } => words.with("prompts-odd-length", [("seconds", (duration_ms.div_ceil(1_000)).into())]),
        Refused::NotKept => words.t("prompts-not-kept"),
    }
}

fn text(sight: &Sight<'_>, piece: Piece) -> String {
    sight.catalogue.text(sight.language, piece).map(|(text, _)| text.to_owned()).unwrap_or_default()
}

/// A text, its recording, and what may be done about it.
fn row(sight: &Sight<'_>, piece: Piece, may_act: bool) -> Markup {
    let (words, language, name) = (sight.words, sight.language, piece.name());
    let Some((text, version)) = sight.catalogue.text(language, piece) else { return html! {} };
    let Some(recorded) = sight.catalogue.recorded(language, piece) else { return html! {} };
    let (address, title) = (format!("/prompts/{language}/{name}"), format!("text-{name}"));
    html! {
        section .prompt #(name) aria-labelledby=(title) {
            div {
                p #(title) lang=(language) { (text) }
                p .quiet { code { (name) } " · " (words.with("prompts-version", [("version", u64::from(version).into())])) }
                p { (voice(words, recorded)) }
            }
            div {
                audio controls preload="none" src=(address) aria-label={ (words.t("prompts-listen")) " " (name) } {}
                @if may_act { (acts(sight, piece, recorded, &address)) }
            }
        }
    }
}

/// Whose voice it is, and whether it says the text as it is now.
fn voice(words: Words, recorded: &Recorded) -> Markup {
    html! {
        @match (recorded.kind, &recorded.approved_by) {
            (RecordingKind::Synthetic, _) => (words.t("prompts-synthetic")),
            (RecordingKind::Studio, Some(name)) => (words.with("prompts-studio-by", [("name", name.as_str().into())])),
            (RecordingKind::Studio, None) => (words.t("prompts-studio")),
        }
        @if !recorded.is_fresh { " " span .mark.late { (words.t("prompts-stale")) } }
    }
}

fn acts(sight: &Sight<'_>, piece: Piece, recorded: &Recorded, address: &str) -> Markup {
    let (words, name) = (sight.words, piece.name());
    let id = |part: &str| format!("{part}-{name}");
    html! {
        details open[sight.of == Some(piece)] {
            summary { (words.t("prompts-enter")) }
            form method="post" enctype="multipart/form-data" action=(address) aria-labelledby=(id("text")) {
                p {
                    label for=(id("recording")) { (words.t("prompts-file")) }
                    input #(id("recording")) type="file" name="recording" accept=".wav,audio/wav" required;
                }
                p .check {
                    input #(id("listened")) type="checkbox" name="listened" value="yes" required;
                    label for=(id("listened")) { (words.t("prompts-listened")) }
                }
                button type="submit" { (words.t("prompts-use")) }
            }
        }
        @if recorded.kind == RecordingKind::Studio {
            form method="post" action={ (address) "/back" } aria-labelledby=(id("text")) {
                button type="submit" { (words.t("prompts-take-back")) }
            }
        }
    }
}
