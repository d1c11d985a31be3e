//! Against programs of others: sipp and baresip as callers and called, sound in both directions.

use crate::support;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use support::programs::{command, ended_well, folder, free_port, scenario, sipp};
use support::{PURE, Side, call, share, tones_in};
use telephony::{BridgeId, EndCause, LegEvent, Transport};
use tokio::process::Child;
use tokio::time::{Duration, Instant};

#[tokio::test]
async fn sipp_calls_holds_resumes_and_hangs_up() {
    for (option, transport) in [("u1", Transport::Udp), ("t1", Transport::Tcp)] {
        let mut svar = Side::start().await;
        let mut sipp = sipp(&svar, option);
        sipp.arg("-sf").arg(scenario("caller.xml")).args(["-m", "1", "-timeout", "90", "-timeout_error"]);
        // What it tells is read from the start: a full pipe would stop it.
        let ended = tokio::spawn(ended_well("sipp", sipp.spawn().unwrap()));
        let event = svar.wait("Incoming", |event| matches!(event, LegEvent::Incoming { .. }).then(|| event.clone())).await;
        let LegEvent::Incoming { leg, from_user, from_display, parts, geolocation, geolocation_routing, transport: over, .. } = event
        else {
            unreachable!()
        };
        assert_eq!((from_user.as_str(), from_display.as_deref(), over), ("0313900601", Some("A caller"), transport));
        assert_eq!((geolocation, geolocation_routing), (vec!["<cid:place@example.org>".to_owned()], Some("no".to_owned())));
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].bytes, b"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\"/>");
        assert_eq!(parts[0].content_id.as_deref(), Some("place@example.org"));
        svar.telephony.ring(leg);
        svar.telephony.answer(leg);
        svar.answered(leg).await;
        // sipp sends back what it hears.
        svar.play_tone(leg, 1_000);
        svar.hears(leg, &[1_000]).await;
        svar.telephony.send_keys(leg, "1");
        svar.hears(leg, &[]).await;
        svar.telephony.send_keys(leg, "2");
        svar.hears(leg, &[1_000]).await;
        svar.telephony.send_keys(leg, "3");
        assert_eq!(svar.ended(leg).await, EndCause::HungUp);
        ended.await.unwrap();
        svar.until("without dialogs", |stats| (stats.legs, stats.dialogs) == (0, 0)).await;
        svar.stop().await;
    }
}

/// Starts baresip speaking 600 Hz in one law, writing what it hears into files in a folder.
fn baresip(name: &str, law: &str, execute: Option<&str>) -> (Child, u16, PathBuf) {
    let (folder, port) = (folder(name), free_port());
    let config = format!(
        "sip_listen 127.0.0.1:{port}\nmodule_path /usr/lib/baresip/modules\nmodule g711.so\nmodule ausine.so\n\
         module aubridge.so\nmodule sndfile.so\nsnd_path {}\naudio_player aubridge,nowhere\naudio_source ausine,600\n\
         audio_alert aubridge,nowhere\nausrc_srate 48000\nausrc_channels 2\nauplay_srate 8000\nauplay_channels 1\n\
         module_app account.so\nmodule_app menu.so\n",
        folder.display()
    );
    std::fs::write(folder.join("config"), config).unwrap();
    let account = format!("<sip:0313900603@127.0.0.1>;regint=0;answermode=auto;audio_codecs={law}\n");
    std::fs::write(folder.join("accounts"), account).unwrap();
    std::fs::write(folder.join("contacts"), "").unwrap();
    let mut baresip = command("baresip", "baresip-core");
    // What it would tell is not read: a full pipe would stop it.
    baresip.args(["-4", "-t", "120", "-f"]).arg(&folder).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(execute) = execute {
        baresip.args(["-e", execute]);
    }
    (baresip.spawn().unwrap(), port, folder)
}

/// Waits until baresip, whose call is on, has written down a last second of this tone and nothing besides.
async fn heard_by_baresip(folder: &Path, hz: u32) {
    let deadline = Instant::now() + support::DEADLINE;
    while share(&last_heard(folder), hz) < PURE {
        assert!(Instant::now() < deadline, "baresip did not hear the tone: {:?}", tones_in(&last_heard(folder)));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Ends baresip once it has answered that its call is over, and so many others are on.
async fn end(svar: &Side, others: u64, mut baresip: Child, folder: &Path) {
    svar.until("without its dialog", |stats| (stats.legs, stats.dialogs) == (others, others)).await;
    baresip.kill().await.unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

/// The last second that it heard, once there is one. The file's head says how long it is only when the call is over.
fn last_heard(folder: &Path) -> Vec<i16> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let heard = files.filter(|path| path.to_string_lossy().ends_with("-dec.wav")).find_map(|path| std::fs::read(path).ok());
    let heard = heard.unwrap_or_default();
    let Some(head) = heard.windows(4).position(|name| name == b"data") else { return Vec::new() };
    let sound = heard.get(head + 8..).unwrap_or_default();
    let samples: Vec<i16> = sound.chunks_exact(2).map(|sample| i16::from_le_bytes([sample[0], sample[1]])).collect();
    samples.len().checked_sub(8_000).map_or_else(Vec::new, |start| samples[start..].to_vec())
}

#[tokio::test]
async fn baresip_is_called_and_heard_through_a_bridge() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let (child, port, heard) = baresip("called", "PCMA", None);
    let (a, at_a) = call(&mut world, &mut svar).await;
    world.play_tone(a, 1_000);
    // baresip needs a moment to listen: the INVITE is re-sent until it does.
    let b = svar.dial(&format!("sip:0313900603@127.0.0.1:{port}"));
    svar.answered(b).await;
    svar.telephony.bridge(BridgeId(1), vec![at_a, b]);
    world.hears(a, &[600]).await;
    world.hears(a, &[600]).await;
    heard_by_baresip(&heard, 1_000).await;
    svar.telephony.hang_up(b);
    assert_eq!(svar.ended(b).await, EndCause::HungUpHere);
    end(&svar, 1, child, &heard).await;
    svar.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn baresip_calls_and_is_hung_up_on() {
    let mut svar = Side::start().await;
    let dial = format!("/dial sip:11414@{}", svar.telephony.sip_address());
    let (child, _, heard) = baresip("calling", "PCMA", Some(&dial));
    let leg = svar.incoming().await;
    svar.telephony.ring(leg);
    svar.telephony.answer(leg);
    svar.answered(leg).await;
    svar.play_tone(leg, 1_500);
    svar.hears(leg, &[600]).await;
    svar.hears(leg, &[600]).await;
    heard_by_baresip(&heard, 1_500).await;
    svar.telephony.hang_up(leg);
    assert_eq!(svar.ended(leg).await, EndCause::HungUpHere);
    end(&svar, 0, child, &heard).await;
    svar.stop().await;
}

#[tokio::test]
async fn a_caller_of_mu_law_and_one_of_a_law_hear_each_other() {
    let (mut svar, mut world) = (Side::start().await, Side::start().await);
    let dial = format!("/dial sip:11414@{}", svar.telephony.sip_address());
    let (child, _, heard) = baresip("mu-law", "PCMU", Some(&dial));
    let leg = svar.incoming().await;
    svar.telephony.answer(leg);
    svar.answered(leg).await;
    svar.hears_purely(leg, 600).await;
    // Between two of ours it is A-law.
    let (a, at_a) = call(&mut world, &mut svar).await;
    world.play_tone(a, 1_000);
    svar.telephony.bridge(BridgeId(1), vec![leg, at_a]);
    world.hears_purely(a, 600).await;
    world.hears_purely(a, 600).await;
    heard_by_baresip(&heard, 1_000).await;
    svar.telephony.hang_up(leg);
    assert_eq!(svar.ended(leg).await, EndCause::HungUpHere);
    end(&svar, 1, child, &heard).await;
    svar.stop().await;
    world.stop().await;
}
