//! A citizen adds to a matter without script, as a browser without any would: a real centre, a real server.

use crate::support::{Answer, Ask, Centre, centre, get, post};
use domain::{
    MatterId,
    access::Role,
    contact::{Channel, Reference},
    intent::Language,
    routing::AdditionView,
};
use hyper::StatusCode;
use serde_json::{Value, json};
use storage::PayloadKind;
use switchboard::{Addition, AnswerTo};
use tokio::time::{Duration, Instant, sleep};

const TREES: [(Language, &str, [&str; 5]); 3] = [
    (Language::Swedish, "/sv/komplettera", ["arende", "text", "kontakt", "granska", "klart"]),
    (Language::English, "/en/add", ["matter", "text", "contact", "check", "done"]),
    (Language::Danish, "/da/tilfoej", ["sag", "tekst", "kontakt", "gennemse", "faerdig"]),
];
const MATTER: usize = 0;
const TEXT: usize = 1;
const CONTACT: usize = 2;
const CHECK: usize = 3;
const DONE: usize = 4;
const ENGLISH: usize = 1;
const WAIT_MAX: Duration = Duration::from_secs(20);

/// One browser: it keeps the cookie, and nothing else.
struct Citizen<'a> {
    centre: &'a Centre,
    tree: usize,
    cookie: String,
}

impl<'a> Citizen<'a> {
    fn new(centre: &'a Centre, tree: usize) -> Self {
        Self { centre, tree, cookie: String::new() }
    }

    fn address(&self, step: usize) -> String {
        let (_, add, steps) = TREES[self.tree];
        format!("{add}/{}", steps[step])
    }

    async fn ask(&mut self, ask: Ask) -> Answer {
        let answer = self.centre.ask(if self.cookie.is_empty() { ask } else { ask.header("cookie", &self.cookie) }).await;
        if let Some(set) = answer.header("set-cookie").split(';').next().filter(|set| set.starts_with("svar_adding=")) {
            set.clone_into(&mut self.cookie);
        }
        answer
    }

    async fn see(&mut self, step: usize) -> Answer {
        let address = self.address(step);
        self.ask(get(&address)).await
    }

    async fn send(&mut self, step: usize, form: &str) -> Answer {
        let address = self.address(step);
        self.ask(post(&address).form(form)).await
    }

    /// Sends what is right, and is led to the next question.
    async fn answers(&mut self, step: usize, form: &str, next: usize) {
        let answer = self.send(step, form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", self.address(step), text(&answer.body));
        assert_eq!(answer.header("location"), self.address(next), "after {}", self.address(step));
    }

    async fn until_check(&mut self, matter: &str) -> String {
        self.answers(MATTER, &format!("matter={}", matter.replace(' ', "+")), TEXT).await;
        self.answers(TEXT, "text=Han+heter+Kim%0D%0Aoch+bor+h%C3%A4r", CONTACT).await;
        self.answers(CONTACT, "number=070-174+06+05&mail=anna%40example.org", CHECK).await;
        let page = self.see(CHECK).await;
        assert_eq!(page.status, StatusCode::OK);
        page.body.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    async fn sends(&mut self, matter: &str) -> String {
        let seen = self.until_check(matter).await;
        self.answers(CHECK, &format!("seen={seen}"), DONE).await;
        self.see(DONE).await.body
    }
}

/// A page without its marks.
fn text(page: &str) -> String {
    let pieces = page.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim());
    pieces.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

fn reference(page: &str) -> Reference {
    let rest = page.split("class=\"reference\"").nth(1).unwrap().split_once('>').unwrap().1;
    rest.split('<').next().unwrap().parse().unwrap()
}

/// What came, in the order in which it came.
async fn came(centre: &Centre, count: usize) -> Vec<AdditionView> {
    let deadline = Instant::now() + WAIT_MAX;
    loop {
        let all = centre.running.switchboard.live().view.additions.clone();
        if all.len() >= count {
            assert_eq!(all.len(), count, "{all:?}");
            return all;
        }
        assert!(Instant::now() < deadline, "never came: {all:?}");
        sleep(Duration::from_millis(5)).await;
    }
}

async fn kept(centre: &Centre, addition: &AdditionView, kind: PayloadKind) -> Value {
    let file = centre.store.contact(addition.contact).await.unwrap().unwrap();
    file.payloads.into_iter().find(|payload| payload.kind == kind).and_then(|payload| payload.body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_adds_to_a_matter_in_every_language_without_script() {
    let centre = centre().await;
    let titles = ["Vi har tagit emot det du skickade", "We have received what you sent", "Vi har modtaget det, du sendte"];
    let matter = Reference::of(MatterId(7));
    for (tree, title) in titles.iter().enumerate() {
        let (language, add, _) = TREES[tree];
        assert!(centre.ask(get(&format!("/{language}"))).await.body.contains(&format!("href=\"{add}\"")), "the first page leads there");
        let begin = centre.ask(get(add)).await;
        let mut citizen = Citizen::new(&centre, tree);
        assert!(begin.status == StatusCode::OK && begin.body.contains(&citizen.address(MATTER)));
        let done = citizen.sends(&matter.to_string()).await;
        assert!(text(&done).contains(title) && !done.contains("<script"), "{}", text(&done));
        let addition = came(&centre, tree + 1).await.pop().unwrap();
        assert_eq!((addition.channel, addition.to_link, addition.verified, addition.proposed), (Channel::Web, true, false, None));
        assert_eq!(reference(&done), addition.reference);
        let written = kept(&centre, &addition, PayloadKind::Written).await;
        assert_eq!(
            (written["text"].as_str(), written["reference"].as_str()),
            (Some("Han heter Kim\noch bor här"), Some(&*matter.to_string()))
        );
        let caller = kept(&centre, &addition, PayloadKind::Caller).await;
        assert_eq!(
            (caller["number"].as_str(), caller["address"].as_str()),
            (Some("0701740605"), Some("anna@example.org")),
            "as it is rung"
        );
    }
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_learns_nothing_of_which_matters_there_are() {
    let centre = centre().await;
    let mut first = Citizen::new(&centre, ENGLISH);
    let there = reference(&first.sends(&Reference::of(MatterId(900)).to_string()).await);
    let nowhere = Reference::of(MatterId(4_711));
    let mut pages = Vec::new();
    for matter in [there, nowhere] {
        let mut citizen = Citizen::new(&centre, ENGLISH);
        let done = citizen.sends(&matter.to_string()).await;
        let own = reference(&done);
        assert!(own != there && own != nowhere);
        let spoken = own.digits().chars().map(String::from).collect::<Vec<_>>().join(" ");
        pages.push(done.replace(&own.to_string(), "OWN").replace(&spoken, "OWN"));
    }
    assert_eq!(pages[0], pages[1], "the answer is the same either way");
    let all = came(&centre, 3).await;
    assert_eq!(all.iter().map(|addition| addition.proposed).collect::<Vec<_>>(), [None, Some(there), None], "a person links them");
    assert!(all.iter().all(|addition| addition.to_link));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_and_everything_else_stays() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    for (form, told) in [
        ("", "Write the reference, or tick that you have none"),
        ("matter=1234", "A reference has eight digits"),
        ("matter=12345678", "A digit is wrong or two have changed places"),
        ("matter=12345678&unknown=yes", "A digit is wrong or two have changed places"),
        (&format!("matter={}", "1".repeat(50)), "Use at most 40 characters"),
    ] {
        let answer = citizen.send(MATTER, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(text(&answer.body).contains(told), "{form}: {}", text(&answer.body));
    }
    citizen.answers(MATTER, "matter=&unknown=yes", TEXT).await;
    for (form, told) in [("text=+%0A", "Write what you want to add"), (&*format!("text={}", "x".repeat(4_001)), "Use at most 4")] {
        let answer = citizen.send(TEXT, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(text(&answer.body).contains(told), "{}", text(&answer.body));
    }
    citizen.answers(TEXT, &format!("text={}", "%F0%9F%9A%B2".repeat(4_000)), CONTACT).await;
    for form in ["number=112&mail=", "number=&mail=a", "number=x&mail=a%40example.org"] {
        assert_eq!(citizen.send(CONTACT, form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    // Too early, and led to what is open.
    for step in [CHECK, DONE] {
        assert_eq!(citizen.see(step).await.header("location"), citizen.address(CONTACT));
    }
    citizen.answers(CONTACT, "number=&mail=", CHECK).await;
    assert!(text(&citizen.send(CHECK, "seen=1").await.body).contains("changed in another window"));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_is_taken_in_once_and_too_many_are_told_to_wait() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    let matter = Reference::of(MatterId(7)).to_string();
    let form = format!("seen={}", citizen.until_check(&matter).await);
    let once = || centre.ask(post("/en/add/check").form(&form).header("cookie", &citizen.cookie));
    let answers = tokio::join!(once(), once(), once());
    for answer in [answers.0, answers.1, answers.2] {
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/en/add/done"), "{}", text(&answer.body));
    }
    for step in [MATTER, TEXT, CHECK] {
        let again = citizen.send(step, &form).await;
        assert!(step == MATTER || again.header("location") == "/en/add/done", "{}", text(&again.body));
    }
    came(&centre, 1).await;
    for _ in 1..20 {
        Citizen::new(&centre, ENGLISH).sends(&matter).await;
    }
    let mut late = Citizen::new(&centre, ENGLISH);
    let form = format!("seen={}", late.until_check(&matter).await);
    let told = late.send(CHECK, &form).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&told.body).contains("Much was sent from your connection") && text(&told.body).contains("114"), "{}", text(&told.body));
    came(&centre, 20).await;
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_without_answers_is_told_that_nothing_was_sent() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    for step in [TEXT, CONTACT, CHECK, DONE] {
        let seen = citizen.see(step).await;
        assert_eq!(seen.status, StatusCode::GONE);
        assert!(text(&seen.body).contains("Nothing has been sent"));
    }
    for (step, form) in [(TEXT, "text=x"), (CHECK, "seen=1")] {
        assert_eq!(citizen.send(step, form).await.status, StatusCode::GONE);
    }
    for cookie in ["svar_adding=", "svar_adding=x", &format!("svar_adding={}", "0".repeat(64))] {
        citizen.cookie = cookie.to_owned();
        assert_eq!(citizen.see(TEXT).await.status, StatusCode::GONE, "{cookie}");
    }
    citizen.cookie.clear();
    let cookie = centre.ask(post("/en/add/matter").form("matter=&unknown=yes")).await.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Max-Age"), "{cookie}");
    citizen.answers(MATTER, "matter=&unknown=yes", TEXT).await;
    let forgot = citizen.ask(post("/en/add/forget").form("")).await;
    assert_eq!((forgot.status, forgot.header("location")), (StatusCode::SEE_OTHER, "/en"));
    assert_eq!(citizen.see(TEXT).await.status, StatusCode::GONE);
    assert!(came(&centre, 0).await.is_empty());
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_by_mail_is_shown_as_words_and_what_is_attached_by_name() {
    let centre = centre().await;
    let files = json!([{ "name": "gpj.exe", "media_type": "image/jpeg", "bytes": 1_540_000 }, { "name": "", "media_type": "application/pdf", "bytes": 12 }]);
    let body = json!({
        "key": "mail a", "subject": "<i>Hej</i>", "text": "rad ett\n<b>rad två</b>", "reference": null, "proof": "none",
        "is_cut": true, "is_automatic": true, "attachments": files, "attachments_count": 2,
    });
    let addition = Addition {
        channel: Channel::Mail,
        language: Language::Swedish,
        named: None,
        verified: false,
        region: None,
        answer_to: AnswerTo::default(),
        payloads: vec![(PayloadKind::Written, body)],
    };
    centre.running.switchboard.take_in(addition).await.unwrap();
    let addition = came(&centre, 1).await.pop().unwrap();
    let session = centre.session(Role::Operator).await;
    let page = centre.ask(get(&format!("/matters/{}?lang=en", addition.reference.digits())).session(&session)).await;
    assert_eq!(page.status, StatusCode::OK);
    let shown = text(&page.body);
    for told in [
        "&lt;i&gt;Hej&lt;/i&gt;",
        "rad ett &lt;b&gt;rad två&lt;/b&gt;",
        "Attached, not opened by anybody yet: 2 files gpj.exe (image/jpeg, 1.6\u{a0}MB) file without a name (application/pdf, 1\u{a0}kB)",
        "The rest is left out.",
        "A program sent it. It was not answered.",
        "Nothing proves who sent it.",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    centre.stop().await;
}
