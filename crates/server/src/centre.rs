//! A running contact centre: store, telephony, switchboard and web, started in that order and ended
//! in the other. Demo and serve differ only in what they are told.

use crate::claim::{Owner, claim};
use anyhow::Context;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use storage::{Location, Store};
use switchboard::{Carriers, CitizensPages, Deployment, EvidenceSettings, Mailbox, Switchboard};
use telephony::Telephony;
use tokio_util::sync::CancellationToken;
use web::WebConfig;

/// How long ending may take: pages, calls, the last entries, each within its own bound. Shorter than
/// what service managers grant before they kill.
const END_WITHIN: Duration = Duration::from_secs(60);

pub struct Settings {
    pub location: Location,
    pub owner: Owner,
    pub deployment: Deployment,
    pub sip: telephony::Config,
    pub web: WebConfig,
    pub node: String,
    pub trunk: String,
    /// Where entries are kept that the database does not take in time.
    pub spill: Option<PathBuf>,
    /// Who carries messages to citizens.
    pub carriers: Carriers,
    pub citizens: CitizensPages,
    /// From where mail is taken in.
    pub mail_in: Option<Mailbox>,
    /// Where evidence is taken in.
    pub evidence: Option<EvidenceSettings>,
    pub metrics: Option<SocketAddr>,
}

pub struct Centre {
    pub switchboard: Switchboard,
    pub sip: SocketAddr,
    pub web: SocketAddr,
    telephony: Telephony,
    running: switchboard::Running,
    web_running: web::Running,
    stop_web: CancellationToken,
    asked_to_end: CancellationToken,
}

impl Centre {
    /// What may be missing is had before anything acts: addresses, then the database, then its lease. So a
    /// port that is taken is told before a folder is made or marked. Who calls meanwhile waits.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let asked_to_end = crate::signals::asked_to_end().context("the system takes no signal handler")?;
        let Settings { location, owner, deployment, sip, web, node, trunk, spill, carriers, citizens, mail_in, evidence, metrics } =
            settings;
        let surface = web::open(web).await?;
        if let Some(address) = metrics {
            metrics_exporter_prometheus::PrometheusBuilder::new()
                .with_http_listener(address)
                .install()
                .with_context(|| format!("metrics cannot be offered at {address}: choose another address"))?;
        }
        let (telephony, legs) = Telephony::start(sip).await?;
        let started = async {
            let store = Store::open(&location).await?;
            claim(&store, &location, owner).await?;
            let config = switchboard::Config { node, trunk, spill, carriers, citizens: Some(citizens), mail_in, evidence };
            anyhow::Ok(switchboard::start(config, store, Arc::new(deployment), telephony.clone(), legs).await?)
        };
        let started = tokio::select! {
            started = started => started,
            () = asked_to_end.cancelled() => Err(anyhow::anyhow!("the program was asked to end before it had started")),
        };
        let running = match started {
            Ok(running) => running,
            Err(error) => {
                telephony.stop().await;
                return Err(error);
            }
        };
        let stop_web = CancellationToken::new();
        let switchboard = running.switchboard.clone();
        match surface.serve(switchboard.clone(), stop_web.clone()) {
            Ok(web_running) => {
                let (sip, web) = (telephony.sip_address(), web_running.address);
                Ok(Self { switchboard, sip, web, telephony, running, web_running, stop_web, asked_to_end })
            }
            Err(error) => {
                running.stop().await;
                Err(error.into())
            }
        }
    }

    /// Waits until the program is asked to end, another node has taken over, or a fault ended its work.
    pub async fn run(&self) -> anyhow::Result<()> {
        tokio::select! {
            () = self.asked_to_end.cancelled() => Ok(()),
            () = self.running.fenced.cancelled() => anyhow::bail!("another node has taken over this deployment"),
            () = self.running.failed.cancelled() => {
                anyhow::bail!("a fault of the program ended its work: start it again, and report what the log says of it")
            }
        }
    }

    /// Ends pages, then calls, then saves what is on its way. What hangs is left behind and the
    /// program ends at once and as failed: everything promised to anybody was saved before.
    pub async fn stop(self) {
        let Self { telephony, running, web_running, stop_web, .. } = self;
        let ending = async {
            stop_web.cancel();
            web_running.ended().await;
            running.stop().await;
        };
        match tokio::time::timeout(END_WITHIN, ending).await {
            Ok(()) if telephony.has_ended() => return,
            Ok(()) => tracing::error!("the thread of signalling hangs; the program ends without it"),
            Err(_) => tracing::error!(seconds = END_WITHIN.as_secs(), "the program did not end in time and ends now"),
        }
        #[allow(clippy::disallowed_methods, reason = "returning would wait for whatever hangs")]
        std::process::exit(1)
    }
}
