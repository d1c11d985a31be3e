//! placeholder
use super::{Fault, Plan};
#[must_use]
pub fn check(_plan: &Plan) -> Vec<Fault> {
    Vec::new()
}
