//! `svar serve`: a deployment by configuration file, without invented people.

use crate::{
    centre::{Centre, Settings},
    deployment, logging,
};
use anyhow::{Context, bail};
use serde::Deserialize;
use std::{net::IpAddr, net::SocketAddr, path::Path, path::PathBuf, process::ExitCode};
use storage::Location;
use switchboard::Hearing;
use telephony::{Admission, TlsConfig};
use understanding::{
    entities::Municipalities,
    lexicon::Lexicon,
    model::Model,
    recogniser::{HttpSettings, HttpTranscription},
    sentences,
};
use web::WebConfig;

/// A line without any sound packet for so long is taken for dead. Long, because a caller who hides may
/// be silent and a telephone may send nothing then; session timers find dead lines too.
pub const SILENCE_S_MAX: u32 = 300;

const DEFAULT: &str = include_str!("default.toml");

#[derive(clap::Args)]
pub struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", required_unless_present = "print_default_config")]
    config: Option<PathBuf>,
    /// Print a configuration file with every default and what it means.
    #[arg(long)]
    print_default_config: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    deployment: String,
    #[serde(default = "default_node")]
    node: String,
    storage: StorageSection,
    web: WebSection,
    sip: SipSection,
    metrics: Option<MetricsSection>,
    recogniser: Option<HttpSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StorageSection {
    data: PathBuf,
    database: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebSection {
    listen: SocketAddr,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    #[serde(default)]
    behind_proxy: bool,
    #[serde(default)]
    board_public: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SipSection {
    listen: SocketAddr,
    advertise: Option<IpAddr>,
    tls_listen: Option<SocketAddr>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    rtp_ports: Option<(u16, u16)>,
    trunk: String,
    new_calls_per_second: Option<u32>,
    burst: Option<u32>,
    concurrent_calls_max: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MetricsSection {
    listen: SocketAddr,
}

fn default_node() -> String {
    "svar-1".to_owned()
}

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Some(path) = arguments.config.filter(|_| !arguments.print_default_config) else {
        print!("{DEFAULT}");
        return Ok(ExitCode::SUCCESS);
    };
    logging::start("info");
    let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let file: File = toml::from_str(&text).with_context(|| format!("{} is not a configuration of Svar", path.display()))?;
    let settings = settings(file)?;
    crate::runtime()?.block_on(async {
        let centre = Centre::start(settings).await?;
        tracing::info!(web = %centre.web, sip = %centre.sip, "calls are being answered");
        let ended = centre.run().await;
        centre.stop().await;
        ended
    })?;
    Ok(ExitCode::SUCCESS)
}

fn settings(file: File) -> anyhow::Result<Settings> {
    let folder = deployment::find(&file.deployment)?;
    let data = file.storage.data;
    let hearing = file.recogniser.map(|recogniser| hearing(&folder, &recogniser, &data)).transpose()?;
    let deployment = deployment::load(&folder, hearing)?;
    let location = file.storage.database.map_or_else(|| Location::Sqlite(data), Location::Postgres);
    Ok(Settings {
        location,
        deployment,
        trunk: file.sip.trunk.clone(),
        sip: sip(file.sip)?,
        web: web(file.web)?,
        node: file.node,
        metrics: file.metrics.map(|section| section.listen),
    })
}

fn web(section: WebSection) -> anyhow::Result<WebConfig> {
    let mut config = WebConfig::at(section.listen);
    config.tls = match (section.certificate, section.key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => bail!("[web] needs both certificate and key, or neither"),
    };
    config.behind_proxy = section.behind_proxy;
    config.board_public = section.board_public;
    Ok(config)
}

fn sip(section: SipSection) -> anyhow::Result<telephony::Config> {
    let mut config = telephony::Config::loopback(section.listen.port());
    config.sip = section.listen;
    config.advertised_ip = section.advertise;
    if section.listen.ip().is_unspecified() && section.advertise.is_none() {
        bail!("[sip] listens on every address: say in `advertise` which one callers are to use");
    }
    config.tls = match (section.tls_listen, section.certificate, section.key) {
        (Some(listen), Some(certificate), Some(key)) => Some(TlsConfig { listen, certificate, key }),
        (None, None, None) => None,
        _ => bail!("[sip] needs tls_listen, certificate and key together, or none of them"),
    };
    config.rtp_ports = section.rtp_ports;
    config.rtp_silence_timeout_s = SILENCE_S_MAX;
    let default = Admission::default();
    config.admission = Admission {
        new_calls_per_second: section.new_calls_per_second.unwrap_or(default.new_calls_per_second),
        burst: section.burst.unwrap_or(default.burst),
        concurrent_calls_max: section.concurrent_calls_max.unwrap_or(default.concurrent_calls_max),
        retry_after_s: default.retry_after_s,
    };
    Ok(config)
}

/// The recogniser with the model of the deployment's sentences; trained once and kept beside the data.
fn hearing(folder: &Path, recogniser: &HttpSettings, data: &Path) -> anyhow::Result<Hearing> {
    let understanding = folder.join("understanding");
    let sentences = sentences::load(&understanding).map_err(|faults| {
        for fault in &faults {
            eprintln!("{fault}");
        }
        anyhow::anyhow!("the training sentences have {} faults, named above", faults.len())
    })?;
    let texts = deployment::Texts::read(folder)?;
    let places = domain::place::Places::read(&texts.places())
        .map_err(|faults| anyhow::anyhow!("the areas have {} faults: run `svar check`", faults.len()))?;
    let names = places.areas.municipalities().iter().map(|municipality| (municipality.code.to_string(), municipality.name.clone()));
    let lexicon = Lexicon::load(&understanding)?.with_municipalities(Municipalities::new(names));
    let model = Model::trained_or_cached(&sentences, &lexicon, data);
    let recogniser = HttpTranscription::new(recogniser).context("[recogniser] cannot be used")?;
    Ok(Hearing { recogniser: Box::new(recogniser), model, lexicon })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_printed_default_is_a_configuration() {
        let file: File = toml::from_str(DEFAULT).unwrap();
        assert_eq!(file.web.listen.port(), 8114);
        assert!(toml::from_str::<File>(&format!("{DEFAULT}\n[unknown]\n")).is_err());
    }
}
