//! What the pages of a form say of signing in: that it can be done, or must, who has, and why somebody who wanted to has not.
//! Where no broker is configured they say nothing of it, whatever the form says.

use super::{
    Place,
    addresses::Hindrance,
    draft::{Draft, Filling},
    other_way,
    said::{self, text},
};
use crate::public::{Sight, booking};
use domain::form::{Form, Given, Kind, Page, Question, SignIn, Way};
use maud::{Markup, html};
use switchboard::SignInBroker;

/// Whether somebody may or must sign in for a form, and by which broker.
pub(super) fn asked<'s>(sight: &'s Sight, form: &Form) -> Option<(SignIn, &'s SignInBroker)> {
    form.sign_in.zip(sight.broker.as_deref())
}

/// Nobody fills it in without having signed in, and this one has not.
pub(super) fn is_missing(sight: &Sight, form: &Form, draft: &Draft) -> bool {
    let needed = asked(sight, form).is_some_and(|(sign_in, _)| sign_in == SignIn::Needed);
    needed && draft.identified.is_none() && draft.made.is_none()
}

/// Before the first question: to sign in, or to go on to `to` by the button `go_on`. `begun`: there are answers already.
pub(super) fn offer(sight: &Sight, form: &Form, begun: Option<&Draft>, (to, go_on): (&str, &str)) -> Markup {
    let words = sight.words;
    let Some((sign_in, broker)) = asked(sight, form).filter(|_| begun.is_none_or(|draft| draft.identified.is_none())) else {
        return onward(to, "", &words.t(go_on));
    };
    html! {
        h2 .govuk-heading-m {
            (words.t(match sign_in { SignIn::Needed => "form-sign-in-first", SignIn::Offered => "form-sign-in-or-not" }))
        }
        p .govuk-body { (words.with("form-sign-in-about", [("way", broker.name().into())])) }
        @if begun.is_some_and(Draft::has_answers) { p .govuk-body { (words.t("form-sign-in-code")) } }
        (leave(sight, form, broker))
        @match sign_in {
            SignIn::Offered => (onward(to, " govuk-button--secondary", &words.t("form-sign-in-without"))),
            SignIn::Needed => (otherwise(sight)),
        }
    }
}

fn onward(to: &str, class: &str, said: &str) -> Markup {
    html! { p { a class={ "govuk-button" (class) } href=(to) role="button" draggable="false" { (said) } } }
}

/// The way to the broker: a link, because browsers hold what a form leads on to against the policy of the page, and a broker
/// leads on to others that we do not know.
fn leave(sight: &Sight, form: &Form, broker: &SignInBroker) -> Markup {
    let said = sight.words.with("form-sign-in", [("way", broker.name().into())]);
    html! {
        p { a .govuk-button href=(sight.paths.place(form, &Place::SignIn)) rel="nofollow" role="button" draggable="false" { (said) } }
    }
}

/// The way on of those who cannot sign in where they must.
fn otherwise(sight: &Sight) -> Markup {
    html! {
        p .govuk-body { (sight.words.t("form-sign-in-needed")) }
        ul .govuk-list .govuk-list--bullet {
            li { (other_way::way(sight, &Way::Ring)) }
            @if booking::offered(&sight.deployment) { li { (other_way::way(sight, &Way::Book)) } }
        }
    }
}

/// On every page of whoever has signed in: that they have, and how that is taken back. Without their name: others may look on.
pub(super) fn standing(sight: &Sight, form: &Form, draft: &Draft) -> Markup {
    html! {
        @if let Some(identified) = &draft.identified {
            form .forget method="post" action=(sight.paths.place(form, &Place::SignOut)) {
                p .govuk-body {
                    (sight.words.with("form-signed-in", [("way", identified.way.clone().into())])) " "
                    button type="submit" { (sight.words.t("form-sign-out")) }
                }
            }
        }
    }
}

/// What is known without being asked, above what is asked on a page.
pub(super) fn known(filling: &Filling<'_>, page: &Page) -> Markup {
    let words = filling.sight.words;
    let Some(identified) = &filling.draft.identified else { return Markup::default() };
    let areas = &filling.sight.deployment.places.areas;
    let answered = |question| Some((question, identified.answer(page, question)?));
    let known: Vec<(&Question, Given)> = page.questions.iter().filter_map(answered).collect();
    html! {
        @if !known.is_empty() {
            p .govuk-body { (words.with("form-known", [("way", identified.way.clone().into())])) }
            dl .govuk-summary-list {
                @for (question, given) in &known {
                    div .govuk-summary-list__row {
                        dt .govuk-summary-list__key { (text(words, &question.label)) }
                        dd .govuk-summary-list__value .number[question.kind == Kind::Identity] {
                            bdi { (said::said(words, areas, question, given)) }
                        }
                    }
                }
            }
        }
    }
}

/// Somebody wanted to sign in and is not. What they have answered is where it was.
pub(super) fn hindered(filling: &Filling<'_>, hindrance: Hindrance) -> Option<Markup> {
    let (sight, words, form) = (filling.sight, filling.sight.words, filling.form);
    let (sign_in, broker) = asked(sight, form)?;
    let way = || [("way", broker.name().to_owned().into())];
    let (title, about) = match hindrance {
        Hindrance::Cancelled => (words.t("form-sign-in-cancelled"), words.t("form-sign-in-cancelled-about")),
        Hindrance::NoAnswer => (words.with("form-sign-in-no-answer", way()), words.t("form-sign-in-no-answer-about")),
        Hindrance::Failed => (words.t("form-sign-in-failed"), words.t("form-sign-in-failed-about")),
    };
    let next = sight.paths.place(form, &filling.next());
    let content = html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (about) }
        @if filling.draft.has_answers() { p .govuk-body { (words.t("form-sign-in-nothing-lost")) } }
        (leave(sight, form, broker))
        @match sign_in {
            SignIn::Needed => (otherwise(sight)),
            SignIn::Offered => (onward(&next, " govuk-button--secondary", &words.t("form-sign-in-without"))),
        }
    };
    let back = Some(sight.paths.form(form));
    Some(filling.framed(&Place::NotSignedIn(hindrance), &title, back, &[], &content))
}
