//! The face of the crate: every act is told and returns at once.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::browser;
use crate::config::{Admission, Config, Timing};
use crate::event::{BridgeId, Dial, EndCause, LegEvent, LegId, Listening, Playback, Refusal, Transport};
use crate::events::Events;
use crate::limits;
use crate::media::MediaCommand;
use crate::media::g711::Codec;
use crate::media::pool::Pool;
use crate::media::recorder::Recorder;
use crate::shared::{Shared, Signalling};
use crate::sip::{CallCommand, endpoint, outbound};
use crate::stats::{Counters, Stats};

/// How long `stop` waits for calls to be hung up.
const STOP_WAIT: Duration = Duration::from_secs(5);
/// How long `stop` then waits for the threads to end. Far more than they need, unless one hangs.
const THREADS_WAIT: Duration = Duration::from_secs(5);
const STOP_LOOK_EVERY: Duration = Duration::from_millis(10);

/// Why telephony cannot start. Each sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{address} is in use already ({transport:?}); choose another SIP address or stop the program that has it")]
    AddrInUse { address: SocketAddr, transport: Transport },
    #[error("{address} cannot be listened on ({transport:?}): {error}; correct the SIP address or the rights")]
    Bind { address: SocketAddr, transport: Transport, error: std::io::Error },
    #[error("{} cannot be used for SIP over TLS: {why}; give a PEM certificate and its key", path.display())]
    Certificate { path: PathBuf, why: String },
    #[error("the system gives no thread or socket: {0}; free some and start again")]
    Resources(#[from] std::io::Error),
    #[error("signalling could not start: {0}")]
    Signalling(String),
}

/// Why a browser's offer was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrowserLegError {
    #[error("the browser's offer is no usable SDP; reload the page")]
    BadOffer,
    #[error("the browser's offer holds no audio in PCMA or PCMU; let the page ask for the microphone")]
    NoAudio,
    #[error("the system gives no socket for sound; see to its limits")]
    NoSocket,
    #[error("telephony is being stopped; try again when the service is back")]
    Stopping,
}

/// Calls and browsers as legs, legs in bridges. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Telephony {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    signalling: Arc<Signalling>,
    stop: CancellationToken,
    /// Signalling's.
    thread: std::thread::JoinHandle<()>,
}

impl Telephony {
    /// Opens the sockets and starts the threads. Events must be fetched: see [`Stats::events_lost`].
    pub async fn start(config: Config) -> Result<(Telephony, mpsc::Receiver<LegEvent>), StartError> {
        Telephony::start_with(config, Timing::default()).await
    }

    /// As `start`, with other SIP timers. For tests.
    #[doc(hidden)]
    pub async fn start_with(config: Config, timing: Timing) -> Result<(Telephony, mpsc::Receiver<LegEvent>), StartError> {
        // Both rings of rustls are linked: whoever comes first must say which. An earlier choice
        // by the program stands.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        limits::provide_descriptors(config.admission.concurrent_calls_max);
        let counters = Arc::new(Counters::default());
        let (events, receiver) = Events::new(counters.clone());
        let (recorder, recording) = Recorder::start(counters.clone())?;
        let pool = Pool::start(config.media_threads, config.rtp_ports)?;
        let shared = Arc::new(Shared::new(config, timing, pool, recorder, events, counters));
        let stop = CancellationToken::new();
        let (ready, told) = oneshot::channel();
        let thread = {
            let (shared, stop) = (shared.clone(), stop.clone());
            std::thread::Builder::new().name("telephony-sip".to_owned()).spawn(move || endpoint::run(shared, stop, ready))?
        };
        let signalling = match told.await {
            Ok(Ok(signalling)) => signalling,
            Ok(Err(error)) => {
                shared.pool.stop();
                return Err(error);
            }
            Err(_) => return Err(StartError::Signalling("its thread ended".to_owned())),
        };
        // The recording thread ends by itself when the last recorder is gone.
        drop(recording);
        let inner = Inner { shared, signalling, stop, thread };
        Ok((Telephony { inner: Arc::new(inner) }, receiver))
    }

    /// Where SIP is spoken over UDP and TCP, with the real port.
    pub fn sip_address(&self) -> SocketAddr {
        self.inner.signalling.sip
    }

    /// Where SIP is spoken over TLS, with the real port.
    pub fn tls_address(&self) -> Option<SocketAddr> {
        self.inner.signalling.tls
    }

    /// 180: the caller hears that it rings.
    pub fn ring(&self, leg: LegId) {
        self.call(leg, CallCommand::Ring);
    }

    /// 200: takes the call. `Answered` tells when the caller knows.
    pub fn answer(&self, leg: LegId) {
        self.call(leg, CallCommand::Answer);
    }

    /// Turns a call away that is not answered yet; an answered one is hung up.
    pub fn refuse(&self, leg: LegId, why: Refusal) {
        self.call(leg, CallCommand::Refuse(why));
    }

    /// Ends a leg in whatever state it is. `Ended` follows. Again is nothing.
    pub fn hang_up(&self, leg: LegId) {
        if !self.inner.shared.tell_call(leg, CallCommand::HangUp) {
            self.media(leg, MediaCommand::End(EndCause::HungUpHere));
        }
    }

    /// Calls somebody. What becomes of it is told as events of the leg.
    pub fn dial(&self, dial: Dial) -> LegId {
        let shared = &self.inner.shared;
        let leg = shared.next_leg();
        let runtime = &self.inner.signalling.runtime;
        match shared.open_call(leg) {
            Ok((media, commands)) => {
                runtime.spawn(outbound::run(self.inner.signalling.clone(), leg, dial, media, commands));
            }
            Err(error) => {
                tracing::error!(%leg, %error, "no socket for a call's sound; the call is not made");
                let events = shared.events.clone();
                let cause = EndCause::Failed("no socket for the call's sound".to_owned());
                runtime.spawn(async move { events.tell_last(LegEvent::Ended { leg, cause }).await });
            }
        }
        leg
    }

    /// Takes a browser's WebRTC offer and gives the answer. The leg lasts as long as the page and is
    /// put into bridges and taken out as often as wanted.
    pub async fn connect_browser(&self, offer_sdp: String) -> Result<(LegId, String), BrowserLegError> {
        if self.inner.stop.is_cancelled() {
            return Err(BrowserLegError::Stopping);
        }
        browser::leg::connect(&self.inner.shared, self.inner.signalling.advertised, &offer_sdp)
    }

    /// Plays to the leg, instead of what plays and over its bridge.
    pub fn play(&self, leg: LegId, playback: Playback) {
        // Encoded here, once per sound, so that no sound thread has to.
        for sound in &playback.sounds {
            for codec in [Codec::Alaw, Codec::Ulaw] {
                sound.frames(codec);
            }
        }
        self.media(leg, MediaCommand::Play(playback));
    }

    /// Ends what plays, without `PlaybackFinished`.
    pub fn stop_playing(&self, leg: LegId) {
        self.media(leg, MediaCommand::StopPlaying);
    }

    /// Makes these legs hear each other and nobody else. Those no longer named hear silence.
    pub fn bridge(&self, bridge: BridgeId, legs: Vec<LegId>) {
        self.inner.shared.patchboard.set(bridge, legs);
    }

    /// What a muted leg says goes to nobody.
    pub fn mute(&self, leg: LegId, muted: bool) {
        self.media(leg, MediaCommand::Mute(muted));
    }

    /// Waits for speech: one `Utterance` or `Silence` follows, unless stopped or asked again.
    pub fn listen(&self, leg: LegId, how: Listening) {
        self.media(leg, MediaCommand::Listen(how));
    }

    pub fn stop_listening(&self, leg: LegId) {
        self.media(leg, MediaCommand::StopListening);
    }

    /// Presses keys towards the other side: in RTP (RFC 4733) if it takes them there, else by INFO.
    pub fn send_keys(&self, leg: LegId, keys: &str) {
        self.call(leg, CallCommand::SendKeys(keys.to_owned()));
    }

    /// Records the leg to an 8 kHz stereo WAV file, left what it says, right what it hears. The file
    /// is whole after each second, also when the program dies.
    pub fn record(&self, leg: LegId, path: PathBuf) {
        self.media(leg, MediaCommand::Record(path));
    }

    pub fn stop_recording(&self, leg: LegId) {
        self.media(leg, MediaCommand::StopRecording);
    }

    /// Changes how many new calls are let in, from the next one on.
    pub fn set_admission(&self, admission: Admission) {
        self.inner.signalling.gate.set_admission(admission);
    }

    /// False once signalling has ended, by `stop` or by a fault: no call is heard of any more.
    pub fn is_running(&self) -> bool {
        !self.inner.stop.is_cancelled() && !self.inner.thread.is_finished()
    }

    /// Whether every thread has ended. False after `stop` means that one hangs: the program should
    /// end without it.
    pub fn has_ended(&self) -> bool {
        self.inner.thread.is_finished() && self.inner.shared.pool.has_ended()
    }

    pub fn stats(&self) -> Stats {
        let signalling = &self.inner.signalling;
        self.inner.shared.counters.read(signalling.dialogs.len() as u64)
    }

    /// Hangs everything up, ends the threads, waits a bounded while for both. Nothing works
    /// afterwards. See [`Telephony::has_ended`].
    pub async fn stop(&self) {
        let inner = &self.inner;
        inner.signalling.gate.set_admission(Admission {
            new_calls_per_second: 0,
            concurrent_calls_max: 0,
            ..inner.shared.config.admission
        });
        for leg in inner.shared.patchboard.legs() {
            self.hang_up(leg);
        }
        wait_until(STOP_WAIT, || {
            let stats = self.stats();
            stats.legs == 0 && stats.dialogs == 0
        })
        .await;
        inner.stop.cancel();
        // Signalling first: its last words to the sound should still be heard.
        wait_until(THREADS_WAIT, || inner.thread.is_finished()).await;
        inner.shared.pool.cancel();
        wait_until(THREADS_WAIT, || inner.shared.pool.has_ended()).await;
        if !self.has_ended() {
            tracing::error!("a thread of telephony does not end; it is left behind");
        }
    }

    fn call(&self, leg: LegId, command: CallCommand) {
        self.inner.shared.tell_call(leg, command);
    }

    fn media(&self, leg: LegId, command: MediaCommand) {
        self.inner.shared.tell_media(leg, command);
    }
}

async fn wait_until(patience: Duration, reached: impl Fn() -> bool) {
    let deadline = Instant::now() + patience;
    while !reached() && Instant::now() < deadline {
        sleep(STOP_LOOK_EVERY).await;
    }
}

impl Drop for Inner {
    /// Without `stop`, the threads end too, only less politely.
    fn drop(&mut self) {
        self.stop.cancel();
        self.shared.pool.cancel();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn stopping_ends_every_thread() {
        let (telephony, _events) = Telephony::start(Config::loopback(0)).await.unwrap();
        assert!(telephony.is_running() && !telephony.has_ended());
        telephony.stop().await;
        assert!(!telephony.is_running() && telephony.has_ended());
    }

    #[tokio::test]
    async fn a_call_that_is_let_go_of_by_a_fault_is_ended_and_told() {
        let (telephony, mut events) = Telephony::start(Config::loopback(0)).await.unwrap();
        let leg = LegId(77);
        let (media, _commands) = telephony.inner.shared.open_call(leg).unwrap();
        assert_eq!(telephony.inner.shared.counters.calls(), 1);
        let broken = tokio::spawn(async move {
            let _held = media;
            panic!("as if signalling had a fault");
        });
        assert!(broken.await.is_err());
        assert!(matches!(events.recv().await.unwrap(), LegEvent::Ended { leg: LegId(77), cause: EndCause::Failed(_) }));
        wait_until(STOP_WAIT, || telephony.stats().legs == 0).await;
        assert_eq!((telephony.stats().legs, telephony.inner.shared.counters.calls()), (0, 0));
        telephony.stop().await;
    }

    #[tokio::test]
    async fn stopping_does_not_wait_for_ever_for_a_thread_that_hangs() {
        let (telephony, _events) = Telephony::start(Config::loopback(0)).await.unwrap();
        let (release, held) = std::sync::mpsc::sync_channel::<()>(0);
        let (began, hanging) = oneshot::channel();
        telephony.inner.signalling.runtime.spawn(async move {
            began.send(()).unwrap();
            let _ = held.recv();
        });
        hanging.await.unwrap();
        telephony.stop().await;
        assert!(!telephony.is_running() && !telephony.has_ended());
        drop(release);
        wait_until(STOP_WAIT, || telephony.has_ended()).await;
        assert!(telephony.has_ended());
    }
}
