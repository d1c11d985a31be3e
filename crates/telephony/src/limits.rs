//! How many descriptors this process may have. Each call has a socket for its sound, each connection and
//! each page one more; a program that runs out of them refuses calls with no reason to be seen.

use crate::sip::stream::CONNECTIONS_MAX;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For pages, files, the database and browsers' sound, beside a socket for each call and for each connection that
/// the two listeners of SIP may have.
const BESIDE_CALLS: u64 = 9_216;

/// Asks the system for all the descriptors it will give and says in the log when they are too few for
/// so many calls.
pub fn provide_descriptors(concurrent_calls_max: u32) {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some() && limit.current != limit.maximum {
        // What is not granted is found below.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    }
    let granted = getrlimit(Resource::Nofile).current;
    if let Some(needed) = lacking(granted, concurrent_calls_max) {
        tracing::warn!(
            granted,
            needed,
            concurrent_calls_max,
            "the system gives too few descriptors for so many calls at once: raise the limit (LimitNOFILE= in the unit, or ulimit -n) or lower concurrent_calls_max"
        );
    }
}

/// How many descriptors it would take, when fewer are granted; `None` granted is no limit.
fn lacking(granted: Option<u64>, concurrent_calls_max: u32) -> Option<u64> {
    let needed = u64::from(concurrent_calls_max) + 2 * CONNECTIONS_MAX as u64 + BESIDE_CALLS;
    granted.is_some_and(|granted| granted < needed).then_some(needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_the_system_gives_is_taken() {
        provide_descriptors(1);
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
    }

    #[test]
    fn too_few_are_noticed() {
        for (granted, calls, needed) in [(Some(1_024), 1_000, Some(18_408)), (Some(18_408), 1_000, None), (None, u32::MAX, None)] {
            assert_eq!(lacking(granted, calls), needed, "{granted:?} {calls}");
        }
    }
}
