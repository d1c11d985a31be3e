//! placeholder

#[derive(Clone, Default)]
pub struct Expectations {}
impl Expectations {
    pub fn answered(&mut self, _queue: &crate::QueueId, _waited_ms: u64) {}
    #[must_use]
    pub fn interval_ms(&self, _queue: &crate::QueueId) -> Option<(u64, u64)> {
        None
    }
}
