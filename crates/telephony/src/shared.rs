//! What signalling, sound and the API have in common: the table of legs, the ways to them, the
//! counters. Locks are held for lookups only.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::sip::{Param, Scheme, Transport as SipTransport, Uri};
use tokio::sync::{Notify, mpsc};

use crate::config::{Config, Timing};
use crate::event::{EndCause, LegId, Transport};
use crate::events::Events;
use crate::media::bridge::Patchboard;
use crate::media::pool::Pool;
use crate::media::recorder::Recorder;
use crate::media::rtp_leg::{self, Surroundings};
use crate::media::voice::Voice;
use crate::media::{MediaCommand, MediaHandle};
use crate::sip::CallCommand;
use crate::stats::{Counters, count, uncount};

/// See the module.
pub struct Shared {
    pub config: Config,
    pub timing: Timing,
    pub counters: Arc<Counters>,
    pub events: Events,
    pub pool: Pool,
    pub patchboard: Patchboard,
    pub recorder: Recorder,
    calls: Mutex<HashMap<LegId, mpsc::Sender<CallCommand>>>,
    last_leg: AtomicU64,
}

/// The signalling side of it, which exists once the sockets do.
pub struct Signalling {
    pub shared: Arc<Shared>,
    pub dialogs: Arc<DialogLayer>,
    pub gate: Arc<crate::sip::gate::Gate>,
    pub sip: SocketAddr,
    pub tls: Option<SocketAddr>,
    pub advertised: IpAddr,
    pub runtime: tokio::runtime::Handle,
    /// Told each time the answer to a call has arrived.
    pub acknowledged: Notify,
}

/// A leg's sound as its call sees it. With it goes the call: one that is let go of without an end, by
/// a fault of this program, is ended then.
pub struct LegMedia {
    pub handle: MediaHandle,
    pub port: u16,
    pub lost: Arc<Notify>,
    leg: LegId,
    shared: Arc<Shared>,
}

impl Drop for LegMedia {
    fn drop(&mut self) {
        let cause = EndCause::Failed("a fault of this program in the call's signalling".to_owned());
        self.shared.close_call(self.leg, &self.handle, cause);
    }
}

impl Shared {
    pub fn new(config: Config, timing: Timing, pool: Pool, recorder: Recorder, events: Events, counters: Arc<Counters>) -> Shared {
        Shared {
            config,
            timing,
            counters,
            events,
            pool,
            patchboard: Patchboard::default(),
            recorder,
            calls: Mutex::new(HashMap::new()),
            last_leg: AtomicU64::new(0),
        }
    }

    pub fn next_leg(&self) -> LegId {
        LegId(self.last_leg.fetch_add(1, Ordering::Relaxed) + 1)
    }

    pub fn voice(&self, leg: LegId) -> Voice {
        Voice::new(leg, self.events.clone(), self.counters.clone(), self.recorder.clone())
    }

    pub fn silence_timeout(&self) -> Option<Duration> {
        let seconds = self.config.rtp_silence_timeout_s;
        (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)))
    }

    /// Opens a call's sound and puts the leg on the board.
    pub fn open_call(self: &Arc<Self>, leg: LegId) -> std::io::Result<(LegMedia, mpsc::Receiver<CallCommand>)> {
        let socket = self.pool.bind(self.config.sip.ip())?;
        let port = socket.local_addr()?.port();
        let lost = Arc::new(Notify::new());
        let around = Surroundings {
            leg,
            events: self.events.clone(),
            counters: self.counters.clone(),
            silence_timeout: self.silence_timeout(),
            lost: lost.clone(),
        };
        let handle = rtp_leg::start(self.pool.runtime(), socket, self.voice(leg), around);
        self.admit(leg, handle.clone());
        count(&self.counters.calls);
        let (commands, commands_in) = mpsc::channel(crate::sip::COMMANDS_QUEUED_MAX);
        self.calls.lock().insert(leg, commands);
        Ok((LegMedia { handle, port, lost, leg, shared: self.clone() }, commands_in))
    }

    /// Counts a leg and puts it on the board.
    pub fn admit(&self, leg: LegId, handle: MediaHandle) {
        count(&self.counters.legs);
        self.patchboard.add(leg, handle);
    }

    /// Ends a call: no command reaches it any more, its sound tells the end. Again is nothing.
    pub fn close_call(&self, leg: LegId, media: &MediaHandle, cause: EndCause) {
        if self.calls.lock().remove(&leg).is_none() {
            return;
        }
        self.patchboard.remove(leg);
        uncount(&self.counters.calls);
        media.tell(MediaCommand::End(cause));
    }

    /// Whether the leg is a call; a full queue is counted.
    pub fn tell_call(&self, leg: LegId, command: CallCommand) -> bool {
        let Some(call) = self.calls.lock().get(&leg).cloned() else { return false };
        if let Err(mpsc::error::TrySendError::Full(_)) = call.try_send(command) {
            count(&self.counters.commands_lost);
        }
        true
    }

    /// A full queue is counted; a leg that is gone is none of our business.
    pub fn tell_media(&self, leg: LegId, command: MediaCommand) {
        if let Some(media) = self.patchboard.media(leg)
            && !media.tell(command)
        {
            count(&self.counters.commands_lost);
        }
    }
}

impl Signalling {
    /// Where others reach us over this transport.
    pub fn contact(&self, transport: Transport) -> Uri {
        let (port, parameter) = match transport {
            Transport::Udp => (self.sip.port(), None),
            Transport::Tcp => (self.sip.port(), Some(SipTransport::Tcp)),
            Transport::Tls => (self.tls.unwrap_or(self.sip).port(), Some(SipTransport::Tls)),
        };
        Uri {
            scheme: Some(Scheme::Sip),
            host_with_port: SocketAddr::new(self.advertised, port).into(),
            params: parameter.map(Param::Transport).into_iter().collect(),
            ..Default::default()
        }
    }

    /// 64*T1: how long the other side may take to answer anything.
    pub fn patience(&self) -> Duration {
        Duration::from_millis(self.shared.timing.t1_ms * 64)
    }
}
