//! An operator's page as the centre hears it: WebRTC with a tone to say and an ear for tones, without
//! a browser around it. It lasts over many conversations, as a page does.

use super::{
    Operator,
    side::{DEADLINE, tones_in},
};
use std::{net::SocketAddr, sync::Arc, time::Instant};
use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcConfig,
    change::SdpAnswer,
    media::{Direction, Frequency, MediaKind, MediaTime, Mid},
    net::{Protocol, Receive},
};
use switchboard::{PageId, Refusal, Switchboard};
use tokio::{
    net::UdpSocket,
    sync::watch,
    task::JoinHandle,
    time::{Duration, interval, sleep_until, timeout},
};

const FRAME_SAMPLES: usize = 160;
/// What is listened to at once: 600 ms.
const WINDOW_SAMPLES: usize = 4_800;

/// What was heard in one window; windows are counted, so that nobody is told of an old one.
#[derive(Clone, Default)]
struct Heard {
    window: u64,
    tones: Vec<u32>,
}

pub struct Headset {
    says: watch::Sender<u32>,
    heard: watch::Receiver<Heard>,
    task: JoinHandle<()>,
}

impl Headset {
    /// Connects the sound of an operator's page.
    pub async fn connect(board: &Switchboard, operator: &Operator) -> Self {
        Self::connect_anew(board, operator, None).await.unwrap()
    }

    /// The same for a page that had it before under this number, and may be told that another has it now.
    pub async fn connect_anew(board: &Switchboard, operator: &Operator, had: Option<PageId>) -> Result<Self, Refusal> {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut rtc = RtcConfig::new()
            .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
            .clear_codecs()
            .enable_pcma(true, false)
            .build(Instant::now());
        let address = socket.local_addr().unwrap();
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().unwrap();
        let answer = board.connect_sound(operator.id, operator.page, had, offer.to_sdp_string()).await?;
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&answer).unwrap()).unwrap();
        let ((says, said), (tell, heard)) = (watch::channel(0), watch::channel(Heard::default()));
        let ends = Ends { rtc, socket, address, mid, said, tell, sent: 0, window: Vec::new() };
        Ok(Self { says, heard, task: tokio::spawn(ends.run()) })
    }

    /// Says a tone until something else is said.
    pub fn say(&self, hz: u32) {
        self.says.send_replace(hz);
    }

    /// Waits until these tones are heard, in a window that began after this was asked.
    pub async fn hears(&mut self, tones: &[u32]) {
        let asked = self.heard.borrow().window;
        let heard = self.heard.wait_for(|heard| heard.window > asked + 1 && heard.tones == tones);
        let told = timeout(DEADLINE, heard).await.is_ok_and(|heard| heard.is_ok());
        assert!(told, "the headset hears {:?}, not {tones:?}", self.heard.borrow().tones);
    }

    /// The page is gone without a word.
    pub fn drop_line(self) {
        self.task.abort();
    }
}

struct Ends {
    rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    mid: Mid,
    said: watch::Receiver<u32>,
    tell: watch::Sender<Heard>,
    sent: u64,
    window: Vec<i16>,
}

impl Ends {
    /// Ends with the line, or when the test lets go of the headset.
    async fn run(mut self) {
        let mut ticks = interval(Duration::from_millis(20));
        let mut datagram = [0_u8; 2_048];
        while let Some(wake) = self.drain() {
            tokio::select! {
                _ = ticks.tick() => self.speak(),
                received = self.socket.recv_from(&mut datagram) => {
                    let Ok((length, source)) = received else { continue };
                    let Ok(contents) = datagram[..length].try_into() else { continue };
                    let receive = Receive { proto: Protocol::Udp, source, destination: self.address, contents };
                    self.rtc.handle_input(Input::Receive(Instant::now(), receive)).unwrap();
                }
                () = sleep_until(wake.into()) => self.rtc.handle_input(Input::Timeout(Instant::now())).unwrap(),
            }
            if self.tell.is_closed() {
                return;
            }
        }
    }

    fn drain(&mut self) -> Option<Instant> {
        while self.rtc.is_alive() {
            match self.rtc.poll_output().ok()? {
                Output::Timeout(wake) if wake > Instant::now() => return Some(wake),
                Output::Timeout(_) => self.rtc.handle_input(Input::Timeout(Instant::now())).ok()?,
                Output::Transmit(datagram) => {
                    let _ = self.socket.try_send_to(&datagram.contents, datagram.destination);
                }
                Output::Event(Event::MediaData(data)) => self.hear(&data.data),
                Output::Event(_) => {}
            }
        }
        None
    }

    fn hear(&mut self, alaw: &[u8]) {
        self.window.extend(alaw.iter().map(|&byte| decoded(byte)));
        if self.window.len() >= WINDOW_SAMPLES {
            let tones = tones_in(&self.window);
            self.window.clear();
            self.tell.send_modify(|heard| *heard = Heard { window: heard.window + 1, tones });
        }
    }

    fn speak(&mut self) {
        let hz = *self.said.borrow();
        let Some(writer) = self.rtc.writer(self.mid) else { return };
        let Some(payload_type) = writer.payload_params().next().map(|params| params.pt()) else { return };
        let sample = |n: u64| (f64::sin(std::f64::consts::TAU * f64::from(hz) * (n as f64) / 8_000.0) * 8_000.0) as i16;
        let frame: Vec<u8> = (self.sent..).take(FRAME_SAMPLES).map(|n| encoded(sample(n))).collect();
        let time = MediaTime::new(self.sent, Frequency::EIGHT_KHZ);
        self.sent += FRAME_SAMPLES as u64;
        // Before it is connected there is nobody to hear it.
        let _ = writer.write(payload_type, Instant::now(), time, frame);
    }
}

/// ITU-T G.711, A-law.
fn encoded(sample: i16) -> u8 {
    let (sign, magnitude) = if sample >= 0 { (0x80, sample as u16) } else { (0, !sample as u16) };
    // Segments double in width; the first two are alike.
    let exponent = (8_u32).saturating_sub(magnitude.leading_zeros());
    let mantissa = (magnitude >> (exponent.max(1) + 3)) & 15;
    (sign | ((exponent as u8) << 4) | mantissa as u8) ^ 0x55
}

fn decoded(byte: u8) -> i16 {
    let code = byte ^ 0x55;
    let (exponent, mantissa) = ((code >> 4) & 7, i16::from(code & 15));
    let magnitude = if exponent == 0 { (mantissa << 4) + 8 } else { ((mantissa << 4) + 0x108) << (exponent - 1) };
    if code & 0x80 != 0 { magnitude } else { -magnitude }
}
