//! The pages of an addition, and what each takes from its form.

use super::{
    super::{
        Sight,
        fields::Fields,
        frame::Frame,
        parts::{self, Field, Row, Wrong, too_long},
        paths::Paths,
        written::{self, MAIL_CHARS_MAX, NUMBER_CHARS_MAX},
    },
    Draft, Step,
};
use domain::{
    contact::{Reference, ReferenceError},
    intent::Language,
};
use maud::{Markup, html};

/// What one form carries, however its signs are escaped on the way; a mail may be longer.
const TEXT_CHARS_MAX: usize = 4_000;
const MATTER_CHARS_MAX: usize = 40;
const MATTER: &str = "matter";
const UNKNOWN: &str = "unknown";
const TEXT: &str = "text";
const NUMBER: &str = "number";
const MAIL: &str = "mail";
/// Which answers were seen.
pub(super) const SEEN: &str = "seen";

pub(super) fn elsewhere(step: Step) -> Vec<(Language, String)> {
    Language::ALL.iter().map(|language| (*language, Paths::of(*language).adding(step))).collect()
}

pub(super) fn draw(sight: &Sight, step: Step, draft: &Draft, wrong: &[Wrong]) -> Markup {
    let words = sight.words;
    let title = words.t(match step {
        Step::Matter => "add-matter",
        Step::Text => "add-text",
        Step::Contact => "add-contact",
        Step::Check => "add-check",
        Step::Done | Step::Forget => "add-done",
    });
    let content = match step {
        Step::Matter => matter(sight, draft, wrong, &title),
        Step::Text => text(sight, draft, wrong, &title),
        Step::Contact => contact(sight, draft, wrong, &title),
        Step::Check => check(sight, draft, &title),
        Step::Done | Step::Forget => done(sight, draft, &title),
    };
    let back = match step {
        Step::Matter => Some(sight.paths.add()),
        Step::Text => Some(sight.paths.adding(Step::Matter)),
        Step::Contact => Some(sight.paths.adding(Step::Text)),
        Step::Check => Some(sight.paths.adding(Step::Contact)),
        Step::Done | Step::Forget => None,
    };
    let whole = html! {
        (parts::summary(words, wrong))
        (content)
        @if step != Step::Matter {
            form .forget method="post" action=(sight.paths.adding(Step::Forget)) {
                button type="submit" { (words.t(if step == Step::Done { "add-forget-done" } else { "booking-forget" })) }
            }
        }
    };
    Frame { sight, title: &title, elsewhere: Paths::start, back, wrong: !wrong.is_empty() }.page_with(&elsewhere(step), &whole)
}

/// Keeps what fits, and says what does not.
pub(super) fn take(sight: &Sight, step: Step, fields: &Fields, draft: &mut Draft) -> Vec<Wrong> {
    match step {
        Step::Matter => take_matter(sight, fields, draft),
        Step::Text => take_text(sight, fields, draft),
        Step::Contact => take_contact(sight, fields, draft),
        Step::Check | Step::Done | Step::Forget => Vec::new(),
    }
}

fn field<'a>(name: &'static str, label: &'a str, hint: &'a str, value: &'a str, wrong: &'a [Wrong]) -> Field<'a> {
    Field { name, label, hint: Some(hint), value, kind: "text", autocomplete: "off", lines: 1, list: None, wrong }
}

fn matter(sight: &Sight, draft: &Draft, wrong: &[Wrong], title: &str) -> Markup {
    let words = sight.words;
    let (label, hint) = (words.t("add-matter-label"), words.t("add-matter-hint"));
    html! {
        h1 .govuk-heading-l { (title) }
        (parts::form(&html! {
            (field(MATTER, &label, &hint, &draft.matter, wrong).draw())
            (parts::tick(UNKNOWN, &words.t("add-matter-unknown"), draft.unknown))
            (parts::button(&words.t("public-go-on")))
        }))
    }
}

fn take_matter(sight: &Sight, fields: &Fields, draft: &mut Draft) -> Vec<Wrong> {
    let words = sight.words;
    draft.matter = written::line(fields.get(MATTER));
    draft.unknown = fields.get(UNKNOWN) == "yes";
    (draft.reference, draft.named) = (None, false);
    if let Some(long) = too_long(sight, MATTER, &draft.matter, MATTER_CHARS_MAX) {
        return vec![long];
    }
    match (draft.matter.is_empty(), draft.unknown) {
        (true, true) => draft.named = true,
        (true, false) => return vec![Wrong::new(MATTER, words.t("add-matter-empty"))],
        (false, _) => match draft.matter.parse::<Reference>() {
            Ok(reference) => (draft.reference, draft.named) = (Some(reference), true),
            Err(ReferenceError::NotEightDigits) => return vec![Wrong::new(MATTER, words.t("add-matter-digits"))],
            Err(ReferenceError::CheckDigit) => return vec![Wrong::new(MATTER, words.t("add-matter-wrong"))],
        },
    }
    Vec::new()
}

fn text(sight: &Sight, draft: &Draft, wrong: &[Wrong], title: &str) -> Markup {
    let words = sight.words;
    let (label, hint) = (words.t("add-text-label"), words.t("add-text-hint"));
    html! {
        h1 .govuk-heading-l { (title) }
        (parts::form(&html! {
            (Field { lines: 8, ..field(TEXT, &label, &hint, &draft.text, wrong) }.draw())
            (parts::button(&words.t("public-go-on")))
        }))
    }
}

fn take_text(sight: &Sight, fields: &Fields, draft: &mut Draft) -> Vec<Wrong> {
    draft.text = written::lines(fields.get(TEXT));
    let mut wrong: Vec<Wrong> = too_long(sight, TEXT, &draft.text, TEXT_CHARS_MAX).into_iter().collect();
    if draft.text.is_empty() {
        wrong.push(Wrong::new(TEXT, sight.words.t("add-text-empty")));
    }
    draft.told = wrong.is_empty();
    wrong
}

fn contact(sight: &Sight, draft: &Draft, wrong: &[Wrong], title: &str) -> Markup {
    let words = sight.words;
    let (number, number_hint) = (words.t("booking-number"), words.t("add-number-hint"));
    let (mail, mail_hint) = (words.t("booking-mail"), words.t("add-mail-hint"));
    html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (words.t("add-contact-about")) }
        div .govuk-inset-text { (words.t("add-contact-safe")) }
        (parts::form(&html! {
            (Field { kind: "tel", autocomplete: "tel", ..field(NUMBER, &number, &number_hint, &draft.number, wrong) }.draw())
            (Field { kind: "email", autocomplete: "email", ..field(MAIL, &mail, &mail_hint, &draft.mail, wrong) }.draw())
            (parts::button(&words.t("public-go-on")))
        }))
    }
}

fn take_contact(sight: &Sight, fields: &Fields, draft: &mut Draft) -> Vec<Wrong> {
    let words = sight.words;
    draft.number = written::line(fields.get(NUMBER));
    draft.mail = written::line(fields.get(MAIL));
    let mut wrong = Vec::new();
    if let Some(long) = too_long(sight, NUMBER, &draft.number, NUMBER_CHARS_MAX) {
        wrong.push(long);
    } else if !draft.number.is_empty() && sight.dialled(&draft.number).is_none() {
        wrong.push(Wrong::new(NUMBER, words.t("booking-number-not-rung")));
    }
    if let Some(long) = too_long(sight, MAIL, &draft.mail, MAIL_CHARS_MAX) {
        wrong.push(long);
    } else if !draft.mail.is_empty() && !written::is_mail(&draft.mail) {
        wrong.push(Wrong::new(MAIL, words.t("booking-mail-wrong")));
    }
    draft.reachable = wrong.is_empty();
    wrong
}

fn check(sight: &Sight, draft: &Draft, title: &str) -> Markup {
    let words = sight.words;
    let row = |key: &str, value: Markup, step: Step| {
        let what = words.t(key);
        Row { change: Some((sight.paths.adding(step), what.to_lowercase())), key: what, value }
    };
    let written = |text: &str| html! { @if text.is_empty() { (words.t("booking-nothing")) } @else { bdi { (text) } } };
    let reference = draft.reference.map(|reference| reference.to_string()).unwrap_or_default();
    let rows = [
        row("add-matter-label", written(&reference), Step::Matter),
        row("add-text-label", html! { @for line in draft.text.lines() { bdi { (line) } br; } }, Step::Text),
        row("booking-row-number", written(&draft.number), Step::Contact),
        row("booking-row-mail", written(&draft.mail), Step::Contact),
    ];
    html! {
        h1 #(SEEN) .govuk-heading-l { (title) }
        (parts::rows(words, &rows))
        (parts::form(&html! {
            input type="hidden" name=(SEEN) value=(draft.revision);
            (parts::button(&words.t("add-send")))
        }))
    }
}

fn done(sight: &Sight, draft: &Draft, title: &str) -> Markup {
    let words = sight.words;
    let reference = draft.made.and_then(|made| made.reference);
    html! {
        div .govuk-panel .govuk-panel--confirmation {
            h1 .govuk-panel__title { (title) }
            @if let Some(reference) = reference {
                @let digits = reference.digits().chars().map(String::from).collect::<Vec<_>>().join(" ");
                div .govuk-panel__body {
                    p .reference-label { (words.t("add-done-number")) }
                    strong .reference aria-hidden="true" { (reference) }
                    span .govuk-visually-hidden { (digits) }
                }
            }
        }
        h2 .govuk-heading-m { (words.t("booking-next")) }
        p .govuk-body { (words.t("add-done-next")) }
        p .govuk-body { (words.t("add-done-reach")) }
        p .govuk-body { (words.with("add-done-more", [("number", sight.number_to_read().into())])) }
        p .govuk-body { a .govuk-link href=(sight.paths.adding(Step::Matter)) { (words.t("add-done-again")) } }
    }
}
