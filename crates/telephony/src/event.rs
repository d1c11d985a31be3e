//! The words of this crate: what a leg is called, what is asked of it and what it tells.
//! Nothing here prints a number, a name or a body: `Debug` shows kinds and sizes.

use std::fmt;
use std::sync::Arc;

use crate::media::sound::Sound;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{}"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
        }
    };
}

id!(
    /// One party's connection to us: a SIP call or a browser.
    LegId,
    "leg"
);
id!(
    /// A set of legs that hear each other. Chosen by the caller of the API.
    BridgeId,
    "bridge"
);
id!(
    /// One request to play something. Chosen by the caller of the API.
    PlaybackId,
    "playback"
);

/// What a leg tells. For each leg, in the order it happened; `Ended` once and last.
#[derive(Clone)]
pub enum LegEvent {
    /// A call arrived and waits for `ring`, `answer`, `refuse` or `hang_up`.
    Incoming {
        leg: LegId,
        /// The number or name the network or the caller gives; the network's word goes first.
        from_user: String,
        from_display: Option<String>,
        /// What was dialled.
        to_user: String,
        /// The caller asked not to be shown.
        anonymous: bool,
        /// The parts of the body other than SDP, nested ones included, byte for byte.
        parts: Vec<BodyPart>,
        /// The values of all Geolocation headers, as they came.
        geolocation: Vec<String>,
        /// The value of Geolocation-Routing, as it came.
        geolocation_routing: Option<String>,
        transport: Transport,
    },
    /// The party we dial is being called.
    Ringing { leg: LegId },
    /// Outbound: answered. Inbound: our answer arrived. Browser: connected, each time again after
    /// `BrowserSuspended`.
    Answered { leg: LegId },
    /// A key was pressed: `0`-`9`, `*`, `#`, `A`-`D`.
    Key { leg: LegId, key: char },
    /// A playback came to its end by itself.
    PlaybackFinished { leg: LegId, playback: PlaybackId },
    /// What was said while we listened, 8 kHz.
    Utterance { leg: LegId, samples: Arc<[i16]> },
    /// Nobody spoke while we listened.
    Silence { leg: LegId },
    /// A browser's connection is gone for now; it may return.
    BrowserSuspended { leg: LegId },
    /// The leg is gone.
    Ended { leg: LegId, cause: EndCause },
}

impl LegEvent {
    /// The leg this is about.
    pub fn leg(&self) -> LegId {
        match self {
            LegEvent::Incoming { leg, .. }
            | LegEvent::Ringing { leg }
            | LegEvent::Answered { leg }
            | LegEvent::Key { leg, .. }
            | LegEvent::PlaybackFinished { leg, .. }
            | LegEvent::Utterance { leg, .. }
            | LegEvent::Silence { leg }
            | LegEvent::BrowserSuspended { leg }
            | LegEvent::Ended { leg, .. } => *leg,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            LegEvent::Incoming { .. } => "Incoming",
            LegEvent::Ringing { .. } => "Ringing",
            LegEvent::Answered { .. } => "Answered",
            LegEvent::Key { .. } => "Key",
            LegEvent::PlaybackFinished { .. } => "PlaybackFinished",
            LegEvent::Utterance { .. } => "Utterance",
            LegEvent::Silence { .. } => "Silence",
            LegEvent::BrowserSuspended { .. } => "BrowserSuspended",
            LegEvent::Ended { .. } => "Ended",
        }
    }
}

impl fmt::Debug for LegEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(self.name());
        out.field("leg", &self.leg());
        match self {
            LegEvent::Incoming { parts, transport, .. } => out.field("parts", &parts.len()).field("transport", transport),
            LegEvent::PlaybackFinished { playback, .. } => out.field("playback", playback),
            LegEvent::Utterance { samples, .. } => out.field("samples", &samples.len()),
            LegEvent::Ended { cause, .. } => out.field("cause", cause),
            // A pressed key can be a digit of somebody's number: it is not shown.
            _ => &mut out,
        };
        out.finish()
    }
}

/// Why a leg ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndCause {
    /// The other side hung up.
    HungUp,
    /// We hung up or refused.
    HungUpHere,
    /// The caller gave up before we answered.
    Cancelled,
    Busy,
    NoAnswer,
    /// The party we dialled refused with this SIP status.
    Refused {
        code: u16,
    },
    NotFound,
    /// Nobody answered on the network at all.
    Unreachable,
    /// No sound came any more.
    MediaLost,
    /// Our answer was never confirmed.
    AckMissing,
    /// Anything else, in a sentence without personal data.
    Failed(String),
}

/// How an incoming call is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 404
    NotFound,
    /// 486
    Busy,
    /// 488
    NotAcceptable,
    /// 503 with Retry-After
    Unavailable { retry_after_s: u32 },
    /// 603
    Declined,
}

/// What a signalling message came over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
    Tls,
}

/// A party to call.
#[derive(Clone)]
pub struct Dial {
    /// A SIP URI, `;transport=tcp` or `sips:` when it must not be UDP.
    pub target: String,
    pub from_user: String,
    pub from_display: Option<String>,
    pub extra_headers: Vec<(String, String)>,
    /// Sent beside the SDP in one multipart body. Whoever cannot read it is called again without, and without
    /// the extra headers.
    pub extra_parts: Vec<BodyPart>,
    pub ring_timeout_ms: u64,
}

impl Dial {
    /// Something goes along with the call.
    pub(crate) fn is_laden(&self) -> bool {
        !self.extra_parts.is_empty() || !self.extra_headers.is_empty()
    }
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dial")
            .field("extra_headers", &self.extra_headers.len())
            .field("extra_parts", &self.extra_parts.len())
            .field("ring_timeout_ms", &self.ring_timeout_ms)
            .finish_non_exhaustive()
    }
}

/// One part of a SIP body, byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct BodyPart {
    /// As sent, with its parameters.
    pub content_type: String,
    /// Without angle brackets.
    pub content_id: Option<String>,
    pub bytes: Vec<u8>,
}

impl fmt::Debug for BodyPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyPart").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// Something to play to a leg. What plays already is replaced without a `PlaybackFinished`.
#[derive(Clone)]
pub struct Playback {
    pub id: PlaybackId,
    /// One after the other.
    pub sounds: Vec<Arc<Sound>>,
    /// From the beginning again until something else is asked for.
    pub repeat: bool,
}

impl fmt::Debug for Playback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Playback").field("id", &self.id).field("sounds", &self.sounds.len()).field("repeat", &self.repeat).finish()
    }
}

/// How long we wait for speech, how long it may be and how much silence ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listening {
    /// From the end of what is played to the leg, or from its last key in the sound (one by INFO does not
    /// count); speech may come sooner. A playback that repeats is not waited for.
    pub first_speech_ms_max: u64,
    pub utterance_ms_max: u64,
    pub end_silence_ms: u64,
}
