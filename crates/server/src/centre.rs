//! A running contact centre: store, telephony, switchboard and web, started in that order and ended
//! in the other. Demo and serve differ only in what they are told.

use anyhow::Context;
use std::{net::SocketAddr, sync::Arc};
use storage::{Location, Store};
use switchboard::{Deployment, Switchboard};
use telephony::Telephony;
use tokio_util::sync::CancellationToken;
use web::WebConfig;

pub struct Settings {
    pub location: Location,
    pub deployment: Deployment,
    pub sip: telephony::Config,
    pub web: WebConfig,
    pub node: String,
    pub trunk: String,
    pub metrics: Option<SocketAddr>,
}

pub struct Centre {
    pub switchboard: Switchboard,
    pub sip: SocketAddr,
    pub web: SocketAddr,
    running: switchboard::Running,
    web_running: web::Running,
    stop_web: CancellationToken,
}

impl Centre {
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        if let Some(address) = settings.metrics {
            metrics_exporter_prometheus::PrometheusBuilder::new()
                .with_http_listener(address)
                .install()
                .with_context(|| format!("metrics cannot be offered at {address}: choose another address"))?;
        }
        let store = Store::open(&settings.location).await?;
        let (telephony, legs) = Telephony::start(settings.sip).await?;
        let sip = telephony.sip_address();
        let config = switchboard::Config { node: settings.node, trunk: settings.trunk };
        let running = match switchboard::start(config, store, Arc::new(settings.deployment), telephony.clone(), legs).await {
            Ok(running) => running,
            Err(error) => {
                telephony.stop().await;
                return Err(error.into());
            }
        };
        let stop_web = CancellationToken::new();
        let switchboard = running.switchboard.clone();
        match web::serve(settings.web, switchboard.clone(), stop_web.clone()).await {
            Ok(web_running) => {
                let web = web_running.address;
                Ok(Self { switchboard, sip, web, running, web_running, stop_web })
            }
            Err(error) => {
                running.stop().await;
                Err(error.into())
            }
        }
    }

    /// Waits until the program is asked to end or another node has taken over.
    pub async fn run(&self) -> anyhow::Result<()> {
        tokio::select! {
            () = crate::signals::asked_to_end() => Ok(()),
            () = self.running.fenced.cancelled() => anyhow::bail!("another node has taken over this deployment"),
        }
    }

    /// Ends pages, then calls, then saves what is on its way.
    pub async fn stop(self) {
        self.stop_web.cancel();
        self.web_running.ended().await;
        self.running.stop().await;
    }
}
