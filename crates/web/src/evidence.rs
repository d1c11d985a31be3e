//! Evidence as operators see it: a list beside what was written, a page for each with its chain of custody, and its bytes.
//! Personal data: for those alone who may read what is known of the matter's citizens. Nothing of it is ever drawn as a page.

use crate::{
    access::Reader,
    additions::size,
    app::App,
    citizen, clock,
    fault::{Fault, NoEvidence},
    layout::{self, Frame},
    preferences::Preferences,
    words::Words,
};
use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::OperatorId;
use maud::{Markup, html};
use storage::{Custodian, Custody, CustodyStep, Evidence, EvidenceError, EvidenceId, EvidenceState, MatterFile};
use switchboard::{CopyBytes, EvidenceCopy, Findings, OperatorNames, group_of, saved_as, served_as};
use tokio_stream::wrappers::ReceiverStream;

/// Signs of a hash that are shown where the whole has no room.
const HASH_SHOWN: usize = 12;
/// Pieces that wait for a reader who is slower than the disk.
const PIECES_AHEAD: usize = 2;

/// What was sent with a contact.
#[must_use]
pub fn list(words: Words, all: &[Evidence]) -> Markup {
    html! {
        @if !all.is_empty() {
            p .quiet { (words.with("evidence-sent", [("count", all.len().into())])) }
            ul .evidence { @for one in all { li { (row(words, one)) } } }
        }
    }
}

fn row(words: Words, one: &Evidence) -> Markup {
    let findings = Findings::of(one);
    let is_not_given = !matches!(one.state, EvidenceState::Clean | EvidenceState::Unscanned);
    html! {
        a href={ "/evidence/" (one.id) } { bdi { (name(words, one)) } } " "
        span .quiet {
            (kind(words, one)) ", " span .number { (size(words, one.received)) }
            @if let Some(hash) = &one.sha256 { ", SHA-256 " span .number title=(hash) { (hash.get(..HASH_SHOWN).unwrap_or(hash)) "…" } }
        }
        " " span .mark .late[one.state == EvidenceState::Refused] .soon[is_not_given && one.state != EvidenceState::Refused] {
            (words.named("evidence-state", one.state.word()))
        }
        @if let Some(concern) = findings.concern { " " span .mark.soon { (words.named("evidence-concern", concern.word())) } }
        @if one.state.is_given() { " " a href={ "/evidence/" (one.id) "/file" } download { (words.t("evidence-fetch")) } }
        @if let Some(said) = said(words, &findings) { br; span .quiet { (said) } }
    }
}

fn name(words: Words, one: &Evidence) -> String {
    match (one.state, one.name.is_empty()) {
        (EvidenceState::Erased, _) => words.t("evidence-erased"),
        (_, true) => words.t("written-attached-nameless"),
        (_, false) => one.name.clone(),
    }
}

fn kind(words: Words, one: &Evidence) -> String {
    words.named("evidence-kind", group_of(one.media_type.as_deref().unwrap_or_default()).word())
}

/// What the file says of its making, and that nobody has confirmed it.
fn said(words: Words, findings: &Findings) -> Option<String> {
    let said = &findings.said;
    let time = said.taken.as_ref().map(|taken| match said.ahead_of_utc_min {
        Some(minutes) => {
            let (sign, minutes) = (if minutes < 0 { '−' } else { '+' }, minutes.unsigned_abs());
            format!("{taken} (UTC{sign}{:02}:{:02})", minutes / 60, minutes % 60)
        }
        None => taken.clone(),
    });
    let place = said.place.map(|(north, east)| format!("{}, {}", degrees(north, ["N", "S"]), degrees(east, ["E", "W"])));
    let told: Vec<String> = [time, place, said.camera.clone()].into_iter().flatten().collect();
    (!told.is_empty()).then(|| words.with("evidence-says", [("told", told.join(" · ").into())]))
}

/// Millionths of a degree, as maps take them.
fn degrees(millionths: i32, [ahead, behind]: [&str; 2]) -> String {
    let (side, size) = (if millionths < 0 { behind } else { ahead }, millionths.unsigned_abs());
    format!("{}.{:05}° {side}", size / 1_000_000, size % 1_000_000 / 10)
}

/// One that was sent, with its matter, for whoever may read it; a refusal is in the access log.
async fn opened(app: &App, reader: &Reader, id: &str) -> Result<(OperatorId, Evidence, MatterFile), Fault> {
    let id = EvidenceId::read(id).ok_or(Fault::NotFound)?;
    let (evidence, file) = app.switchboard().sent_evidence(&id).await?.ok_or(Fault::NotFound)?;
    match citizen::may_read(app, reader, &file) {
        Some(me) => Ok((me, evidence, file)),
        None => Err(reader.refused(app, "evidence", evidence.contact).await),
    }
}

/// `GET /evidence/{id}`: what it is, and who had it.
pub async fn page(State(app): State<App>, reader: Reader, preferences: Preferences, Path(id): Path<String>) -> Result<Markup, Fault> {
    let (me, evidence, file) = opened(&app, &reader, &id).await?;
    let custody = app.switchboard().custody_of_evidence(me, &evidence).await?;
    let words = preferences.words();
    let title = words.with("evidence-title", [("name", name(words, &evidence).into())]);
    let address = format!("/evidence/{}", evidence.id);
    let frame = Frame { preferences, title: &title, reader: Some(&reader), here: "", address: &address, parts: &[] };
    let accounts = app.switchboard().store().accounts().await.map_err(|_| Fault::NotRead)?;
    let names: OperatorNames = accounts.into_iter().map(|account| (account.id, account.name)).collect();
    let zone = &app.switchboard().deployment().plan.zone;
    let time = |at| clock::to_the_second(at, zone, clock::now());
    let content = html! {
        main #content .page tabindex="-1" {
            h1 { bdi { (title) } }
            p { a href={ "/matters/" (file.reference.digits()) } { (words.with("matter-numbered", [("reference", file.reference.to_string().into())])) } }
            (facts(words, &evidence, &time))
            (chain(words, &custody, &names, &time))
        }
    };
    Ok(layout::page(&frame, &content))
}

fn facts(words: Words, one: &Evidence, time: &dyn Fn(domain::Timestamp) -> String) -> Markup {
    let findings = Findings::of(one);
    html! {
        dl .facts {
            dt { (words.t("evidence-kind")) } dd { (kind(words, one)) " (" (one.media_type.clone().unwrap_or_default()) ")" }
            dt { (words.t("evidence-size")) } dd .number { (size(words, one.received)) " (" (one.received) ")" }
            dt { "SHA-256" } dd .hash { (one.sha256.clone().unwrap_or_default()) }
            @if let Some(at) = one.completed { dt { (words.t("evidence-came")) } dd .number { (time(at)) } }
            dt { (words.t("evidence-state")) } dd { (words.named("evidence-state", one.state.word())) }
            @if let Some(concern) = findings.concern { dt { (words.t("evidence-care")) } dd { (words.named("evidence-concern", concern.word())) } }
        }
        @if let Some(said) = said(words, &findings) { p { (said) } }
        @if one.state.is_given() { p { a href={ "/evidence/" (one.id) "/file" } download { (words.t("evidence-fetch")) } " " span .quiet { (words.t("evidence-fetch-about")) } } }
        @else { p .quiet { (words.t("evidence-not-given")) } }
    }
}

fn chain(words: Words, custody: &Custody, names: &OperatorNames, time: &dyn Fn(domain::Timestamp) -> String) -> Markup {
    html! {
        h2 { (words.t("custody-title")) }
        p .quiet { (words.t("custody-about")) }
        @if !custody.is_whole { p { span .mark.late { (words.t("custody-broken")) } } }
        table .list {
            thead { tr { th scope="col" { (words.t("custody-when")) } th scope="col" { (words.t("custody-who")) } th scope="col" { (words.t("custody-what")) } th scope="col" { (words.t("custody-detail")) } } }
            tbody { @for step in &custody.steps { (step_row(words, step, names, time)) } }
        }
    }
}

fn step_row(words: Words, step: &CustodyStep, names: &OperatorNames, time: &dyn Fn(domain::Timestamp) -> String) -> Markup {
    let who = match step.who {
        Custodian::Citizen => words.t("custody-citizen"),
        Custodian::System => words.t("custody-system"),
        Custodian::Operator(operator) => names.get(&operator).cloned().unwrap_or_else(|| operator.to_string()),
    };
    html! {
        tr {
            td .number { (time(step.at)) }
            td { (who) }
            td { (words.named("custody-act", step.act.word())) }
            td .quiet.hash { (step.detail) }
        }
    }
}

/// `GET /evidence/{id}/file`: its bytes, to be kept and never drawn.
pub async fn fetch(State(app): State<App>, reader: Reader, Path(id): Path<String>) -> Result<Response, Fault> {
    let (me, evidence, _) = opened(&app, &reader, &id).await?;
    match evidence.state {
        EvidenceState::Quarantined => return Err(Fault::Evidence(NoEvidence::Waits)),
        state if !state.is_given() => return Err(Fault::Evidence(NoEvidence::NotGiven)),
        _ => {}
    }
    Ok(given(app.switchboard().copy_evidence(me, evidence).await?))
}

fn given(copy: EvidenceCopy) -> Response {
    let EvidenceCopy { evidence, findings, bytes } = copy;
    let media_type = evidence.media_type.unwrap_or_default();
    let name = saved_as(&evidence.name, evidence.id.text(), &media_type, findings.concern.is_some());
    let (length, body) = match bytes {
        CopyBytes::Bare(bytes) => (bytes.len() as u64, Body::from(bytes)),
        CopyBytes::Whole(mut pieces) => {
            let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, EvidenceError>>(PIECES_AHEAD);
            tokio::task::spawn_blocking(move || {
                // A reader who is gone ends it; a fault breaks the answer off, so that nobody takes it for whole.
                while let Some(next) = pieces.next_piece().transpose() {
                    let ends = next.is_err();
                    if sender.blocking_send(next.map(Bytes::from)).is_err() || ends {
                        break;
                    }
                }
            });
            (evidence.received, Body::from_stream(ReceiverStream::new(receiver)))
        }
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(served_as(&media_type, findings.concern)));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CONTENT_DISPOSITION, disposition(&name));
    response
}

/// Always to be saved; the name as RFC 6266 has it, for browsers that read no other signs a plain one before.
fn disposition(name: &str) -> HeaderValue {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let whole: String = name
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_as_maps_take_it() {
        for (millionths, told) in [(57_700_000, "57.70000° N"), (-11_970_009, "11.97000° S"), (0, "0.00000° N"), (5, "0.00000° N")] {
            assert_eq!(degrees(millionths, ["N", "S"]), told);
        }
    }

    #[test]
    fn a_name_breaks_out_of_no_header() {
        let named = disposition("a\"b\r\nc å.jpg");
        assert_eq!(named.as_bytes(), b"attachment; filename=\"a_b__c _.jpg\"; filename*=UTF-8''a%22b%0D%0Ac%20%C3%A5.jpg");
    }
}
