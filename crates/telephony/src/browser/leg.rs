//! A browser's leg: WebRTC with one PCMA stream (PCMU where a browser insists), we as ICE-lite. The
//! leg stays as long as the page does and is put into bridges and taken out again many times; its
//! connection may be gone for a while and return.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::change::SdpOffer;
use str0m::format::Codec as RtcCodec;
use str0m::media::{Frequency, MediaData, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig, RtcError};
use tokio::net::UdpSocket;
use tokio::time::{MissedTickBehavior, interval_at, sleep_until};

use crate::api::BrowserLegError;
use crate::event::{EndCause, LegEvent, LegId};
use crate::media::g711::Codec;
use crate::media::voice::{Outgoing, OutgoingKind, Voice};
use crate::media::{Inlets, LATE, MediaCommand, MediaHandle, TICK, supervised};
use crate::sdp::SDP_BYTES_MAX;
use crate::shared::Shared;
use crate::stats::{count, uncount};

const DATAGRAM_BYTES_MAX: usize = 2_048;
/// From the answer until the browser must be connected.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a lost connection may take to return when no other limit is set.
const RETURN_TIMEOUT: Duration = Duration::from_secs(60);

/// Takes an offer; the leg is on the board when this returns.
pub fn connect(shared: &Arc<Shared>, advertised: IpAddr, offer: &str) -> Result<(LegId, String), BrowserLegError> {
    if offer.len() > SDP_BYTES_MAX {
        return Err(BrowserLegError::BadOffer);
    }
    let offer = SdpOffer::from_sdp_string(offer).map_err(|_| BrowserLegError::BadOffer)?;
    let socket = shared.pool.bind(shared.config.sip.ip()).map_err(|_| BrowserLegError::NoSocket)?;
    let port = socket.local_addr().map_err(|_| BrowserLegError::NoSocket)?.port();
    let address = SocketAddr::new(advertised, port);
    let mut rtc = RtcConfig::new()
        .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
        .set_ice_lite(true)
        .clear_codecs()
        .enable_pcma(true, false)
        .enable_pcmu(true, false)
        .build(Instant::now());
    let candidate = Candidate::host(address, "udp").map_err(|_| BrowserLegError::NoSocket)?;
    rtc.add_local_candidate(candidate);
    let answer = rtc.sdp_api().accept_offer(offer).map_err(|_| BrowserLegError::BadOffer)?.to_sdp_string();
    if !answer.contains(" PCMA/8000") && !answer.contains(" PCMU/8000") {
        return Err(BrowserLegError::NoAudio);
    }
    let leg = shared.next_leg();
    let runtime = shared.pool.runtime();
    let (handle, inlets) = MediaHandle::new(runtime.clone());
    shared.admit(leg, handle);
    let mut browser = Browser {
        shared: shared.clone(),
        leg,
        rtc,
        voice: shared.voice(leg),
        address,
        mid: None,
        state: State::Connecting,
        deadline: tokio::time::Instant::now() + CONNECT_TIMEOUT,
        media_time: 0,
    };
    let shared = shared.clone();
    runtime.spawn(async move {
        let sound = async move {
            match UdpSocket::from_std(socket) {
                Ok(socket) => browser.run(&socket, inlets).await,
                Err(_) => EndCause::Failed("the socket for sound could not be used".to_owned()),
            }
        };
        let cause = supervised(leg, sound).await;
        shared.patchboard.remove(leg);
        shared.events.tell_last(LegEvent::Ended { leg, cause }).await;
        uncount(&shared.counters.legs);
    });
    Ok((leg, answer))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Connecting,
    Connected,
    Suspended,
}

struct Browser {
    shared: Arc<Shared>,
    leg: LegId,
    rtc: Rtc,
    voice: Voice,
    address: SocketAddr,
    mid: Option<Mid>,
    state: State,
    /// When a connection that does not come (back) is given up.
    deadline: tokio::time::Instant,
    /// RTP time as the library counts it, without wrapping.
    media_time: u64,
}

impl Browser {
    async fn run(&mut self, socket: &UdpSocket, inlets: Inlets) -> EndCause {
        let Inlets { mut commands, mut frames, mut wires } = inlets;
        let mut ticks = interval_at(tokio::time::Instant::now() + TICK, TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut datagram = [0u8; DATAGRAM_BYTES_MAX];
        loop {
            let wake = match self.drain(socket) {
                Ok(wake) if self.rtc.is_alive() => wake,
                // The page closed the connection, or it broke for good.
                Ok(_) | Err(_) => return self.gone(),
            };
            let waiting = self.state != State::Connected;
            let result = tokio::select! {
                biased;
                Ok(()) = wires.changed() => {
                    let wire = wires.borrow_and_update().clone();
                    self.voice.connect(wire);
                    Ok(())
                }
                command = commands.recv() => match command {
                    Some(MediaCommand::End(cause)) => {
                        self.rtc.disconnect();
                        let _ = self.drain(socket);
                        return cause;
                    }
                    Some(command) => {
                        self.voice.command(command);
                        Ok(())
                    }
                    None => return EndCause::Failed("the leg was let go of without an end".to_owned()),
                },
                due = ticks.tick() => self.tick(due),
                Some(frame) = frames.recv() => match self.voice.bridged(frame) {
                    Some(out) => self.send(&out),
                    None => Ok(()),
                },
                received = socket.recv_from(&mut datagram) => match received {
                    Ok((length, from)) => self.receive(&datagram[..length], from),
                    Err(_) => Ok(()),
                },
                () = sleep_until(wake.into()) => self.rtc.handle_input(Input::Timeout(Instant::now())),
                () = sleep_until(self.deadline), if waiting => return self.gone(),
            };
            if result.is_err() {
                return self.gone();
            }
        }
    }

    fn gone(&self) -> EndCause {
        match self.state {
            State::Connecting => EndCause::Unreachable,
            State::Connected => EndCause::HungUp,
            State::Suspended => EndCause::MediaLost,
        }
    }

    /// Sends and takes in what the library has, until it only waits.
    fn drain(&mut self, socket: &UdpSocket) -> Result<Instant, RtcError> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(wake) => {
                    let now = Instant::now();
                    if wake > now {
                        return Ok(wake);
                    }
                    self.rtc.handle_input(Input::Timeout(now))?;
                }
                Output::Transmit(datagram) => {
                    let _ = socket.try_send_to(&datagram.contents, datagram.destination);
                }
                Output::Event(event) => self.happened(event),
            }
        }
    }

    fn happened(&mut self, event: Event) {
        let leg = self.leg;
        match event {
            Event::MediaAdded(media) => self.mid = self.mid.or(Some(media.mid)),
            Event::Connected => self.connected(),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) if self.state == State::Connected => {
                self.state = State::Suspended;
                let wait = self.shared.silence_timeout().unwrap_or(RETURN_TIMEOUT);
                self.deadline = tokio::time::Instant::now() + wait;
                self.voice.negotiate(Codec::Alaw, false);
                self.shared.events.tell(LegEvent::BrowserSuspended { leg });
            }
            Event::IceConnectionStateChange(IceConnectionState::Connected | IceConnectionState::Completed)
                if self.state == State::Suspended =>
            {
                self.connected();
            }
            Event::MediaData(data) => self.received(&data),
            _ => {}
        }
    }

    fn connected(&mut self) {
        self.state = State::Connected;
        let codec = self.codec();
        self.voice.negotiate(codec, true);
        self.shared.events.tell(LegEvent::Answered { leg: self.leg });
    }

    /// PCMA unless the browser only takes the other law.
    fn codec(&mut self) -> Codec {
        let Some(writer) = self.mid.and_then(|mid| self.rtc.writer(mid)) else { return Codec::Alaw };
        let alaw = writer.payload_params().any(|params| params.spec().codec == RtcCodec::PCMA);
        if alaw { Codec::Alaw } else { Codec::Ulaw }
    }

    fn received(&mut self, data: &MediaData) {
        let codec = match data.params.spec().codec {
            RtcCodec::PCMA => Codec::Alaw,
            RtcCodec::PCMU => Codec::Ulaw,
            _ => return,
        };
        count(&self.shared.counters.packets_in);
        self.voice.received(codec, data.time.numer() as u32, &data.data);
    }

    fn receive(&mut self, datagram: &[u8], source: SocketAddr) -> Result<(), RtcError> {
        let Ok(contents) = datagram.try_into() else {
            count(&self.shared.counters.malformed);
            return Ok(());
        };
        let input = Input::Receive(Instant::now(), Receive { proto: Protocol::Udp, source, destination: self.address, contents });
        if !self.rtc.accepts(&input) {
            count(&self.shared.counters.strangers);
            return Ok(());
        }
        self.rtc.handle_input(input)
    }

    fn tick(&mut self, due: tokio::time::Instant) -> Result<(), RtcError> {
        let Some(out) = self.voice.tick() else { return Ok(()) };
        if due.elapsed() > LATE {
            count(&self.shared.counters.late_packets);
        }
        self.send(&out)
    }

    fn send(&mut self, out: &Outgoing) -> Result<(), RtcError> {
        if out.kind == OutgoingKind::Key || self.state != State::Connected {
            return Ok(());
        }
        let ahead = out.timestamp.wrapping_sub(self.media_time as u32) as i32;
        self.media_time = self.media_time.wrapping_add_signed(i64::from(ahead));
        let wanted = match self.codec() {
            Codec::Alaw => RtcCodec::PCMA,
            Codec::Ulaw => RtcCodec::PCMU,
        };
        let Some(writer) = self.mid.and_then(|mid| self.rtc.writer(mid)) else { return Ok(()) };
        let payload_type = writer.payload_params().find(|params| params.spec().codec == wanted).map(|params| params.pt());
        let Some(payload_type) = payload_type else { return Ok(()) };
        let time = MediaTime::new(self.media_time, Frequency::EIGHT_KHZ);
        let writer = writer.start_of_talkspurt(out.marker);
        writer.write(payload_type, Instant::now(), time, out.payload.as_slice())?;
        count(&self.shared.counters.packets_out);
        Ok(())
    }
}
