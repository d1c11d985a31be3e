//! What whoever books a time is told in writing, carried by a gateway and a mail server that are really there, on either
//! database: the link, which stands in no database, and the file for calendars, which follows every change.
#![allow(clippy::unwrap_used)]

use crate::{cluster, peer, support};

use domain::{
    ClassId, ContactId, DecisionId, DeskId, OperatorId, RegionId, Timestamp,
    booking::{BookingRecord, BookingState},
    intent::{Intent, Language},
    plan::Plan,
    survey::{Opinion, Rating, Shares, Tally},
};
use interop::calendar::{self, Appointment};
use peer::Peer;
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use storage::{AccessFilter, DraftCode, Location};
use support::{Centre, Folder, config_of, side::DEADLINE, sweden_with};
use switchboard::{
    Attachment, Booked, BookingDetails, Carrier, Carriers, CitizensPages, Config, FiledForm, FreeTime, Gateway, Live, MailSettings,
    MailTls, Mailer, OperatorAct, OwnWords, Question, Refusal, Switchboard, TextSettings, TimesWanted, Told,
};

const ADDRESS: &str = "https://svar.polisen.example";
const NUMBER: &str = "0701740605";
const MAIL: &str = "anna@example.org";

/// A gateway for text messages that takes each.
struct Texts {
    url: String,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl Texts {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/messages", listener.local_addr().unwrap());
        let taken: Arc<Mutex<Vec<Value>>> = Arc::default();
        let kept = taken.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                kept.lock().unwrap().extend(take(stream.unwrap()));
            }
        });
        Self { url, taken }
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().iter().map(|order| order["text"].as_str().unwrap().to_owned()).collect()
    }
}

/// One request of HTTP and its answer; none when nothing came.
fn take(mut stream: TcpStream) -> Option<Value> {
    let (mut whole, mut piece) = (Vec::new(), [0; 4_096]);
    loop {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        whole.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&whole).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let of = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:").map(|value| value.trim().parse::<usize>().unwrap());
        if body.len() >= head.lines().find_map(of).unwrap() {
            stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            return Some(serde_json::from_str(body).unwrap());
        }
    }
}

fn pages() -> CitizensPages {
    fn path(language: Language, token: &str) -> String {
        format!("/{language}/{token}")
    }
    fn appointment(_: &Plan, record: &BookingRecord, language: Language, uid: &str, stamp: Timestamp) -> Attachment {
        let appointment = Appointment {
            uid,
            stamp,
            sequence: record.moves + u32::from(record.state != BookingState::Booked),
            begins: record.wanted.slot,
            ends: record.ends,
            cancelled: record.state == BookingState::Cancelled,
            summary: "",
            description: "",
            place: "",
            organiser: "",
            telephone: "",
            language,
        };
        let media_type = format!("text/calendar; charset=utf-8; method={}", appointment.method());
        Attachment { name: "tid.ics".to_owned(), media_type, body: calendar::write(&appointment) }
    }
    CitizensPages { address: Some(ADDRESS.to_owned()), booking: path, matter: path, survey: path, files: path, appointment }
}

fn carriers(texts: &Texts, mails: &Peer) -> Carriers {
    let text = Gateway::new(&TextSettings::at(texts.url.clone(), "Polisen")).unwrap();
    let mail = Mailer::new(&MailSettings {
        server: "127.0.0.1".to_owned(),
        port: Some(mails.port),
        tls: MailTls::None,
        from: "Polisen <svar@polisen.example>".to_owned(),
        user: None,
        password_file: None,
        root_certificates: None,
        answer_ms_max: 30_000,
        rest_ms: 20_000,
        give_up_ms: 14_400_000,
    });
    Carriers { text: Some(Arc::new(Carrier::Gateway(text))), mail: Some(Arc::new(Carrier::Mailer(mail.unwrap()))) }
}

fn config(texts: &Texts, mails: &Peer, pages: CitizensPages) -> Config {
    Config { carriers: carriers(texts, mails), citizens: Some(pages), ..config_of("127.0.0.1:9") }
}

/// Those of a call in the north, or of the desk in Stockholm.
fn times(board: &Switchboard, desk: Option<&str>) -> Vec<FreeTime> {
    let region = desk.is_none().then(|| RegionId::new("nord"));
    board.free_times(&TimesWanted { class: ClassId::new("report"), region, desk: desk.map(DeskId::new), from: None, days: 10 })
}

async fn books(board: &Switchboard, time: &FreeTime, number: Option<&str>) -> Booked {
    let hold = board.hold_time(time.wanted.clone()).await.unwrap();
    let details = BookingDetails {
        language: Some(Language::English),
        number: number.map(str::to_owned),
        mail: Some(MAIL.to_owned()),
        ..BookingDetails::default()
    };
    board.book(&hold.token, details).await.unwrap()
}

/// As soon as there are so many.
async fn at_last<T>(count: usize, taken: impl Fn() -> Vec<T>) -> Vec<T> {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let all = taken();
        if all.len() >= count {
            assert_eq!(all.len(), count);
            return all;
        }
        assert!(Instant::now() < deadline, "{} of {count} messages came", all.len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The mail with this subject about a booking: its text and its file.
fn about(mails: &[Value], booked: &Booked, subject: &str) -> (String, String) {
    let reference = booked.reference.to_string();
    let of = |mail: &&Value| {
        peer::header(mail, "Subject")[0].starts_with(subject) && mail["parts"][0]["text"].as_str().unwrap().contains(&reference)
    };
    let mail = mails.iter().find(of).unwrap_or_else(|| panic!("no {subject} among {mails:#?}"));
    let part = |n: usize| mail["parts"][n]["text"].as_str().unwrap().to_owned();
    assert_eq!(mail["parts"][1]["type"], "text/calendar");
    (part(0), part(1))
}

#[track_caller]
fn has(text: &str, expected: &[&str]) {
    for expected in expected {
        assert!(text.contains(expected), "{expected:?} is not in {text}");
    }
}

async fn whoever_books_is_told(location: Location) {
    let (texts, mails) = (Texts::start(), Peer::start());
    let centre = Centre::start_with(&location, config(&texts, &mails, pages())).await;
    let board = centre.board();
    // A call: by every way that reaches them.
    let call = books(board, &times(board, None)[5], Some(NUMBER)).await;
    let link = format!("{ADDRESS}/en/{}", call.token);
    let text = at_last(1, || texts.taken()).await.remove(0);
    has(&text, &["your time is booked", &format!(" Change or cancel: {link} "), &call.reference.to_string()]);
    assert!(!text.contains(['[', '{']) && !text.contains("Place"), "{text}");
    let (mail, file) = about(&at_last(1, || mails.taken()).await, &call, "Your time is booked");
    has(&mail, &[&format!("Change or cancel it here: {link}\n"), &call.reference.to_string()]);
    has(&file, &["METHOD:PUBLISH", "SEQUENCE:0", "STATUS:CONFIRMED"]);
    // The link opens it, and stands in no database.
    let token = text.split(&format!("{ADDRESS}/en/")).nth(1).unwrap().split(' ').next().unwrap();
    assert_eq!(board.booking(token).await.unwrap().booking, call.booking);
    let kept = board.store().contact(call.record.contact.unwrap()).await.unwrap().unwrap();
    assert!(kept.payloads.len() >= 3);
    assert!(kept.payloads.iter().all(|payload| !format!("{:?}", payload.body).contains(token)));
    // A visit of somebody with an address alone: booked, moved, taken back.
    let desk = times(board, Some("stockholm"));
    let visit = books(board, &desk[3], None).await;
    let (mail, file) = about(&at_last(2, || mails.taken()).await, &visit, "Your time is booked");
    has(&mail, &["Place: Polisens reception Stockholm, ", &visit.token]);
    let uid = file.lines().find(|line| line.starts_with("UID:")).unwrap().to_owned();
    board.move_booking(&visit.token, desk[4].wanted.clone()).await.unwrap();
    let (mail, file) = about(&at_last(3, || mails.taken()).await, &visit, "Your time was moved");
    has(&mail, &[&visit.token]);
    has(&file, &["METHOD:PUBLISH", "SEQUENCE:1", &uid]);
    board.cancel_booking(&visit.token).await.unwrap();
    let (mail, file) = about(&at_last(4, || mails.taken()).await, &visit, "Your time is cancelled");
    has(&mail, &["You can also book another here: ", &visit.token]);
    has(&file, &["METHOD:CANCEL", "SEQUENCE:2", "STATUS:CANCELLED", &uid]);
    assert_eq!(texts.taken().len(), 1);
    centre.stop().await;
    assert_eq!(storage::verify(&location).await.unwrap().faults, [""; 0]);
}

fn bicycle(number: Option<&str>, mail: Option<&str>) -> FiledForm {
    FiledForm {
        form: "bicycle".to_owned(),
        intent: Intent::ReportBicycleTheft,
        language: Language::English,
        region: None,
        subject: "Theft of a bicycle".to_owned(),
        text: "What? A bicycle".to_owned(),
        answers: json!({}),
        identified: None,
        name: None,
        number: number.map(str::to_owned),
        mail: mail.map(str::to_owned),
    }
}

/// By one way, a text message before a mail; whoever says nothing of themselves is told nothing. Filed again, it is told no more.
async fn whoever_reports_by_a_form_is_told_once(location: Location) {
    let (texts, mails) = (Texts::start(), Peer::start());
    let centre = Centre::start_with(&location, config(&texts, &mails, pages())).await;
    let board = centre.board();
    let nobody = board.file_form(&DraftCode::random(), bicycle(None, None)).await.unwrap();
    let code = DraftCode::random();
    let by_text = board.file_form(&code, bicycle(Some(NUMBER), Some(MAIL))).await.unwrap();
    assert_eq!(board.file_form(&code, bicycle(Some(NUMBER), Some(MAIL))).await.unwrap(), by_text);
    let by_mail = board.file_form(&DraftCode::random(), bicycle(None, Some(MAIL))).await.unwrap();
    let text = at_last(1, || texts.taken()).await.remove(0);
    has(&text, &["we have received what you sent", &by_text.to_string()]);
    let mail = at_last(1, || mails.taken()).await.remove(0);
    assert_eq!(peer::header(&mail, "To"), [MAIL]);
    has(mail["parts"][0]["text"].as_str().unwrap(), &["We have received what you sent.", &by_mail.to_string()]);
    centre.stop().await;
    assert_eq!((texts.taken().len(), mails.taken().len()), (1, 1), "{nobody} has told nothing of itself");
    assert_eq!(storage::verify(&location).await.unwrap().faults, [""; 0]);
}

/// Asked and decided by whoever answers for it: each message leads to where it is followed, and no link is kept.
async fn whoever_reported_is_asked_and_told_what_was_decided(location: Location) {
    let (texts, mails) = (Texts::start(), Peer::start());
    let centre = Centre::start_with(&location, config(&texts, &mails, pages())).await;
    let board = centre.board();
    let report = FiledForm { region: Some(RegionId::new("vast")), ..bicycle(Some(NUMBER), Some(MAIL)) };
    let code = DraftCode::random();
    let reference = board.file_form(&code, report).await.unwrap();
    let token = board.filed_token(&code).await.unwrap().unwrap();
    let link = format!("{ADDRESS}/en/{token}");
    let operator = centre.operator("operator", None).await;
    let view = centre.see("the report", |live| live.view.additions.iter().find(|addition| addition.reference == reference).cloned()).await;
    let (matter, promise) = (view.matter, view.promise);
    let question = || Question::read("Which frame number?").unwrap();
    board.act(operator.id, OperatorAct::AskCitizen { matter, promise, question: question() }).await.unwrap();
    assert_eq!(board.followed(&token).await.unwrap().unwrap().questions.len(), 1);
    let decide = |decision| OperatorAct::DecideReport { matter, promise, decision: DecisionId::new(decision) };
    assert_eq!(board.act(operator.id, decide("unheard_of")).await, Err(Refusal::NotNow));
    board.act(operator.id, decide("no_traces")).await.unwrap();
    for act in [decide("no_traces"), OperatorAct::AskCitizen { matter, promise, question: question() }] {
        assert_eq!(board.act(operator.id, act).await, Err(Refusal::NotNow), "it is owed no more");
    }
    let told = at_last(3, || texts.taken()).await;
    let expected = ["we have received what you sent", "we have a question", "we have decided"];
    for (text, expected) in told.iter().zip(expected) {
        has(text, &[expected, &link, &reference.to_string()]);
        assert!(!text.contains("frame number"), "what is asked stands behind the link alone: {text}");
    }
    let kept = board.store().contact(view.contact).await.unwrap().unwrap();
    assert!(kept.payloads.iter().all(|payload| !format!("{:?}", payload.body).contains(&token)));
    centre.stop().await;
    assert_eq!(mails.taken().len(), 0, "told by one way");
    assert_eq!(storage::verify(&location).await.unwrap().faults, [""; 0]);
}

/// Everybody is drawn, and asked at once.
const ASKING: [(&str, &str); 3] =
    [("share = \"20 %\"", "share = \"100 %\""), ("after = \"2 h\"", "after = \"0 s\""), ("\"09:00-19:00\"", "\"00:00-24:00\"")];

/// Reports, and has it decided.
async fn reports_and_is_told(centre: &Centre, operator: OperatorId) -> ContactId {
    let board = centre.board();
    let report = FiledForm { region: Some(RegionId::new("vast")), ..bicycle(Some(NUMBER), Some(MAIL)) };
    let reference = board.file_form(&DraftCode::random(), report).await.unwrap();
    let view = centre.see("the report", |live| live.view.additions.iter().find(|addition| addition.reference == reference).cloned()).await;
    let decision = DecisionId::new("no_traces");
    board.act(operator, OperatorAct::DecideReport { matter: view.matter, promise: view.promise, decision }).await.unwrap();
    let is_weighed = |live: &Live| live.view.additions.is_empty() && live.view.surveys.is_empty();
    centre.see("that it is found out whether they are asked", |live| is_weighed(live).then_some(())).await;
    view.contact
}

/// Asked once in the plan's time, by one way; the last answer counts, and what was written is read under one's name.
async fn whoever_was_helped_is_asked_once_how_it_was(location: Location) {
    let (texts, mails) = (Texts::start(), Peer::start());
    let centre = Centre::start_by(&location, config(&texts, &mails, pages()), sweden_with(&ASKING)).await;
    let board = centre.board();
    let operator = centre.operator("operator", None).await;
    let contact = reports_and_is_told(&centre, operator.id).await;
    let token = board.store().survey_token(contact);
    let told = at_last(3, || texts.taken()).await;
    has(&told[2], &["Tell us how it was", &format!("{ADDRESS}/en/{token}")]);
    let other = reports_and_is_told(&centre, operator.id).await;

    let answers = [(Rating::Bad, "Nobody rang."), (Rating::VeryGood, "They rang after all.")];
    for (rating, text) in answers {
        let opinion = Opinion { treatment: Some(rating), handling: None, accessibility: Some(Rating::Neither) };
        assert_eq!(board.give_opinion(&token, opinion, OwnWords::read(text).unwrap()).await, Ok(Told::Taken));
    }
    let not_asked = [board.store().survey_token(other), board.store().contact_token(contact), String::new()];
    for wrong in &not_asked {
        assert_eq!(board.give_opinion(wrong, Opinion::default(), OwnWords::default()).await, Ok(Told::Unknown));
    }
    let (from, to) = (Timestamp(0), Timestamp(i64::MAX));
    let (one, none) = (Tally { count: 1, satisfied: 1 }, Tally { count: 1, satisfied: 0 });
    let shares = Shares { asked: 1, answered: 1, treatment: one, handling: Tally::default(), accessibility: none };
    assert_eq!(board.opinions(from, to).await.unwrap(), [(Some(RegionId::new("vast")), shares)].into());
    let words = board.opinion_words(operator.id, from, to).await.unwrap();
    assert_eq!(words.iter().map(|one| (one.contact, one.text.as_str())).collect::<Vec<_>>(), [(contact, answers[1].1)]);
    let read = board.store().accesses(&AccessFilter { contact: Some(contact), ..AccessFilter::default() }, 10).await.unwrap();
    assert_eq!(read.iter().map(|access| access.what.as_str()).collect::<Vec<_>>(), ["opinion"]);
    let told = at_last(5, || texts.taken()).await;
    centre.stop().await;
    assert_eq!((told.iter().filter(|text| text.contains("Tell us how it was")).count(), mails.taken().len()), (1, 0));
    assert_eq!(storage::verify(&location).await.unwrap().faults, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_page_to_answer_on_nobody_is_asked_how_it_was() {
    let (folder, texts, mails) = (Folder::new(), Texts::start(), Peer::start());
    let nowhere = CitizensPages { address: None, ..pages() };
    let centre = Centre::start_by(&folder.location(), config(&texts, &mails, nowhere), sweden_with(&ASKING)).await;
    let operator = centre.operator("operator", None).await;
    let contact = reports_and_is_told(&centre, operator.id).await;
    let told = at_last(2, || texts.taken()).await;
    assert!(centre.board().survey(&centre.board().store().survey_token(contact)).await.unwrap().is_none());
    centre.stop().await;
    folder.verify().await;
    assert!(told.iter().chain(&texts.taken()).all(|text| !text.contains("how it was")), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_helped_is_asked_once_on_sqlite() {
    let folder = Folder::new();
    whoever_was_helped_is_asked_once_how_it_was(folder.location()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_helped_is_asked_once_on_postgres() {
    whoever_was_helped_is_asked_once_how_it_was(Location::Postgres(cluster::database("told_of_a_survey"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reported_is_asked_and_told_what_was_decided_on_sqlite() {
    let folder = Folder::new();
    whoever_reported_is_asked_and_told_what_was_decided(folder.location()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reported_is_asked_and_told_what_was_decided_on_postgres() {
    whoever_reported_is_asked_and_told_what_was_decided(Location::Postgres(cluster::database("told_of_a_decision"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reports_by_a_form_is_told_once_on_sqlite() {
    let folder = Folder::new();
    whoever_reports_by_a_form_is_told_once(folder.location()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reports_by_a_form_is_told_once_on_postgres() {
    whoever_reports_by_a_form_is_told_once(Location::Postgres(cluster::database("told_of_a_report"))).await;
}

/// Without an address that citizens reach, nothing is said of a link.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_can_be_led_nothing_leads() {
    let (folder, texts, mails) = (Folder::new(), Texts::start(), Peer::start());
    let pages = CitizensPages { address: None, ..pages() };
    let centre = Centre::start_with(&folder.location(), config(&texts, &mails, pages)).await;
    let booked = books(centre.board(), &times(centre.board(), None)[5], Some(NUMBER)).await;
    let text = at_last(1, || texts.taken()).await.remove(0);
    assert!(!text.contains("cancel") && !text.contains(&booked.token) && !text.contains(['[', '{']), "{text}");
    let (mail, file) = about(&at_last(1, || mails.taken()).await, &booked, "Your time is booked");
    assert!(!mail.contains("cancel") && !mail.contains(['[', '{']), "{mail}");
    has(&file, &["METHOD:PUBLISH"]);
    centre.stop().await;
    folder.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_books_is_told_on_sqlite() {
    let folder = Folder::new();
    whoever_books_is_told(folder.location()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_books_is_told_on_postgresql() {
    whoever_books_is_told(Location::Postgres(cluster::database("told"))).await;
}
