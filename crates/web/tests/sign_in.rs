//! A citizen signs in for a form by a broker that says what a test wants, above all what no broker should: whatever comes back
//! wrong signs nobody in, loses nothing, and whoever has signed in sends no other number than their own.
#![allow(clippy::unwrap_used)]

use crate::{
    forms::{Citizen, reference, text, theft},
    support::{
        Answer, Centre,
        broker::{NAME, StandIn, field},
        centre_that_needs, centre_with, get, post,
    },
};
use domain::access::Role;
use hyper::StatusCode;
use serde_json::{Value, json};
use storage::ContactFilter;
use switchboard::Purpose;

const KEPT: &str = "196408233234";
const ANOTHER: &str = "191212121212";
const BACK: &str = "/en/signed-in";
const SIGN_IN: &str = "Sign in with BankID";

/// What a test makes of what comes back.
type Returned = Box<dyn FnOnce(&StandIn, &str) -> String>;

async fn with_broker() -> (StandIn, Centre) {
    let broker = StandIn::start().await;
    let client = broker.client();
    (broker, centre_with(|config| config.sign_in = Some(client)).await)
}

/// Leaves for the broker from a form: the address there.
async fn leave(citizen: &mut Citizen<'_>, base: &str) -> String {
    let away = citizen.ask(get(&format!("{base}/sign-in")).header("sec-fetch-site", "same-origin")).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", text(&away.body));
    away.header("location").to_owned()
}

async fn comes_back(citizen: &mut Citizen<'_>, fields: &str) -> Answer {
    citizen.ask(get(&format!("{BACK}?{fields}")).header("sec-fetch-site", "cross-site")).await
}

async fn sign_in(citizen: &mut Citizen<'_>, broker: &StandIn, base: &str) -> String {
    let away = leave(citizen, base).await;
    let back = good(broker, &away, |_| ());
    let answer = comes_back(citizen, &back).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", text(&answer.body));
    answer.header("location").to_owned()
}

fn good(broker: &StandIn, away: &str, change: impl FnOnce(&mut Value)) -> String {
    format!("state={}&code={}", field(away, "state"), broker.says_yes(away, change))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_is_known_and_sends_no_other_number() {
    let (broker, centre) = with_broker().await;
    let (form, base, words) = theft(&centre);
    let mut citizen = Citizen::new(&centre);
    let begin = citizen.see(&base).await.body;
    assert!(begin.contains(SIGN_IN) && begin.contains("Go on without signing in"), "{}", text(&begin));
    let away = leave(&mut citizen, &base).await;
    assert_eq!(field(&away, "redirect_uri"), "https%3A%2F%2Fsvar.example%2Fen%2Fsigned-in");
    assert!(!away.contains("theft"), "the broker is not told what is reported: {away}");
    let before = citizen.cookie.clone();
    let back = good(&broker, &away, |_| ());
    let answer = comes_back(&mut citizen, &back).await;
    assert_eq!(answer.header("location"), format!("{base}/{}/{}", words[0], form.pages[0].id));
    assert_ne!(citizen.cookie, before, "the cookie is another one");
    let old = centre.ask(get(&format!("{base}/save")).header("cookie", &before)).await;
    assert_eq!(old.status, StatusCode::GONE, "the one before opens nothing");
    let again = comes_back(&mut citizen, &back).await;
    assert_eq!(again.status, StatusCode::GONE, "nobody comes back twice");

    let check = citizen.until_check(&form, &base, words).await;
    let reporter = format!("{base}/{}/reporter", words[0]);
    let asked = citizen.see(&reporter).await.body;
    assert!(asked.contains(NAME) && asked.contains(KEPT) && asked.contains("You are signed in with BankID"), "{}", text(&asked));
    assert!(!asked.contains("name=\"reporter-identity\"") && !asked.contains("name=\"reporter-name\""));
    let others = [("reporter-name", "Somebody Else"), ("reporter-identity", ANOTHER), ("reporter-telephone", "070-174 06 05")];
    citizen.send(&reporter, &others.map(|(name, value)| (name.to_owned(), value.to_owned()))).await;
    let seen = citizen.see(&check).await.body;
    assert!(seen.contains(KEPT) && !seen.contains(ANOTHER) && !seen.contains("Somebody Else"), "{}", text(&seen));

    let sent = citizen.file(&check).await;
    let done = citizen.see(sent.header("location")).await.body;
    assert!(!done.contains("signed in") && !done.contains(NAME), "{}", text(&done));
    reference(&done);
    let contact = centre.store.contacts(&ContactFilter::default(), 1, None).await.unwrap()[0].record.contact;
    let read = centre.switchboard().caller(centre.accounts[&Role::Operator], contact, Purpose::Promise).await.unwrap().unwrap();
    let identified = read.written[0].identified.as_ref().unwrap();
    assert_eq!((identified.way.as_str(), identified.name.as_deref(), identified.number.as_str()), ("BankID", Some(NAME), KEPT));
    assert!(read.written[0].text.contains(KEPT) && read.display_name.as_deref() == Some(NAME));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_back_wrong_signs_nobody_in_and_loses_nothing() {
    let (broker, centre) = with_broker().await;
    let (form, base, words) = theft(&centre);
    let mut citizen = Citizen::new(&centre);
    let first = format!("{base}/{}/{}", words[0], form.pages[0].id);
    let second = citizen.answer(&form, &first, words).await;
    let mut somebody = Citizen::new(&centre);
    let elsewhere = leave(&mut somebody, &base).await;
    let says =
        |claim: &'static str, value: Value| -> Returned { Box::new(move |broker, away| good(broker, away, |says| says[claim] = value)) };
    let fields = |fields: &'static str| -> Returned { Box::new(move |_, away| format!("state={}&{fields}", field(away, "state"))) };
    let (failed, over) = (Some("sign-in-failed"), None);
    let now_s = jiff::Timestamp::now().as_second();
    let cases: Vec<(&str, Returned, Option<&str>)> = vec![
        ("no", fields("error=access_denied&error_description=https://evil.example"), Some("sign-in-cancelled")),
        ("a fault of its own", fields("error=server_error"), Some("sign-in-no-answer")),
        ("another fault", fields("error=login_required"), failed),
        ("a code that it never gave", fields("code=forged"), failed),
        ("no code", fields("x=y"), failed),
        ("a state of nobody's", Box::new(|broker, away| good(broker, away, |_| ()).replacen("state=", "state=x", 1)), over),
        ("nothing", Box::new(|_, _| String::new()), over),
        ("what cannot be read", Box::new(|_, _| "state=%ff&state=%ff".into()), over),
        ("another issuer", Box::new(|broker, away| format!("{}&iss=https://evil.example", good(broker, away, |_| ()))), failed),
        (
            "somebody else's code",
            Box::new(move |broker, away| format!("state={}&code={}", field(away, "state"), broker.says_yes(&elsewhere, |_| ()))),
            failed,
        ),
        ("another nonce", says("nonce", json!("another")), failed),
        ("somebody else's token", says("aud", json!("another")), failed),
        ("another issuer's token", says("iss", json!("https://evil.example")), failed),
        ("a token of before", says("exp", json!(now_s - 120)), failed),
        ("no number", says("personal_identity_number", Value::Null), failed),
        ("a number that nobody has", says("personal_identity_number", json!("19640823-3235")), failed),
    ];
    for (what, returned, expected) in cases {
        let away = leave(&mut citizen, &base).await;
        let back = returned(&broker, &away);
        let answer = comes_back(&mut citizen, &back).await;
        match expected {
            Some(place) => {
                assert_eq!(answer.header("location"), format!("{base}/{place}"), "{what}: {}", text(&answer.body));
                let told = citizen.see(answer.header("location")).await.body;
                assert!(told.contains(SIGN_IN) && told.contains("Your answers are still here"), "{what}: {}", text(&told));
                assert!(told.contains(&format!("href=\"{second}\"")) && !told.contains("evil"), "{what}: {}", text(&told));
            }
            None => {
                assert_eq!(answer.status, StatusCode::GONE, "{what}");
                assert!(answer.body.contains(&format!("href=\"{base}\"")) && !answer.body.contains(&second), "{what}");
            }
        }
        if expected.is_some() {
            assert_eq!(comes_back(&mut citizen, &back).await.status, StatusCode::GONE, "{what}: twice");
        }
        let page = citizen.see(&second).await.body;
        assert!(!page.contains("signed in"), "{what}: {}", text(&page));
    }
    // A good answer in another browser.
    let away = leave(&mut citizen, &base).await;
    let back = good(&broker, &away, |_| ());
    assert_eq!(comes_back(&mut Citizen::new(&centre), &back).await.status, StatusCode::GONE);
    assert_eq!(comes_back(&mut citizen, &back).await.header("location"), second, "it is still good where it belongs");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_by_signing_out_and_is_not_opened_by_a_code() {
    let (broker, centre) = with_broker().await;
    let (form, base, words) = theft(&centre);
    let mut citizen = Citizen::new(&centre);
    let first = sign_in(&mut citizen, &broker, &base).await;
    let second = citizen.answer(&form, &first, words).await;
    let out = citizen.ask(post(&format!("{base}/sign-out")).form("")).await;
    assert_eq!((out.status, out.header("location")), (StatusCode::SEE_OTHER, &*second), "what was answered is still there");
    let check = citizen.until_check(&form, &base, words).await;
    assert!(!citizen.see(&check).await.body.contains(KEPT));
    // Signed in again, and opened elsewhere.
    assert_eq!(sign_in(&mut citizen, &broker, &base).await, check);
    assert!(citizen.see(&check).await.body.contains(KEPT));
    let code = citizen.cookie.split('=').nth(1).unwrap().to_owned();
    let mut elsewhere = Citizen::new(&centre);
    elsewhere.send("/en/report/go-on", &[("code".into(), code)]).await;
    let reporter = elsewhere.see(&format!("{base}/{}/reporter", words[0])).await.body;
    assert!(!reporter.contains(KEPT) && !reporter.contains(NAME) && reporter.contains("name=\"reporter-identity\""), "{}", text(&reporter));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_needs_it_asks_nobody_before_and_everybody_where_nobody_can() {
    let broker = StandIn::start().await;
    let client = broker.client();
    let centre = centre_that_needs("theft", |config| config.sign_in = Some(client)).await;
    let (form, base, words) = theft(&centre);
    let first = format!("{base}/{}/{}", words[0], form.pages[0].id);
    let mut citizen = Citizen::new(&centre);
    let begin = citizen.see(&base).await.body;
    assert!(begin.contains(SIGN_IN) && begin.contains("href=\"tel:11414\"") && !begin.contains(&first), "{}", text(&begin));
    for answer in [citizen.ask(get(&first)).await, citizen.ask(post(&first).form("now=no")).await] {
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, &*base));
    }
    assert_eq!(sign_in(&mut citizen, &broker, &base).await, first);
    let check = citizen.until_check(&form, &base, words).await;
    let out = citizen.ask(post(&format!("{base}/sign-out")).form("")).await;
    assert_eq!(out.header("location"), base);
    let sent = citizen.ask(post(&check).form("seen=1")).await;
    assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, &*base));
    centre.stop().await;

    let centre = centre_that_needs("theft", |_| {}).await;
    let mut citizen = Citizen::new(&centre);
    let begin = citizen.see(&base).await.body;
    assert!(begin.contains(&first) && !begin.contains("Sign in"), "{}", text(&begin));
    citizen.until_check(&form, &base, words).await;
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_away_by_others_or_to_a_broker_that_is_not_there() {
    let (mut broker, centre) = with_broker().await;
    let (form, base, words) = theft(&centre);
    let mut citizen = Citizen::new(&centre);
    let by_others = citizen.ask(get(&format!("{base}/sign-in")).header("sec-fetch-site", "cross-site")).await;
    assert_eq!((by_others.header("location"), by_others.header("set-cookie")), (&*base, ""));
    let tip = citizen.ask(get("/en/report/tip/sign-in")).await;
    assert_eq!(tip.header("location"), "/en/report/tip", "a tip asks nobody who they are");
    broker.stop().await;
    let away = citizen.ask(get(&format!("{base}/sign-in"))).await;
    assert_eq!((away.header("location"), away.header("set-cookie")), (&*format!("{base}/sign-in-no-answer"), ""));
    let told = citizen.see(away.header("location")).await.body;
    let first = format!("{base}/{}/{}", words[0], form.pages[0].id);
    assert!(told.contains("BankID does not answer right now") && told.contains(&format!("href=\"{first}\"")), "{}", text(&told));
    citizen.until_check(&form, &base, words).await;
    centre.stop().await;

    let without = centre_with(|_| {}).await;
    let nowhere = without.ask(get(&format!("{base}/sign-in"))).await;
    assert_eq!((nowhere.status, nowhere.header("location")), (StatusCode::SEE_OTHER, &*base));
    without.stop().await;
}
