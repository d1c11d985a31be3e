//! The page of a matter's files, and the one that says that they have come.

use super::{
    super::{
        Sight,
        frame::Frame,
        parts::{self, Field, Wrong},
        paths::{FilesAct, Paths},
    },
    FILE, FIRST, TEXT,
};
use crate::{additions::size, assets, words::Words};
use domain::{contact::Reference, intent::Language};
use maud::{Markup, PreEscaped, html};
use storage::{EVIDENCE_BYTES_MAX, Evidence, EvidenceState, VISIT_FILES_MAX};
use switchboard::{Concern, Findings, group_of};

/// What the chooser of files shows first; whatever else is chosen is taken as well.
const CHOSEN_FIRST: &str = "image/*,video/*,audio/*,application/pdf,text/plain,.doc,.docx,.odt,.xls,.xlsx,.ods,.ppt,.pptx,.odp";

/// Whose files they are, and by which link somebody came to them.
#[derive(Clone, Copy)]
pub(super) struct Door<'a> {
    pub token: &'a str,
    pub reference: Reference,
    /// The link leads to their matter too; one that was sent during a call leads here alone.
    pub follows: bool,
}

fn framed(sight: &Sight, door: Door<'_>, title: &str, act: Option<FilesAct>, wrong: &[Wrong], content: &Markup) -> Markup {
    let token = door.token;
    let of = |paths: Paths| act.map_or_else(|| paths.files(token), |act| paths.files_act(token, act));
    let others: Vec<_> = Language::ALL.iter().map(|language| (*language, of(Paths::of(*language)))).collect();
    let back = door.follows.then(|| sight.paths.matter(token));
    Frame { sight, title, elsewhere: Paths::start, back, wrong: !wrong.is_empty() }.page_with(&others, content)
}

pub(super) fn draw(sight: &Sight, door: Door<'_>, came: &[Evidence], text: &str, wrong: &[Wrong]) -> Markup {
    let Door { token, reference, .. } = door;
    let (words, title) = (sight.words, sight.words.t("files-title"));
    let content = html! {
        (parts::summary(words, wrong))
        h1 .govuk-heading-l { (title) }
        p .govuk-body-l { (words.with("files-lead", [("reference", reference.to_string().into())])) }
        (choose(sight, token, wrong))
        p #progress .govuk-body role="status" {}
        div #came { (listed(sight, token, came, text, wrong)) }
        (about(sight))
        (script())
    };
    framed(sight, door, &title, None, wrong, &content)
}

fn script() -> Markup {
    html! { script type="module" src=(assets::address("files.js")) { (PreEscaped("")) } }
}

/// The form without script; the script takes its place and finds here what to say.
fn choose(sight: &Sight, token: &str, wrong: &[Wrong]) -> Markup {
    let words = sight.words;
    let told = parts::of(FILE, wrong);
    html! {
        form #choose method="post" enctype="multipart/form-data" novalidate data-tus=(sight.paths.tus(token)) data-bytes-max=(EVIDENCE_BYTES_MAX)
            data-going=(words.t("files-going")) data-waiting=(words.t("files-waiting")) data-whole=(words.t("files-whole"))
            data-too-large=(words.t("files-too-large")) data-empty=(words.t("files-empty")) data-full=(words.t("files-full"))
            data-failed=(words.t("files-failed")) data-stop=(words.t("files-stop")) data-stopped=(words.t("files-stopped")) {
            div .govuk-form-group .govuk-form-group--error[told.is_some()] {
                label .govuk-label .govuk-label--m for=(FILE) { (words.t("files-choose")) }
                div .govuk-hint id={ (FILE) "-hint" } { (words.with("files-choose-hint", [("count", VISIT_FILES_MAX.into())])) }
                (parts::told_beside(FILE, told))
                input .govuk-file-upload id=(FILE) name=(FILE) type="file" multiple accept=(CHOSEN_FIRST)
                    aria-describedby=[parts::described(FILE, true, told.is_some())];
            }
            button .govuk-button .govuk-button--secondary type="submit" { (words.t("files-upload")) }
        }
        ul #going .files aria-label=(words.t("files-going-list")) {}
    }
}

/// What has come so far, and the form that sends it.
fn listed(sight: &Sight, token: &str, came: &[Evidence], text: &str, wrong: &[Wrong]) -> Markup {
    let words = sight.words;
    let unsent: Vec<_> = came.iter().filter(|one| one.contact.is_none()).collect();
    let kept = unsent.iter().filter(|one| one.state.is_kept());
    let first = kept.clone().next().map(|one| one.id.text()).unwrap_or_default();
    let (label, hint) = (words.t("files-text"), words.t("files-text-hint"));
    html! {
        @if !unsent.is_empty() {
            h2 .govuk-heading-m { (words.t("files-came")) }
            ul .files { @for one in &unsent { (row(sight, token, one)) } }
        }
        @if kept.count() > 0 {
            form #send method="post" action=(sight.paths.files_act(token, FilesAct::Send)) novalidate {
                input type="hidden" name=(FIRST) value=(first);
                (Field { name: TEXT, label: &label, hint: Some(&hint), value: text, kind: "text", autocomplete: "off", lines: 4, list: None, wrong }.draw())
                (parts::button(&words.t("files-send")))
            }
        } @else {
            p .govuk-body { (words.t("files-nothing-yet")) }
        }
    }
}

fn row(sight: &Sight, token: &str, one: &Evidence) -> Markup {
    let words = sight.words;
    let name = if one.name.is_empty() { words.t("written-attached-nameless") } else { one.name.clone() };
    html! {
        li data-upload=[(one.state == EvidenceState::Uploading).then(|| format!("{}/{}", sight.paths.tus(token), one.id))] {
            div {
                strong { bdi { (name) } }
                div .govuk-hint { (told(words, one)) }
            }
            form method="post" action=(sight.paths.files_act(token, FilesAct::Remove)) {
                input type="hidden" name=(FILE) value=(one.id.text());
                button .link type="submit" { (words.t("files-remove")) span .govuk-visually-hidden { " " (name) } }
            }
        }
    }
}

fn told(words: Words, one: &Evidence) -> String {
    let bytes = size(words, one.received);
    match one.state {
        EvidenceState::Uploading => {
            let all = one.declared.map(|declared| size(words, declared)).unwrap_or_default();
            words.with("files-part", [("some", bytes.into()), ("all", all.into())])
        }
        EvidenceState::Refused => match Findings::of(one).concern {
            Some(Concern::Program) => words.t("files-refused"),
            Some(Concern::Empty) => words.t("files-empty"),
            _ => words.t("files-refused-scan"),
        },
        _ => {
            let kind = words.named("evidence-kind", group_of(one.media_type.as_deref().unwrap_or_default()).word());
            words.with("files-kept", [("kind", kind.into()), ("size", bytes.into())])
        }
    }
}

fn about(sight: &Sight) -> Markup {
    let words = sight.words;
    html! {
        h2 .govuk-heading-m { (words.t("files-about")) }
        ul .govuk-list .govuk-list--bullet {
            li { (words.t("files-about-kinds")) }
            li { (words.t("files-about-original")) }
            li { (words.t("files-about-says")) }
            li { (words.t("files-about-day")) }
        }
        p .govuk-body { (words.with("files-about-instead", [("number", sight.number_to_read().into())])) }
    }
}

pub(super) fn done(sight: &Sight, door: Door<'_>, sent: usize) -> Markup {
    let Door { token, reference, follows } = door;
    let (words, title) = (sight.words, sight.words.t("add-done"));
    let content = html! {
        div .govuk-panel .govuk-panel--confirmation {
            h1 .govuk-panel__title { (title) }
            div .govuk-panel__body { (words.with("files-done-count", [("count", sent.into())])) }
        }
        p .govuk-body { (words.with("files-done-next", [("reference", reference.to_string().into())])) }
        @if follows {
            p .govuk-body { a .govuk-link href=(sight.paths.files(token)) { (words.t("files-done-more")) } }
            p .govuk-body { a .govuk-link href=(sight.paths.matter(token)) { (words.t("files-done-follow")) } }
        }
    };
    framed(sight, door, &title, Some(FilesAct::Done), &[], &content)
}

/// The link was used, or its day is over.
pub(super) fn spent(sight: &Sight, door: Door<'_>) -> Markup {
    let (words, title) = (sight.words, sight.words.t("files-spent"));
    let told = [("reference", door.reference.to_string().into()), ("number", sight.number_to_read().into())];
    let content = html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (words.t("files-spent-why")) }
        p .govuk-body { (words.with("files-spent-instead", told)) }
    };
    framed(sight, door, &title, None, &[], &content)
}
