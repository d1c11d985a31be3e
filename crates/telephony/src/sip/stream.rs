//! SIP over TCP and TLS: connections made to us. Cuts the stream into messages, has the gate judge
//! each, and bounds everything: how many connections, how large a message, how slowly it may come,
//! how much may wait to be read by the other side.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::{Buf, BytesMut};
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

const CONNECTIONS_MAX: usize = 4_096;
/// A connection on which nothing comes for so long is closed; longer than any session refresh.
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

/// What listeners share.
pub struct Streams {
    pub endpoint: EndpointInnerRef,
    pub gate: Arc<Gate>,
    pub counters: Arc<Counters>,
    pub stop: CancellationToken,
    pub open: AtomicUsize,
}

/// Accepts connections until stopped. With an acceptor they are TLS.
pub async fn listen(streams: Arc<Streams>, listener: TcpListener, tls: Option<TlsAcceptor>) {
    loop {
        let accepted = tokio::select! {
            () = streams.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        if streams.open.load(Ordering::Relaxed) >= CONNECTIONS_MAX {
            continue;
        }
        let _ = stream.set_nodelay(true);
        streams.open.fetch_add(1, Ordering::Relaxed);
        let (streams, tls) = (streams.clone(), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => serve(&streams, stream, peer, SipTransport::Tcp).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(MESSAGE_TIMEOUT, tls.accept(stream)).await {
                        serve(&streams, stream, peer, SipTransport::Tls).await;
                    }
                }
            }
            streams.open.fetch_sub(1, Ordering::Relaxed);
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
    let (replies, unread) = mpsc::channel(UNREAD_MAX);
    let taking = tokio::spawn(take_over(messages, replies.clone(), closed.clone()));
    let writing = tokio::spawn(write(writer, unread, closed.clone()));
    let mut incoming =
        Incoming { reader, buffer: BytesMut::new(), peer, deliver: Deliver { connection, address, transport, received, replies } };
    tokio::select! {
        () = closed.cancelled() => {}
        () = incoming.run(&streams.gate, &streams.counters) => {}
    }
    // A last answer (why we close) may still be on its way: the writer ends when nobody can write.
    drop(incoming);
    closed.cancel();
    let _ = taking.await;
    let _ = timeout(WRITE_TIMEOUT, writing).await;
}

struct Incoming<R> {
    reader: R,
    buffer: BytesMut,
    peer: SocketAddr,
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
    /// Reads until the connection ends or is not worth going on with.
    async fn run(&mut self, gate: &Gate, counters: &Counters) {
        let mut began: Option<tokio::time::Instant> = None;
        loop {
            while !self.buffer.is_empty() {
                match frame(&self.buffer) {
                    Framed::Partly => break,
                    Framed::Blank(length) => self.buffer.advance(length),
                    Framed::Ping => {
                        self.buffer.advance(4);
                        self.reply(b"\r\n".to_vec());
                    }
                    Framed::Message(length) => {
                        let message = self.buffer.split_to(length);
                        if !self.take(&message, gate) {
                            return;
                        }
                        tokio::task::yield_now().await;
                    }
                    Framed::TooLarge => {
                        if let Some(head) = wire::scan(&self.buffer)
                            && let Verdict::Reply(bytes) = gate.too_large(&head, self.peer)
                        {
                            self.reply(bytes);
                        }
                        return;
                    }
                    Framed::Malformed => {
                        count(&counters.malformed);
                        return;
                    }
                }
                began = None;
            }
            let deadline = if self.buffer.is_empty() {
                began = None;
                tokio::time::Instant::now() + IDLE
            } else {
                *began.get_or_insert_with(tokio::time::Instant::now) + MESSAGE_TIMEOUT
            };
            self.buffer.reserve(READ_BYTES);
            match tokio::time::timeout_at(deadline, self.reader.read_buf(&mut self.buffer)).await {
                Ok(Ok(length)) if length > 0 => {}
                _ => return,
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

async fn write<W>(mut writer: W, mut unread: mpsc::Receiver<Vec<u8>>, closed: CancellationToken)
where
    W: AsyncWrite + Unpin,
{
    while let Some(bytes) = unread.recv().await {
        let written = timeout(WRITE_TIMEOUT, writer.write_all(&bytes)).await;
        if !matches!(written, Ok(Ok(()))) {
            break;
        }
    }
    closed.cancel();
    let _ = timeout(WRITE_TIMEOUT, writer.shutdown()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP b\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n";

    #[test]
    fn a_stream_is_cut_into_messages() {
        let with = |rest: &str| frame(format!("{HEAD}{rest}").as_bytes());
        let length = HEAD.len();
        assert_eq!(with("Content-Length: 0\r\n\r\nOPTIONS"), Framed::Message(length + 21));
        assert_eq!(with("l: 3\r\n\r\nab"), Framed::Partly);
        assert_eq!(with("l: 3\r\n\r\nabc"), Framed::Message(length + 11));
        assert_eq!(with(""), Framed::Partly);
        assert_eq!(with("\r\n"), Framed::Malformed);
        assert_eq!(with("l: -1\r\n\r\n"), Framed::Malformed);
        assert_eq!(with("l: 99999999999999999999\r\n\r\n"), Framed::Malformed);
        assert_eq!(with("l: 18446744073709551615\r\n\r\n"), Framed::TooLarge);
        assert_eq!(with(&"X: y\r\n".repeat(4_000)), Framed::Malformed);
        assert_eq!(frame(b"\r\n\r\n"), Framed::Ping);
        assert_eq!(frame(b"\r\n"), Framed::Partly);
        assert_eq!(frame(b"\r\nOPTIONS"), Framed::Blank(2));
        assert_eq!(frame(b"no sip\r\n\r\n"), Framed::Malformed);
    }
}
