//! Calls from us over TLS, to baresip: only to whom the configured roots vouch for, and never to anybody
//! else.

use crate::support;

use std::path::{Path, PathBuf};

use support::certificates::{Authority, Certified};
use support::programs::{command, folder, free_port};
use support::{Side, call};
use telephony::{BridgeId, Config, EndCause, LegEvent, StartError, Telephony, TlsConfig};
use tokio::process::Child;

/// baresip answers on TLS, speaks 600 Hz, and shows this certificate.
struct Peer {
    child: Child,
    target: String,
    folder: PathBuf,
}

impl Peer {
    async fn start(name: &str, shows: &Certified) -> Peer {
        let (folder, port) = (folder(name), free_port());
        let certificate = shows.in_one_file(&folder);
        // TLS is spoken on the port above the one that is named.
        let config = format!(
            "sip_listen 127.0.0.1:{port}\nsip_certificate {}\nmodule_path /usr/lib/baresip/modules\nmodule g711.so\n\
             module ausine.so\nmodule aubridge.so\naudio_player aubridge,nowhere\naudio_source ausine,600\n\
             audio_alert aubridge,nowhere\nausrc_srate 48000\nausrc_channels 2\nauplay_srate 8000\nauplay_channels 1\n\
             module_app account.so\nmodule_app menu.so\n",
            certificate.display()
        );
        std::fs::write(folder.join("config"), config).unwrap();
        let account = "<sip:0313900603@127.0.0.1>;regint=0;answermode=auto;audio_codecs=PCMA\n";
        std::fs::write(folder.join("accounts"), account).unwrap();
        std::fs::write(folder.join("contacts"), "").unwrap();
        let mut baresip = command("baresip", "baresip-core");
        // What it would tell is not read: a full pipe would stop it.
        baresip.args(["-4", "-t", "120", "-f"]).arg(&folder).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let child = baresip.spawn().unwrap();
        let address = format!("127.0.0.1:{}", port + 1);
        listens(&address).await;
        Peer { child, target: format!("sip:0313900603@{address};transport=tls"), folder }
    }

    /// Ends as a program does that is asked to: it hangs up first.
    async fn leave(mut self) {
        let number = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").arg(number).status().unwrap().success());
        self.child.wait().await.unwrap();
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

/// Waits until somebody takes connections there.
async fn listens(address: &str) {
    let deadline = tokio::time::Instant::now() + support::DEADLINE;
    while tokio::net::TcpStream::connect(address).await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "nobody listens at {address}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

fn tls(own: &Certified, roots: Option<&Path>) -> Config {
    let (certificate, key) = (own.certificate.clone(), own.key.clone());
    let listen = "127.0.0.1:0".parse().unwrap();
    Config { tls: Some(TlsConfig { listen, certificate, key, roots: roots.map(Path::to_owned) }), ..Config::loopback(0) }
}

#[tokio::test]
async fn we_call_over_tls_and_hear_each_other() {
    let authority = Authority::new("trusted");
    let peer = Peer::start("tls-trusted", &authority.certify("peer", "127.0.0.1")).await;
    let mut svar = Side::with(tls(&authority.certify("svar", "127.0.0.1"), Some(&authority.root()))).await;
    let mut world = Side::start().await;
    let (caller, at_caller) = call(&mut world, &mut svar).await;
    let leg = svar.dial(&peer.target);
    svar.answered(leg).await;
    svar.telephony.bridge(BridgeId(1), vec![at_caller, leg]);
    world.hears(caller, &[600]).await;
    // The other side hangs up: it reaches us over TLS in turn.
    peer.leave().await;
    assert_eq!(svar.ended(leg).await, EndCause::HungUp);
    world.telephony.hang_up(caller);
    assert_eq!(svar.ended(at_caller).await, EndCause::HungUp);
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn whom_nobody_vouches_for_is_not_called() {
    let (authority, stranger) = (Authority::new("ours"), Authority::new("stranger"));
    let own = authority.certify("svar", "127.0.0.1");
    // (what the other side shows, whom we trust, what we say to that)
    for (name, shown, roots, said) in [
        ("unknown", stranger.certify("unknown", "127.0.0.1"), Some(authority.root()), "UnknownIssuer"),
        ("another", authority.certify("another", "127.0.0.2"), Some(authority.root()), "not valid for name"),
        ("nobody", authority.certify("nobody", "127.0.0.1"), None, "root certificates"),
    ] {
        let peer = Peer::start(&format!("tls-{name}"), &shown).await;
        let mut svar = Side::with(tls(&own, roots.as_deref())).await;
        let leg = svar.dial(&peer.target);
        let mut rang = false;
        let cause = svar
            .wait("Ended", |event| match event {
                LegEvent::Ended { leg: of, cause } if *of == leg => Some(cause.clone()),
                LegEvent::Ringing { .. } | LegEvent::Answered { .. } => {
                    rang = true;
                    None
                }
                _ => None,
            })
            .await;
        assert!(matches!(&cause, EndCause::Failed(why) if why.contains(said)), "{name}: {cause:?}");
        assert!(!rang, "{name}: it rang all the same");
        svar.stop().await;
        peer.leave().await;
    }
}

#[tokio::test]
async fn a_stream_that_nobody_takes_is_known_at_once() {
    let authority = Authority::new("nobody-there");
    let mut svar = Side::with(tls(&authority.certify("svar", "127.0.0.1"), Some(&authority.root()))).await;
    for transport in ["tcp", "tls"] {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let leg = svar.dial(&format!("sip:0313900603@{free};transport={transport}"));
        assert_eq!(svar.ended(leg).await, EndCause::Unreachable, "{transport}");
    }
    svar.stop().await;
}

#[tokio::test]
async fn roots_that_are_none_are_found_at_the_start() {
    let authority = Authority::new("roots");
    let own = authority.certify("svar", "127.0.0.1");
    for roots in [own.key.clone(), PathBuf::from("no-such-file.pem")] {
        let refused = Telephony::start(tls(&own, Some(&roots))).await.err();
        assert!(matches!(&refused, Some(StartError::Certificate { path, .. }) if *path == roots), "{refused:?}");
    }
}
