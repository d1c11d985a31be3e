#![allow(clippy::unwrap_used)]

use rsipstack::EndpointBuilder;
use rsipstack::transport::TransportLayer;
use tokio::io::DuplexStream;
use tokio::net::TcpStream;

use super::*;
use crate::config::Admission;

/// Far beyond anything that should be waited for.
const DEADLINE: Duration = Duration::from_secs(20);
/// A limit that a test waits for.
const SOON: Duration = Duration::from_millis(30);
const OPTIONS: &str = "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKo\r\nFrom: <sip:b@127.0.0.1>;tag=1\r\n\
    To: <sip:a@127.0.0.1>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

const HEAD: &str = "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP b\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n";

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

fn streams(limits: Limits) -> Arc<Streams> {
    let (stop, counters) = (CancellationToken::new(), Arc::new(Counters::default()));
    let endpoint = EndpointBuilder::new().with_transport_layer(TransportLayer::new(stop.clone())).build();
    let gate = Arc::new(Gate::new(Admission::default(), counters.clone()));
    Arc::new(Streams { endpoint: endpoint.inner.clone(), gate, counters, stop, limits })
}

/// The other end of a connection that is served under these limits.
fn connect(limits: Limits, room: usize) -> (DuplexStream, tokio::task::JoinHandle<()>) {
    let (theirs, ours) = tokio::io::duplex(room);
    let served = tokio::spawn(async move {
        let peer = SocketAddr::from(([192, 0, 2, 1], 5_060));
        serve(&streams(limits), ours, peer, SipTransport::Tcp).await;
    });
    (theirs, served)
}

/// Whoever sends only this is let go of, whatever is waited for besides.
async fn check_closed(what: &str, limits: Limits, sent: &str, answer: &str) {
    let (mut stream, served) = connect(limits, 64 * 1024);
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut got = Vec::new();
    timeout(DEADLINE, stream.read_to_end(&mut got)).await.unwrap_or_else(|_| panic!("{what}: the connection stays open")).unwrap();
    assert!(got.starts_with(answer.as_bytes()) && got.is_empty() == answer.is_empty(), "{what}: {}", String::from_utf8_lossy(&got));
    timeout(DEADLINE, served).await.unwrap_or_else(|_| panic!("{what}: something is left of it")).unwrap();
}

#[tokio::test]
async fn who_is_slow_or_silent_is_let_go_of() {
    let never = Limits { first_message: DEADLINE, idle: DEADLINE, message: DEADLINE, write: DEADLINE, ..Limits::default() };
    let first_message = Limits { first_message: SOON, ..never };
    check_closed("nothing", first_message, "", "").await;
    // A keep-alive is no message: whoever only pings has nothing to say.
    check_closed("a ping", first_message, "\r\n\r\n", "\r\n").await;
    check_closed("a line end", first_message, "\r\n", "").await;
    check_closed("a half message", Limits { message: SOON, ..never }, &OPTIONS[..50], "").await;
    check_closed("half of a second one", Limits { message: SOON, ..never }, &format!("{OPTIONS}{}", &OPTIONS[..50]), "SIP/2.0 200 ").await;
    check_closed("a message and no more", Limits { idle: SOON, ..never }, OPTIONS, "SIP/2.0 200 ").await;
}

#[tokio::test]
async fn a_line_end_begins_no_message() {
    // A message that does not come all at once ends the connection.
    let limits = Limits { message: Duration::ZERO, ..Limits::default() };
    for (first, then) in [("\r\n", ""), ("\r", "\n"), ("\r\n\r", "\n")] {
        let (mut stream, _served) = connect(limits, 64 * 1024);
        stream.write_all(first.as_bytes()).await.unwrap();
        // The line end is read and what follows is waited for.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        stream.write_all(format!("{then}{OPTIONS}").as_bytes()).await.unwrap();
        let mut got = String::new();
        while !got.contains("SIP/2.0 200 ") {
            let mut bytes = [0; 4_096];
            let length = timeout(DEADLINE, stream.read(&mut bytes)).await.unwrap().unwrap();
            assert!(length > 0, "closed after {first:?}");
            got += &String::from_utf8_lossy(&bytes[..length]);
        }
    }
}

#[tokio::test]
async fn who_does_not_read_is_let_go_of() {
    // Nothing but the number of what he has not read may end it.
    let limits = Limits { unread_max: 4, write: Duration::from_secs(3_600), ..Limits::default() };
    // Two answers fit into what he never empties.
    let (mut stream, served) = connect(limits, 4);
    let sending = async { while stream.write_all(b"\r\n\r\n").await.is_ok() {} };
    timeout(DEADLINE, sending).await.expect("the connection stays open");
    drop(stream);
    timeout(DEADLINE, served).await.expect("something is left of it").unwrap();
}

/// Whether a connection is kept: a keep-alive is answered.
async fn is_served(stream: &mut TcpStream) -> bool {
    let mut answer = [0; 2];
    stream.write_all(b"\r\n\r\n").await.is_ok() && matches!(timeout(DEADLINE, stream.read_exact(&mut answer)).await.unwrap(), Ok(2))
}

#[tokio::test]
async fn no_more_connections_than_there_is_room_for() {
    for limits in [Limits { connections_max: 2, ..Limits::default() }, Limits { connections_per_source_max: 2, ..Limits::default() }] {
        let streams = streams(limits);
        let (tcp, other) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (at_tcp, at_other) = (tcp.local_addr().unwrap(), other.local_addr().unwrap());
        tokio::spawn(listen(streams.clone(), tcp, None));
        tokio::spawn(listen(streams.clone(), other, None));
        let mut held = Vec::new();
        for _ in 0..2 {
            let mut stream = TcpStream::connect(at_tcp).await.unwrap();
            assert!(is_served(&mut stream).await);
            held.push(stream);
        }
        assert!(!is_served(&mut TcpStream::connect(at_tcp).await.unwrap()).await, "{limits:?}");
        assert_eq!(streams.counters.read(0).connections_refused, 1);
        // The other listener has room of its own, and whoever leaves makes some.
        assert!(is_served(&mut TcpStream::connect(at_other).await.unwrap()).await);
        held.remove(0);
        let deadline = tokio::time::Instant::now() + DEADLINE;
        while !is_served(&mut TcpStream::connect(at_tcp).await.unwrap()).await {
            assert!(tokio::time::Instant::now() < deadline, "the place is not given back: {limits:?}");
        }
        streams.stop.cancel();
    }
}

#[test]
fn places_are_counted_by_source() {
    let limits = Limits { connections_max: 4, connections_per_source_max: 2, ..Limits::default() };
    let door = Arc::new(Door::default());
    let enter = |source: &str| door.enter(source.parse().unwrap(), &limits);
    let (first, second) = (enter("192.0.2.1"), enter("::ffff:192.0.2.1"));
    assert!(first.is_some() && second.is_some() && enter("192.0.2.1").is_none());
    // Whoever has a network of IPv6 to himself is one.
    let (third, fourth) = (enter("2001:db8::1"), enter("2001:db8::2:3"));
    assert!(third.is_some() && fourth.is_some() && enter("2001:db8::4").is_none() && enter("2001:db8:0:1::1").is_none());
    drop(first);
    assert!(enter("2001:db8:0:1::1").is_some());
    drop((second, third, fourth));
    let inside = door.inside.lock();
    assert_eq!((inside.all, inside.by_source.len()), (0, 0));
}
