//! Who, and where we reach them: a name that may be left empty, a number that we may ring, an address for mail.

use super::{
    super::{
        Sight,
        parts::{self, Field, Wrong, too_long},
    },
    Fields, Page, Step,
    drafts::{Draft, Way},
    framed, time,
    written::{self, MAIL_CHARS_MAX, NAME_CHARS_MAX, NUMBER_CHARS_MAX},
};
use maud::{Markup, html};

const NAME: &str = "name";
const NUMBER: &str = "number";
const MAIL: &str = "mail";

pub(super) fn draw(page: &Page<'_>) -> Markup {
    let (words, draft) = (page.sight.words, page.draft);
    let title = words.t("booking-contact");
    let (name, name_hint) = (words.t("booking-name"), words.t("booking-name-hint"));
    let by_call = draft.way == Some(Way::Call);
    let number = words.t("booking-number");
    let number_hint = words.t(if by_call { "booking-number-hint" } else { "booking-number-visit-hint" });
    let (mail, mail_hint) = (words.t("booking-mail"), words.t("booking-mail-hint"));
    let field = |name, label, hint, value, kind, autocomplete| Field {
        name,
        label,
        hint: Some(hint),
        value,
        kind,
        autocomplete,
        lines: 1,
        list: None,
        wrong: page.wrong,
    };
    let content = html! {
        h1 .govuk-heading-l { (title) }
        (time::kept_until(page))
        (parts::form(&html! {
            (field(NAME, name.as_str(), name_hint.as_str(), draft.name.as_str(), "text", "name").draw())
            (field(NUMBER, &number, &number_hint, &draft.number, "tel", "tel").draw())
            (field(MAIL, &mail, &mail_hint, &draft.mail, "email", "email").draw())
            (parts::button(&words.t("public-go-on")))
        }))
    };
    framed(page, Step::Contact, &title, &content)
}

pub(super) fn take(sight: &Sight, fields: &Fields, draft: &mut Draft) -> Vec<Wrong> {
    let words = sight.words;
    draft.name = written::line(fields.get(NAME));
    draft.number = written::line(fields.get(NUMBER));
    draft.mail = written::line(fields.get(MAIL));
    let by_call = draft.way == Some(Way::Call);
    let mut wrong: Vec<Wrong> = too_long(sight, NAME, &draft.name, NAME_CHARS_MAX).into_iter().collect();
    if let Some(long) = too_long(sight, NUMBER, &draft.number, NUMBER_CHARS_MAX) {
        wrong.push(long);
    } else if draft.number.is_empty() && by_call {
        wrong.push(Wrong::new(NUMBER, words.t("booking-number-wrong")));
    } else if draft.number.is_empty() && draft.mail.is_empty() {
        wrong.push(Wrong::new(NUMBER, words.t("booking-number-or-mail")));
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
