//! What an operator's page does, for programs too: state, acts, sound and the report.

use super::{
    Body,
    desk_model::{Act, Caller, DeskState, SoundAnswer, SoundOffer},
    model::{Contact, Explanation, Operator},
    numbered,
    report_model::{ReportKept, ReportRemark, ReportSaved, ReportToSave},
};
use crate::{
    access::Reader,
    app::App,
    clock,
    desk::purpose,
    fault::{ApiError, Fault},
    preferences::Preferences,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::{
    ContactId, OperatorId,
    access::Permission,
    contact::{Owner, PromiseKind},
    report::ReportDraft,
    routing::{AdditionView, OperatorState},
};
use storage::ContactFilter;
use switchboard::{PageId, Purpose};

/// My state, my contact and what is known of the citizen.
#[utoipa::path(get, path = "/api/v1/desk", tag = "desk", responses(
    (status = 200, body = DeskState), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 503, body = ApiError)))]
pub async fn state(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<Json<DeskState>, Fault> {
    reader.require(Permission::AnswerCalls)?;
    let me = reader.operator()?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let view = live.view.operators.iter().find(|view| view.operator == me);
    let mine = view.and_then(|view| view.contact);
    let contact = live.view.contacts.iter().find(|view| Some(view.contact) == mine);
    let caller = match contact {
        Some(contact) => app.switchboard().caller(me, contact.contact, purpose(contact)).await.map_err(|_| Fault::NotRead)?,
        None => None,
    };
    Ok(Json(DeskState {
        operator: view.map(|view| Operator::of(preferences.words(), &deployment.plan, &live, view)),
        contact: contact.map(|view| Contact::of_view(view, &live.view.promises)),
        caller: contact.zip(caller).map(|(contact, caller)| Caller::of(&deployment.plan, contact, caller)),
        why: contact.and_then(|view| view.why.as_ref()).map(Explanation::from),
    }))
}

/// Does what the operator asks, once it is saved.
#[utoipa::path(post, path = "/api/v1/desk/acts", tag = "desk", request_body = Act, responses(
    (status = 204, description = "Done"), (status = 400, body = ApiError), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 409, body = ApiError, description = "Not possible now; nothing changed"), (status = 413, body = ApiError),
    (status = 415, body = ApiError), (status = 422, body = ApiError), (status = 503, body = ApiError)))]
pub async fn act(State(app): State<App>, reader: Reader, Body(act): Body<Act>) -> Result<StatusCode, Fault> {
    reader.require(Permission::AnswerCalls)?;
    app.switchboard().act(reader.operator()?, act.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Connects a page's microphone and loudspeaker.
#[utoipa::path(post, path = "/api/v1/desk/sound", tag = "desk", request_body = SoundOffer, responses(
    (status = 200, body = SoundAnswer), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 409, body = ApiError, description = "Another page has it, and this one only connects anew"),
    (status = 422, body = ApiError), (status = 503, body = ApiError)))]
pub async fn sound(State(app): State<App>, reader: Reader, Body(offer): Body<SoundOffer>) -> Result<Json<SoundAnswer>, Fault> {
    reader.require(Permission::AnswerCalls)?;
    let sdp = app.switchboard().connect_sound(reader.operator()?, PageId(offer.page), offer.had.map(PageId), offer.sdp).await?;
    Ok(Json(SoundAnswer { sdp }))
}

/// What a report is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    Reading,
    Writing,
}

/// A report is open to the operator who has or had the contact, also while they wrap up what a
/// colleague took over; to read to the colleague who is asked in, and to those who see everything and
/// every person. Nobody else learns whether there is such a contact; that they asked is logged.
async fn may_open(app: &App, reader: &Reader, contact: ContactId, opening: Opening) -> Result<(OperatorId, Purpose), Fault> {
    let me = reader.operator()?;
    let live = app.switchboard().live();
    let at_desk = live.view.operators.iter().find(|view| view.operator == me && view.contact == Some(contact)).map(|view| view.state);
    match at_desk {
        Some(OperatorState::WrapUp) => return Ok((me, Purpose::WrapUp)),
        Some(OperatorState::Consulting) if opening == Opening::Reading => return Ok((me, Purpose::Talk)),
        _ => {}
    }
    let view = live.view.contacts.iter().find(|view| view.contact == contact);
    if let Some(view) = view.filter(|view| view.operator == Some(me) || view.owner == Owner::Operator(me)) {
        return Ok((me, purpose(view)));
    }
    // What was reported in writing is whoever's answers for it.
    let is_mine =
        |report: &&AdditionView| report.contact == contact && report.kind == PromiseKind::Report && report.owner == Owner::Operator(me);
    if live.view.additions.iter().any(|report| is_mine(&report)) {
        return Ok((me, Purpose::Promise));
    }
    let below = contact.0.checked_add(1).map(ContactId);
    let rows = app.switchboard().store().contacts(&ContactFilter::default(), 1, below).await.map_err(|_| Fault::NotRead)?;
    let record = rows.first().map(|row| &row.record).filter(|record| record.contact == contact);
    let sees_all = reader.may(Permission::SeeAll) && reader.may(Permission::SeePersons);
    match record {
        Some(record) if record.operator == Some(me) || (sees_all && opening == Opening::Reading) => Ok((me, Purpose::Search)),
        None if sees_all => Err(Fault::NotFound),
        Some(_) | None => Err(reader.refused(app, "report", Some(contact)).await),
    }
}

/// The newest draft of a contact's report; version 0 and an empty draft before the first words.
#[utoipa::path(get, path = "/api/v1/desk/reports/{contact}", tag = "desk", params(("contact" = u64, Path)), responses(
    (status = 200, body = ReportKept), (status = 401, body = ApiError), (status = 403, body = ApiError), (status = 404, body = ApiError),
    (status = 503, body = ApiError)))]
pub async fn report(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    contact: Result<Path<u64>, PathRejection>,
) -> Result<Json<ReportKept>, Fault> {
    let contact = ContactId(numbered(contact)?);
    reader.require_for(&app, Permission::SeePersons, "report", Some(contact)).await?;
    let (me, purpose) = may_open(&app, &reader, contact, Opening::Reading).await?;
    let kept = app.switchboard().report(me, contact, purpose).await.map_err(|_| Fault::NotRead)?;
    let (version, draft) = kept.unwrap_or_default();
    let remarks = remarks(&app, preferences, &draft);
    Ok(Json(ReportKept { version, draft, remarks }))
}

/// Keeps a draft. Refused with the newer one when somebody else has written since `base`.
#[utoipa::path(put, path = "/api/v1/desk/reports/{contact}", tag = "desk", params(("contact" = u64, Path)), request_body = ReportToSave,
    responses((status = 200, body = ReportSaved), (status = 400, body = ApiError), (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "The contact is not yours"), (status = 404, body = ApiError),
    (status = 409, body = ApiError, description = "A newer version exists"),
    (status = 413, body = ApiError), (status = 415, body = ApiError), (status = 422, body = ApiError, description = "Some fields cannot be kept"),
    (status = 503, body = ApiError)))]
pub async fn save_report(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    contact: Result<Path<u64>, PathRejection>,
    Body(report): Body<ReportToSave>,
) -> Result<Json<ReportSaved>, Fault> {
    let contact = ContactId(numbered(contact)?);
    reader.require_for(&app, Permission::WriteReports, "report", Some(contact)).await?;
    let (me, _) = may_open(&app, &reader, contact, Opening::Writing).await?;
    let remarks = remarks(&app, preferences, &report.draft);
    let version = app.switchboard().save_report(me, contact, report.base, report.draft).await?;
    Ok(Json(ReportSaved { version, saved: clock::now().0, remarks }))
}

fn remarks(app: &App, preferences: Preferences, draft: &ReportDraft) -> Vec<ReportRemark> {
    ReportRemark::all(preferences.words(), &app.switchboard().deployment(), draft, clock::now())
}
