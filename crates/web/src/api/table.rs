//! Every address of the API, once: routes and document are made from this table, so that neither can
//! have one that the other lacks. A test compares what each handler's own description says with it.

use super::{additions, bookings, centre, desk, document, plan, read, report_model, retention, search, session, surges, surveys};
use crate::{
    app::App,
    fault,
    limits::{ADDITION_BYTES_MAX, PLAN_BODY_BYTES_MAX, REPORT_BYTES_MAX},
    stream,
};
use axum::{Router, extract::DefaultBodyLimit, routing::MethodRouter};
use utoipa::OpenApi;

macro_rules! table {
    (
        answered { $($path:literal: $($method:ident $module:ident::$handler:ident)|+ $(; at most $bytes:ident)?,)+ }
        streams { $($stream_path:literal: get $stream_module:ident::$stream_handler:ident,)+ }
    ) => {
        /// The routes below `/api/v1` that answer within a deadline.
        pub fn answered() -> Router<App> {
            Router::new()$(.route(
                $path,
                MethodRouter::new()$(.$method($module::$handler))+$(.layer(DefaultBodyLimit::max($bytes)))?,
            ))+
        }

        /// Streams stand apart: they have no deadline.
        pub fn streams() -> Router<App> {
            Router::new()$(.route($stream_path, MethodRouter::new().get($stream_module::$stream_handler)))+
        }

        /// Method and address of every route.
        pub const ROUTES: &[(&str, &str)] = &[
            $($((stringify!($method), concat!("/api/v1", $path)),)+)+
            $(("get", concat!("/api/v1", $stream_path)),)+
        ];

        #[derive(OpenApi)]
        #[openapi(
            paths($($($module::$handler,)+)+ $($stream_module::$stream_handler,)+),
            components(schemas(fault::ApiError, fault::FieldProblem, fault::NewerReport, report_model::ReportBody))
        )]
        pub(super) struct Operations;
    };
}

table! {
    answered {
        "/openapi.json": get document::openapi,
        "/health": get read::health,
        "/session": post session::open | delete session::end,
        "/contacts": get read::contacts,
        "/contacts/{id}": get read::contact,
        "/contacts/{id}/why": get centre::why,
        "/contacts/{id}/lead": post centre::lead,
        "/waiting": get centre::waiting,
        "/alarms": get centre::alarms,
        "/queues": get read::queues,
        "/operators": get read::operators,
        "/promises": get read::promises,
        "/additions": get additions::open | post additions::take_in; at most ADDITION_BYTES_MAX,
        "/bookings": get bookings::of_day,
        "/surges": get surges::declared | post surges::declare,
        "/surges/{class}": delete surges::end,
        "/surveys": get surveys::month,
        "/plan": get read::plan,
        "/plan/check": post plan::check; at most PLAN_BODY_BYTES_MAX,
        "/plan/preview": post plan::preview; at most PLAN_BODY_BYTES_MAX,
        "/plan/changes": get plan::changes | post plan::change; at most PLAN_BODY_BYTES_MAX,
        "/plan/changes/{id}": delete plan::withdraw,
        "/figures": get read::figures,
        "/understood": get read::understood,
        "/access-log": get centre::access_log,
        "/retention": get retention::stand,
        "/matters/{reference}": get search::matter,
        "/matters/{reference}/hold": post retention::hold,
        "/matters/{reference}/hold/lift": post retention::lift,
        "/search": get search::search,
        "/desk": get desk::state,
        "/desk/acts": post desk::act,
        "/desk/sound": post desk::sound,
        "/desk/reports/{contact}": get desk::report | put desk::save_report; at most REPORT_BYTES_MAX,
    }
    streams {
        "/desk/stream": get stream::desk,
    }
}
