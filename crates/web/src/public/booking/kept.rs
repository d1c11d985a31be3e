//! A booking that is there, by the link that its citizen got: its time, another time, and taking it back. Fetching an
//! address changes nothing, because programs that look through mail fetch what they find. A link that we do not know is
//! answered like any address that is not there.

use super::{
    super::{
        Sight, Tongue,
        frame::Frame,
        parts::{self, Row, Wrong, refused},
        paths::{Act, Paths},
    },
    Asked, Fields, appointment,
    core::{self, Booked, Moved},
    dates, fields,
    time::{self, Days},
    way,
};
use crate::{address::Address, app::App, fault::Fault};
use axum::{
    Extension, Form,
    extract::{Path, Query, State, rejection::FormRejection},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use domain::intent::Language;
use maud::{Markup, html};

/// Tokens are so long at least, so that no step is taken for one, and at most.
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 16..=64;

/// Whether this part of an address may be the token of a booking.
pub(crate) fn may_be_token(part: &str) -> bool {
    TOKEN_CHARS.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whether a part of an address may have a token in it.
pub(crate) fn may_hold_token(part: &str) -> bool {
    part.len() >= *TOKEN_CHARS.start()
}

async fn known(app: &App, token: &str) -> Result<Booked, Fault> {
    if !may_be_token(token) {
        return Err(Fault::NotFound);
    }
    core::booking(app, token).await?.ok_or(Fault::NotFound)
}

/// `GET /…/book/{token}`.
pub(super) async fn show(sight: &Sight, app: &App, token: &str) -> Result<Response, Fault> {
    let booked = known(app, token).await?;
    let (words, paths) = (sight.words, sight.paths);
    let title = words.t(if booked.open { "booked-time-title" } else { "booked-over" });
    let content = html! {
        h1 .govuk-heading-l { (title) }
        @if booked.open {
            (next(sight, &booked))
        } @else {
            p .govuk-body { (words.named("booked-state", booked.state)) }
        }
        (parts::rows(words, &rows(sight, &booked)))
        @if booked.open && booked.slot > sight.now {
            p { a .govuk-button href=(paths.act(token, Act::Move)) role="button" draggable="false" { (words.t("booked-move")) } }
            p .govuk-body { a .govuk-link href=(paths.act(token, Act::Cancel)) { (words.t("booked-cancel")) } }
        }
        p .govuk-body { a .govuk-link href=(paths.act(token, Act::Calendar)) download { (words.t("booking-calendar")) } }
        @if !booked.open { p .govuk-body { a .govuk-link href=(paths.book()) { (words.t("booked-anew")) } } }
    };
    Ok(framed(sight, token, None, &title, &[], &content).into_response())
}

/// `GET /…/book/{token}/{act}`.
pub(crate) async fn show_act(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path((token, act)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let act = sight.paths.act_of(&act).ok_or(Fault::NotFound)?;
    let booked = known(&app, &token).await?;
    match act {
        Act::Calendar => Ok(calendar(&app, &sight, &booked)),
        _ if !booked.open || booked.slot <= sight.now => Ok(Redirect::to(&sight.paths.booking(&token)).into_response()),
        Act::Move => Ok(moving(&app, &sight, &token, &booked, &asked.day, &[]).into_response()),
        Act::Cancel => Ok(cancelling(&sight, &token, &booked).into_response()),
    }
}

/// `POST /…/book/{token}/{act}`.
pub(crate) async fn take_act(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path((token, act)): Path<(String, String)>,
    address: Address,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let act = sight.paths.act_of(&act).ok_or(Fault::NotFound)?;
    let booked = known(&app, &token).await?;
    let Form(pairs) = form.map_err(|rejection| fields::unreadable(&rejection))?;
    let fields = Fields::new(pairs);
    let back = || Redirect::to(&sight.paths.booking(&token)).into_response();
    match act {
        Act::Calendar => Err(Fault::MethodNotAllowed),
        Act::Cancel => {
            // Taken back already, or over: the page says what it is now.
            if booked.open {
                core::cancel(&app, &token).await?;
            }
            Ok(back())
        }
        Act::Move => {
            let Some(slot) = time::slot(&fields) else {
                let wrong = [Wrong::new(time::FIELD, sight.words.t("booking-time-wrong"))];
                return Ok(refused(moving(&app, &sight, &token, &booked, fields.get("day"), &wrong)));
            };
            match core::shift(&app, &sight, &token, &booked, slot, address).await? {
                Moved::Done | Moved::Over => Ok(back()),
                Moved::Not(why) => {
                    let wrong = [Wrong::new(time::FIELD, time::why(&sight, &why))];
                    Ok(refused(moving(&app, &sight, &token, &booked, fields.get("day"), &wrong)))
                }
            }
        }
    }
}

fn moving(app: &App, sight: &Sight, token: &str, booked: &Booked, day: &str, wrong: &[Wrong]) -> Markup {
    let words = sight.words;
    let title = words.t("booked-move");
    let days = Days::of(sight, core::free_for(app, &booked.wishes()));
    let address = sight.paths.act(token, Act::Move);
    let content = html! {
        (parts::summary(words, wrong))
        div .govuk-inset-text {
            (words.with("booked-now", [("when", dates::day_and_clock(words, booked.slot, &sight.deployment.plan.zone).into())]))
        }
        (time::choice(sight, &days, day, &address, wrong, &title))
    };
    framed(sight, token, Some(Act::Move), &title, wrong, &content)
}

fn cancelling(sight: &Sight, token: &str, booked: &Booked) -> Markup {
    let words = sight.words;
    let title = words.t("booked-cancel-title");
    let content = html! {
        h1 .govuk-heading-l { (title) }
        (parts::rows(words, &rows(sight, booked)))
        p .govuk-body { (words.t("booked-cancel-about")) }
        (parts::form(&html! { button .govuk-button .govuk-button--warning type="submit" { (words.t("booked-cancel-button")) } }))
        p .govuk-body { a .govuk-link href=(sight.paths.booking(token)) { (words.t("booked-cancel-not")) } }
    };
    framed(sight, token, Some(Act::Cancel), &title, &[], &content)
}

fn framed(sight: &Sight, token: &str, act: Option<Act>, title: &str, wrong: &[Wrong], content: &Markup) -> Markup {
    let of = |paths: Paths| act.map_or_else(|| paths.booking(token), |act| paths.act(token, act));
    let others: Vec<_> = Language::ALL.iter().map(|language| (*language, of(Paths::of(*language)))).collect();
    let back = act.map(|_| sight.paths.booking(token));
    Frame { sight, title, elsewhere: Paths::start, back, wrong: !wrong.is_empty() }.page_with(&others, content)
}

/// What happens when the time comes.
pub(super) fn next(sight: &Sight, booked: &Booked) -> Markup {
    let (words, zone) = (sight.words, &sight.deployment.plan.zone);
    let (from, to) = (dates::clock(booked.slot, zone), dates::clock(booked.ends, zone));
    let day = dates::day(words, booked.slot.local(zone).date());
    let blanks = [("day", day.into()), ("from", from.into()), ("to", to.into())];
    html! {
        @if booked.desk.is_some() {
            p .govuk-body { (words.with("booking-next-visit", blanks)) }
            p .govuk-body { (words.t("booking-next-visit-missed")) }
        } @else {
            p .govuk-body { (words.with("booking-next-call", blanks)) }
            p .govuk-body { (words.t("booking-next-call-missed")) }
        }
    }
}

/// What there is to say of it; nothing of the person, whoever holds the link.
pub(super) fn rows(sight: &Sight, booked: &Booked) -> Vec<Row> {
    let words = sight.words;
    let row = |key: &str, value: Markup| Row { key: words.t(key), value, change: None };
    let class = sight.deployment.plan.classes.iter().find(|class| class.id == booked.class);
    let class = class.and_then(|class| sight.text(&class.name)).unwrap_or_default();
    vec![
        row("booking-row-time", html! { (dates::day_and_clock(words, booked.slot, &sight.deployment.plan.zone)) }),
        row("booking-row-matter", html! { (class) }),
        row("booking-row-way", way::said(sight, booked.desk.as_ref())),
        row("booking-reference", html! { span .number { (booked.reference) } }),
    ]
}

fn calendar(app: &App, sight: &Sight, booked: &Booked) -> Response {
    let uid = app.switchboard().store().appointment_uid(booked.record.booking);
    let file = appointment::file(&sight.deployment.plan, &booked.record, sight.words.language, &uid, sight.now);
    let disposition = format!("attachment; filename=\"{}\"", file.name);
    ([(header::CONTENT_TYPE, file.media_type), (header::CONTENT_DISPOSITION, disposition)], file.body).into_response()
}
