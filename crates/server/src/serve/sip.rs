//! `[sip]` of the configuration: what telephony is told, and every value that could not work refused
//! with its key and how to mend it, before anything is opened.

use crate::addresses::is_trunk;
use anyhow::{bail, ensure};
use serde::Deserialize;
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};
use telephony::{Admission, TlsConfig};

/// Lower ports are other services'.
const RTP_PORT_MIN: u16 = 1024;
/// A caller and a party outside are two lines, each with an even port of its own.
const RTP_LINES_MIN: u16 = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SipSection {
    pub listen: SocketAddr,
    advertise: Option<IpAddr>,
    #[serde(default)]
    behind_border_controller: bool,
    tls_listen: Option<SocketAddr>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    root_certificates: Option<PathBuf>,
    rtp_ports: Option<(u16, u16)>,
    pub trunk: String,
    new_calls_per_second: Option<u32>,
    burst: Option<u32>,
    concurrent_calls_max: Option<u32>,
}

impl SipSection {
    /// What telephony is told.
    ///
    /// # Errors
    /// The first value that cannot work, in one line.
    pub fn config(self) -> anyhow::Result<telephony::Config> {
        self.check_addresses()?;
        self.check_ports()?;
        let mut config = telephony::Config::loopback(self.listen.port());
        config.sip = self.listen;
        config.advertised_ip = self.advertise;
        config.admission = self.admission()?;
        config.rtp_ports = self.rtp_ports;
        config.rtp_silence_timeout_s = super::SILENCE_S_MAX;
        let roots = self.root_certificates;
        if self.trunk.to_ascii_lowercase().contains("transport=tls") && (roots.is_none() || self.tls_listen.is_none()) {
            bail!("[sip] a trunk over TLS needs root_certificates to know it by, and tls_listen to be reached by it");
        }
        config.tls = match (self.tls_listen, self.certificate, self.key) {
            (Some(listen), Some(certificate), Some(key)) => Some(TlsConfig { listen, certificate, key, roots }),
            (None, None, None) if roots.is_none() => None,
            _ => bail!("[sip] needs tls_listen, certificate and key together, or none of them; root_certificates goes with them"),
        };
        Ok(config)
    }

    fn check_addresses(&self) -> anyhow::Result<()> {
        let listen = self.listen;
        if !listen.ip().is_loopback() && !self.behind_border_controller {
            bail!(
                "[sip] listen = \"{listen}\" takes calls in the clear from outside this machine: listen on loopback and give \
                 tls_listen, or say behind_border_controller = true once a session border controller stands in front"
            );
        }
        if listen.ip().is_unspecified() && self.advertise.is_none() {
            bail!("[sip] listens on every address: say in `advertise` which one callers are to use");
        }
        if let Some(advertise) = self.advertise.filter(IpAddr::is_unspecified) {
            bail!("[sip] advertise = \"{advertise}\" is no address that callers can use: write the one that they reach");
        }
        ensure!(
            is_trunk(&self.trunk),
            "[sip] trunk = {:?} is no address: write host:port, with ;transport=tcp or ;transport=tls behind it if wanted",
            self.trunk
        );
        Ok(())
    }

    fn check_ports(&self) -> anyhow::Result<()> {
        let Some((first, last)) = self.rtp_ports else { return Ok(()) };
        let mend = "write the first and the last, such as [20000, 29999]";
        ensure!(first < last, "[sip] rtp_ports = [{first}, {last}] holds no range: {mend}");
        ensure!(first >= RTP_PORT_MIN, "[sip] rtp_ports = [{first}, {last}] reaches below port {RTP_PORT_MIN}: {mend}");
        let even = last / 2 - first.div_ceil(2) + 1;
        ensure!(
            even >= RTP_LINES_MIN,
            "[sip] rtp_ports = [{first}, {last}] has too few even ports: every call on takes at least one of its own; {mend}"
        );
        Ok(())
    }

    fn admission(&self) -> anyhow::Result<Admission> {
        let default = Admission::default();
        let limit = |key: &str, wanted: Option<u32>, otherwise: u32| {
            ensure!(wanted != Some(0), "[sip] {key} = 0 would refuse every call: write at least 1, or leave it out for {otherwise}");
            Ok(wanted.unwrap_or(otherwise))
        };
        Ok(Admission {
            new_calls_per_second: limit("new_calls_per_second", self.new_calls_per_second, default.new_calls_per_second)?,
            burst: limit("burst", self.burst, default.burst)?,
            concurrent_calls_max: limit("concurrent_calls_max", self.concurrent_calls_max, default.concurrent_calls_max)?,
            retry_after_s: default.retry_after_s,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// What is said to a section that is sound but for these lines.
    fn said(lines: &str) -> String {
        let mut table: toml::Table = toml::from_str("listen = \"127.0.0.1:5060\"\ntrunk = \"127.0.0.1:5080\"").unwrap();
        table.extend(toml::from_str::<toml::Table>(lines).unwrap());
        let section: SipSection = table.try_into().unwrap();
        section.config().map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn what_cannot_work_is_refused_by_its_key() {
        for (lines, expected) in [
            ("rtp_ports = [30000, 20000]", "rtp_ports"),
            ("rtp_ports = [20001, 20001]", "rtp_ports"),
            ("rtp_ports = [20000, 20001]", "rtp_ports"),
            ("rtp_ports = [0, 0]", "rtp_ports"),
            ("rtp_ports = [1, 80]", "below port 1024"),
            ("trunk = \"not a host::\"", "trunk"),
            ("new_calls_per_second = 0", "new_calls_per_second"),
            ("burst = 0", "burst"),
            ("concurrent_calls_max = 0", "concurrent_calls_max"),
            ("listen = \"192.0.2.1:5060\"", "behind_border_controller"),
            ("listen = \"192.0.2.1:5060\"\ntls_listen = \"192.0.2.1:5061\"\ncertificate = \"a\"\nkey = \"b\"", "behind_border_controller"),
            ("listen = \"0.0.0.0:5060\"\nbehind_border_controller = true", "advertise"),
            ("advertise = \"0.0.0.0\"", "advertise"),
            ("certificate = \"a\"", "tls_listen"),
        ] {
            let said = said(lines);
            assert!(said.contains(expected) && said.contains("[sip]"), "{lines}: {said:?}");
            assert!(!said.contains('\n'), "{lines}: {said:?}");
        }
    }

    #[test]
    fn what_can_work_is_taken() {
        for lines in [
            "",
            "rtp_ports = [1024, 65535]",
            "rtp_ports = [20001, 20004]",
            "trunk = \"trunk.example:5060;transport=tcp\"",
            "new_calls_per_second = 1\nburst = 1\nconcurrent_calls_max = 1",
            "listen = \"192.0.2.1:5060\"\nbehind_border_controller = true",
            "tls_listen = \"192.0.2.1:5061\"\ncertificate = \"a\"\nkey = \"b\"",
        ] {
            assert_eq!(said(lines), "", "{lines}");
        }
    }

    #[test]
    fn a_trunk_over_tls_is_known_and_can_reach_us() {
        const OURS: &str = "tls_listen = \"127.0.0.1:0\"\ncertificate = \"c.pem\"\nkey = \"k.pem\"\n";
        const ROOTS: &str = "root_certificates = \"r.pem\"\n";
        for (trunk, more, right) in [
            ("127.0.0.1:5080", String::new(), true),
            ("127.0.0.1:5080", OURS.to_owned(), true),
            ("127.0.0.1:5080", ROOTS.to_owned(), false),
            ("127.0.0.1:5081;transport=TLS", OURS.to_owned(), false),
            ("127.0.0.1:5081;transport=tls", ROOTS.to_owned(), false),
            ("127.0.0.1:5081;transport=tls", OURS.to_owned() + ROOTS, true),
        ] {
            let section: SipSection = toml::from_str(&format!("listen = \"127.0.0.1:0\"\ntrunk = \"{trunk}\"\n{more}")).unwrap();
            assert_eq!(section.config().is_ok(), right, "{trunk} {more}");
        }
    }
}
