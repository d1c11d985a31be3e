//! Mail in, on either database: each mail is owed once, whatever it is, however often it is delivered and whenever the process
//! ends; it joins its matter where it is known who wrote it, waits for a person where not, and is answered once and by no machine.

use crate::{
    cluster,
    support::{Centre, Folder, config_of, side::DEADLINE},
};
use domain::{
    ContactId, RegionId,
    contact::{Channel, ContactState, Medium, MessageState, Reference, Template, ledger::ContactRecord},
    intent::Language,
    routing::AdditionView,
};
use interop::mail_in;
use serde_json::{Value, json};
use std::{fs, path::PathBuf, sync::Arc, time::Duration};
use storage::{ContactFile, Location, PayloadKind};
use switchboard::{
    Addition, AnswerTo, Carrier, Carriers, Config, Gateway, MailInError, MailInSettings, MailInStand, Mailbox, Raised, TextSettings,
    Trouble,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    runtime::Runtime,
    sync::mpsc,
    time::{Instant, sleep, timeout},
};

const SERVER: &str = "mx.polisen.example";
const ANNA: &str = "anna@example.org";
const PASS: &str = "Authentication-Results: mx.polisen.example; dmarc=pass header.from=example.org\r\n";

/// A Maildir as a mail server makes it.
struct Maildir {
    folder: Folder,
    delivered: std::cell::Cell<u32>,
}

impl Maildir {
    fn new() -> Self {
        let folder = Folder::new();
        for name in ["new", "cur", "tmp"] {
            fs::create_dir_all(folder.path.join(name)).unwrap();
        }
        Self { folder, delivered: 0.into() }
    }

    fn settings(&self) -> MailInSettings {
        let (folder, authserv_id) = (self.folder.path.clone(), Some(SERVER.to_owned()));
        MailInSettings { folder, authserv_id, region: Some("vast".to_owned()), look_ms: 100 }
    }

    /// As servers do: written elsewhere, then moved.
    fn deliver(&self, mail: impl AsRef<[u8]>) -> String {
        self.delivered.set(self.delivered.get() + 1);
        let name = format!("1796047200.M{:06}P1.mx", self.delivered.get());
        let before = self.folder.path.join("tmp").join(&name);
        fs::write(&before, mail).unwrap();
        fs::rename(before, self.folder.path.join("new").join(&name)).unwrap();
        name
    }

    fn names(&self, shelf: &str) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(self.folder.path.join(shelf)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Waits until nothing is new.
    async fn is_taken_in(&self) {
        let deadline = Instant::now() + DEADLINE;
        while !self.names("new").is_empty() {
            assert!(Instant::now() < deadline, "mail stays: {:?}", self.names("new"));
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// More than any of these tests sends.
const MESSAGES_MAX: usize = 1_000;

/// A gateway that takes every message and tells of it; mails in the same manner.
async fn gateway() -> (Carriers, mpsc::Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (taken, messages) = mpsc::channel(MESSAGES_MAX);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut whole = Vec::new();
            let order = loop {
                let mut piece = [0; 4096];
                let count = stream.read(&mut piece).await.unwrap();
                whole.extend_from_slice(&piece[..count]);
                let text = String::from_utf8_lossy(&whole);
                if let Some(order) = text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok()) {
                    break order;
                }
            };
            let _ = taken.send(order).await;
            let _ = stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
        }
    });
    let carrier = Arc::new(Carrier::Gateway(Gateway::new(&TextSettings::at(url, "Polisen")).unwrap()));
    (Carriers { text: Some(carrier.clone()), mail: Some(carrier) }, messages)
}

async fn centre(location: &Location, maildir: &Maildir, carriers: Carriers) -> Centre {
    let mail_in = Some(Mailbox::open(maildir.settings()).unwrap());
    let config = Config { carriers, mail_in, ..config_of("127.0.0.1:9") };
    Centre::start_with(location, config).await
}

/// A matter of Göteborg's that Anna's address is known to, by a person's word.
async fn matter_of(centre: &Centre, address: &str) -> Reference {
    let payloads = vec![
        (PayloadKind::Caller, json!({ "number": null, "address": address, "display": null })),
        (PayloadKind::Written, json!({ "subject": null, "text": "Någon har tagit min cykel" })),
    ];
    let addition = Addition {
        channel: Channel::Desk,
        language: Language::Swedish,
        named: None,
        verified: false,
        region: Some(RegionId::new("vast")),
        answer_to: AnswerTo::default(),
        payloads,
    };
    Reference::of(centre.board().take_in(addition).await.unwrap().matter)
}

/// What came by mail, in the order in which it came.
async fn came(centre: &Centre, count: usize) -> Vec<AdditionView> {
    let what = format!("{count} mails");
    let mails = centre.see(&what, |live| {
        let mails: Vec<_> = live.view.additions.iter().filter(|addition| addition.channel == Channel::Mail).cloned().collect();
        (mails.len() >= count).then_some(mails)
    });
    let mails = mails.await;
    assert_eq!(mails.len(), count, "{mails:?}");
    mails
}

/// Once it is saved: it is seen a moment before.
async fn file(centre: &Centre, contact: ContactId) -> ContactFile {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(file) = centre.board().store().contact(contact).await.unwrap() {
            return file;
        }
        assert!(Instant::now() < deadline, "never saved: {contact}");
        sleep(Duration::from_millis(5)).await;
    }
}

async fn record(centre: &Centre, contact: ContactId) -> ContactRecord {
    file(centre, contact).await.record
}

/// Waits until everything that a contact is told was sent.
async fn told(centre: &Centre, contact: ContactId) -> ContactRecord {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let record = record(centre, contact).await;
        if record.messages.iter().all(|message| message.state != MessageState::Owed) {
            return record;
        }
        assert!(Instant::now() < deadline, "never told: {:?}", record.messages);
        sleep(Duration::from_millis(5)).await;
    }
}

async fn written(centre: &Centre, contact: ContactId) -> Value {
    let kept = file(centre, contact).await.payloads.into_iter().find(|payload| payload.kind == PayloadKind::Written);
    kept.and_then(|payload| payload.body).unwrap()
}

fn mail(head: &str, from: &str, id: &str, subject: &str, text: &str) -> String {
    format!("{head}From: {from}\r\nTo: svar@polisen.example\r\nMessage-ID: <{id}>\r\nSubject: {subject}\r\n\r\n{text}\r\n")
}

/// By each of the ways in which a matter is named, from whoever is known and whoever is not.
async fn a_mail_joins_its_matter_where_it_is_known_who_wrote_it(location: Location) {
    let (maildir, (carriers, mut messages)) = (Maildir::new(), gateway().await);
    let centre = centre(&location, &maildir, carriers).await;
    let (theirs, other) = (matter_of(&centre, ANNA).await, matter_of(&centre, "kim@example.org").await);
    let unused = "0000 0000".parse::<Reference>().unwrap();
    let cases = [
        // (head, from, subject, text, joins, proposed)
        (PASS, ANNA, format!("Ärende {theirs}"), "Han heter Kim".to_owned(), Some(theirs), None),
        (PASS, "Anna <ANNA@example.org>", "Hej".to_owned(), format!("om {}", theirs.digits()), Some(theirs), None),
        ("", ANNA, format!("{theirs}"), "utan att någon styrker det".to_owned(), None, Some(theirs)),
        (&*PASS.replace("pass", "fail"), ANNA, format!("{theirs}"), "förfalskat".to_owned(), None, Some(theirs)),
        (&*PASS.replace("mx.", "evil."), ANNA, format!("{theirs}"), "en annans ord".to_owned(), None, Some(theirs)),
        (PASS, "eva@example.org", format!("{theirs}"), "okänd för ärendet".to_owned(), None, Some(theirs)),
        (PASS, ANNA, format!("{other}"), "en annans ärende".to_owned(), None, Some(other)),
        (PASS, ANNA, format!("{other} och {theirs}"), "två ärenden, ett av dem är hennes".to_owned(), Some(theirs), None),
        (PASS, ANNA, format!("{unused}"), "ett ärende som inte finns".to_owned(), None, Some(theirs)),
    ];
    for (at, (head, from, subject, text, joins, proposed)) in cases.iter().enumerate() {
        maildir.deliver(mail(head, from, &format!("{at}@example.org"), subject, text));
        let addition = came(&centre, at + 1).await.pop().unwrap();
        let told = record(&centre, addition.contact).await;
        assert_eq!((addition.to_link, addition.verified), (joins.is_none(), joins.is_some()), "{text}");
        if let Some(matter) = joins {
            assert_eq!(addition.reference, *matter, "{text}");
        }
        assert_eq!(addition.proposed.or(*joins), proposed.or(*joins), "{text}");
        assert_eq!((told.state, written(&centre, addition.contact).await["text"].as_str()), (ContactState::Unread, Some(&**text)));
    }
    maildir.is_taken_in().await;
    assert_eq!((maildir.names("cur").len(), maildir.names("aside/unreadable").len()), (cases.len(), 0));
    // The receipt tells everybody the reference under which it is theirs, once, and no forger's victim anything.
    let all = came(&centre, cases.len()).await;
    let mut told_of = Vec::new();
    for addition in &all {
        let record = told(&centre, addition.contact).await;
        for message in &record.messages {
            assert_eq!((message.template, message.medium, message.state), (Template::Received, Medium::Mail, MessageState::Sent));
            let order = timeout(DEADLINE, messages.recv()).await.unwrap().unwrap();
            told_of.push((order["to"].as_str().unwrap().to_owned(), order["text"].as_str().unwrap().to_owned()));
        }
    }
    let reference_of = |at: usize| all[at].reference.to_string();
    for (at, (_, text)) in [0, 1, 2, 4, 5, 6].into_iter().zip(&told_of) {
        assert!(text.contains(&reference_of(at)), "{at}: {text}");
    }
    assert_eq!(told_of.iter().filter(|(to, _)| to == ANNA).count(), 5, "of one address no more than five a day are answered: {told_of:?}");
    assert_eq!(told_of.len(), 6);
    assert!(messages.try_recv().is_err());
    centre.stop().await;
    assert_eq!(storage::verify(&location).await.unwrap().faults, [""; 0]);
}

/// Whoever answers a mail of ours is known by its name, whatever the subject says now; a machine that does is put aside.
async fn an_answer_to_a_mail_of_ours_joins_what_it_answers(location: Location) {
    let (maildir, (carriers, mut messages)) = (Maildir::new(), gateway().await);
    let centre = centre(&location, &maildir, carriers).await;
    maildir.deliver(mail("", ANNA, "first@example.org", "Min cykel", "Någon har tagit den"));
    let first = came(&centre, 1).await.pop().unwrap();
    let receipt = timeout(DEADLINE, messages.recv()).await.unwrap().unwrap();
    let answering = format!("In-Reply-To: <{}@polisen.example>\r\n", receipt["id"].as_str().unwrap());
    maildir.deliver(mail(&answering, "anna@elsewhere.example", "second@example.org", "Re: hej", "Han heter Kim"));
    let second = came(&centre, 2).await.pop().unwrap();
    assert_eq!((second.reference, second.to_link, second.verified), (first.reference, false, true));
    assert_eq!(written(&centre, second.contact).await["proof"], "answers");
    timeout(DEADLINE, messages.recv()).await.unwrap().unwrap();
    let forged = format!("{}{answering}", PASS.replace("pass", "fail"));
    maildir.deliver(mail(&forged, ANNA, "third@example.org", "Re: hej", "någon annan"));
    let third = came(&centre, 3).await.pop().unwrap();
    assert_eq!((third.to_link, third.proposed), (true, Some(first.reference)), "our own server says that it is not theirs");
    for (n, head) in ["Auto-Submitted: auto-replied\r\n", "Return-Path: <>\r\n"].iter().enumerate() {
        let away = maildir.deliver(mail(&format!("{head}{answering}"), ANNA, &format!("away{n}@example.org"), "Frånvaro", "Jag är borta"));
        maildir.is_taken_in().await;
        assert!(maildir.names("aside/machines").contains(&away));
    }
    maildir.deliver(mail("Auto-Submitted: auto-generated\r\n", ANNA, "alarm@example.org", "Larm", "Inbrott"));
    let alarm = came(&centre, 4).await.pop().unwrap();
    assert_eq!(written(&centre, alarm.contact).await["is_automatic"], true);
    assert_eq!(record(&centre, alarm.contact).await.messages, [], "no machine is answered");
    assert!(messages.try_recv().is_err());
    centre.stop().await;
    assert_eq!(storage::verify(&location).await.unwrap().faults, [""; 0]);
}

/// Whatever nobody can read is kept and told, and the mail behind it is taken in.
async fn what_cannot_be_read_holds_up_nothing(location: Location) {
    let maildir = Maildir::new();
    let centre = centre(&location, &maildir, Carriers::default()).await;
    let unreadable = [maildir.deliver(b""), maildir.deliver(vec![0xff; 100_000]), maildir.deliver("From: a@example.org\r\n\r\n")];
    fs::create_dir(maildir.folder.path.join("new/a-folder")).unwrap();
    let (one, other) = ("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    maildir.deliver(format!("From: a@example.org\r\nSubject: tiotusen\r\n{other}{}", one.repeat(10_000)));
    maildir.deliver("From: a@example.org\r\nSubject: html\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<b>Kim</b>\u{202e}<i></i>");
    maildir.deliver("Subject: utan avsändare\r\n\r\nhej");
    let mut large = b"From: a@example.org\r\nSubject: stor\r\n\r\n".to_vec();
    large.resize(26 * 1024 * 1024, b'a');
    maildir.deliver(large);
    let all = came(&centre, 4).await;
    for (at, subject) in ["tiotusen", "html", "utan avsändare", "stor"].iter().enumerate() {
        let kept = written(&centre, all[at].contact).await;
        assert_eq!((kept["subject"].as_str(), kept["is_cut"].as_bool()), (Some(*subject), Some(at == 0 || at == 3)), "{subject}");
        if at == 1 {
            assert_eq!(kept["text"].as_str().unwrap().trim(), "Kim");
        }
    }
    let stand = centre.see("three unreadable", |live| live.mail_in.filter(|stand| stand.unreadable == 3)).await;
    assert_eq!(stand, MailInStand { works: true, waiting: 0, oldest: None, unreadable: 3 });
    assert_eq!(maildir.names("aside/unreadable"), unreadable);
    let alarms = centre.board().live().alarms.iter().filter(|notice| notice.alarm == Raised::Program(Trouble::MailUnreadable)).count();
    assert_eq!(alarms, 3);
    centre.stop().await;
}

/// The same mail once more, from the server or because the process died before it was moved, is the same mail.
fn delivered_again_it_is_taken_in_once(location: &Location) {
    let maildir = Maildir::new();
    let first = mail("Received: one\r\n", ANNA, "a@example.org", "Hej", "Han heter Kim");
    let nameless = format!("From: {ANNA}\r\n\r\nhej");
    let process = Runtime::new().unwrap();
    let centre_of_before = process.block_on(async {
        let centre = centre(location, &maildir, Carriers::default()).await;
        maildir.deliver(&first);
        maildir.deliver(&nameless);
        came(&centre, 2).await;
        maildir.is_taken_in().await;
        centre
    });
    process.shutdown_background();
    drop(centre_of_before);
    // As it stands when the process dies between saving and moving.
    for name in maildir.names("cur") {
        let (from, to) = (maildir.folder.path.join("cur").join(&name), maildir.folder.path.join("new").join(name.replace(":2,S", "")));
        fs::rename(from, to).unwrap();
    }
    Runtime::new().unwrap().block_on(async {
        let centre = centre(location, &maildir, Carriers::default()).await;
        // The server delivers once more what it was not sure of, and somebody else writes the same words.
        maildir.deliver(first.replace("Received: one", "Received: two"));
        maildir.deliver(&nameless);
        maildir.deliver(mail("", "kim@example.org", "a@example.org", "Hej", "Han heter Kim"));
        maildir.is_taken_in().await;
        let all = came(&centre, 4).await;
        assert_eq!(maildir.names("cur").len(), 5, "{all:?}");
        centre.stop().await;
        assert_eq!(storage::verify(location).await.unwrap().faults, [""; 0]);
    });
}

/// The process dies while mails are taken in: each of them is owed once.
fn dies_in_the_midst(location: &Location) {
    const MAILS: usize = 30;
    let maildir = Maildir::new();
    let process = Runtime::new().unwrap();
    let centre_of_before = process.block_on(async {
        let centre = centre(location, &maildir, Carriers::default()).await;
        for n in 0..MAILS {
            maildir.deliver(mail("", ANNA, &format!("{n}@example.org"), "Hej", &format!("nummer {n}")));
        }
        centre.see("some", |live| (!live.view.additions.is_empty()).then_some(())).await;
        centre
    });
    process.shutdown_background();
    drop(centre_of_before);
    Runtime::new().unwrap().block_on(async {
        let centre = centre(location, &maildir, Carriers::default()).await;
        let mut texts = Vec::new();
        for addition in came(&centre, MAILS).await {
            texts.push(written(&centre, addition.contact).await["text"].as_str().unwrap().to_owned());
        }
        maildir.is_taken_in().await;
        texts.sort();
        texts.dedup();
        assert_eq!((texts.len(), maildir.names("cur").len()), (MAILS, MAILS));
        centre.stop().await;
        assert_eq!(storage::verify(location).await.unwrap().faults, [""; 0]);
    });
}

#[test]
fn a_folder_that_is_no_maildir_is_told() {
    let folder = Folder::new();
    let settings = |folder: PathBuf, look_ms| MailInSettings { folder, authserv_id: None, region: None, look_ms };
    fs::create_dir_all(folder.path.join("new")).unwrap();
    let said = |settings| Mailbox::open(settings).unwrap_err();
    assert!(matches!(said(settings(folder.path.clone(), 100)), MailInError::NoMaildir { name: "cur", .. }));
    fs::create_dir_all(folder.path.join("cur")).unwrap();
    assert!(matches!(said(settings(folder.path.clone(), 99)), MailInError::Look));
    fs::write(folder.path.join("aside"), "").unwrap();
    assert!(matches!(said(settings(folder.path.clone(), 100)), MailInError::NotOurs { .. }));
}

#[test]
fn what_our_mails_say_of_themselves_is_read_as_a_machine_s() {
    let ours = interop::mail::Mail {
        from: "Polisen <svar@polisen.example>",
        to: ANNA,
        subject: "Vi har tagit emot det du skickade",
        text: "Hej!",
        language: Language::Swedish,
        id: "0a1b",
        at: domain::Timestamp(1_796_047_200_000),
        file: None,
    };
    let read = mail_in::read(&interop::mail::write(&ours).unwrap(), None).unwrap();
    assert_eq!((read.origin, read.language), (mail_in::Origin::Machine, Some(Language::Swedish)), "two of us never answer each other");
}

fn postgres(matter: &str) -> Location {
    Location::Postgres(cluster::database(&format!("mail_in_{matter}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_joins_its_matter_where_it_is_known_who_wrote_it_on_sqlite() {
    let folder = Folder::new();
    a_mail_joins_its_matter_where_it_is_known_who_wrote_it(folder.location()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_joins_its_matter_where_it_is_known_who_wrote_it_on_postgresql() {
    a_mail_joins_its_matter_where_it_is_known_who_wrote_it(postgres("joins")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_a_mail_of_ours_joins_what_it_answers_on_sqlite() {
    let folder = Folder::new();
    an_answer_to_a_mail_of_ours_joins_what_it_answers(folder.location()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_a_mail_of_ours_joins_what_it_answers_on_postgresql() {
    an_answer_to_a_mail_of_ours_joins_what_it_answers(postgres("answers")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_holds_up_nothing_on_sqlite() {
    let folder = Folder::new();
    what_cannot_be_read_holds_up_nothing(folder.location()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_holds_up_nothing_on_postgresql() {
    what_cannot_be_read_holds_up_nothing(postgres("unreadable")).await;
}

#[test]
fn delivered_again_it_is_taken_in_once_on_sqlite() {
    let folder = Folder::new();
    delivered_again_it_is_taken_in_once(&folder.location());
}

#[test]
fn delivered_again_it_is_taken_in_once_on_postgresql() {
    delivered_again_it_is_taken_in_once(&postgres("again"));
}

#[test]
fn a_process_that_dies_in_the_midst_owes_each_mail_once_on_sqlite() {
    let folder = Folder::new();
    dies_in_the_midst(&folder.location());
}

#[test]
fn a_process_that_dies_in_the_midst_owes_each_mail_once_on_postgresql() {
    dies_in_the_midst(&postgres("dies"));
}
