//! Many callers at once over one UDP socket: places calls, acknowledges answers, presses keys, hangs
//! up, and counts what became of them.

use super::{
    mouth::{Mouth, Spoken},
    sip::{self, CallNumber, Ends, Heard},
};
use anyhow::Result;
use std::{
    collections::{BTreeMap, VecDeque},
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    thread,
    time::{Duration, Instant},
};

const DATAGRAM_BYTES_MAX: usize = 65_535;
/// Between two looks at the socket when nothing comes.
const PAUSE: Duration = Duration::from_micros(200);
/// From the answer to the first key, and from key to key.
const KEY_EVERY: Duration = Duration::from_millis(800);

#[derive(Clone, Copy, PartialEq)]
pub enum After {
    /// Hang up as soon as the call is answered.
    HangUp,
    /// Stay on the line until told.
    Stay,
    /// Press these keys one after the other, then stay on the line.
    Press(&'static str),
}

#[derive(Default, Clone, Copy, Debug)]
pub struct Counts {
    pub placed: u64,
    pub answered: u64,
    /// Answered with a final refusal: by the gate, mostly.
    pub refused: u64,
}

impl Counts {
    pub fn since(self, earlier: Self) -> Self {
        Self { placed: self.placed - earlier.placed, answered: self.answered - earlier.answered, refused: self.refused - earlier.refused }
    }
}

struct Line {
    /// To and target of the dialog, once answered.
    dialog: Option<(String, String)>,
    /// The number of the last request in it.
    sequence: u32,
    after: After,
}

/// Keys that a caller has still to press.
struct Press {
    due: Instant,
    call: CallNumber,
    keys: &'static str,
}

pub struct Callers {
    socket: UdpSocket,
    ends: Ends,
    lines: BTreeMap<CallNumber, Line>,
    /// In the order in which they are due: the time between keys is the same for all.
    presses: VecDeque<Press>,
    key_every: Duration,
    /// Speaks for those who are answered; without it they are silent.
    mouth: Option<Mouth>,
    next: u64,
    pub counts: Counts,
}

impl Callers {
    /// Callers of `service` that want their sound sent to `sound`.
    pub fn new(service: SocketAddr, sound: SocketAddr) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let ends = Ends { service, own: socket.local_addr()?, sound };
        Ok(Self {
            socket,
            ends,
            lines: BTreeMap::new(),
            presses: VecDeque::new(),
            key_every: KEY_EVERY,
            mouth: None,
            next: 1,
            counts: Counts::default(),
        })
    }

    /// Lets callers speak from the moment they are answered.
    pub fn speaking(mut self, mouth: Mouth) -> Self {
        self.mouth = Some(mouth);
        self
    }

    /// What the callers have said so far.
    pub fn spoken(&self) -> Spoken {
        self.mouth.as_ref().map_or_else(Spoken::default, Mouth::spoken)
    }

    /// Places `rate` calls a second for this long, evenly, and serves all calls meanwhile.
    pub fn place(&mut self, rate: u32, time: Duration, after: After) {
        let begun = Instant::now();
        let mut placed: u64 = 0;
        while begun.elapsed() < time {
            let due = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX).saturating_mul(u64::from(rate)) / 1_000_000;
            while placed < due {
                self.place_one(after);
                placed += 1;
            }
            self.serve();
        }
    }

    pub fn place_one(&mut self, after: After) {
        let call = CallNumber(self.next);
        self.next += 1;
        self.counts.placed += 1;
        self.lines.insert(call, Line { dialog: None, sequence: 1, after });
        self.send(&sip::invite(&self.ends, call));
    }

    /// Serves calls until `done` or until the time is up; whether it was done.
    pub fn serve_until(&mut self, time: Duration, done: impl Fn(&Counts) -> bool) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < time {
            if done(&self.counts) {
                return true;
            }
            self.serve();
        }
        done(&self.counts)
    }

    /// Hangs up every call that is on.
    pub fn hang_up_all(&mut self) {
        let on: Vec<CallNumber> = self.lines.keys().copied().collect();
        for call in on {
            self.hang_up(call);
        }
    }

    fn hang_up(&mut self, call: CallNumber) {
        if let Some(Line { dialog: Some((to, uri)), sequence, .. }) = self.lines.remove(&call) {
            self.send(&sip::bye(&self.ends, call, &to, &uri, sequence + 1));
        }
    }

    fn press_when_due(&mut self) {
        let now = Instant::now();
        while let Some(Press { call, keys, .. }) = self.presses.pop_front_if(|press| press.due <= now) {
            let mut rest = keys.chars();
            let Some(key) = rest.next() else { continue };
            // Whoever was hung up on meanwhile presses nothing.
            let Some(Line { dialog: Some((to, uri)), sequence, .. }) = self.lines.get_mut(&call) else { continue };
            *sequence += 1;
            let message = sip::key(&self.ends, call, to, uri, *sequence, key);
            self.send(&message);
            self.presses.push_back(Press { due: now + self.key_every, call, keys: rest.as_str() });
        }
    }

    /// Takes all that has come and presses the keys that are due; pauses when nothing has come.
    fn serve(&mut self) {
        self.press_when_due();
        let mut datagram = [0; DATAGRAM_BYTES_MAX];
        let mut idle = true;
        while let Some(length) = self.receive(&mut datagram) {
            idle = false;
            if let Some(heard) = std::str::from_utf8(&datagram[..length]).ok().and_then(sip::read) {
                self.hear(heard);
            }
        }
        if idle {
            thread::sleep(PAUSE);
        }
    }

    fn receive(&self, datagram: &mut [u8]) -> Option<usize> {
        match self.socket.recv_from(datagram) {
            Ok((length, _)) => Some(length),
            // A refused port is told on the next receive; the unanswered calls will show it.
            Err(fault) if fault.kind() == ErrorKind::ConnectionRefused => self.socket.recv_from(datagram).ok().map(|(length, _)| length),
            Err(_) => None,
        }
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Answer { call, status: 200..=299, method, to, contact, sound } if method == "INVITE" => {
                self.send(&sip::ack(&self.ends, call, &to, &contact));
                let Some(line) = self.lines.get_mut(&call) else { return };
                // A repeated answer only needs its acknowledgement.
                if line.dialog.replace((to, contact)).is_none() {
                    let after = line.after;
                    self.answered(call, after, sound);
                }
            }
            Heard::Answer { call, status: 300.., method, to, .. } if method == "INVITE" => {
                let uri = format!("sip:{}", self.ends.service);
                self.send(&sip::ack(&self.ends, call, &to, &uri));
                self.counts.refused += u64::from(self.lines.remove(&call).is_some());
            }
            Heard::Answer { .. } => {}
            Heard::Request { call, method, repeated } => {
                if method == "BYE" {
                    self.lines.remove(&call);
                }
                if method != "ACK" {
                    self.send(&sip::ok(&repeated));
                }
            }
        }
    }

    fn answered(&mut self, call: CallNumber, after: After, sound: Option<SocketAddr>) {
        self.counts.answered += 1;
        if let (Some(mouth), Some(sound)) = (&self.mouth, sound) {
            mouth.speak_to(sound);
        }
        match after {
            After::HangUp => self.hang_up(call),
            After::Stay => {}
            After::Press(keys) => self.presses.push_back(Press { due: Instant::now() + self.key_every, call, keys }),
        }
    }

    fn send(&self, message: &str) {
        // A full buffer loses the message, as a network would; the counts show it.
        let _ = self.socket.send_to(message.as_bytes(), self.ends.service);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    const SEEN_MAX: usize = 100;

    /// A service that answers the first call, refuses the second, and tells what it was asked.
    fn service(socket: UdpSocket, seen: &std::sync::mpsc::SyncSender<String>) {
        let mut datagram = [0; DATAGRAM_BYTES_MAX];
        while let Ok((length, caller)) = socket.recv_from(&mut datagram) {
            let Some(Heard::Request { call, method, repeated }) = sip::read(&String::from_utf8_lossy(&datagram[..length])) else { break };
            let status = if method == "INVITE" && call.0 > 1 { "503 Busy" } else { "200 OK" };
            if method != "ACK" {
                let answer = format!("SIP/2.0 {status}\r\n{repeated}Contact: <sip:s@{}>\r\n\r\n", socket.local_addr().unwrap());
                socket.send_to(answer.as_bytes(), caller).unwrap();
            }
            seen.send(format!("{method} {}", call.0)).unwrap();
        }
    }

    #[test]
    fn calls_are_placed_acknowledged_and_hung_up() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut callers = Callers::new(socket.local_addr().unwrap(), socket.local_addr().unwrap()).unwrap();
        let (seen, told) = sync_channel(SEEN_MAX);
        thread::spawn(move || service(socket, &seen));
        callers.place_one(After::HangUp);
        callers.place_one(After::Stay);
        assert!(callers.serve_until(Duration::from_secs(5), |counts| counts.answered == 1 && counts.refused == 1));
        let mut asked: Vec<String> = (0..5).map(|_| told.recv_timeout(Duration::from_secs(5)).unwrap()).collect();
        asked.sort();
        assert_eq!(asked, ["ACK 1", "ACK 2", "BYE 1", "INVITE 1", "INVITE 2"]);
    }

    #[test]
    fn keys_are_pressed_in_their_order_before_hanging_up() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut callers = Callers::new(socket.local_addr().unwrap(), socket.local_addr().unwrap()).unwrap();
        callers.key_every = Duration::ZERO;
        callers.place_one(After::Press("30"));
        let next = || {
            let mut datagram = [0; DATAGRAM_BYTES_MAX];
            let (length, caller) = socket.recv_from(&mut datagram).unwrap();
            let text = String::from_utf8_lossy(&datagram[..length]).into_owned();
            let told = ["CSeq: ", "Signal="].map(|begin| text.lines().find_map(|line| line.strip_prefix(begin)).map(str::to_owned));
            (told, text, caller)
        };
        let (_, invite, caller) = next();
        let Some(Heard::Request { repeated, .. }) = sip::read(&invite) else { panic!("{invite}") };
        socket.send_to(format!("SIP/2.0 200 OK\r\n{repeated}Contact: <sip:s@h>\r\n\r\n").as_bytes(), caller).unwrap();
        assert!(callers.serve_until(Duration::from_secs(5), |counts| counts.answered == 1));
        callers.press_when_due();
        callers.hang_up_all();
        let told = [(); 4].map(|()| next().0.map(Option::unwrap_or_default).join(" "));
        assert_eq!(told, ["1 ACK ", "2 INFO 3", "3 INFO 0", "4 BYE "]);
    }
}
