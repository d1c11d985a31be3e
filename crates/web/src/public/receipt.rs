//! The receipt of what somebody sent in, as a file to keep. By the link it tells what the link's page tells, and nothing of
//! what they wrote: a link lies in mails and in browsers that others use. With all answers it is given to the browser that
//! sent them (`forms::receipt`). The link itself stands in no receipt, so that one can be passed on.

use super::{
    Sight, Tongue,
    booking::dates,
    following::{self, form_of},
};
use crate::{app::App, fault::Fault, limits::RECEIPTS_AT_ONCE};
use axum::{
    Extension,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use domain::{Timestamp, contact::Standing};
pub(super) use interop::receipt::Part;
use interop::receipt::{Receipt, Section, write};
use switchboard::Followed;
use tokio::sync::Semaphore;

/// Of all who want one: a long one keeps a processor busy for as long as a page takes.
static TURNS: Semaphore = Semaphore::const_new(RECEIPTS_AT_ONCE);

/// `GET /…/matter/{token}/receipt.pdf`.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    let sight = Sight::of(&app, language);
    let followed = following::known(&app, &token).await?;
    give(&sight, &followed, None).await
}

/// The file, with answers where whoever asks may have them.
pub(super) async fn give(sight: &Sight, followed: &Followed, answers: Option<Vec<Part>>) -> Result<Response, Fault> {
    let receipt = receipt(sight, followed, answers);
    let _turn = TURNS.acquire().await.map_err(|_| Fault::Unavailable)?;
    let written = tokio::task::spawn_blocking(move || write(&receipt)).await.map_err(|_| Fault::Internal)?;
    let file = written.map_err(|fault| {
        tracing::error!(%fault, contact = followed.contact.contact.0, "no receipt");
        Fault::Internal
    })?;
    let disposition = format!("attachment; filename=\"{}\"", sight.paths.receipt_word());
    Ok(([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)], file).into_response())
}

fn receipt(sight: &Sight, followed: &Followed, answers: Option<Vec<Part>>) -> Receipt {
    let words = sight.words;
    // A file is found by others more easily than a page: what may betray somebody is not called by its name there.
    let form = form_of(sight, followed).filter(|form| form.may_be_kept());
    let standing = Standing::of(&followed.contact, followed.promise());
    let after = form.and_then(|form| sight.text(&form.next)).into_iter().chain([following::next(sight, followed, standing)]);
    let ring = words.with("receipt-follow-ring", [("number", sight.number_to_read().into())]);
    let mut follow = vec![words.t("receipt-follow"), ring];
    if answers.is_none() {
        follow.push(words.t("receipt-no-answers"));
    }
    let texts = |texts: Vec<String>| texts.into_iter().map(Part::Text).collect();
    let section = |heading: &str, parts: Vec<Part>| Section { heading: words.t(heading), parts };
    let mut sections = vec![section("form-after", texts(after.collect())), section("receipt-follow-title", texts(follow))];
    sections.extend(answers.map(|answers| section("receipt-answers", answers)));
    Receipt {
        language: words.language,
        authority: sight.authority(),
        title: words.t("receipt-title"),
        about: form.and_then(|form| sight.text(&form.name)),
        reference: (words.t("receipt-reference"), followed.matter.reference.to_string()),
        facts: vec![
            (words.t("follow-came"), moment(sight, followed.contact.arrived)),
            (words.t("receipt-written"), moment(sight, sight.now)),
        ],
        sections,
        replaced: words.t("receipt-replaced"),
        cut: words.t("receipt-cut"),
        written: sight.now,
    }
}

/// With the year: a receipt lies about for long.
fn moment(sight: &Sight, at: Timestamp) -> String {
    let (words, zone) = (sight.words, &sight.deployment.plan.zone);
    let date = at.local(zone).date();
    let day = format!("{} {}", dates::day(words, date), date.year());
    words.with("public-day-and-time", [("day", day.into()), ("time", dates::clock(at, zone).into())])
}
