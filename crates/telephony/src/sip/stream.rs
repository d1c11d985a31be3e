//! SIP over TCP and TLS: connections made to us. Cuts the stream into messages, has the gate judge
//! each, and bounds everything: how many connections in all and from one source, how large a message,
//! how slowly it may come, how much may wait to be read by the other side.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Buf, BytesMut};
use parking_lot::Mutex;
use rsipstack::sip::{HostWithPort, SipMessage, Transport as SipTransport};
use rsipstack::transaction::endpoint::EndpointInnerRef;
use rsipstack::transport::channel::ChannelConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportEvent};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::gate::{BODY_BYTES_MAX, Gate, HEAD_BYTES_MAX, Verdict};
use super::wire;
use crate::stats::{Counters, count};

/// At one listener, so that whoever uses up TCP leaves TLS alone.
pub const CONNECTIONS_MAX: usize = 4_096;
/// From one address at one listener. A trunk or a proxy on this machine may need one for each call
/// that is on; a stranger gets no more than a part of what there is.
const CONNECTIONS_PER_SOURCE_MAX: usize = CONNECTIONS_MAX / 4;
/// A new connection must bring its first message within this.
const FIRST_MESSAGE_TIMEOUT: Duration = Duration::from_secs(10);
/// One that has brought any, and on which nothing comes for so long, is closed; longer than any
/// session refresh.
const IDLE: Duration = Duration::from_secs(3_600);
/// A message that began must be whole after this; so must a TLS handshake.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(10);
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Messages the other side has not read yet; then it is let go of.
const UNREAD_MAX: usize = 512;
/// Messages the library has just written; they are taken over at once.
const LIBRARY_QUEUED_MAX: usize = 32;
const READ_BYTES: usize = 8 * 1024;
/// After a failed accept (no file descriptors left) we wait a moment for some to return.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The limits of this module in one place, because a test cannot wait for them.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    connections_max: usize,
    connections_per_source_max: usize,
    first_message: Duration,
    idle: Duration,
    message: Duration,
    write: Duration,
    unread_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections_max: CONNECTIONS_MAX,
            connections_per_source_max: CONNECTIONS_PER_SOURCE_MAX,
            first_message: FIRST_MESSAGE_TIMEOUT,
            idle: IDLE,
            message: MESSAGE_TIMEOUT,
            write: WRITE_TIMEOUT,
            unread_max: UNREAD_MAX,
        }
    }
}

/// What listeners share.
pub struct Streams {
    pub endpoint: EndpointInnerRef,
    pub gate: Arc<Gate>,
    pub counters: Arc<Counters>,
    pub stop: CancellationToken,
    pub limits: Limits,
}

/// Who is connected to one listener.
#[derive(Default)]
struct Door {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    all: usize,
    by_source: HashMap<IpAddr, usize>,
}

/// A place at a door, given back when dropped.
struct Place {
    door: Arc<Door>,
    source: IpAddr,
}

impl Door {
    fn enter(self: &Arc<Self>, source: IpAddr, limits: &Limits) -> Option<Place> {
        let source = household(source);
        let mut inside = self.inside.lock();
        let here = inside.by_source.get(&source).copied().unwrap_or(0);
        if inside.all >= limits.connections_max || here >= limits.connections_per_source_max {
            return None;
        }
        inside.all += 1;
        inside.by_source.insert(source, here + 1);
        Some(Place { door: self.clone(), source })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.door.inside.lock();
        inside.all -= 1;
        if let Some(here) = inside.by_source.get_mut(&self.source) {
            *here -= 1;
            if *here == 0 {
                inside.by_source.remove(&self.source);
            }
        }
    }
}

/// Who counts as one: an address, or the network that an IPv6 host has to itself.
fn household(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// Accepts connections until stopped. With an acceptor they are TLS.
pub async fn listen(streams: Arc<Streams>, listener: TcpListener, tls: Option<TlsAcceptor>) {
    let door = Arc::new(Door::default());
    loop {
        let accepted = tokio::select! {
            () = streams.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let Some(place) = door.enter(peer.ip(), &streams.limits) else {
            count(&streams.counters.connections_refused);
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (streams, tls) = (streams.clone(), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => serve(&streams, stream, peer, SipTransport::Tcp).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(streams.limits.message, tls.accept(stream)).await {
                        serve(&streams, stream, peer, SipTransport::Tls).await;
                    }
                }
            }
            drop(place);
        });
    }
}

async fn serve<S>(streams: &Streams, stream: S, peer: SocketAddr, transport: SipTransport)
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let (reader, writer) = tokio::io::split(stream);
    let closed = streams.stop.child_token();
    // The library takes no other kind here. It cannot grow: after each message the reader lets the
    // library, on this same thread, take it before it reads another.
    #[allow(clippy::disallowed_methods)]
    let (received, library_reads) = mpsc::unbounded_channel();
    let (library_writes, messages) = mpsc::channel(LIBRARY_QUEUED_MAX);
    let address = SipAddr { r#type: Some(transport), addr: HostWithPort::from(peer) };
    let channel = ChannelConnection::create_connection_bounded(library_reads, library_writes, address.clone(), Some(closed.clone())).await;
    let Ok(channel) = channel else { return };
    let connection = SipConnection::Channel(channel);
    streams.endpoint.transport_layer.add_connection(connection.clone());
    let (replies, unread) = mpsc::channel(streams.limits.unread_max);
    let taking = tokio::spawn(take_over(messages, replies.clone(), closed.clone()));
    let mut writing = tokio::spawn(write(writer, unread, closed.clone(), streams.limits.write));
    let mut incoming = Incoming {
        reader,
        buffer: BytesMut::new(),
        peer,
        limits: streams.limits,
        deliver: Deliver { connection, address, transport, received, replies },
    };
    let reads = tokio::select! {
        () = closed.cancelled() => false,
        reads = incoming.run(&streams.gate, &streams.counters) => reads,
    };
    drop(incoming);
    closed.cancel();
    let _ = taking.await;
    // A last answer (why we close) may still be on its way: the writer ends when nobody can write. For
    // one who reads nothing it would only wait.
    if reads {
        let _ = timeout(streams.limits.write, &mut writing).await;
    }
    writing.abort();
}

struct Incoming<R> {
    reader: R,
    buffer: BytesMut,
    peer: SocketAddr,
    limits: Limits,
    deliver: Deliver,
}

struct Deliver {
    connection: SipConnection,
    address: SipAddr,
    transport: SipTransport,
    received: mpsc::UnboundedSender<TransportEvent>,
    replies: mpsc::Sender<Vec<u8>>,
}

/// What the buffer begins with.
#[derive(Debug, PartialEq, Eq)]
enum Framed {
    /// Not whole yet.
    Partly,
    Message(usize),
    /// RFC 5626 keep-alive, to be answered.
    Ping,
    /// Stray line ends.
    Blank(usize),
    TooLarge,
    Malformed,
}

impl<R: AsyncRead + Unpin> Incoming<R> {
    /// Reads until the connection ends or is not worth going on with. Whether the other side reads what
    /// we write.
    async fn run(&mut self, gate: &Gate, counters: &Counters) -> bool {
        let connected = tokio::time::Instant::now();
        let (mut spoke, mut began): (bool, Option<tokio::time::Instant>) = (false, None);
        loop {
            while !self.buffer.is_empty() {
                match frame(&self.buffer) {
                    Framed::Partly => break,
                    Framed::Blank(length) => self.buffer.advance(length),
                    Framed::Ping => {
                        self.buffer.advance(4);
                        if !self.reply(b"\r\n".to_vec()) {
                            return false;
                        }
                        tokio::task::yield_now().await;
                    }
                    Framed::Message(length) => {
                        spoke = true;
                        let message = self.buffer.split_to(length);
                        if !self.take(&message, gate) {
                            return false;
                        }
                        tokio::task::yield_now().await;
                    }
                    Framed::TooLarge => {
                        if let Some(head) = wire::scan(&self.buffer)
                            && let Verdict::Reply(bytes) = gate.too_large(&head, self.peer)
                        {
                            self.reply(bytes);
                        }
                        return true;
                    }
                    Framed::Malformed => {
                        count(&counters.malformed);
                        return true;
                    }
                }
                began = None;
            }
            // A line end is the beginning of nothing: an RFC 5626 answer to a keep-alive, or a stray.
            let deadline = if self.buffer.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                began = None;
                if spoke { tokio::time::Instant::now() + self.limits.idle } else { connected + self.limits.first_message }
            } else {
                *began.get_or_insert_with(tokio::time::Instant::now) + self.limits.message
            };
            self.buffer.reserve(READ_BYTES);
            match tokio::time::timeout_at(deadline, self.reader.read_buf(&mut self.buffer)).await {
                Ok(Ok(length)) if length > 0 => {}
                _ => return true,
            }
        }
    }

    /// Whether the connection is worth going on with.
    fn take(&self, message: &[u8], gate: &Gate) -> bool {
        match gate.judge(message, self.peer, Instant::now()) {
            Verdict::Pass => self.pass(message),
            Verdict::Reply(bytes) => self.reply(bytes),
            Verdict::Drop => true,
        }
    }

    fn pass(&self, message: &[u8]) -> bool {
        let Deliver { connection, address, transport, received, .. } = &self.deliver;
        let Ok(parsed) = SipMessage::try_from(message) else {
            return true;
        };
        match SipConnection::update_msg_received(parsed, self.peer, *transport) {
            Ok(message) => {
                let event = TransportEvent::Incoming(message, connection.clone(), address.clone());
                received.send(event).is_ok()
            }
            Err(_) => true,
        }
    }

    fn reply(&self, bytes: Vec<u8>) -> bool {
        self.deliver.replies.try_send(bytes).is_ok()
    }
}

fn frame(buffer: &[u8]) -> Framed {
    if buffer.starts_with(b"\r\n\r\n") {
        return Framed::Ping;
    }
    if buffer.starts_with(b"\r\n") {
        return if buffer.len() < 4 && b"\r\n\r\n".starts_with(buffer) { Framed::Partly } else { Framed::Blank(2) };
    }
    let within = &buffer[..buffer.len().min(HEAD_BYTES_MAX)];
    let Some(end) = super::body::find(within, b"\r\n\r\n") else {
        return if buffer.len() >= HEAD_BYTES_MAX { Framed::Malformed } else { Framed::Partly };
    };
    let Some(head) = wire::scan(buffer) else { return Framed::Malformed };
    // RFC 3261 section 18.3: over a stream the length must be said.
    let Some(Ok(body)) = head.content_length.map(str::parse::<usize>) else { return Framed::Malformed };
    if body > BODY_BYTES_MAX {
        return Framed::TooLarge;
    }
    let whole = end + 4 + body;
    if buffer.len() < whole { Framed::Partly } else { Framed::Message(whole) }
}

/// Takes what the library writes at once, so that one who does not read holds up nobody else: when
/// too much waits for him, he is let go of.
async fn take_over(mut messages: mpsc::Receiver<TransportEvent>, unread: mpsc::Sender<Vec<u8>>, closed: CancellationToken) {
    loop {
        let event = tokio::select! {
            () = closed.cancelled() => return,
            event = messages.recv() => event,
        };
        let bytes = match event {
            Some(TransportEvent::Incoming(SipMessage::Request(request), ..)) => request.to_bytes(),
            Some(TransportEvent::Incoming(SipMessage::Response(response), ..)) => response.to_bytes(),
            Some(TransportEvent::New(_) | TransportEvent::Closed(_)) => continue,
            None => return,
        };
        if unread.try_send(bytes).is_err() {
            closed.cancel();
        }
    }
}

async fn write<W>(mut writer: W, mut unread: mpsc::Receiver<Vec<u8>>, closed: CancellationToken, patience: Duration)
where
    W: AsyncWrite + Unpin,
{
    while let Some(bytes) = unread.recv().await {
        let written = timeout(patience, writer.write_all(&bytes)).await;
        if !matches!(written, Ok(Ok(()))) {
            break;
        }
    }
    closed.cancel();
    let _ = timeout(patience, writer.shutdown()).await;
}

#[cfg(test)]
mod tests;
