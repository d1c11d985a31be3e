//! SDP offers and answers for one audio stream of G.711 (RFC 3264, RFC 8866). Reading is tolerant,
//! writing strict. No sockets and no state but the version number.

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Media, Session};

use crate::media::g711::Codec;

/// Descriptions longer than this are refused.
pub const SDP_BYTES_MAX: usize = 32 * 1024;
/// Streams in one description.
const MEDIA_MAX: usize = 16;
/// Ours when we offer, beside the static types of G.711.
const OUR_KEY_PAYLOAD_TYPE: u8 = 101;

/// Which way sound goes, seen from whoever wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    SendReceive,
    SendOnly,
    ReceiveOnly,
    Inactive,
}

impl Direction {
    fn attribute(self) -> &'static str {
        match self {
            Direction::SendReceive => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::ReceiveOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    /// The same seen from the other side.
    pub fn reversed(self) -> Direction {
        match self {
            Direction::SendOnly => Direction::ReceiveOnly,
            Direction::ReceiveOnly => Direction::SendOnly,
            same @ (Direction::SendReceive | Direction::Inactive) => same,
        }
    }

    pub fn sends(self) -> bool {
        matches!(self, Direction::SendReceive | Direction::SendOnly)
    }

    pub fn receives(self) -> bool {
        matches!(self, Direction::SendReceive | Direction::ReceiveOnly)
    }
}

/// The audio stream another side describes, as far as we can speak it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    pub address: SocketAddr,
    pub codec: Codec,
    pub payload_type: u8,
    pub key_payload_type: Option<u8>,
    pub direction: Direction,
    /// Every stream of the description in order, as an answer must repeat them.
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    media: String,
    proto: String,
    formats: String,
    taken: bool,
}

/// Why a description cannot be used. All are answered 488, but for what is no SDP at all: 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    #[error("the body is no SDP")]
    Malformed,
    #[error("no audio stream over RTP/AVP with an address is offered")]
    NoAudio,
    #[error("neither PCMA nor PCMU is offered")]
    NoCodec,
}

/// Reads an offer or an answer.
pub fn read(body: &[u8]) -> Result<Description, SdpError> {
    if body.len() > SDP_BYTES_MAX {
        return Err(SdpError::Malformed);
    }
    let session = Session::parse(body).map_err(|_| SdpError::Malformed)?;
    if session.medias.len() > MEDIA_MAX {
        return Err(SdpError::Malformed);
    }
    let usable = |media: &Media| media.media == "audio" && media.port != 0 && matches!(media.proto.as_str(), "RTP/AVP" | "RTP/AVPF");
    let at = session.medias.iter().position(usable).ok_or(SdpError::NoAudio)?;
    let media = &session.medias[at];
    let ip = address(&session, media).ok_or(SdpError::NoAudio)?;
    let formats = formats(media);
    let (codec, payload_type) = [Codec::Alaw, Codec::Ulaw]
        .into_iter()
        .find_map(|codec| {
            let wanted = format!("{}/8000", codec.sdp_name());
            formats.iter().find(|(_, name)| is_encoding(name, &wanted)).map(|(kind, _)| (codec, *kind))
        })
        .ok_or(SdpError::NoCodec)?;
    let key_payload_type = formats.iter().find(|(_, name)| is_encoding(name, "telephone-event/8000")).map(|(kind, _)| *kind);
    let lines = session.medias.iter().enumerate().map(|(n, line)| Line {
        media: line.media.clone(),
        proto: line.proto.clone(),
        formats: line.fmt.clone(),
        taken: n == at,
    });
    Ok(Description {
        address: SocketAddr::new(ip, media.port),
        codec,
        payload_type,
        key_payload_type,
        direction: direction(&session, media),
        lines: lines.collect(),
    })
}

fn address(session: &Session, media: &Media) -> Option<IpAddr> {
    let connection = media.connections.first().or(session.connection.as_ref())?;
    // A time to live may follow an IPv4 address.
    connection.connection_address.split('/').next()?.parse().ok()
}

/// `name/rate`, perhaps with a channel count of one.
fn is_encoding(name: &str, wanted: &str) -> bool {
    let name = name.strip_suffix("/1").unwrap_or(name);
    name.eq_ignore_ascii_case(wanted)
}

/// Payload types in the order offered, with what they mean.
fn formats(media: &Media) -> Vec<(u8, String)> {
    let named: Vec<(u8, &str)> = media
        .attributes
        .iter()
        .filter(|attribute| attribute.attribute == "rtpmap")
        .filter_map(|attribute| {
            let (kind, name) = attribute.value.as_deref()?.split_once(' ')?;
            Some((kind.trim().parse().ok()?, name.trim()))
        })
        .collect();
    let meaning = |kind: u8| {
        let named = named.iter().find(|(other, _)| *other == kind).map(|(_, name)| *name);
        named.or(match kind {
            0 => Some("PCMU/8000"),
            8 => Some("PCMA/8000"),
            _ => None,
        })
    };
    media
        .fmt
        .split_whitespace()
        .filter_map(|format| format.parse::<u8>().ok())
        .filter(|kind| *kind < 128)
        .filter_map(|kind| Some((kind, meaning(kind)?.to_owned())))
        .collect()
}

fn direction(session: &Session, media: &Media) -> Direction {
    const ALL: [Direction; 4] = [Direction::SendReceive, Direction::SendOnly, Direction::ReceiveOnly, Direction::Inactive];
    let of = |attributes: &[sdp_types::Attribute]| {
        attributes.iter().find_map(|a| ALL.into_iter().find(|direction| direction.attribute() == a.attribute))
    };
    of(&media.attributes).or_else(|| of(&session.attributes)).unwrap_or(Direction::SendReceive)
}

/// Our end of the sound: writes offers and answers, each newer than the one before.
#[derive(Debug)]
pub struct OurEnd {
    address: SocketAddr,
    session: u64,
    version: u64,
}

impl OurEnd {
    pub fn new(address: SocketAddr) -> OurEnd {
        OurEnd { address, session: u64::from(rand::random::<u32>()), version: 0 }
    }

    /// Everything we can: both laws and keys.
    pub fn offer(&mut self) -> Vec<u8> {
        let mut out = self.head();
        out += &format!("m=audio {} RTP/AVP 8 0 {OUR_KEY_PAYLOAD_TYPE}\r\n", self.address.port());
        out += "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n";
        out += &keys(OUR_KEY_PAYLOAD_TYPE);
        out += "a=ptime:20\r\na=sendrecv\r\n";
        out.into_bytes()
    }

    /// Our answer: the one law chosen, keys if offered, the direction the other side left us.
    pub fn answer(&mut self, offer: &Description) -> Vec<u8> {
        let mut out = self.head();
        for line in &offer.lines {
            if !line.taken {
                // RFC 3264: each stream is answered in its place; port 0 declines.
                out += &format!("m={} 0 {} {}\r\n", line.media, line.proto, line.formats);
                continue;
            }
            let kind = offer.payload_type;
            out += &format!("m=audio {} {} {kind}", self.address.port(), line.proto);
            if let Some(key) = offer.key_payload_type {
                out += &format!(" {key}");
            }
            out += &format!("\r\na=rtpmap:{kind} {}/8000\r\n", offer.codec.sdp_name());
            if let Some(key) = offer.key_payload_type {
                out += &keys(key);
            }
            out += &format!("a=ptime:20\r\na={}\r\n", offer.direction.reversed().attribute());
        }
        out.into_bytes()
    }

    fn head(&mut self) -> String {
        self.version += 1;
        let ip = self.address.ip();
        let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
        let (session, version) = (self.session, self.version);
        format!("v=0\r\no=- {session} {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n")
    }
}

fn keys(payload_type: u8) -> String {
    format!("a=rtpmap:{payload_type} telephone-event/8000\r\na=fmtp:{payload_type} 0-15\r\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

    fn check(lines: &str) -> Result<Description, SdpError> {
        read(format!("{HEAD}{lines}").as_bytes())
    }

    #[test]
    fn alaw_goes_first_wherever_it_stands() {
        let read = check("m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n").unwrap();
        assert_eq!((read.codec, read.payload_type, read.key_payload_type), (Codec::Alaw, 8, Some(101)));
        assert_eq!(read.address, "192.0.2.1:4000".parse().unwrap());
        let read = check("m=audio 4000 RTP/AVP 0\r\n").unwrap();
        assert_eq!((read.codec, read.key_payload_type), (Codec::Ulaw, None));
        let read = check("m=audio 4000 RTP/AVP 96 97\r\na=rtpmap:97 pcma/8000/1\r\n").unwrap();
        assert_eq!((read.codec, read.payload_type), (Codec::Alaw, 97));
    }

    #[test]
    fn what_we_cannot_speak_is_refused() {
        assert_eq!(check("m=audio 4000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n"), Err(SdpError::NoCodec));
        // A dynamic meaning goes before the static one.
        assert_eq!(check("m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 opus/48000/2\r\n"), Err(SdpError::NoCodec));
        assert_eq!(check("m=audio 0 RTP/AVP 8\r\n"), Err(SdpError::NoAudio));
        assert_eq!(check("m=audio 4000 RTP/SAVP 8\r\n"), Err(SdpError::NoAudio));
        assert_eq!(check("m=video 4000 RTP/AVP 96\r\n"), Err(SdpError::NoAudio));
        assert_eq!(check("m=audio 4000 RTP/AVP 8\r\nc=IN IP4 host.example\r\n"), Err(SdpError::NoAudio));
        assert_eq!(read(b"hello"), Err(SdpError::Malformed));
        assert_eq!(read(&[0xFF; 40_000]), Err(SdpError::Malformed));
    }

    #[test]
    fn direction_stands_at_the_stream_or_at_the_session() {
        for (lines, direction) in [
            ("m=audio 4000 RTP/AVP 8\r\n", Direction::SendReceive),
            ("m=audio 4000 RTP/AVP 8\r\na=sendonly\r\n", Direction::SendOnly),
            ("a=inactive\r\nm=audio 4000 RTP/AVP 8\r\n", Direction::Inactive),
            ("a=inactive\r\nm=audio 4000 RTP/AVP 8\r\na=recvonly\r\n", Direction::ReceiveOnly),
        ] {
            assert_eq!(check(lines).unwrap().direction, direction, "{lines}");
        }
    }

    #[test]
    fn an_answer_repeats_every_stream_and_is_read_back() {
        let lines = "m=video 5000 RTP/AVP 96\r\nm=audio 4000 RTP/AVP 8 100\r\n\
                     a=rtpmap:100 telephone-event/8000\r\na=sendonly\r\nm=message 9 TCP/MSRP *\r\n";
        let mut ours = OurEnd::new("127.0.0.1:6000".parse().unwrap());
        let first = ours.answer(&check(lines).unwrap());
        let text = String::from_utf8(first.clone()).unwrap();
        let media: Vec<&str> = text.lines().filter(|line| line.starts_with("m=")).collect();
        assert_eq!(media, ["m=video 0 RTP/AVP 96", "m=audio 6000 RTP/AVP 8 100", "m=message 0 TCP/MSRP *"]);
        let back = read(&first).unwrap();
        assert_eq!((back.direction, back.key_payload_type), (Direction::ReceiveOnly, Some(100)));
        let second = String::from_utf8(ours.offer()).unwrap();
        assert!(text.lines().nth(1).unwrap().split(' ').nth(2) < second.lines().nth(1).unwrap().split(' ').nth(2));
    }
}
