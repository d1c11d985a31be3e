//! Files as a form brings them, one after the other, none of them whole in memory. One that breaks off is gone: a form
//! cannot go on. The others stay.

use super::{FILE, Visit, page, refused, turn};
use crate::{
    address::Address,
    app::App,
    fault::{Fault, NoEvidence},
    public::{Sight, Tongue, parts::Wrong},
    words::Words,
};
use axum::{
    Extension,
    extract::{
        Multipart, Path, State,
        multipart::{Field, MultipartRejection},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use storage::{EvidenceError, VISIT_FILES_MAX};

/// What became of one file.
enum Came {
    Whole,
    /// Nothing was chosen.
    Nothing,
    Not(String),
}

/// `POST /…/matter/{token}/files`.
pub(super) async fn take(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(token): Path<String>,
    address: Address,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let visit = Visit::of(&app, &token, &headers).await?;
    let sight = Sight::of(&app, language);
    let mut form = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let (mut wrong, mut whole) = (Vec::new(), 0);
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                wrong.push(Wrong::new(FILE, sight.words.t("files-too-large")));
                break;
            }
            Err(_) => return Err(Fault::Unreadable(String::new())),
        };
        if field.name() != Some(FILE) {
            continue;
        }
        if whole + wrong.len() >= VISIT_FILES_MAX {
            wrong.push(Wrong::new(FILE, sight.words.t("files-full")));
            break;
        }
        match take_one(&app, &sight, &visit, address, field).await? {
            Came::Whole => whole += 1,
            Came::Nothing => {}
            Came::Not(why) => wrong.push(Wrong::new(FILE, why)),
        }
    }
    if whole == 0 && wrong.is_empty() {
        wrong.push(Wrong::new(FILE, sight.words.t("files-none-wrong")));
    }
    let response = if wrong.is_empty() {
        Redirect::to(&sight.paths.files(&token)).into_response()
    } else {
        refused(page::draw(&sight, visit.door(), &visit.came(&app).await?, "", &wrong))
    };
    Ok(visit.remembered(&app, response))
}

async fn take_one(app: &App, sight: &Sight, visit: &Visit, address: Address, mut field: Field<'_>) -> Result<Came, Fault> {
    let (words, name) = (sight.words, field.file_name().unwrap_or_default().to_owned());
    let mut next = field.chunk().await;
    while matches!(&next, Ok(Some(bytes)) if bytes.is_empty()) {
        next = field.chunk().await;
    }
    if matches!(&next, Ok(None)) {
        return Ok(if name.is_empty() { Came::Nothing } else { Came::Not(words.t("files-empty")) });
    }
    if let Err(told) = turn(app, sight, address) {
        return Ok(Came::Not(told));
    }
    let (matter, digest) = (visit.matter(), visit.digest());
    let begun = match app.switchboard().begin_evidence(matter, &digest, &name, None).await {
        Ok(begun) => begun,
        Err(error) => return not(words, error),
    };
    let mut upload = app.switchboard().go_on_with_evidence((matter, &digest), &begun.id, 0).await?;
    let failed = loop {
        match next {
            Ok(Some(bytes)) => {
                if let Err(error) = upload.take(&bytes).await {
                    break Some(not(words, error));
                }
                next = field.chunk().await;
            }
            Ok(None) => break None,
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => break Some(Ok(Came::Not(words.t("files-too-large")))),
            Err(_) => break Some(Err(Fault::Unreadable(String::new()))),
        }
    };
    if let Some(failed) = failed {
        drop(upload);
        app.switchboard().take_back_evidence(&begun).await?;
        return failed;
    }
    upload.finish_whole().await?;
    Ok(Came::Whole)
}

fn not(words: Words, error: EvidenceError) -> Result<Came, Fault> {
    match Fault::from(error) {
        Fault::TooLarge => Ok(Came::Not(words.t("files-too-large"))),
        Fault::Evidence(NoEvidence::Full) => Ok(Came::Not(words.t("files-full"))),
        fault => Err(fault),
    }
}
