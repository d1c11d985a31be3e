//! What people see: citizens' pages, the desk, the board and the lead's page, and the same for programs
//! under `/api/v1`. Pages are drawn on the server; the browser parts fetch them anew and ask the API.
//!
//! Nothing here decides or writes: every act goes to the switchboard, which saves before it does.
//! Storage is only read, by name, except for sessions. HTML is made nowhere else.

pub mod access;
mod accesses;
mod additions;
mod address;
mod alarms;
pub mod api;
mod app;
pub mod assets;
pub mod board;
mod bookings;
pub mod citizen;
mod clock;
mod components;
mod demo_messages;
pub mod desk;
pub mod evidence;
mod fault;
pub mod figures;
mod finder;
mod guard;
mod holding;
mod idle;
mod layout;
pub mod lead;
pub mod leading;
mod limits;
pub mod matters;
mod names;
pub mod plan;
pub mod preferences;
pub mod prompts;
pub mod public;
mod reports;
pub mod retention;
mod routes;
mod server;
mod session;
mod start;
mod stream;
pub mod surges;
pub mod surveys;
mod throttle;
pub mod waiting;
pub mod what_if;
pub mod words;

pub use app::App;
pub use components::place::WAYS as COMPASS_WAYS;
pub use demo_messages::{ADDRESS as DEMO_MESSAGES_ADDRESS, DemoMessages};
pub use fault::fault_words;
pub use limits::{NAME_CHARS_MAX, PASSWORD_CHARS_MAX};
pub use public::{MONTHS, WEEKDAYS, citizens_pages};
pub use routes::routes;
pub use server::{Opened, Running, ServeError, open, serve};

use std::{fmt, net::SocketAddr, path::PathBuf, sync::Arc};
use switchboard::SignInBroker;

/// How the web surface is offered.
#[derive(Clone)]
pub struct WebConfig {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Certificate chain and private key as PEM files; without them plain HTTP.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// A proxy stands in front that speaks HTTPS with people and says who they are in
    /// `X-Forwarded-For`. Without it and without TLS only loopback is served.
    pub behind_proxy: bool,
    /// Boards show no person; they may stand open (the demo's do).
    pub board_public: bool,
    /// API tokens beside those in the store (the demo's own).
    pub tokens: Vec<String>,
    /// The broker by which citizens sign in for a form; none where nobody can.
    pub sign_in: Option<Arc<SignInBroker>>,
    /// An invented gateway for text messages, for a demo; it sends nothing to anybody.
    pub demo_messages: Option<Arc<DemoMessages>>,
}

impl WebConfig {
    /// Plain HTTP at an address of loopback, boards for those who are signed in.
    #[must_use]
    pub fn at(listen: SocketAddr) -> Self {
        Self { listen, tls: None, behind_proxy: false, board_public: false, tokens: Vec::new(), sign_in: None, demo_messages: None }
    }

    /// Whether people reach us by HTTPS, so that cookies are sent over nothing else.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.tls.is_some() || self.behind_proxy
    }
}

/// Tokens are secrets.
impl fmt::Debug for WebConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebConfig")
            .field("listen", &self.listen)
            .field("tls", &self.tls.is_some())
            .field("behind_proxy", &self.behind_proxy)
            .field("board_public", &self.board_public)
            .field("tokens", &self.tokens.len())
            .field("sign_in", &self.sign_in.is_some())
            .finish()
    }
}
