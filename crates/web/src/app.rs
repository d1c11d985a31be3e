//! What every handler holds: the switchboard, the configuration and the few counters of the surface.

use crate::{
    WebConfig, limits,
    public::{Drafts, adding, booking},
    throttle::{Throttle, Turns},
};
use std::sync::Arc;
use switchboard::Switchboard;
use tokio::sync::{Mutex, Semaphore};
use tokio_util::sync::CancellationToken;

/// Forms that are filed at once; two of them seldom share a turn.
const FILING_TURNS: usize = 64;

#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    switchboard: Switchboard,
    config: WebConfig,
    throttle: Throttle,
    holds: Turns,
    drafts: Drafts<booking::drafts::Draft>,
    additions: Drafts<adding::Draft>,
    added: Turns,
    filings: Turns,
    uploads: Turns,
    /// Whoever files a form waits for whoever files the same one.
    filing: [Mutex<()>; FILING_TURNS],
    password_checks: Semaphore,
    trials: Arc<Semaphore>,
    streams: crate::stream::Streams,
    stopping: CancellationToken,
}

impl App {
    #[must_use]
    pub fn new(switchboard: Switchboard, config: WebConfig, stopping: CancellationToken) -> Self {
        let inner = Inner {
            switchboard,
            config,
            throttle: Throttle::default(),
            holds: Turns::new(limits::HOLDS_PER_ADDRESS_MAX, limits::HOLDS_COUNTED),
            drafts: Drafts::default(),
            additions: Drafts::default(),
            added: Turns::new(limits::ADDITIONS_PER_ADDRESS_MAX, limits::HOLDS_COUNTED),
            filings: Turns::new(limits::FORMS_PER_ADDRESS_MAX, limits::HOLDS_COUNTED),
            uploads: Turns::new(limits::UPLOADS_PER_ADDRESS_MAX, limits::HOLDS_COUNTED),
            filing: std::array::from_fn(|_| Mutex::new(())),
            password_checks: Semaphore::new(limits::PASSWORD_CHECKS_MAX),
            trials: Arc::new(Semaphore::new(limits::TRIALS_MAX)),
            streams: crate::stream::Streams::default(),
            stopping,
        };
        Self { inner: Arc::new(inner) }
    }

    #[must_use]
    pub fn switchboard(&self) -> &Switchboard {
        &self.inner.switchboard
    }

    #[must_use]
    pub fn config(&self) -> &WebConfig {
        &self.inner.config
    }

    #[must_use]
    pub fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }

    /// Times that were held from one address.
    #[must_use]
    pub(crate) fn holds(&self) -> &Turns {
        &self.inner.holds
    }

    /// What citizens who book have answered so far.
    #[must_use]
    pub(crate) fn drafts(&self) -> &Drafts<booking::drafts::Draft> {
        &self.inner.drafts
    }

    /// What citizens who add to a matter have answered so far.
    #[must_use]
    pub(crate) fn additions(&self) -> &Drafts<adding::Draft> {
        &self.inner.additions
    }

    /// Additions that were sent from one address.
    #[must_use]
    pub(crate) fn added(&self) -> &Turns {
        &self.inner.added
    }

    /// Forms that were begun, and codes that were tried, from one address.
    #[must_use]
    pub(crate) fn filings(&self) -> &Turns {
        &self.inner.filings
    }

    /// Files that were begun to be sent from one address.
    #[must_use]
    pub(crate) fn uploads(&self) -> &Turns {
        &self.inner.uploads
    }

    /// The turn of whoever files the form of this digest.
    #[must_use]
    pub(crate) fn filing_turn(&self, digest: &str) -> &Mutex<()> {
        let place = digest.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        &self.inner.filing[place % FILING_TURNS]
    }

    #[must_use]
    pub fn password_checks(&self) -> &Semaphore {
        &self.inner.password_checks
    }

    /// Plans that are being tried on a recorded day.
    #[must_use]
    pub fn trials(&self) -> &Arc<Semaphore> {
        &self.inner.trials
    }

    #[must_use]
    pub fn streams(&self) -> &crate::stream::Streams {
        &self.inner.streams
    }

    /// Ends streams when the server ends.
    #[must_use]
    pub fn stopping(&self) -> &CancellationToken {
        &self.inner.stopping
    }
}
