//! The demo's invented gateway: it takes each message once and shows it, and is not there elsewhere.
#![allow(clippy::unwrap_used)]

use crate::support;
use serde_json::json;
use support::{centre, centre_with, get, post};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_taken_once_and_shown() {
    let centre = centre_with(|config| config.demo_messages = Some(Default::default())).await;
    let order = json!({ "to": "+46701740605", "from": "Polisen", "text": "Så här: https://polisen.se/ <b>", "id": "0a1b" });
    assert!(!centre.ask(get("/demo/messages?lang=en")).await.body.contains("data-id"));
    for _ in 0..2 {
        assert_eq!(centre.ask(post("/demo/messages").json(&order)).await.status.as_u16(), 202);
    }
    let page = centre.ask(get("/demo/messages?lang=en")).await.body;
    assert_eq!(page.matches("data-id").count(), 1, "{page}");
    assert!(page.contains("sends nothing to anybody") && page.contains("Så här: https://polisen.se/ &lt;b&gt;"), "{page}");
    let mail = json!({ "to": "a@example.org", "from": "Polisen", "subject": "Er tid", "text": "Klockan 9", "id": "0a1c" });
    assert_eq!(centre.ask(post("/demo/messages").json(&mail)).await.status.as_u16(), 202);
    assert!(centre.ask(get("/demo/messages")).await.body.contains("<strong>Er tid</strong>"));
    let former = centre.ask(get("/demo/texts")).await;
    assert_eq!((former.status.as_u16(), former.header("location")), (308, "/demo/messages"));
    let unreadable = centre.ask(post("/demo/messages").json(&json!({ "to": "+46701740605" }))).await;
    assert!(unreadable.status.is_client_error(), "{}", unreadable.status);
    assert!(centre.ask(get("/")).await.body.contains("href=\"/demo/messages\""), "the first page leads there");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn elsewhere_there_is_none() {
    let centre = centre().await;
    let order = json!({ "to": "+46701740605", "from": "Polisen", "text": "a", "id": "0a1b" });
    assert_eq!(centre.ask(get("/demo/messages")).await.status.as_u16(), 404);
    assert_eq!(centre.ask(post("/demo/messages").json(&order)).await.status.as_u16(), 404);
    assert!(!centre.ask(get("/")).await.body.contains("/demo/messages"));
    centre.stop().await;
}
