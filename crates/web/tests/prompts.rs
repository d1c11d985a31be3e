//! The page of what callers hear: who may listen, who may change it, and what is refused without a change. That
//! a recording is taken and heard is shown end to end, on a deployment of its own.
#![allow(clippy::unwrap_used)]

use crate::support;
use domain::access::{Permission, Role};
use support::{Centre, centre, get, post};

const BOUNDARY: &str = "part-of-a-form";

/// A form with these fields, as a browser sends it.
fn form(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, content) in fields {
        let file = if *name == "recording" { "; filename=\"a.wav\"" } else { "" };
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

async fn sends(centre: &Centre, role: Role, path: &str, fields: &[(&str, &[u8])]) -> support::Answer {
    let session = centre.session(role).await;
    let media = format!("multipart/form-data; boundary={BOUNDARY}");
    centre.ask(post(path).session(&session).bytes(&media, form(fields))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_text_is_listened_to_and_only_administrators_see_forms() {
    let centre = centre().await;
    for role in [Role::Leader, Role::Administrator] {
        let session = centre.session(role).await;
        let page = centre.ask(get("/prompts?language=en").session(&session)).await.body;
        assert!(page.contains("hundrafjorton") == page.contains("lang=\"sv\">Hej"), "{role}");
        assert!(page.contains("this is the Swedish police") && page.contains("src=\"/prompts/en/greeting\""), "{role}");
        assert!(page.contains("id=\"number_60\""), "{role}");
        assert_eq!(page.contains("type=\"file\""), role.may(Permission::ChangePlan), "{role}");
    }
    let session = centre.session(Role::Leader).await;
    let sound = centre.ask(get("/prompts/en/greeting").session(&session)).await;
    assert_eq!((sound.status.as_u16(), sound.header("content-type")), (200, "audio/wav"));
    for path in ["/prompts/xx/greeting", "/prompts/en/none", "/prompts/en/..%2Fcatalogue", "/prompts/en/number_61"] {
        assert_eq!(centre.ask(get(path).session(&session)).await.status.as_u16(), 404, "{path}");
    }
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_fit_is_refused_in_words() {
    let centre = centre().await;
    let admin = Role::Administrator;
    let path = "/prompts/sv/greeting?lang=sv";
    let huge = vec![0_u8; 13 * 1024 * 1024];
    for (about, fields, status, said) in [
        ("nothing", vec![], 422, "Ingen fil är vald"),
        ("an empty file", vec![("recording", &b""[..]), ("listened", b"yes")], 422, "Ingen fil är vald"),
        ("nobody listened", vec![("recording", &b"RIFF"[..])], 422, "kryssa sedan i"),
        ("no sound", vec![("recording", &b"<html>"[..]), ("listened", b"yes")], 422, "ingen WAV-fil"),
        ("too much", vec![("recording", &huge[..]), ("listened", b"yes")], 413, ""),
    ] {
        let answer = sends(&centre, admin, path, &fields).await;
        assert_eq!(answer.status.as_u16(), status, "{about}");
        assert!(answer.body.contains(said), "{about}");
    }
    let session = centre.session(admin).await;
    assert_eq!(centre.ask(post(path).session(&session).form("recording=x")).await.status.as_u16(), 415, "no such form");
    assert_eq!(centre.ask(post("/prompts/sv/greeting/back").session(&session)).await.status.as_u16(), 404, "nothing to take back");
    for role in Role::ALL.iter().filter(|role| !role.may(Permission::ChangePlan)) {
        assert_eq!(sends(&centre, *role, path, &[]).await.status.as_u16(), 403, "{role}");
        let session = centre.session(*role).await;
        assert_eq!(centre.ask(post("/prompts/sv/greeting/back").session(&session)).await.status.as_u16(), 403, "{role}");
    }
    centre.stop().await;
}
