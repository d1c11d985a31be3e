//! `svar serve`: a deployment by configuration file, without invented people.

mod file;
mod sip;

use crate::{
    addresses::{PUBLIC_ADDRESS_MAX, is_public_address},
    centre::{Centre, Settings},
    claim::Owner,
    deployment, logging,
    output::say,
};
use anyhow::{Context, bail, ensure};
use file::{File, WebSection};
use std::{path::Path, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};
use switchboard::{
    Carrier, Carriers, Deployment, Gateway, Hearing, Learning, MailInSettings, Mailbox, Mailer, SignInBroker, SignInSettings,
};
#[cfg(feature = "whisper")]
use understanding::recogniser::Whisper;
use understanding::{
    recogniser::{ANSWER_MS, HttpSettings, HttpTranscription, Pocketsphinx, PocketsphinxSettings, Recogniser},
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
    let public = file.web.public_address.clone().map(public_address).transpose()?;
    let (trunk, sip, mut web) = (file.sip.trunk.clone(), file.sip.config()?, web(file.web)?);
    web.sign_in = file.sign_in.map(|section| sign_in(section, public.as_deref())).transpose()?.map(Arc::new);
    let folder = deployment::find(&file.deployment)?;
    let (location, data) = file.storage.places()?;
    let hearing =
        ears(file.recogniser, file.whisper, file.pocketsphinx)?.map(|ears| hearing(&folder, ears, data.as_deref())).transpose()?;
    let deployment = deployment::load(&folder, hearing)?;
    if data.is_none() {
        tracing::warn!("[storage] names no data folder: while the database cannot be written, nobody is connected to 112 through it");
    }
    let text = file.texts.map(|section| Gateway::new(&section)).transpose().context("[texts] cannot be used")?;
    let mail = file.mail.map(|section| Mailer::new(&section)).transpose().context("[mail] cannot be used")?;
    let carriers = Carriers { text: text.map(Carrier::Gateway).map(Arc::new), mail: mail.map(Carrier::Mailer).map(Arc::new) };
    let mail_in = file.mail_in.map(|section| mailbox(section, &deployment)).transpose().context("[mail_in] cannot be used")?;
    if public.is_none() && (carriers.text.is_some() || carriers.mail.is_some()) {
        tracing::warn!("[web] has no public_address: messages about booked times have no link by which they are changed or cancelled");
    }
    let evidence = file.evidence.settings(data.as_deref())?;
    if evidence.is_none() {
        tracing::warn!("no data folder and no folder of [evidence]: citizens can send no pictures or other files");
    }
    let (metrics, citizens) = (file.metrics.map(|section| section.listen), web::citizens_pages(public));
    let (owner, node, spill) = (Owner::Deployment, file.node, data);
    Ok(Settings { location, owner, deployment, trunk, sip, web, node, spill, carriers, citizens, mail_in, evidence, metrics })
}

/// Citizens come back from the broker to an address that it was told before.
fn sign_in(section: SignInSettings, public: Option<&str>) -> anyhow::Result<SignInBroker> {
    let public = public.context("[sign_in] needs public_address of [web]: the broker leads people back to it")?;
    SignInBroker::new(section, public.to_owned()).context("[sign_in] cannot be used")
}

fn mailbox(section: MailInSettings, deployment: &Deployment) -> anyhow::Result<Mailbox> {
    let mailbox = Mailbox::open(section)?;
    if let Some(region) = mailbox.region() {
        ensure!(deployment.plan.region(region).is_some(), "region = \"{region}\" is no region of the plan");
    }
    Ok(mailbox)
}

fn public_address(text: String) -> anyhow::Result<String> {
    ensure!(
        is_public_address(&text),
        "[web] public_address = \"{text}\" cannot be sent to citizens: write https:// and the name, such as https://svar.polisen.example, \
         nothing behind it and at most {PUBLIC_ADDRESS_MAX} characters"
    );
    Ok(text)
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

/// The recogniser with the model of the deployment's sentences: the one that is kept in the data folder, where there is
/// one; else it is learnt once calls are taken, and kept there. Faults in the sentences are told before.
pub fn hearing(folder: &Path, Ears { recogniser, answer_max, cost_per_minute }: Ears, data: Option<&Path>) -> anyhow::Result<Hearing> {
    let sentences = sentences::load(&folder.join("understanding")).map_err(|faults| {
        for fault in &faults {
            crate::output::complain!("{fault}");
        }
        anyhow::anyhow!("the training sentences have {} faults, named above", faults.len())
    })?;
    let lexicon = deployment::read_lexicon(folder)?;
    let learning = Learning::of(sentences, &lexicon, data.map(Path::to_owned));
    Ok(Hearing { recogniser, learning, lexicon, answer_max, cost_per_minute })
}

/// A recogniser, what a caller waits for it at most, and what a minute of sound costs.
pub struct Ears {
    pub recogniser: Box<dyn Recogniser>,
    pub answer_max: Duration,
    pub cost_per_minute: f64,
}

fn ears(
    http: Option<HttpSettings>,
    whisper: Option<file::WhisperSection>,
    pocketsphinx: Option<PocketsphinxSettings>,
) -> anyhow::Result<Option<Ears>> {
    let sections = [("[recogniser]", http.is_some()), ("[whisper]", whisper.is_some()), ("[pocketsphinx]", pocketsphinx.is_some())];
    let named: Vec<&str> = sections.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect();
    ensure!(named.len() < 2, "{} are recognisers for the same calls: keep one of them", named.join(" and "));
    let http = http.map(|settings| transcription(&settings));
    let within = whisper.map(|settings| embedded(&settings)).or_else(|| pocketsphinx.map(|settings| small(&settings)));
    http.or(within).transpose()
}

fn transcription(settings: &HttpSettings) -> anyhow::Result<Ears> {
    ensure!(settings.concurrent_max > 0, "[recogniser] concurrent_max = 0 would hear nobody: write at least 1, or leave the section out");
    let recogniser = HttpTranscription::new(settings).context("[recogniser] cannot be used")?;
    let answer_max = Duration::from_millis(settings.answer_ms_max);
    Ok(Ears { recogniser: Box::new(recogniser), answer_max, cost_per_minute: settings.cost_per_minute })
}

fn small(settings: &PocketsphinxSettings) -> anyhow::Result<Ears> {
    let answer_max = answer_max("[pocketsphinx]", settings.answer_ms_max)?;
    let pocketsphinx = Pocketsphinx::load(settings).context("[pocketsphinx] cannot be used")?;
    tracing::info!(model = pocketsphinx.digest(), "pocketsphinx hears the callers");
    Ok(Ears { recogniser: Box::new(pocketsphinx), answer_max, cost_per_minute: 0.0 })
}

fn answer_max(section: &str, answer_ms_max: u64) -> anyhow::Result<Duration> {
    let (least, most) = ANSWER_MS.into_inner();
    ensure!(ANSWER_MS.contains(&answer_ms_max), "{section} answer_ms_max must lie between {least} and {most}");
    Ok(Duration::from_millis(answer_ms_max))
}

#[cfg(feature = "whisper")]
fn embedded(settings: &file::WhisperSection) -> anyhow::Result<Ears> {
    let answer_max = answer_max("[whisper]", settings.answer_ms_max)?;
    let whisper = Whisper::load(settings).context("[whisper] cannot be used")?;
    tracing::info!(model = whisper.model(), "whisper.cpp hears the callers");
    Ok(Ears { recogniser: Box::new(whisper), answer_max, cost_per_minute: 0.0 })
}

#[cfg(not(feature = "whisper"))]
fn embedded(_settings: &file::WhisperSection) -> anyhow::Result<Ears> {
    bail!("[whisper] is of no use to this program, which was built without it: build it with `cargo build --release --features whisper`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Result<String, toml::de::Error> {
        #[derive(serde::Deserialize)]
        struct Sections {
            recogniser: Option<HttpSettings>,
            whisper: Option<file::WhisperSection>,
            pocketsphinx: Option<PocketsphinxSettings>,
        }
        let Sections { recogniser, whisper, pocketsphinx } = toml::from_str(text)?;
        Ok(ears(recogniser, whisper, pocketsphinx).err().map(|why| format!("{why:#}")).unwrap_or_default())
    }

    #[test]
    fn a_broker_that_cannot_be_used_is_told_at_the_start() -> Result<(), toml::de::Error> {
        let secret = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let usual =
            format!("issuer = \"https://broker.example\"\nclient_id = \"svar\"\nclient_secret_file = \"{secret}\"\nname = \"BankID\"\n");
        let said = |text: &str, public| -> Result<String, toml::de::Error> {
            Ok(sign_in(toml::from_str(text)?, public).err().map(|why| format!("{why:#}")).unwrap_or_default())
        };
        let here = Some("https://svar.example");
        assert_eq!(said(&usual, here)?, "");
        assert!(said(&usual, None)?.contains("needs public_address"));
        for (from, to, expected) in [
            ("https://broker", "http://broker", "https:// unless it is on this machine"),
            ("https://broker.example", "broker", "http:// or https:// with a host"),
            (secret, "/nonexistent", "the secret cannot be read from /nonexistent"),
            ("\"svar\"", "\" \"", "client_id must not be empty"),
            ("BankID", "A way in with a name that has no room on a button", "at most 40 characters"),
            ("name =", "scopes = [\"profile\"]\nname =", "\"openid\" one of them"),
            ("name =", "answer_ms_max = 60000\nname =", "between 500 and 15000"),
        ] {
            let said = said(&usual.replacen(from, to, 1), here)?;
            assert!(said.starts_with("[sign_in] cannot be used") && said.contains(expected), "{to}: {said}");
        }
        Ok(())
    }

    const HTTP: &str = "[recogniser]\nurl = \"http://127.0.0.1:1/\"\nmodel = \"m\"\n";
    const WHISPER: &str = "[whisper]\nmodel = \"m.bin\"\n";
    const POCKETSPHINX: &str = "[pocketsphinx]\ngrammar = \"/nonexistent/en.jsgf\"\n";

    #[test]
    fn one_recogniser_hears_a_call() -> Result<(), toml::de::Error> {
        for sections in [[HTTP, WHISPER], [HTTP, POCKETSPHINX], [WHISPER, POCKETSPHINX]] {
            assert!(refused(&sections.concat())?.contains("keep one of them"), "{sections:?}");
        }
        assert_eq!(refused(HTTP)?, "");
        assert_eq!(refused("")?, "");
        Ok(())
    }

    #[test]
    fn what_cannot_be_used_is_told_and_never_passed_over() -> Result<(), toml::de::Error> {
        assert!(refused(POCKETSPHINX)?.starts_with("[pocketsphinx] cannot be used"));
        assert!(refused(&format!("{POCKETSPHINX}answer_ms_max = 100\n"))?.contains("between 500 and 10000"));
        Ok(())
    }

    #[cfg(not(feature = "whisper"))]
    #[test]
    fn a_recogniser_that_was_not_built_is_told() -> Result<(), toml::de::Error> {
        assert!(refused(WHISPER)?.contains("--features whisper"));
        Ok(())
    }
}
