//! SIP over connections: cut into messages, bounded, and over TLS.

use crate::support;

use support::certificates::{Authority, Certified};
use support::raw::{Raw, SDP, header};
use support::{DEADLINE, NUMBER, Side};
use telephony::{Config, EndCause, LegEvent, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

async fn ask_stream(stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin), text: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = vec![0; 8_192];
    let length = timeout(DEADLINE, stream.read(&mut answer)).await.unwrap().unwrap_or(0);
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

fn options(transport: &str, length: &str) -> String {
    format!(
        "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} 127.0.0.1:9;branch=z9hG4bKo\r\nFrom: <sip:{NUMBER}@127.0.0.1>;tag=1\r\n\
         To: <sip:a@127.0.0.1>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\n{length}\r\n"
    )
}

#[tokio::test]
async fn streams_are_cut_into_messages_and_bounded() {
    let svar = Side::start().await;
    let sip = svar.telephony.sip_address();
    let mut stream = TcpStream::connect(sip).await.unwrap();
    assert_eq!(ask_stream(&mut stream, "\r\n\r\n").await, "\r\n");
    let good = options("TCP", "Content-Length: 0\r\n");
    let (first, second) = good.split_at(60);
    stream.write_all(first.as_bytes()).await.unwrap();
    assert!(ask_stream(&mut stream, second).await.starts_with("SIP/2.0 200 "));
    // (what is sent, what comes back before the connection is closed)
    for (text, answer) in [
        (options("TCP", "Content-Length: 999999\r\n"), "SIP/2.0 513 "),
        (options("TCP", "Content-Length: 18446744073709551615\r\n"), "SIP/2.0 513 "),
        (options("TCP", ""), ""),
        (options("TCP", &format!("X: {}\r\nContent-Length: 0\r\n", "x".repeat(20_000))), ""),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), ""),
    ] {
        let mut stream = TcpStream::connect(sip).await.unwrap();
        let got = ask_stream(&mut stream, &text).await;
        assert!(got.starts_with(answer) && got.is_empty() == answer.is_empty(), "{text:.80} {got}");
        let mut rest = Vec::new();
        let _ = timeout(DEADLINE, stream.read_to_end(&mut rest)).await.expect("the connection stays open");
    }
    svar.stop().await;
}

#[tokio::test]
async fn calls_come_over_tls() {
    let authority = Authority::new("streams");
    let Certified { certificate, key } = authority.certify("svar", "127.0.0.1");
    let tls = telephony::TlsConfig { listen: "127.0.0.1:0".parse().unwrap(), certificate, key, roots: None };
    let mut svar = Side::with(Config { tls: Some(tls), ..Config::loopback(0) }).await;
    let address = svar.telephony.tls_address().unwrap();
    let mut client = tokio::process::Command::new("openssl")
        .args(["s_client", "-quiet", "-connect", &address.to_string(), "-CAfile"])
        .arg(authority.root())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (mut writes, mut reads) = (client.stdin.take().unwrap(), client.stdout.take().unwrap());
    let mut raw = Raw::new(address).await;
    let invite = raw.request("INVITE", "", SDP).replace("SIP/2.0/UDP", "SIP/2.0/TLS");
    writes.write_all(invite.as_bytes()).await.unwrap();
    let (leg, transport) = svar
        .wait("Incoming", |event| match event {
            LegEvent::Incoming { leg, transport, .. } => Some((*leg, *transport)),
            _ => None,
        })
        .await;
    assert_eq!(transport, Transport::Tls);
    svar.telephony.answer(leg);
    let mut received = String::new();
    while !received.contains("m=audio") {
        let mut buffer = [0; 4_096];
        let length = timeout(DEADLINE, reads.read(&mut buffer)).await.unwrap().unwrap();
        assert!(length > 0, "closed after {received}");
        received += &String::from_utf8_lossy(&buffer[..length]);
    }
    let ok = received.split("SIP/2.0 200").nth(1).unwrap();
    assert!(ok.contains(&format!("Contact: <sip:127.0.0.1:{};transport=TLS>", address.port())), "{ok}");
    raw.to_tag = header(&format!("SIP/2.0 200{ok}"), "To").unwrap().split(";tag=").nth(1).map(str::to_owned);
    for method in ["ACK", "BYE"] {
        let text = raw.request(method, "", "").replace("SIP/2.0/UDP", "SIP/2.0/TLS");
        writes.write_all(text.as_bytes()).await.unwrap();
    }
    assert_eq!(svar.ended(leg).await, EndCause::HungUp);
    svar.stop().await;
}
