//! Every address of the web surface and the layers before it.

use crate::{
    accesses, additions, api,
    app::App,
    assets, board, bookings, demo_messages, desk, evidence, fault,
    fault::Fault,
    guard, holding, lead, leading,
    limits::{
        ANSWER_WAIT, BODY_BYTES_MAX, BODY_PAUSE, PLAN_BODY_BYTES_MAX, RECORDING_BODY_BYTES_MAX, REQUESTS_MAX, TRANSFER_PAUSE,
        TRANSFER_WAIT, TRANSFERS_MAX,
    },
    matters, plan, preferences, prompts, public, reports, retention, session, start, stream, surges, surveys,
};
use axum::{
    BoxError, Router,
    error_handling::HandleErrorLayer,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use std::any::Any;
use tower::{ServiceBuilder, limit::GlobalConcurrencyLimitLayer, load_shed::LoadShedLayer};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
};

/// Smaller answers are not worth compressing.
const COMPRESSED_FROM_BYTES: u64 = 1_024;

/// The whole surface. Streams have no deadline; everything else has.
pub fn routes(app: App) -> Router {
    let answered = Router::new()
        .route("/", get(start::page))
        .route("/login", get(session::login_page).post(session::login))
        .route("/logout", post(session::logout))
        .route("/settings", post(session::settings))
        .route("/desk", get(desk::page))
        .route("/desk/parts", get(desk::parts))
        .route("/desk/search", get(desk::search::rows))
        .route("/desk/times", get(desk::booking::times))
        .merge(of_matters())
        .route("/board", get(board::page))
        .route("/board/parts", get(board::parts))
        .route("/lead", get(lead::page))
        .route("/lead/parts", get(lead::parts))
        .route("/bookings", get(bookings::page).post(bookings::act))
        .route("/surges", get(surges::page).post(surges::act))
        .route("/surveys", get(surveys::page))
        .route("/surveys/words", get(surveys::own_words))
        .route("/retention", get(retention::page))
        .route("/access", get(accesses::page))
        .route("/plan", get(plan::page))
        .route("/plan/check", post(plan::check).layer(DefaultBodyLimit::max(PLAN_BODY_BYTES_MAX)))
        .route("/plan/preview", post(plan::preview).layer(DefaultBodyLimit::max(PLAN_BODY_BYTES_MAX)))
        .route("/plan/adopt", post(plan::adopt).layer(DefaultBodyLimit::max(PLAN_BODY_BYTES_MAX)))
        .route("/plan/withdraw", post(plan::withdraw))
        .route("/plan/back", post(plan::back))
        .route("/prompts", get(prompts::page))
        .route(
            "/prompts/{language}/{name}",
            get(prompts::sound).post(prompts::enter).layer(DefaultBodyLimit::max(RECORDING_BODY_BYTES_MAX)),
        )
        .route("/prompts/{language}/{name}/back", post(prompts::take_back))
        .route(demo_messages::ADDRESS, get(demo_messages::page).post(demo_messages::take))
        .route(demo_messages::FORMER_ADDRESS, get(demo_messages::moved))
        .route("/assets/{name}", get(assets::serve))
        .route("/favicon.ico", get(assets::favicon))
        .nest("/api/v1", api::routes())
        .merge(public::routes())
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(
            ServiceBuilder::new()
                .layer(HandleErrorLayer::new(overloaded))
                .layer(LoadShedLayer::new())
                .layer(GlobalConcurrencyLimitLayer::new(REQUESTS_MAX))
                .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWER_WAIT))
                .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE)),
        )
        .layer(
            CompressionLayer::new()
                .compress_when(SizeAbove::new(COMPRESSED_FROM_BYTES).and(NotForContentType::IMAGES).and(NotForContentType::SSE)),
        );
    let streams =
        Router::new().route("/desk/stream", get(stream::desk)).route("/board/stream", get(stream::board)).nest("/api/v1", api::streams());
    answered
        .merge(transfers())
        .merge(streams)
        .layer(from_fn(guard::same_site))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), fault::spoken))
        .layer(from_fn_with_state(app.clone(), preferences::layer))
        .layer(from_fn_with_state(app.clone(), guard::headers))
        .with_state(app)
}

/// A matter, and what can be done with it and its contacts.
fn of_matters() -> Router<App> {
    Router::new()
        .route("/matters/{reference}", get(matters::page))
        .route("/matters/{reference}/part", get(matters::part))
        .route("/matters/{reference}/hold", post(holding::take))
        .route("/evidence/{id}", get(evidence::page))
        .route("/contacts/{id}/lead", post(leading::lead))
        .route("/contacts/{id}/link", post(additions::link))
        .route("/contacts/{id}/decide", post(reports::take_decision))
        .route("/contacts/{id}/ask", post(reports::take_question))
}

/// Files on their way: fewer at once, longer each, and none compressed.
fn transfers() -> Router<App> {
    public::transfers().route("/evidence/{id}/file", get(evidence::fetch)).layer(
        ServiceBuilder::new()
            .layer(HandleErrorLayer::new(overloaded))
            .layer(LoadShedLayer::new())
            .layer(GlobalConcurrencyLimitLayer::new(TRANSFERS_MAX))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TRANSFER_WAIT))
            .layer(RequestBodyTimeoutLayer::new(TRANSFER_PAUSE)),
    )
}

async fn nothing_here() -> Fault {
    Fault::NotFound
}

async fn overloaded(_error: BoxError) -> Fault {
    Fault::TooMany { retry_after_s: 1 }
}

/// A fault of ours: the message is not logged, because it may hold what somebody wrote.
fn panicked(_panic: Box<dyn Any + Send + 'static>) -> Response {
    Fault::Internal.into_response()
}
