//! What a form sent. Fields that nobody asked for are passed over, of a field that comes twice the first counts.

use crate::fault::Fault;
use axum::{extract::rejection::FormRejection, http::StatusCode};

pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// As it was written; empty when it did not come.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }
}

pub(in crate::public) fn unreadable(rejection: &FormRejection) -> Fault {
    match rejection {
        FormRejection::BytesRejection(_) if rejection_is_large(rejection) => Fault::TooLarge,
        _ => Fault::Unreadable(String::new()),
    }
}

fn rejection_is_large(rejection: &FormRejection) -> bool {
    rejection.status() == StatusCode::PAYLOAD_TOO_LARGE
}
