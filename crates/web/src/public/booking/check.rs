//! Everything once more, with a way to change each answer. What is booked is what was seen here.

use super::{
    super::{
        Sight,
        parts::{self, Row, Wrong},
    },
    Fields, Page, Step,
    core::{self, NotHeld},
    dates,
    drafts::{Draft, Way},
    framed, language, matter, place, time, way,
};
use crate::{app::App, fault::Fault};
use maud::{Markup, html};

/// Which answers were seen.
const SEEN: &str = "seen";

pub(super) fn draw(page: &Page<'_>) -> Markup {
    let words = page.sight.words;
    let title = words.t("booking-check");
    let content = html! {
        h1 #(SEEN) .govuk-heading-l { (title) }
        (time::kept_until(page))
        (parts::rows(words, &rows(page)))
        (parts::form(&html! {
            input type="hidden" name=(SEEN) value=(page.draft.revision);
            p .govuk-body { (words.t("booking-check-about")) }
            (parts::button(&words.t("booking-book")))
        }))
    };
    framed(page, Step::Check, &title, &content)
}

fn rows(page: &Page<'_>) -> Vec<Row> {
    let (sight, words, draft) = (page.sight, page.sight.words, page.draft);
    let row = |key: &str, value: Markup, step: Step| {
        let what = words.t(key);
        Row { change: Some((sight.paths.step(step), what.to_lowercase())), key: what, value }
    };
    let written = |text: &str| html! { @if text.is_empty() { (words.t("booking-nothing")) } @else { bdi { (text) } } };
    let when = draft.held.as_ref().map(|held| dates::day_and_clock(words, held.slot, &sight.deployment.plan.zone)).unwrap_or_default();
    let desk = match &draft.way {
        Some(Way::Visit(desk)) => Some(desk),
        _ => None,
    };
    vec![
        row("booking-row-matter", html! { (matter::said(sight, draft).unwrap_or_default()) }, Step::Matter),
        row("booking-row-about", written(&draft.about), Step::Matter),
        row("booking-row-place", html! { (place::said(sight, draft)) }, Step::Place),
        row("booking-row-language", html! { bdi { (language::said(sight, draft)) } }, Step::Language),
        row("booking-row-needs", written(&draft.needs), Step::Language),
        row("booking-row-way", way::said(sight, desk), Step::Way),
        row("booking-row-time", html! { (when) }, Step::Time),
        row("booking-row-name", written(&draft.name), Step::Contact),
        row("booking-row-number", written(&draft.number), Step::Contact),
        row("booking-row-mail", written(&draft.mail), Step::Contact),
    ]
}

pub(super) async fn take(app: &App, sight: &Sight, fields: &Fields, draft: &mut Draft) -> Result<Vec<Wrong>, Fault> {
    if fields.get(SEEN) != draft.revision.to_string() {
        return Ok(vec![Wrong::new(SEEN, sight.words.t("booking-changed-elsewhere"))]);
    }
    match core::book(app, sight, draft).await? {
        Ok(made) => {
            // What we have is with the booking now.
            *draft = Draft { made: Some(made), safe: true, revision: draft.revision, ..Draft::default() };
            Ok(Vec::new())
        }
        Err(NotHeld::Lost | NotHeld::Taken) => {
            (draft.held, draft.lost) = (None, true);
            Ok(Vec::new())
        }
        Err(refused) => Ok(vec![Wrong::new(SEEN, time::why(sight, &refused))]),
    }
}
