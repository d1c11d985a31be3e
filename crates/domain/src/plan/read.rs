//! placeholder
use super::Plan;
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub file: String,
    pub line: usize,
    pub what: String,
    pub mend: String,
}
pub struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}
/// # Errors
/// faults
pub fn read(_source: &Source<'_>) -> Result<Plan, Vec<Fault>> {
    Err(Vec::new())
}
