//! Additions for programs: what is owed, and taking one in that a person writes down.

use super::Body;
use crate::{
    access::Reader,
    additions,
    app::App,
    fault::{ApiError, Fault},
    limits::{ADDITION_CHARS_MAX, ADDITION_FIELD_CHARS_MAX},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    RegionId,
    access::Permission,
    contact::{Channel, Reference},
    intent::Language,
    routing::AdditionView,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::PayloadKind;
use switchboard::{Addition, AnswerTo};
use utoipa::ToSchema;

/// Something that was written to us and is still owed. Its words are personal data and are read on the matter's page.
#[derive(Serialize, ToSchema)]
pub struct AdditionRow {
    pub contact: u64,
    pub matter: u64,
    #[schema(example = "02834186")]
    pub reference: String,
    #[schema(example = "mail")]
    pub channel: String,
    pub language: String,
    /// `addition`, or `report` of what was reported by a form.
    pub kind: String,
    /// What a report is about.
    pub intent: Option<String>,
    pub arrived: i64,
    pub region: Option<String>,
    pub owner: String,
    pub promise: u64,
    pub due: i64,
    /// Who sent it is known, and to the matter.
    pub verified: bool,
    /// A person has still to say which matter it is of.
    pub to_link: bool,
    /// The matter that it names; nobody has said that it is right.
    pub proposed: Option<String>,
}

impl From<&AdditionView> for AdditionRow {
    fn from(view: &AdditionView) -> Self {
        Self {
            contact: view.contact.0,
            matter: view.matter.0,
            reference: view.reference.digits(),
            channel: view.channel.word().to_owned(),
            language: view.language.word().to_owned(),
            kind: view.kind.word().to_owned(),
            intent: view.intent.map(|intent| intent.word().to_owned()),
            arrived: view.arrived.0,
            region: view.region.as_ref().map(ToString::to_string),
            owner: view.owner.word(),
            promise: view.promise.0,
            due: view.due.0,
            verified: view.verified,
            to_link: view.to_link,
            proposed: view.proposed.map(Reference::digits),
        }
    }
}

/// What was written to us and is still owed, oldest first.
#[utoipa::path(get, path = "/api/v1/additions", tag = "centre", responses(
    (status = 200, body = [AdditionRow]), (status = 401, body = ApiError), (status = 403, body = ApiError)))]
pub async fn open(State(app): State<App>, reader: Reader) -> Result<Json<Vec<AdditionRow>>, Fault> {
    reader.require(Permission::SeeAll)?;
    Ok(Json(app.switchboard().live().view.additions.iter().map(AdditionRow::from).collect()))
}

/// Something that a citizen hands in, written down by whoever takes it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdditionBody {
    /// `desk`, `mail` or `web`: how it came.
    #[schema(value_type = String, example = "desk")]
    pub channel: Channel,
    #[schema(value_type = String, example = "sv")]
    pub language: Language,
    /// Eight digits; none when nobody knows it.
    pub reference: Option<String>,
    /// The operator knows who it is, and that the matter is theirs: it joins the matter at once.
    #[serde(default)]
    pub verified: bool,
    /// Whose it is while nobody has linked it.
    pub region: Option<String>,
    pub number: Option<String>,
    pub address: Option<String>,
    pub subject: Option<String>,
    pub text: String,
}

/// What it was taken in as.
#[derive(Serialize, ToSchema)]
pub struct AdditionTaken {
    pub contact: u64,
    /// Of the matter that it belongs to, or of its own until somebody links it.
    #[schema(example = "02834186")]
    pub reference: String,
}

/// Takes in what a citizen hands in. Once this answers it is owed a reading.
#[utoipa::path(post, path = "/api/v1/additions", tag = "centre", request_body = AdditionBody, responses(
    (status = 201, body = AdditionTaken), (status = 400, body = ApiError), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 409, body = ApiError), (status = 413, body = ApiError), (status = 415, body = ApiError),
    (status = 422, body = ApiError, description = "No matter has this reference, or something is too long"),
    (status = 503, body = ApiError)))]
pub async fn take_in(
    State(app): State<App>,
    reader: Reader,
    Body(body): Body<AdditionBody>,
) -> Result<(StatusCode, Json<AdditionTaken>), Fault> {
    reader.require(Permission::AnswerCalls)?;
    reader.operator()?;
    let addition = addition_of(&app, body).await?;
    let taken = app.switchboard().take_in(addition).await?;
    let reference = Reference::of(taken.matter).digits();
    Ok((StatusCode::CREATED, Json(AdditionTaken { contact: taken.contact.0, reference })))
}

async fn addition_of(app: &App, body: AdditionBody) -> Result<Addition, Fault> {
    let AdditionBody { channel, language, reference, verified, region, number, address, subject, text } = body;
    let is_written = matches!(channel, Channel::Desk | Channel::Mail | Channel::Web);
    let fits = |field: &Option<String>| field.as_ref().is_none_or(|field| field.chars().count() <= ADDITION_FIELD_CHARS_MAX);
    let is_short = [&number, &address, &subject].into_iter().all(fits) && text.chars().count() <= ADDITION_CHARS_MAX;
    let region = region.map(|region| RegionId::new(&region));
    let is_ours = region.as_ref().is_none_or(|region| app.switchboard().deployment().plan.region(region).is_some());
    if !is_written || !is_short || !is_ours || text.trim().is_empty() {
        return Err(Fault::WrongShape);
    }
    let named = match &reference {
        None => None,
        Some(reference) => app.switchboard().named_matter(additions::read(reference)?).await?,
    };
    // A person who says that it is of a matter means one that is there.
    if verified && named.is_none() {
        return Err(switchboard::Refusal::UnknownMatter.into());
    }
    let payloads = vec![
        (PayloadKind::Caller, json!({ "number": number, "address": address, "display": null })),
        (PayloadKind::Written, json!({ "subject": subject, "text": text, "reference": reference })),
    ];
    // Whoever takes it is with the citizen, and tells them.
    Ok(Addition { channel, language, named, verified, region, answer_to: AnswerTo::default(), payloads })
}
