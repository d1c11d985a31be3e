//! How it was to turn to us, for whoever was asked and holds the link: three questions, a field for their own words, and
//! thanks. Nothing of the matter and nothing of the person stands here.

use super::{
    Sight, Tongue,
    booking::kept::may_be_token,
    fields::{self, Fields},
    frame::Frame,
    parts::{self, Choice, Field, Question, Wrong, refused, too_long},
    paths::Paths,
    written,
};
use crate::{
    address::{Address, network},
    app::App,
    fault::Fault,
};
use axum::{
    Extension, Form,
    extract::{Path, Query, State, rejection::FormRejection},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    intent::Language,
    survey::{Aspect, Opinion, Rating},
};
use maud::{Markup, html};
use serde::Deserialize;
use std::time::Instant;
use switchboard::{OPINION_CHARS_MAX, OwnWords, SurveyFile, Told};

const WORDS: &str = "words";
/// Beside the ratings: nothing is said about this.
const NO_OPINION: &str = "none";
/// The best first.
const OFFERED: [Rating; 5] = [Rating::VeryGood, Rating::Good, Rating::Neither, Rating::Bad, Rating::VeryBad];

/// What an address may ask of the page.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// Something was just sent.
    #[serde(default)]
    sent: u8,
}

async fn known(app: &App, token: &str) -> Result<SurveyFile, Fault> {
    if !may_be_token(token) {
        return Err(Fault::NotFound);
    }
    app.switchboard().survey(token).await.map_err(|_| Fault::NotRead)?.ok_or(Fault::NotFound)
}

/// `GET /…/opinion/{token}`.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let file = known(&app, &token).await?;
    if asked.sent > 0 && file.record.answered.is_some() {
        return Ok(told(&sight, &token, "survey-thanks", "survey-thanks-about").into_response());
    }
    Ok(match app.switchboard().survey_closes(&file).is_some_and(|closes| sight.now < closes) {
        true => questions(&sight, &token, &Fields::new(Vec::new()), &[]).into_response(),
        false => told(&sight, &token, "survey-over", "survey-over-about").into_response(),
    })
}

/// `POST /…/opinion/{token}`.
pub(crate) async fn take(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(token): Path<String>,
    address: Address,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    known(&app, &token).await?;
    let Form(pairs) = form.map_err(|rejection| fields::unreadable(&rejection))?;
    let fields = Fields::new(pairs);
    let (opinion, text) = (opinion_of(&fields)?, written::lines(fields.get(WORDS)));
    let wrong = match too_long(&sight, WORDS, &text, OPINION_CHARS_MAX) {
        None if opinion == Opinion::default() && text.is_empty() => {
            Some(Wrong::new(Aspect::Treatment.word(), sight.words.t("survey-nothing-said")))
        }
        None => app.added().take(network(address.0), Instant::now()).err().map(|wait| Wrong::new(WORDS, sight.too_often(wait))),
        wrong => wrong,
    };
    if let Some(wrong) = wrong {
        return Ok(refused(questions(&sight, &token, &fields, &[wrong])));
    }
    let words = OwnWords::read(&text).ok_or(Fault::WrongShape)?;
    Ok(match app.switchboard().give_opinion(&token, opinion, words).await? {
        Told::Taken => Redirect::to(&format!("{}?sent=1", sight.paths.survey(&token))).into_response(),
        Told::TooLate => told(&sight, &token, "survey-over", "survey-over-about").into_response(),
        Told::Unknown => return Err(Fault::NotFound),
    })
}

/// # Errors
/// [`Fault::Unreadable`] of what no page offers.
fn opinion_of(fields: &Fields) -> Result<Opinion, Fault> {
    let about = |aspect: Aspect| match fields.get(aspect.word()) {
        "" | NO_OPINION => Ok(None),
        word => Rating::from_word(word).map(Some).ok_or_else(|| Fault::Unreadable(aspect.word().to_owned())),
    };
    Ok(Opinion { treatment: about(Aspect::Treatment)?, handling: about(Aspect::Handling)?, accessibility: about(Aspect::Accessibility)? })
}

fn questions(sight: &Sight, token: &str, fields: &Fields, wrong: &[Wrong]) -> Markup {
    let words = sight.words;
    let title = words.t("survey-title");
    let choices = |aspect: Aspect| {
        let chosen = fields.get(aspect.word());
        let choice =
            |value: &str, label: String| Choice { value: value.to_owned(), label: html! { (label) }, hint: None, chosen: value == chosen };
        let ratings = OFFERED.iter().map(|rating| choice(rating.word(), words.named("survey-rating", rating.word())));
        ratings.chain([choice(NO_OPINION, words.t("survey-no-opinion"))]).collect::<Vec<_>>()
    };
    let content = html! {
        (parts::summary(words, wrong))
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (words.t("survey-about")) }
        (parts::form(&html! {
            @for aspect in Aspect::ALL {
                @let legend = words.named("survey-question", aspect.word());
                (Question { name: aspect.word(), legend: &legend, heading: false, hint: None, wrong }.draw(&choices(*aspect), false))
            }
            @let (label, hint) = (words.t("survey-own-words"), words.t("survey-own-words-hint"));
            (Field {
                name: WORDS, label: &label, hint: Some(&hint), value: fields.get(WORDS), kind: "text", autocomplete: "off", lines: 5, list: None, wrong,
            }.draw())
            (parts::button(&words.t("survey-send")))
        }))
    };
    page(sight, token, &title, &content, !wrong.is_empty())
}

fn told(sight: &Sight, token: &str, title: &str, about: &str) -> Markup {
    let title = sight.words.t(title);
    let content = html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (sight.words.t(about)) }
        p .govuk-body { a .govuk-link href=(sight.paths.start()) { (sight.words.t("public-to-start")) } }
    };
    page(sight, token, &title, &content, false)
}

fn page(sight: &Sight, token: &str, title: &str, content: &Markup, wrong: bool) -> Markup {
    let others: Vec<_> = Language::ALL.iter().map(|language| (*language, Paths::of(*language).survey(token))).collect();
    Frame { sight, title, elsewhere: Paths::start, back: None, wrong }.page_with(&others, content)
}
