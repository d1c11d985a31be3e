//! Headless Chromium as an operator's page: sound in both directions, in and out of bridges.

use crate::support;

use std::path::PathBuf;

use support::programs::{command, folder};
use support::{Side, call};
use telephony::{BridgeId, BrowserLegError, Config, EndCause, LegEvent, LegId, Telephony};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Child;
use tokio::sync::watch;
use tokio::time::timeout;

const BRIDGE: BridgeId = BridgeId(1);

/// What the page told.
struct Page {
    /// Its leg and our answer.
    leg: watch::Receiver<Option<(LegId, String)>>,
    /// The loudest frequency it hears, 0 for silence.
    heard: watch::Receiver<Option<u32>>,
}

impl Page {
    /// Serves the page and takes its offer.
    fn serve(listener: TcpListener, telephony: Telephony) -> Page {
        let ((leg, legs), (heard, hearings)) = (watch::channel(None), watch::channel(None));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (telephony, leg, heard) = (telephony.clone(), leg.clone(), heard.clone());
                tokio::spawn(async move { answer(stream, &telephony, &leg, &heard).await });
            }
        });
        Page { leg: legs, heard: hearings }
    }

    async fn leg(&mut self) -> (LegId, String) {
        let told = timeout(support::DEADLINE, self.leg.wait_for(Option::is_some)).await.expect("the page made no offer");
        told.unwrap().clone().unwrap()
    }

    /// Waits until the page hears this frequency, give or take what its analysis resolves.
    async fn hears(&mut self, hz: u32) {
        let near = |heard: &Option<u32>| heard.is_some_and(|heard| heard.abs_diff(hz) <= 15);
        if timeout(support::DEADLINE, self.heard.wait_for(near)).await.is_err() {
            panic!("the page hears {:?}, not {hz}", *self.heard.borrow());
        }
    }
}

/// Enough HTTP for one page of our own.
async fn answer(
    mut stream: TcpStream,
    telephony: &Telephony,
    leg: &watch::Sender<Option<(LegId, String)>>,
    heard: &watch::Sender<Option<u32>>,
) {
    let mut request = Vec::new();
    let (head, body) = loop {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse::<usize>().unwrap()));
        if body.len() >= length.unwrap_or(0) {
            break (head.to_owned(), body.to_owned());
        }
    };
    let path = head.split(' ').nth(1).unwrap().split('?').next().unwrap();
    let (kind, reply) = match path {
        "/" => ("text/html", include_str!("scenarios/browser.html").to_owned()),
        "/offer" => {
            let (number, sdp) = telephony.connect_browser(body).await.unwrap();
            leg.send_replace(Some((number, sdp.clone())));
            ("application/sdp", sdp)
        }
        "/heard" => {
            heard.send_replace(Some(body.parse().unwrap()));
            ("text/plain", String::new())
        }
        "/failed" => panic!("the page failed: {body}"),
        _ => ("text/plain", String::new()),
    };
    let length = reply.len();
    let reply = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{reply}");
    let _ = stream.write_all(reply.as_bytes()).await;
}

/// Chromium with the page, asked for in this way; its profile is in the folder.
async fn open(svar: &Side, name: &str, query: &str) -> (Page, Child, PathBuf) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/{query}", listener.local_addr().unwrap());
    let page = Page::serve(listener, svar.telephony.clone());
    let profile = folder(name);
    let mut chromium = command("chromium", "chromium");
    chromium
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"])
        .arg("--autoplay-policy=no-user-gesture-required")
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(url)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    (page, chromium.spawn().unwrap(), profile)
}

#[tokio::test]
async fn a_browser_that_speaks_mu_law_only_is_heard_and_hears() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (mut page, mut chromium, profile) = open(&svar, "chromium-mu-law", "?codec=PCMU").await;
    let (browser, answer) = page.leg().await;
    assert!(answer.contains("PCMU/8000") && !answer.contains("PCMA/8000"), "{answer}");
    svar.answered(browser).await;
    // Between two of ours it is A-law.
    let (a, at_a) = call(&mut world, &mut svar).await;
    world.play_tone(a, 1_000);
    svar.telephony.bridge(BRIDGE, vec![at_a, browser]);
    world.hears_purely(a, 600).await;
    page.hears(1_000).await;
    chromium.kill().await.unwrap();
    let _ = std::fs::remove_dir_all(&profile);
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn chromium_speaks_and_hears_through_bridges() {
    let mut svar = Side::with(Config { rtp_silence_timeout_s: 3, ..Config::loopback(0) }).await;
    let mut world = Side::start().await;
    let (mut page, mut chromium, profile) = open(&svar, "chromium", "").await;
    let (browser, _) = page.leg().await;
    svar.answered(browser).await;

    let (a, at_a) = call(&mut world, &mut svar).await;
    let (b, at_b) = call(&mut world, &mut svar).await;
    world.play_tone(a, 1_000);
    world.play_tone(b, 1_500);
    svar.hears(browser, &[600]).await;
    svar.telephony.bridge(BRIDGE, vec![at_a, browser]);
    world.hears(a, &[600]).await;
    page.hears(1_000).await;
    // The same page in the next call, then in a conference, then alone.
    svar.telephony.bridge(BRIDGE, vec![at_b, browser]);
    world.hears(a, &[]).await;
    world.hears(b, &[600]).await;
    page.hears(1_500).await;
    svar.telephony.bridge(BRIDGE, vec![at_a, at_b, browser]);
    world.hears(a, &[600, 1_500]).await;
    world.hears(b, &[600, 1_000]).await;
    svar.telephony.bridge(BRIDGE, vec![]);
    page.hears(0).await;
    svar.play_tone(browser, 1_900);
    page.hears(1_900).await;

    // The page is gone without a word.
    chromium.kill().await.unwrap();
    svar.wait("BrowserSuspended", |event| matches!(event, LegEvent::BrowserSuspended { .. }).then_some(())).await;
    assert_eq!(svar.ended(browser).await, EndCause::MediaLost);
    let _ = std::fs::remove_dir_all(&profile);
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn what_is_no_offer_is_refused() {
    let svar = Side::start().await;
    let video = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    for (offer, error) in [
        (String::new(), BrowserLegError::BadOffer),
        ("nonsense".to_owned(), BrowserLegError::BadOffer),
        (video.to_owned(), BrowserLegError::BadOffer),
        ("v".repeat(100_000), BrowserLegError::BadOffer),
    ] {
        assert_eq!(svar.telephony.connect_browser(offer).await, Err(error));
    }
    assert_eq!(svar.telephony.stats().legs, 0);
    svar.stop().await;
}
