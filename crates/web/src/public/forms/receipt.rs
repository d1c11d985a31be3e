//! The receipt with everything that was answered: for the browser that sent it, which is known by the code in its cookie, and
//! for an hour. Never of what may betray somebody; then, and later, it is given without the answers.

use super::{
    super::{
        Sight,
        receipt::{self, Part},
    },
    said::{heading, said, text},
};
use crate::{app::App, fault::Fault, limits::RECEIPT_ANSWERS_MS};
use axum::response::Response;
use domain::{
    Timestamp,
    form::{Answers, Form},
};
use switchboard::{DraftCode, Followed};

/// What was filed, with the answers and until when they are given; none where they are not (any more).
async fn filed(app: &App, sight: &Sight, form: &Form, code: &DraftCode) -> Result<Option<(Followed, Option<(Answers, Timestamp)>)>, Fault> {
    let filed = app.switchboard().filed_answers(code).await.map_err(Fault::Refused)?;
    Ok(filed.map(|(followed, answers)| {
        let until = until(followed.contact.arrived, sight.now).filter(|_| form.may_be_kept());
        (followed, answers.zip(until))
    }))
}

/// Until when answers are given.
pub(super) async fn answers_until(app: &App, sight: &Sight, form: &Form, code: &DraftCode) -> Result<Option<Timestamp>, Fault> {
    Ok(filed(app, sight, form, code).await?.and_then(|(_, answers)| answers).map(|(_, until)| until))
}

fn until(sent: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let until = sent.plus_ms(RECEIPT_ANSWERS_MS);
    (now < until).then_some(until)
}

/// `GET /…/report/{form}/receipt.pdf`.
pub(super) async fn of_form(app: &App, sight: &Sight, form: &Form, code: &DraftCode) -> Result<Response, Fault> {
    let (followed, answers) = filed(app, sight, form, code).await?.ok_or(Fault::NotFound)?;
    receipt::give(sight, &followed, answers.map(|(answers, _)| parts(sight, form, &answers))).await
}

/// In the order in which it was asked, in the words of the page's language; answers as they were written.
fn parts(sight: &Sight, form: &Form, answers: &Answers) -> Vec<Part> {
    let (words, areas) = (sight.words, &sight.deployment.places.areas);
    let mut parts = Vec::new();
    for page in form.sheet(answers).pages {
        let mut rows: Vec<_> = page
            .rows
            .iter()
            .map(|row| (text(words, &row.question.label).to_owned(), said(words, areas, row.question, row.given)))
            .collect();
        match (heading(words, &page), rows.as_slice()) {
            (Some(heading), _) => parts.push(Part::Heading(heading)),
            // The only question is the heading.
            (None, [_]) => {
                if let Some((question, answer)) = rows.pop() {
                    parts.extend([Part::Heading(question), Part::Text(answer)]);
                }
            }
            (None, _) => {}
        }
        parts.extend(rows.into_iter().map(|(question, answer)| Part::Answer(question, answer)));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_given_for_an_hour() {
        let sent = Timestamp(1_795_968_120_000);
        for (after_ms, given) in [(0, true), (RECEIPT_ANSWERS_MS - 1, true), (RECEIPT_ANSWERS_MS, false), (10 * RECEIPT_ANSWERS_MS, false)]
        {
            assert_eq!(until(sent, sent.plus_ms(after_ms)).is_some(), given, "{after_ms}");
        }
    }
}
