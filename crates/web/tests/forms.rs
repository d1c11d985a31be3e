//! A citizen reports without script, as a browser without any would: a real centre, a real server, the deployment's own
//! forms.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::support;
use domain::{
    access::Role,
    contact::{PromiseKind, Reference},
    form::{Form, Page},
    intent::Language,
};
use hyper::StatusCode;
use serde_json::json;
use std::collections::BTreeSet;
use storage::ContactFilter;
use support::{Answer, Ask, Centre, centre, get, known_forms::least, post};
use switchboard::{DraftCode, FiledForm, Purpose};

const NUMBER: &str = "070-174 06 05";

const TREES: [(Language, &str, [&str; 3]); 3] = [
    (Language::Swedish, "/sv/anmal", ["fraga", "fler", "granska"]),
    (Language::English, "/en/report", ["question", "more", "check"]),
    (Language::Danish, "/da/anmeld", ["spoergsmaal", "flere", "gennemse"]),
];

/// One browser: it keeps its cookies, and nothing else.
pub(crate) struct Citizen<'a> {
    centre: &'a Centre,
    pub cookie: String,
}

impl<'a> Citizen<'a> {
    pub fn new(centre: &'a Centre) -> Self {
        Self { centre, cookie: String::new() }
    }

    pub async fn ask(&mut self, ask: Ask) -> Answer {
        let answer = self.centre.ask(if self.cookie.is_empty() { ask } else { ask.header("cookie", &self.cookie) }).await;
        if let Some(set) = answer.header("set-cookie").split(';').next().filter(|set| set.starts_with("svar_form_")) {
            set.clone_into(&mut self.cookie);
        }
        answer
    }

    pub async fn see(&mut self, address: &str) -> Answer {
        let page = self.ask(get(address)).await;
        assert_eq!(page.status, StatusCode::OK, "{address}: {}", text(&page.body));
        page
    }

    /// Sends what is right, and tells where it led.
    pub async fn send(&mut self, address: &str, fields: &[(String, String)]) -> String {
        let answer = self.ask(post(address).form(&encoded(fields))).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}: {}", text(&answer.body));
        answer.header("location").to_owned()
    }

    /// Answers the page at an address with what somebody knows who knows little.
    pub async fn answer(&mut self, form: &Form, address: &str, [question, more, _]: [&str; 3]) -> String {
        let seen = self.see(address).await.body;
        no_key_is_shown(&seen, address);
        if address.contains(&format!("/{more}/")) {
            return self.send(address, &[("more".into(), "no".into())]).await;
        }
        let page = page_at(form, address, question);
        // What depends on another answer of this page is not asked of somebody who does not know.
        let asked = page.questions.iter().filter(|question| seen.contains(&format!("name=\"{}", question.id)));
        let fields: Vec<_> = asked.flat_map(least).collect();
        self.send(address, &fields).await
    }

    /// From the first page to the one on which everything is checked.
    pub async fn until_check(&mut self, form: &Form, base: &str, words: [&str; 3]) -> String {
        let mut address = format!("{base}/{}/{}", words[0], form.pages[0].id);
        for _ in 0..60 {
            if address.ends_with(words[2]) {
                return address;
            }
            address = self.answer(form, &address, words).await;
        }
        panic!("{} has no end", form.id);
    }

    /// Sends what was seen on the page at this address.
    pub async fn file(&mut self, check: &str) -> Answer {
        let seen = seen(&self.see(check).await.body);
        self.ask(post(check).form(&format!("seen={seen}"))).await
    }
}

fn seen(page: &str) -> String {
    page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn page_at<'f>(form: &'f Form, address: &str, question: &str) -> &'f Page {
    let rest = address.split(&format!("/{question}/")).nth(1).unwrap_or_else(|| panic!("{address} asks nothing"));
    form.page(rest.split('/').next().unwrap()).unwrap()
}

fn encoded(fields: &[(String, String)]) -> String {
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}

pub(crate) fn text(page: &str) -> String {
    let main = page.split("<main").nth(1).unwrap_or(page);
    main.split('<')
        .filter_map(|part| part.split_once('>').map(|(_, text)| text.trim()))
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A word that no language has would show its key.
fn no_key_is_shown(page: &str, address: &str) {
    let text = text(page);
    for key in ["form-", "public-", "booking-"] {
        assert!(!text.split_whitespace().any(|word| word.starts_with(key)), "{address}: {text}");
    }
}

pub(crate) fn reference(page: &str) -> Reference {
    page.split("class=\"reference\"").nth(1).unwrap().split('>').nth(1).unwrap().split('<').next().unwrap().parse().unwrap()
}

/// The references of all that is open and owed as a report.
async fn owed(centre: &Centre) -> Vec<String> {
    let rows = centre.store.contacts(&ContactFilter { open: Some(true), ..ContactFilter::default() }, 100, None).await.unwrap();
    assert!(rows.iter().all(|row| row.next_promise.as_ref().is_some_and(|promise| promise.kind == PromiseKind::Report)));
    rows.into_iter().map(|row| row.reference.digits()).collect()
}

fn forms(centre: &Centre) -> Vec<Form> {
    centre.switchboard().deployment().forms.forms.clone()
}

/// One form in English: where it begins, and the words of its addresses.
pub(crate) fn theft(centre: &Centre) -> (Form, String, [&'static str; 3]) {
    let form = forms(centre).into_iter().find(|form| form.id == "theft").unwrap();
    let (language, reports, words) = TREES[1];
    let base = format!("{reports}/{}", form.path[&language]);
    (form, base, words)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_can_be_sent_in_every_language() {
    let centre = centre().await;
    let mut references = BTreeSet::new();
    for (language, reports, words) in TREES {
        let start = centre.ask(get(&format!("/{language}"))).await;
        assert!(start.body.contains(&format!("lang=\"{language}\"")) && !start.header("content-security-policy").is_empty());
        for form in forms(&centre) {
            let base = format!("{reports}/{}", form.path[&language]);
            assert!(start.body.contains(&format!("href=\"{base}\"")), "{base} is not on the first page");
            let begin = centre.ask(get(&base)).await;
            assert_eq!(begin.status, StatusCode::OK, "{base}");
            no_key_is_shown(&begin.body, &base);
            let mut citizen = Citizen::new(&centre);
            let check = citizen.until_check(&form, &base, words).await;
            let sent = citizen.file(&check).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{base}: {}", text(&sent.body));
            let done = citizen.see(sent.header("location")).await.body;
            no_key_is_shown(&done, &base);
            assert!(references.insert(reference(&done).digits()), "{base} has the reference of another");
        }
    }
    let owed = owed(&centre).await;
    assert_eq!(owed.len(), references.len(), "each is there once");
    assert!(owed.iter().all(|reference| references.contains(reference)));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_again_it_is_the_same_report_and_nothing_of_it_stays_in_the_browser() {
    let centre = centre().await;
    let (form, base, words) = theft(&centre);
    let mut citizen = Citizen::new(&centre);
    let check = citizen.until_check(&form, &base, words).await;
    let seen = seen(&citizen.see(&check).await.body);
    let again = format!("seen={seen}");
    let (one, other) = tokio::join!(
        centre.ask(post(&check).form(&again).header("cookie", &citizen.cookie)),
        centre.ask(post(&check).form(&again).header("cookie", &citizen.cookie)),
    );
    assert_eq!((one.status, other.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(one.header("location"), other.header("location"));
    let done = citizen.see(one.header("location")).await.body;
    assert_eq!(owed(&centre).await, [reference(&done).digits()]);
    // Long after, another page of it is asked for or sent.
    let first = format!("{base}/{}/{}", words[0], form.pages[0].id);
    for answer in [citizen.ask(get(&first)).await, citizen.ask(post(&check).form(&again)).await] {
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, one.header("location")));
    }
    assert_eq!(reference(&citizen.see(one.header("location")).await.body), reference(&done));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_and_nothing_that_was_written_is_lost() {
    let centre = centre().await;
    let (form, base, words) = theft(&centre);
    let first = format!("{base}/{}/{}", words[0], form.pages[0].id);
    let mut citizen = Citizen::new(&centre);
    let empty = citizen.ask(post(&first).form("")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("govuk-error-summary") && empty.body.contains("Answer the question"));
    assert_eq!(empty.header("set-cookie"), "", "nothing is kept of somebody who has answered nothing");
    // Scripts and formulas are text; what nobody asked is not read.
    let page = form.pages.iter().find(|page| page.questions.iter().any(|question| question.kind == domain::form::Kind::Text)).unwrap();
    let mut address = first;
    while !address.contains(&format!("/{}/{}", words[0], page.id)) {
        address = citizen.answer(&form, &address, words).await;
    }
    let question = page.questions.iter().find(|question| question.kind == domain::form::Kind::Text).unwrap();
    let long = "x".repeat(question.chars_max + 1);
    let too_long = citizen.ask(post(&address).form(&format!("{}={long}", question.id))).await;
    assert_eq!(too_long.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(too_long.body.contains(&long), "what was written is still there");
    let script = "<script>alert(1)</script>";
    let mut fields: Vec<(String, String)> = page.questions.iter().filter(|other| other.id != question.id).flat_map(least).collect();
    fields.extend([(question.id.clone(), script.to_owned()), ("nobody-asked".into(), "=1+1".into())]);
    citizen.send(&address, &fields).await;
    let again = citizen.see(&address).await.body;
    assert!(again.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !again.contains(script));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_set_aside_and_opened_by_its_code_elsewhere() {
    let centre = centre().await;
    let (form, base, words) = theft(&centre);
    let first = format!("{base}/{}/{}", words[0], form.pages[0].id);
    let mut citizen = Citizen::new(&centre);
    let next = citizen.answer(&form, &first, words).await;
    let saved = citizen.see(&format!("{base}/save")).await.body;
    let code =
        saved.split("class=\"govuk-body code\"").nth(1).unwrap().split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let mut elsewhere = Citizen::new(&centre);
    let gone = elsewhere.ask(get(&next)).await;
    assert_eq!(gone.status, StatusCode::GONE);
    let wrong = elsewhere.ask(post("/en/report/go-on").form("code=0000-0000-0000-0000")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let opened = elsewhere.ask(post("/en/report/go-on").form(&format!("code={}", code.to_lowercase()))).await;
    assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, &*next));
    elsewhere.see(&next).await;
    // Forgotten in one place it is forgotten in all.
    let forgotten = citizen.ask(post(&format!("{base}/forget")).form("")).await;
    assert_eq!(forgotten.status, StatusCode::SEE_OTHER);
    assert_eq!(elsewhere.ask(get(&next)).await.status, StatusCode::GONE);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_leads_elsewhere_sends_nothing() {
    let centre = centre().await;
    let (form, base, words) = theft(&centre);
    let page = &form.pages[0];
    let first = format!("{base}/{}/{}", words[0], page.id);
    let mut citizen = Citizen::new(&centre);
    let to = citizen.send(&first, &[(page.questions[0].id.clone(), "yes".into())]).await;
    assert!(to.ends_with("/other-way"), "{to}");
    assert!(citizen.see(&to).await.body.contains("href=\"tel:112\""));
    let sent = citizen.ask(post(&format!("{base}/check")).form("seen=1")).await;
    assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, &*to));
    assert_eq!(owed(&centre).await, [""; 0]);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_was_saved_before_its_reference_was_told_is_told_and_not_made_again() {
    let centre = centre().await;
    let (form, base, words) = theft(&centre);
    let mut citizen = Citizen::new(&centre);
    let check = citizen.until_check(&form, &base, words).await;
    // As if the process had died as soon as it was saved.
    let code = DraftCode::read(citizen.cookie.split('=').nth(1).unwrap()).unwrap();
    let filed = FiledForm {
        form: form.id.clone(),
        intent: form.intent,
        language: Language::English,
        region: None,
        subject: "Theft".into(),
        text: "What? A bicycle".into(),
        answers: json!({}),
        identified: None,
        name: None,
        number: Some(NUMBER.into()),
        mail: None,
    };
    let reference_made = centre.switchboard().file_form(&code, filed).await.unwrap();
    // Also from a window that has seen other answers.
    let sent = citizen.ask(post(&check).form("seen=0")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", text(&sent.body));
    assert_eq!(reference(&citizen.see(sent.header("location")).await.body), reference_made);
    assert_eq!(owed(&centre).await, [reference_made.digits()]);
    // Whoever does not owe it reads nothing of it on its page; whoever does reads what was answered.
    let session = centre.session(Role::Operator).await;
    let matter = centre.ask(get(&format!("/matters/{}", reference_made.digits())).session(&session)).await;
    assert!(matter.status == StatusCode::OK && !matter.body.contains("What? A bicycle"), "{}", text(&matter.body));
    let contact = centre.store.contacts(&ContactFilter::default(), 1, None).await.unwrap()[0].record.contact;
    let read = centre.switchboard().caller(centre.accounts[&Role::Operator], contact, Purpose::Promise).await.unwrap().unwrap();
    assert_eq!((read.written[0].text.as_str(), read.number.as_deref()), ("What? A bicycle", Some(NUMBER)));
    centre.stop().await;
}
