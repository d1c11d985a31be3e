//! Sound: threads of its own, one task per leg, bridges between them. Nothing here waits for
//! signalling, for a disk or for whoever uses the API.

pub mod bridge;
pub mod g711;
pub mod jitter;
pub mod keys;
pub mod latch;
pub mod listening;
mod loudness;
pub mod mixer;
pub mod playback;
pub mod pool;
pub mod recorder;
pub mod rtp;
pub mod rtp_leg;
pub mod sound;
pub mod voice;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use crate::event::{EndCause, LegId, Listening, Playback};
use g711::Codec;
use jitter::FRAME;
use voice::FrameSender;

/// How often sound is sent.
pub const TICK: Duration = Duration::from_millis(20);
/// A packet sent this long after its time counts as late.
pub const LATE: Duration = Duration::from_millis(5);
/// Commands waiting at one leg's sound.
pub const COMMANDS_QUEUED_MAX: usize = 128;
/// Packets from a bridge waiting at one leg: more than a second is worth nothing.
pub const FRAMES_QUEUED_MAX: usize = 64;

/// What a leg's sound can be told.
#[derive(Debug)]
pub enum MediaCommand {
    /// What the negotiation came to, each time it comes to something new.
    Remote(Remote),
    /// The leg is being closed: no more sound, but it is not ended yet.
    Quiet,
    Play(Playback),
    StopPlaying,
    Mute(bool),
    Listen(Listening),
    StopListening,
    SendKeys(String),
    Record(PathBuf),
    StopRecording,
    /// The leg is over; the sound tells `Ended` as its last word.
    End(EndCause),
}

/// The other side's end of the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote {
    pub address: SocketAddr,
    pub codec: Codec,
    pub payload_type: u8,
    pub key_payload_type: Option<u8>,
    /// Whether the other side wants our sound.
    pub send: bool,
    /// Whether the other side is to send, so that its silence means that it is lost.
    pub receive: bool,
}

/// A leg's connection to its bridge. Sound is told apart by source numbers, new for every
/// connection, so that what is still under way when a bridge changes reaches nobody new.
#[derive(Debug, Clone)]
pub struct Wire {
    pub source: u64,
    pub to: FrameSender,
    pub hears: u64,
}

/// One packet of sound on its way through a bridge.
#[derive(Debug)]
pub struct BridgeFrame {
    pub source: u64,
    pub timestamp: u32,
    pub sound: BridgeSound,
}

#[derive(Debug)]
pub enum BridgeSound {
    G711(Codec, Bytes),
    Linear(Box<[i16; FRAME]>),
}

/// The way to a leg's sound.
#[derive(Debug, Clone)]
pub struct MediaHandle {
    pub commands: mpsc::Sender<MediaCommand>,
    pub frames: FrameSender,
    /// Whom the leg hears and speaks to. No command: a queue can be full, and then the leg would
    /// stay connected to somebody it has nothing to do with any more.
    pub wire: watch::Sender<Option<Wire>>,
    pub runtime: Handle,
}

/// Where what is told to a [`MediaHandle`] comes in.
#[derive(Debug)]
pub struct Inlets {
    pub commands: mpsc::Receiver<MediaCommand>,
    pub frames: mpsc::Receiver<BridgeFrame>,
    pub wires: watch::Receiver<Option<Wire>>,
}

impl MediaHandle {
    pub fn new(runtime: Handle) -> (MediaHandle, Inlets) {
        let (commands, commands_in) = mpsc::channel(COMMANDS_QUEUED_MAX);
        let (frames, frames_in) = mpsc::channel(FRAMES_QUEUED_MAX);
        let (wire, wires) = watch::channel(None);
        (MediaHandle { commands, frames, wire, runtime }, Inlets { commands: commands_in, frames: frames_in, wires })
    }

    /// Whether there was room for the command.
    pub fn tell(&self, command: MediaCommand) -> bool {
        match self.commands.try_send(command) {
            Ok(()) => true,
            // The leg ended by itself: there is nobody to tell, and nothing is lost.
            Err(mpsc::error::TrySendError::Closed(_)) => true,
            Err(mpsc::error::TrySendError::Full(command @ MediaCommand::End(_))) => {
                // The end must arrive, however long the queue.
                let commands = self.commands.clone();
                self.runtime.spawn(async move { commands.send(command).await });
                true
            }
            Err(mpsc::error::TrySendError::Full(_)) => false,
        }
    }
}

/// Runs a leg's sound to its end. A fault of ours in it ends this leg and nothing else.
pub async fn supervised(leg: LegId, sound: impl Future<Output = EndCause> + Send + 'static) -> EndCause {
    match tokio::spawn(sound).await {
        Ok(cause) => cause,
        Err(_) => {
            tracing::error!(%leg, "the sound of a leg broke by a fault of this program; the leg is ended");
            EndCause::Failed("a fault of this program in the leg's sound".to_owned())
        }
    }
}
