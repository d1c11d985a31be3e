//! What a person or a program is told when something cannot be done: what happened, what to do, and
//! a reference. Handlers return a [`Fault`]; [`spoken`] turns it into a page or JSON in the reader's
//! language. Nothing of the request's content is repeated or logged.

use crate::{
    app::App,
    layout::{self, Frame},
    preferences::Preferences,
    public,
    words::Words,
};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    plan,
    report::{FieldFault, ReportDraft},
};
use serde::Serialize;
use storage::EvidenceError;
use switchboard::{PlanRefusal, Refusal};
use utoipa::ToSchema;

/// Why a request was not carried out. Nothing has changed.
#[derive(Clone, Debug)]
pub enum Fault {
    NotSignedIn,
    /// No such account, or another password.
    WrongCredentials,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    /// Not readable as what it says it is; the detail names place and expectation, never content.
    Unreadable(String),
    /// Readable, but not of the shape that the document gives.
    WrongShape,
    TooLarge,
    MediaType,
    CrossSite,
    TooMany {
        retry_after_s: u64,
    },
    TimedOut,
    Refused(Refusal),
    /// A change of the plan.
    Plan(PlanRefusal),
    /// A plan could not be tried on a recorded day.
    Trial(NoTrial),
    /// Evidence was not taken in, or is not given.
    Evidence(NoEvidence),
    /// The database could not be read.
    NotRead,
    Unavailable,
    Internal,
}

/// What stands in the way of a trial.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoTrial {
    /// Another one is under way.
    Busy,
    /// The journal has too much of that day.
    TooMuch,
    TooLong,
    /// Nobody came into line that day.
    Nobody,
    /// The plan of that day was not kept, or cannot be read any more.
    PlanLost,
}

/// What stands in the way of evidence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoEvidence {
    /// It has not been scanned yet.
    Waits,
    /// The program that scans found something in it, or it was erased.
    NotGiven,
    /// What is kept is not what came.
    Damaged,
    /// The matter has as much as it may have.
    Full,
    /// There is no room for any.
    NoRoom,
}

impl NoEvidence {
    const ALL: [Self; 5] = [Self::Waits, Self::NotGiven, Self::Damaged, Self::Full, Self::NoRoom];

    fn word(self) -> &'static str {
        match self {
            Self::Waits => "evidence_waits",
            Self::NotGiven => "evidence_not_given",
            Self::Damaged => "evidence_damaged",
            Self::Full => "evidence_full",
            Self::NoRoom => "evidence_no_room",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Waits | Self::NotGiven | Self::Full => StatusCode::CONFLICT,
            Self::Damaged => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
        }
    }
}

impl From<EvidenceError> for Fault {
    fn from(error: EvidenceError) -> Self {
        match error {
            EvidenceError::NotThere | EvidenceError::WrongOffset { .. } => Self::NotFound,
            EvidenceError::TooLarge => Self::TooLarge,
            EvidenceError::MatterFull => Self::Evidence(NoEvidence::Full),
            EvidenceError::RoomFull => Self::Evidence(NoEvidence::NoRoom),
            EvidenceError::Damaged => Self::Evidence(NoEvidence::Damaged),
            EvidenceError::Folder(_) | EvidenceError::Store(_) => {
                tracing::error!(%error, "evidence could not be read or written");
                Self::NotRead
            }
        }
    }
}

impl Fault {
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::WrongShape => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::Refused(refusal) => match refusal {
                Refusal::NotAnOperator => StatusCode::FORBIDDEN,
                Refusal::UnknownParty | Refusal::UnknownMatter | Refusal::MisreadReference | Refusal::Fields(_) | Refusal::Sound => {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                Refusal::NumberNotRung => StatusCode::UNPROCESSABLE_ENTITY,
                Refusal::OfferOver | Refusal::NoContact | Refusal::NotNow | Refusal::Conflict { .. } => StatusCode::CONFLICT,
                Refusal::TimeTaken | Refusal::TooManyBookings | Refusal::NoReport => StatusCode::CONFLICT,
                Refusal::NotSaved | Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Plan(refusal) => match refusal {
                PlanRefusal::Faults(_) | PlanRefusal::Past => StatusCode::UNPROCESSABLE_ENTITY,
                PlanRefusal::InForce => StatusCode::CONFLICT,
                PlanRefusal::Unknown => StatusCode::NOT_FOUND,
                PlanRefusal::NotSaved => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Trial(hindrance) => match hindrance {
                NoTrial::Busy => StatusCode::TOO_MANY_REQUESTS,
                NoTrial::TooMuch | NoTrial::Nobody | NoTrial::PlanLost => StatusCode::UNPROCESSABLE_ENTITY,
                NoTrial::TooLong => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Evidence(hindrance) => hindrance.status(),
            Self::NotRead | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The word for programs; also the key of its texts.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "not_signed_in",
            Self::WrongCredentials => "wrong_credentials",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Unreadable(_) => "unreadable",
            Self::WrongShape => "wrong_shape",
            Self::TooLarge => "too_large",
            Self::MediaType => "media_type",
            Self::CrossSite => "cross_site",
            Self::TooMany { .. } => "too_many",
            Self::TimedOut => "timed_out",
            Self::NotRead => "not_read",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
            Self::Refused(refusal) => match refusal {
                Refusal::NotAnOperator => "not_an_operator",
                Refusal::OfferOver => "offer_over",
                Refusal::NoContact => "no_contact",
                Refusal::NotNow => "not_now",
                Refusal::UnknownParty => "unknown_party",
                Refusal::UnknownMatter => "unknown_matter",
                Refusal::MisreadReference => "misread_reference",
                Refusal::TimeTaken => "time_taken",
                Refusal::NumberNotRung => "number_not_rung",
                Refusal::TooManyBookings => "too_many_bookings",
                Refusal::NoReport => "no_report",
                Refusal::Sound => "sound",
                Refusal::Conflict { .. } => "conflict",
                Refusal::Fields(_) => "fields",
                Refusal::NotSaved => "not_saved",
                Refusal::Unavailable => "unavailable",
            },
            Self::Plan(refusal) => match refusal {
                PlanRefusal::Faults(_) => "plan_faults",
                PlanRefusal::InForce => "plan_in_force",
                PlanRefusal::Past => "plan_past",
                PlanRefusal::Unknown => "plan_unknown",
                PlanRefusal::NotSaved => "not_saved",
            },
            Self::Evidence(hindrance) => hindrance.word(),
            Self::Trial(hindrance) => match hindrance {
                NoTrial::Busy => "trial_busy",
                NoTrial::TooMuch => "trial_too_much",
                NoTrial::TooLong => "trial_too_long",
                NoTrial::Nobody => "trial_nobody",
                NoTrial::PlanLost => "trial_plan_lost",
            },
        }
    }

    /// What happened, and what to do.
    #[must_use]
    pub fn in_words(&self, words: Words) -> (String, String) {
        let key = self.word().replace('_', "-");
        (words.t(&format!("fault-{key}")), words.t(&format!("mend-{key}")))
    }

    fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TooMany { retry_after_s } => Some(*retry_after_s),
            Self::Trial(NoTrial::Busy) => Some(5),
            Self::Unavailable
            | Self::NotRead
            | Self::Refused(Refusal::NotSaved | Refusal::Unavailable)
            | Self::Plan(PlanRefusal::NotSaved) => Some(2),
            _ => None,
        }
    }

    /// What a bare status of the framework means here.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::NotSignedIn,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNPROCESSABLE_ENTITY => Self::WrongShape,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::MediaType,
            StatusCode::REQUEST_TIMEOUT => Self::TimedOut,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            status if status.is_client_error() => Self::Unreadable(String::new()),
            _ => Self::Internal,
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<PlanRefusal> for Fault {
    fn from(refusal: PlanRefusal) -> Self {
        Self::Plan(refusal)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What a program is told.
#[derive(Serialize, ToSchema)]
pub struct ApiError {
    /// The kind of fault, one word.
    #[schema(example = "not_now")]
    pub error: String,
    /// What happened, in the language asked for.
    pub what: String,
    /// What to do about it.
    pub mend: String,
    /// Names this answer in the server's log.
    #[schema(example = "7F3K-Q2")]
    pub reference: String,
    /// Fields that cannot be kept (`error` is `fields`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
    /// The newer version and its draft (`error` is `conflict`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newer: Option<NewerReport>,
    /// What is wrong in the plan (`error` is `plan_faults`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<PlanFault>,
}

#[derive(Serialize, ToSchema)]
pub struct FieldProblem {
    #[schema(example = "parties.0.name")]
    pub field: String,
    #[schema(example = "too_long")]
    pub rule: String,
    /// In the language asked for.
    pub what: String,
}

#[derive(Serialize, ToSchema)]
pub struct NewerReport {
    pub version: u64,
    #[schema(value_type = crate::api::report_model::ReportBody)]
    pub draft: ReportDraft,
}

/// Something in the text of a plan, in English.
#[derive(Serialize, ToSchema)]
pub struct PlanFault {
    /// The text: `plan`, or what it does not fit beside.
    #[schema(example = "plan")]
    pub file: String,
    /// From 1; 0 when it is about the text as a whole.
    pub line: usize,
    pub what: String,
    pub mend: String,
}

impl From<&plan::Fault> for PlanFault {
    fn from(fault: &plan::Fault) -> Self {
        Self { file: fault.file.clone(), line: fault.line, what: fault.what.clone(), mend: fault.mend.clone() }
    }
}

/// Marks an answer that is a refusal and has its own words: a form that comes back with its fault.
#[derive(Clone)]
pub struct SaysItself;

/// The outermost layer: gives every fault its words, as a page to people and as JSON to programs.
pub async fn spoken(State(app): State<App>, preferences: Preferences, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    // What a page's own script fetches is answered as to a program: it must not be led to a page.
    let to_program = path.starts_with("/api/")
        || path.ends_with("/parts")
        || path.ends_with("/part")
        || path.ends_with("/stream")
        || path == "/desk/search";
    let (method, query) = (request.method().clone(), request.uri().query().map(str::to_owned));
    let response = next.run(request).await;
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    if !refused || response.extensions().get::<SaysItself>().is_some() {
        return response;
    }
    let fault = response.extensions().get::<Fault>().cloned().unwrap_or_else(|| Fault::of_status(status));
    let reference = reference();
    let citizens = public::language_of(&path);
    let shown = public::without_secrets(&path);
    if fault.status().is_server_error() {
        tracing::error!(%reference, fault = fault.word(), %method, path = shown, "a request failed");
    } else {
        tracing::debug!(%reference, fault = fault.word(), %method, path = shown, "a request was refused");
    }
    if matches!(fault, Fault::NotSignedIn) && !to_program && method == Method::GET {
        return sign_in_first(&path, query.as_deref());
    }
    let mut spoken = match citizens {
        Some(language) => public::fault_page(&app, language, &fault, &reference),
        None if to_program => as_json(&fault, preferences.words(), reference),
        None => as_page(&fault, preferences, &reference),
    };
    *spoken.status_mut() = fault.status();
    for name in [header::ALLOW, header::SET_COOKIE] {
        if let Some(value) = response.headers().get(&name) {
            spoken.headers_mut().insert(name, value.clone());
        }
    }
    if let Some(seconds) = fault.retry_after_s() {
        spoken.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if fault.status() == StatusCode::UNAUTHORIZED {
        spoken.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    spoken
}

fn sign_in_first(path: &str, query: Option<&str>) -> Response {
    let wanted = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let next: String = crate::session::local_path(&wanted).bytes().map(|b| format!("%{b:02X}")).collect();
    Redirect::to(&format!("/login?next={next}")).into_response()
}

fn as_json(fault: &Fault, words: Words, reference: String) -> Response {
    let (mut what, mend) = fault.in_words(words);
    if let Fault::Unreadable(detail) = fault
        && !detail.is_empty()
    {
        what = format!("{what} ({detail})");
    }
    let error = fault.word().to_owned();
    let mut told = ApiError { error, what, mend, reference, fields: Vec::new(), newer: None, faults: Vec::new() };
    match fault {
        Fault::Refused(Refusal::Fields(faults)) => told.fields = faults.iter().map(|fault| problem(fault, words)).collect(),
        Fault::Refused(Refusal::Conflict { version, draft }) => {
            told.newer = Some(NewerReport { version: *version, draft: draft.as_ref().clone() });
        }
        Fault::Plan(PlanRefusal::Faults(faults)) => told.faults = faults.iter().map(PlanFault::from).collect(),
        _ => {}
    }
    Json(told).into_response()
}

fn problem(fault: &FieldFault, words: Words) -> FieldProblem {
    FieldProblem { field: fault.field.clone(), rule: fault.rule.word().to_owned(), what: words.named("field-rule", fault.rule.word()) }
}

fn as_page(fault: &Fault, preferences: Preferences, reference: &str) -> Response {
    let words = preferences.words();
    let (what, mend) = fault.in_words(words);
    let frame = Frame { preferences, title: &what, reader: None, here: "fault", address: "/", parts: &[] };
    let body = maud::html! {
        main #content .page tabindex="-1" {
            h1 { (what) }
            p { (mend) }
            p .quiet { (words.t("fault-reference")) " " span .number { (reference) } }
            p { a href="/" { (words.t("fault-to-start")) } }
        }
    };
    layout::page(&frame, &body).into_response()
}

/// Six letters and digits that are not mistaken for one another.
fn reference() -> String {
    const SIGNS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut text: String = (0..6).map(|_| char::from(SIGNS[rand::random_range(0..SIGNS.len())])).collect();
    text.insert(4, '-');
    text
}

/// Every word of a fault, for the test of the catalogues.
#[must_use]
pub fn fault_words() -> Vec<&'static str> {
    let mut words = vec![
        "not_signed_in",
        "wrong_credentials",
        "forbidden",
        "not_found",
        "method_not_allowed",
        "unreadable",
        "wrong_shape",
        "too_large",
        "media_type",
        "cross_site",
        "too_many",
        "timed_out",
        "not_read",
        "unavailable",
        "internal",
        "not_an_operator",
        "offer_over",
        "no_contact",
        "not_now",
        "unknown_party",
        "unknown_matter",
        "misread_reference",
        "time_taken",
        "number_not_rung",
        "too_many_bookings",
        "no_report",
        "sound",
        "conflict",
        "fields",
        "not_saved",
        "plan_faults",
        "plan_in_force",
        "plan_past",
        "plan_unknown",
        "trial_busy",
        "trial_too_much",
        "trial_too_long",
        "trial_nobody",
        "trial_plan_lost",
    ];
    words.extend(NoEvidence::ALL.map(NoEvidence::word));
    words
}
