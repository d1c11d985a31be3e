//! Uploads that go on after a lost connection: tus 1.0.0, its core with creation and termination. Only the browser that
//! began one goes on with it, under the link of the same matter.

use super::{Visit, turn};
use crate::{
    address::Address,
    app::App,
    fault::{Fault, NoEvidence, SaysItself},
    public::{Sight, Tongue},
};
use axum::{
    Extension,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use storage::{EVIDENCE_BYTES_MAX, Evidence, EvidenceError, EvidenceId};
use switchboard::Upload;
use tokio_stream::StreamExt;

const VERSION: &str = "1.0.0";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const BYTES: &str = "application/offset+octet-stream";

/// An answer of the protocol, in which a status says all.
fn answer(status: StatusCode, headers: &[(HeaderName, String)]) -> Response {
    let mut response = (status, Extension(SaysItself)).into_response();
    let all = response.headers_mut();
    all.insert(RESUMABLE, HeaderValue::from_static(VERSION));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            all.insert(name, value);
        }
    }
    response
}

fn refusal(fault: Fault) -> Response {
    let status = match fault {
        Fault::Evidence(NoEvidence::Full) => StatusCode::FORBIDDEN,
        other => other.status(),
    };
    answer(status, &[])
}

fn of_error(error: EvidenceError) -> Response {
    match error {
        EvidenceError::WrongOffset { at } => answer(StatusCode::CONFLICT, &[(OFFSET, at.to_string())]),
        other => refusal(other.into()),
    }
}

/// Another version of the protocol is not spoken.
fn speaks(headers: &HeaderMap) -> bool {
    headers.get(RESUMABLE).is_some_and(|version| version == VERSION)
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// `OPTIONS /…/files/tus`.
pub(super) async fn what(State(app): State<App>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    if let Err(fault) = Visit::of(&app, &token, &headers).await {
        return refusal(fault);
    }
    let named = |name: &'static str, value: &str| (HeaderName::from_static(name), value.to_owned());
    let told = [
        named("tus-version", VERSION),
        named("tus-extension", "creation,termination"),
        named("tus-max-size", &EVIDENCE_BYTES_MAX.to_string()),
    ];
    answer(StatusCode::NO_CONTENT, &told)
}

/// `POST /…/files/tus`: begins one.
pub(super) async fn begin(
    State(app): State<App>,
    Extension(Tongue(language)): Extension<Tongue>,
    Path(token): Path<String>,
    address: Address,
    headers: HeaderMap,
) -> Response {
    let visit = match ready(&app, &token, &headers).await {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let sight = Sight::of(&app, language);
    let Some(length) = number(&headers, &LENGTH).filter(|length| *length > 0) else { return answer(StatusCode::BAD_REQUEST, &[]) };
    if length > EVIDENCE_BYTES_MAX {
        return answer(StatusCode::PAYLOAD_TOO_LARGE, &[]);
    }
    let Some(name) = file_name(&headers) else { return answer(StatusCode::BAD_REQUEST, &[]) };
    if turn(&app, &sight, address).is_err() {
        return answer(StatusCode::TOO_MANY_REQUESTS, &[]);
    }
    match app.switchboard().begin_evidence(visit.matter(), &visit.digest(), &name, Some(length)).await {
        Ok(begun) => {
            let place = format!("{}/{}", sight.paths.tus(&token), begun.id);
            visit.remembered(&app, answer(StatusCode::CREATED, &[(header::LOCATION, place)]))
        }
        Err(error) => of_error(error),
    }
}

async fn ready(app: &App, token: &str, headers: &HeaderMap) -> Result<Visit, Response> {
    if !speaks(headers) {
        return Err(answer(StatusCode::PRECONDITION_FAILED, &[(HeaderName::from_static("tus-version"), VERSION.to_owned())]));
    }
    Visit::of(app, token, headers).await.map_err(refusal)
}

/// With or without the signs that fill up the last group: programs write both.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// What stands as `filename` among pairs of a key and its value in Base64; empty where it does not. None when it is no Base64.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let Some(told) = headers.get(METADATA) else { return Some(String::new()) };
    let pairs = told.to_str().ok()?.split(',').filter_map(|pair| pair.trim().split_once(' '));
    match pairs.into_iter().find(|(key, _)| *key == "filename") {
        Some((_, value)) => BASE64.decode(value.trim()).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        None => Some(String::new()),
    }
}

/// `HEAD /…/files/tus/{id}`: how far it has come.
pub(super) async fn stand(State(app): State<App>, Path((token, id)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let (visit, id) = match (ready(&app, &token, &headers).await, EvidenceId::read(&id)) {
        (Ok(visit), Some(id)) => (visit, id),
        (Err(response), _) => return response,
        (_, None) => return answer(StatusCode::NOT_FOUND, &[]),
    };
    match app.switchboard().evidence_upload(visit.matter(), &visit.digest(), &id).await {
        Ok(one) => answer(StatusCode::OK, &lengths(&one)),
        Err(error) => of_error(error),
    }
}

fn lengths(one: &Evidence) -> Vec<(HeaderName, String)> {
    let length = one.declared.map(|declared| (LENGTH, declared.to_string()));
    [(OFFSET, one.received.to_string())].into_iter().chain(length).collect()
}

/// `PATCH /…/files/tus/{id}`: goes on with it. What came counts, also when the connection is lost.
pub(super) async fn go_on(State(app): State<App>, Path((token, id)): Path<(String, String)>, headers: HeaderMap, body: Body) -> Response {
    let (visit, id) = match (ready(&app, &token, &headers).await, EvidenceId::read(&id)) {
        (Ok(visit), Some(id)) => (visit, id),
        (Err(response), _) => return response,
        (_, None) => return answer(StatusCode::NOT_FOUND, &[]),
    };
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != BYTES) {
        return answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, &[]);
    }
    let Some(offset) = number(&headers, &OFFSET) else { return answer(StatusCode::BAD_REQUEST, &[]) };
    let of_visit = (visit.matter(), visit.digest());
    let stands = match app.switchboard().evidence_upload(of_visit.0, &of_visit.1, &id).await {
        Ok(stands) => stands,
        Err(error) => return of_error(error),
    };
    if let (Some(comes), Some(declared)) = (number(&headers, &header::CONTENT_LENGTH), stands.declared)
        && offset.checked_add(comes).is_none_or(|end| end > declared)
    {
        return answer(StatusCode::PAYLOAD_TOO_LARGE, &[]);
    }
    let upload = match app.switchboard().go_on_with_evidence((of_visit.0, &of_visit.1), &id, offset).await {
        Ok(upload) => upload,
        Err(error) => return of_error(error),
    };
    // Beside the connection: when that is lost, what has come is still brought to the disk.
    match tokio::spawn(receive(upload, body)).await {
        Ok(Ok(one)) => answer(StatusCode::NO_CONTENT, &lengths(&one)[..1]),
        Ok(Err(error)) => of_error(error),
        Err(_) => refusal(Fault::Internal),
    }
}

async fn receive(mut upload: Upload, body: Body) -> Result<Evidence, EvidenceError> {
    let (overtaken, mut bytes) = (upload.overtaken(), body.into_data_stream());
    loop {
        let next = tokio::select! {
            () = overtaken.cancelled() => break,
            next = bytes.next() => next,
        };
        match next {
            Some(Ok(bytes)) => upload.take(&bytes).await?,
            Some(Err(_)) | None => break,
        }
    }
    upload.finish().await
}

/// `DELETE /…/files/tus/{id}`: takes it back.
pub(super) async fn end(State(app): State<App>, Path((token, id)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let (visit, id) = match (ready(&app, &token, &headers).await, EvidenceId::read(&id)) {
        (Ok(visit), Some(id)) => (visit, id),
        (Err(response), _) => return response,
        (_, None) => return answer(StatusCode::NOT_FOUND, &[]),
    };
    let taken_back = match app.switchboard().evidence_upload(visit.matter(), &visit.digest(), &id).await {
        Ok(one) => app.switchboard().take_back_evidence(&one).await,
        Err(error) => Err(error),
    };
    match taken_back {
        Ok(true) => answer(StatusCode::NO_CONTENT, &[]),
        // What was sent is not taken back any more.
        Ok(false) => answer(StatusCode::NOT_FOUND, &[]),
        Err(error) => of_error(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_in_base64() {
        for (told, name) in [
            (None, Some("")),
            (Some("filename YmlsZC5qcGc="), Some("bild.jpg")),
            (Some("is_x,filename w6UuanBn, filetype aW1hZ2U="), Some("å.jpg")),
            (Some("filetype aW1hZ2U="), Some("")),
            (Some("filename ???"), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(told) = told {
                headers.insert(METADATA, HeaderValue::from_static(told));
            }
            assert_eq!(file_name(&headers).as_deref(), name, "{told:?}");
        }
    }
}
