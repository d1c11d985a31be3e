//! What an installation decides about its telephony: where it listens, what it calls itself, how
//! much it lets in. Values only; nothing here opens a socket.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// How one [`Telephony`](crate::Telephony) is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// SIP over UDP and TCP, both on this address. Port 0 takes any free port.
    pub sip: SocketAddr,
    /// SIP over TLS, on an address of its own.
    pub tls: Option<TlsConfig>,
    /// What Contact and SDP say when `sip` listens on every address (0.0.0.0).
    pub advertised_ip: Option<IpAddr>,
    /// First and last UDP port for sound. `None` lets the system choose, even ports by preference.
    pub rtp_ports: Option<(u16, u16)>,
    /// How many new calls are let in.
    pub admission: Admission,
    /// RFC 4028: a call whose other side is not heard of by signalling for this long is ended.
    /// Below 90 it is also the smallest interval accepted from others.
    pub session_expires_s: u32,
    /// A call from which no sound packet came for this long is ended with `MediaLost`. 0 never.
    pub rtp_silence_timeout_s: u32,
    /// The User-Agent header.
    pub user_agent: String,
    /// Threads that carry sound. Signalling has one thread more.
    pub media_threads: usize,
}

impl Config {
    /// Everything on 127.0.0.1, nothing reachable from outside. Port 0 takes any free port.
    pub fn loopback(port: u16) -> Self {
        Config {
            sip: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            tls: None,
            advertised_ip: None,
            rtp_ports: None,
            admission: Admission::default(),
            session_expires_s: 1800,
            rtp_silence_timeout_s: 60,
            user_agent: concat!("svar/", env!("CARGO_PKG_VERSION")).to_owned(),
            media_threads: 2,
        }
    }
}

/// SIP over TLS: a listening address and PEM files.
#[derive(Debug, Clone)]
pub struct TlsConfig {
    pub listen: SocketAddr,
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// The root certificates, one of which must stand behind whom we call over TLS. Nobody else is
    /// trusted; without the file no call goes out over TLS.
    pub roots: Option<PathBuf>,
}

/// The gate before the transaction layer. It counts new calls, never retransmissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// Sustained rate. 0 lets no new call in; those that are on go on.
    pub new_calls_per_second: u32,
    /// How many may come at once beyond the sustained rate.
    pub burst: u32,
    /// Calls in both directions, ringing or answered.
    pub concurrent_calls_max: u32,
    /// What a refused caller is told to wait (Retry-After).
    pub retry_after_s: u32,
}

impl Default for Admission {
    fn default() -> Self {
        Admission { new_calls_per_second: 50, burst: 100, concurrent_calls_max: 1_000, retry_after_s: 10 }
    }
}

/// RFC 3261 timers. Only tests have a reason to change them.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// T1: the round trip estimate all other timers grow from.
    pub t1_ms: u64,
}

impl Default for Timing {
    fn default() -> Self {
        Timing { t1_ms: 500 }
    }
}
