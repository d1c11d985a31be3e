//! Wall-clock milliseconds that never run backwards: a corrected clock stands still until it is
//! overtaken, so that no deadline is missed and no wait is negative.

use domain::Timestamp;
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

static LATEST: AtomicI64 = AtomicI64::new(0);

pub(crate) fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let ms = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
    Timestamp(LATEST.fetch_max(ms, Ordering::Relaxed).max(ms))
}

/// How long until `at`.
pub(crate) fn until(at: Timestamp) -> Duration {
    Duration::from_millis(at.since_ms(now()))
}
