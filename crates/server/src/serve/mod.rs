//! `svar serve`: a deployment by configuration file, without invented people.

mod file;
mod sip;

use crate::{
    centre::{Centre, Settings},
    claim::Owner,
    deployment, logging,
    output::say,
};
use anyhow::{Context, bail, ensure};
use file::{File, WebSection};
use std::{path::Path, path::PathBuf, process::ExitCode, time::Duration};
use switchboard::{Gateway, Hearing};
#[cfg(feature = "whisper")]
use understanding::recogniser::{ANSWER_MS, Whisper};
use understanding::{
    model::Model,
    recogniser::{HttpSettings, HttpTranscription, Recogniser},
    sentences,
};
use web::WebConfig;

/// A line without any sound packet for so long is taken for dead. Long, because a caller who hides may
/// be silent and a telephone may send nothing then; session timers find dead lines too.
pub const SILENCE_S_MAX: u32 = 300;

const DEFAULT: &str = include_str!("../default.toml");

#[derive(clap::Args)]
pub struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", required_unless_present = "print_default_config")]
    config: Option<PathBuf>,
    /// Print a configuration file with every default and what it means.
    #[arg(long)]
    print_default_config: bool,
}

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Some(path) = arguments.config.filter(|_| !arguments.print_default_config) else {
        say!("{}", DEFAULT.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    };
    logging::start("info");
    let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let settings = settings(File::read(&path, &text)?)?;
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
    ensure!(!file.node.trim().is_empty(), "node = \"\" names nobody: write a name of this node's own, or leave it out");
    let (trunk, sip, web) = (file.sip.trunk.clone(), file.sip.config()?, web(file.web)?);
    let folder = deployment::find(&file.deployment)?;
    let (location, data) = file.storage.places()?;
    let hearing = ears(file.recogniser, file.whisper)?.map(|ears| hearing(&folder, ears, data.as_deref())).transpose()?;
    let deployment = deployment::load(&folder, hearing)?;
    if data.is_none() {
        tracing::warn!("[storage] names no data folder: while the database cannot be written, nobody is connected to 112 through it");
    }
    let gateway = file.texts.map(|section| Gateway::new(&section)).transpose().context("[texts] cannot be used")?;
    let metrics = file.metrics.map(|section| section.listen);
    Ok(Settings { location, owner: Owner::Deployment, deployment, trunk, sip, web, node: file.node, spill: data, gateway, metrics })
}

fn web(section: WebSection) -> anyhow::Result<WebConfig> {
    let listen = section.listen;
    let mut config = WebConfig::at(listen);
    config.tls = match (section.certificate, section.key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => bail!("[web] needs both certificate and key, or neither"),
    };
    if config.tls.is_none() && !section.behind_proxy && !listen.ip().is_loopback() {
        bail!(
            "[web] listen = \"{listen}\" is plain HTTP outside this machine: give certificate and key, or say behind_proxy = true \
             once a proxy that speaks HTTPS stands in front"
        );
    }
    config.behind_proxy = section.behind_proxy;
    config.board_public = section.board_public;
    Ok(config)
}

/// The recogniser with the model of the deployment's sentences; trained once and kept in the data folder,
/// where there is one.
pub fn hearing(folder: &Path, Ears { recogniser, answer_max, cost_per_minute }: Ears, data: Option<&Path>) -> anyhow::Result<Hearing> {
    let sentences = sentences::load(&folder.join("understanding")).map_err(|faults| {
        for fault in &faults {
            crate::output::complain!("{fault}");
        }
        anyhow::anyhow!("the training sentences have {} faults, named above", faults.len())
    })?;
    let lexicon = deployment::read_lexicon(folder)?;
    let model = match data {
        Some(data) => Model::trained_or_cached(&sentences, &lexicon, data),
        None => Model::train(&sentences, &lexicon),
    };
    Ok(Hearing { recogniser, model, lexicon, answer_max, cost_per_minute })
}

/// A recogniser, what a caller waits for it at most, and what a minute of sound costs.
pub struct Ears {
    pub recogniser: Box<dyn Recogniser>,
    pub answer_max: Duration,
    pub cost_per_minute: f64,
}

fn ears(http: Option<HttpSettings>, whisper: Option<file::WhisperSection>) -> anyhow::Result<Option<Ears>> {
    match (http, whisper) {
        (Some(_), Some(_)) => bail!("[recogniser] and [whisper] are two recognisers for the same calls: leave one of them out"),
        (Some(settings), None) => {
            ensure!(
                settings.concurrent_max > 0,
                "[recogniser] concurrent_max = 0 would hear nobody: write at least 1, or leave the section out"
            );
            let recogniser = HttpTranscription::new(&settings).context("[recogniser] cannot be used")?;
            let answer_max = Duration::from_millis(settings.answer_ms_max);
            Ok(Some(Ears { recogniser: Box::new(recogniser), answer_max, cost_per_minute: settings.cost_per_minute }))
        }
        (None, Some(settings)) => embedded(&settings).map(Some),
        (None, None) => Ok(None),
    }
}

#[cfg(feature = "whisper")]
fn embedded(settings: &file::WhisperSection) -> anyhow::Result<Ears> {
    let (least, most) = ANSWER_MS.into_inner();
    ensure!((least..=most).contains(&settings.answer_ms_max), "[whisper] answer_ms_max must lie between {least} and {most}");
    let whisper = Whisper::load(settings).context("[whisper] cannot be used")?;
    tracing::info!(model = whisper.model(), "whisper.cpp hears the callers");
    let answer_max = Duration::from_millis(settings.answer_ms_max);
    Ok(Ears { recogniser: Box::new(whisper), answer_max, cost_per_minute: 0.0 })
}

#[cfg(not(feature = "whisper"))]
fn embedded(_settings: &file::WhisperSection) -> anyhow::Result<Ears> {
    bail!("[whisper] is of no use to this program, which was built without it: build it with `cargo build --release --features whisper`")
}

#[cfg(all(test, not(feature = "whisper")))]
mod tests {
    use super::*;

    #[test]
    fn a_recogniser_that_is_not_there_is_told_and_never_passed_over() -> Result<(), toml::de::Error> {
        let http = || toml::from_str::<HttpSettings>("url = \"http://127.0.0.1:1/\"\nmodel = \"m\"");
        let whisper = || toml::from_str::<file::WhisperSection>("model = \"m.bin\"");
        let refused = |http, whisper| ears(http, whisper).err().map(|why| format!("{why:#}")).unwrap_or_default();
        assert!(refused(None, Some(whisper()?)).contains("--features whisper"));
        assert!(refused(Some(http()?), Some(whisper()?)).contains("leave one of them out"));
        assert_eq!(refused(Some(http()?), None), "");
        assert_eq!(refused(None, None), "");
        Ok(())
    }
}
