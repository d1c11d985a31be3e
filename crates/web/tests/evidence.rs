//! A citizen sends files to their matter, with a form alone and piece by piece; operators read them. A real centre, a real
//! server, no script.

mod says;

use crate::support::{Answer, Ask, Centre, ask, centre, centre_that_scans, get, post};
use domain::{
    MatterId,
    access::Role,
    contact::Channel,
    intent::{Intent, Language},
};
use hyper::{Method, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};
use storage::{AccessFilter, DraftCode, EvidenceId, PayloadKind};
use switchboard::{Addition, AnswerTo, CopyBytes, FiledForm, Findings};
use tokio::time::{Duration, Instant, sleep};

const TREES: [(Language, &str, &str, [&str; 3]); 3] = [
    (Language::Swedish, "/sv/arende", "filer", ["ta-bort", "skicka", "klart"]),
    (Language::English, "/en/matter", "files", ["remove", "send", "done"]),
    (Language::Danish, "/da/sag", "filer", ["fjern", "send", "faerdig"]),
];
const ENGLISH: usize = 1;
const WAIT_MAX: Duration = Duration::from_secs(20);
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xda\0\x02picture\xff\xd9";
const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const OFFSETS: &str = "application/offset+octet-stream";

/// A matter that nobody has linked yet: every operator may read it.
async fn matter(centre: &Centre, n: u32) -> MatterId {
    let addition = Addition {
        channel: Channel::Web,
        language: Language::Swedish,
        named: None,
        verified: false,
        region: None,
        answer_to: AnswerTo::default(),
        payloads: vec![(PayloadKind::Written, json!({ "key": format!("test {n}"), "text": "Min cykel" }))],
    };
    let matter = centre.switchboard().take_in(addition).await.unwrap().matter;
    let begun = Instant::now();
    while !centre.switchboard().live().view.additions.iter().any(|addition| addition.matter == matter && addition.to_link) {
        assert!(begun.elapsed() < WAIT_MAX, "it is never shown");
        sleep(Duration::from_millis(5)).await;
    }
    matter
}

/// One browser: it keeps the cookie, and nothing else.
struct Citizen<'a> {
    centre: &'a Centre,
    tree: usize,
    token: String,
    cookie: String,
}

impl<'a> Citizen<'a> {
    async fn new(centre: &'a Centre, tree: usize, matter: MatterId) -> Self {
        let first = centre.store.matter(matter).await.unwrap().unwrap().contacts[0].contact;
        Self { centre, tree, token: centre.store.contact_token(first), cookie: String::new() }
    }

    fn files(&self) -> String {
        let (_, matter, files, _) = TREES[self.tree];
        format!("{matter}/{}/{files}", self.token)
    }

    fn act(&self, act: usize) -> String {
        format!("{}/{}", self.files(), TREES[self.tree].3[act])
    }

    async fn ask(&mut self, ask: Ask) -> Answer {
        let answer = self.centre.ask(if self.cookie.is_empty() { ask } else { ask.header("cookie", &self.cookie) }).await;
        if let Some(set) = answer.header("set-cookie").split(';').next().filter(|set| set.starts_with("svar_files=")) {
            set.clone_into(&mut self.cookie);
        }
        answer
    }

    async fn page(&mut self) -> String {
        let address = self.files();
        let answer = self.ask(get(&address)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    async fn upload(&mut self, files: &[(&str, &[u8])]) -> Answer {
        let address = self.files();
        self.ask(post(&address).bytes("multipart/form-data; boundary=XX", form(files))).await
    }

    async fn send(&mut self, text: &str) -> Answer {
        let page = self.page().await;
        let first = value(&page, "first").unwrap_or_default();
        let address = self.act(1);
        self.ask(post(&address).form(&format!("first={first}&text={text}"))).await
    }

    async fn begin(&mut self, length: &str, metadata: &str) -> Answer {
        let address = format!("{}/tus", self.files());
        let asked = post(&address).header(TUS.0, TUS.1).header("upload-length", length);
        self.ask(if metadata.is_empty() { asked } else { asked.header("upload-metadata", metadata) }).await
    }

    async fn patch(&mut self, address: &str, offset: &str, bytes: &[u8]) -> Answer {
        let asked = ask(Method::PATCH, address).header(TUS.0, TUS.1).header("upload-offset", offset).bytes(OFFSETS, bytes.to_vec());
        self.ask(asked).await
    }

    async fn stands(&mut self, address: &str) -> (StatusCode, String) {
        let answer = self.ask(ask(Method::HEAD, address).header(TUS.0, TUS.1)).await;
        (answer.status, answer.header("upload-offset").to_owned())
    }
}

fn form(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head =
            format!("--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: image/jpeg\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--XX--\r\n");
    body
}

/// The value of the first hidden field of this name.
fn value(page: &str, name: &str) -> Option<String> {
    Some(page.split(&format!("name=\"{name}\" value=\"")).nth(1)?.split('"').next()?.to_owned())
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The page of a matter as an operator sees it.
async fn seen(centre: &Centre, matter: MatterId) -> String {
    let session = centre.session(Role::Operator).await;
    let reference = domain::contact::Reference::of(matter).digits();
    centre.ask(get(&format!("/matters/{reference}")).session(&session)).await.body
}

/// The ids of the evidence that a page lists.
fn ids(page: &str) -> Vec<EvidenceId> {
    page.split("href=\"/evidence/").skip(1).filter_map(|rest| EvidenceId::read(rest.split('"').next()?)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_alone_sends_files_in_every_language() {
    let centre = centre().await;
    for tree in 0..TREES.len() {
        let matter = matter(&centre, u32::try_from(tree).unwrap()).await;
        let mut citizen = Citizen::new(&centre, tree, matter).await;
        assert_eq!(citizen.send("").await.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing to send");
        let long = vec![7; 700_000];
        let came = citizen.upload(&[("bild.jpg", JPEG), ("läs.txt", b"hej"), ("odd", &long)]).await;
        assert_eq!((came.status, came.header("location")), (StatusCode::SEE_OTHER, &*citizen.files()), "{}", came.body);
        let page = citizen.page().await;
        for name in ["bild.jpg", "läs.txt", "odd"] {
            assert!(page.contains(name), "{page}");
        }
        let first = value(&page, "file").unwrap();
        let address = citizen.act(0);
        assert_eq!(citizen.ask(post(&address).form(&format!("file={first}"))).await.status, StatusCode::SEE_OTHER);
        assert!(!citizen.page().await.contains("bild.jpg"));
        citizen.upload(&[("bild.jpg", JPEG)]).await;
        let sent = citizen.send("Det%20h%C3%A4r%20%C3%A4r%20min%20cykel").await;
        assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, &*citizen.act(2)), "{}", sent.body);
        let address = citizen.act(2);
        assert_eq!(citizen.ask(get(&address)).await.status, StatusCode::OK);
        let shown = seen(&centre, matter).await;
        assert!(shown.contains("Det här är min cykel") && shown.contains(&sha256(JPEG)), "{shown}");
        assert_eq!(ids(&shown).len(), 3);
    }
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_twice_is_sent_once_and_later_files_are_sent_anew() {
    let centre = centre().await;
    let matter = matter(&centre, 0).await;
    let mut citizen = Citizen::new(&centre, ENGLISH, matter).await;
    citizen.upload(&[("a.jpg", JPEG)]).await;
    let first = value(&citizen.page().await, "first").unwrap();
    let address = citizen.act(1);
    for _ in 0..3 {
        let sent = citizen.ask(post(&address).form(&format!("first={first}&text=once"))).await;
        assert_eq!(sent.header("location"), citizen.act(2), "{}", sent.body);
    }
    citizen.upload(&[("b.jpg", JPEG)]).await;
    citizen.send("again").await;
    let file = centre.store.matter(matter).await.unwrap().unwrap();
    assert_eq!(file.contacts.len(), 3, "the matter's own and two that were sent");
    assert!(file.contacts.iter().all(|contact| contact.closed.is_none()), "each is owed a reading");
    let taken_back = citizen.ask(post(&citizen.act(0)).form(&format!("file={first}"))).await;
    assert_eq!(taken_back.status, StatusCode::SEE_OTHER);
    assert!(seen(&centre, matter).await.contains("a.jpg"), "what was sent stays");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_each_break() {
    let centre = centre().await;
    let matter = matter(&centre, 0).await;
    let mut citizen = Citizen::new(&centre, ENGLISH, matter).await;
    let whole: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let begun = citizen.begin("1000000", "filename YmlsZC5qcGc=").await;
    assert_eq!(begun.status, StatusCode::CREATED);
    let address = begun.header("location").to_owned();
    assert!(address.starts_with(&format!("{}/tus/", citizen.files())));
    assert_eq!(citizen.stands(&address).await, (StatusCode::OK, "0".to_owned()));
    for (from, to) in [(0, 10), (10, 300_000), (300_000, 999_999)] {
        let answer = citizen.patch(&address, &from.to_string(), &whole[from..to]).await;
        assert_eq!((answer.status, answer.header("upload-offset")), (StatusCode::NO_CONTENT, &*to.to_string()));
        assert_eq!(answer.header("tus-resumable"), "1.0.0");
    }
    let stale = citizen.patch(&address, "300000", b"x").await;
    assert_eq!((stale.status, stale.header("upload-offset")), (StatusCode::CONFLICT, "999999"));
    assert_eq!(citizen.patch(&address, "999999", b"xy").await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(citizen.page().await.contains("Choose the same file again"));
    assert_eq!(citizen.send("").await.status, StatusCode::UNPROCESSABLE_ENTITY, "it has not come whole");
    assert_eq!(citizen.patch(&address, "999999", &whole[999_999..]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(citizen.stands(&address).await, (StatusCode::OK, "1000000".to_owned()));
    assert_eq!(citizen.patch(&address, "1000000", b"x").await.status, StatusCode::PAYLOAD_TOO_LARGE, "it is whole");
    citizen.send("").await;
    let shown = seen(&centre, matter).await;
    assert!(shown.contains(&sha256(&whole)) && shown.contains("Unknown content"), "{shown}");
    let answer = citizen.ask(ask(Method::DELETE, &address).header(TUS.0, TUS.1)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "what was sent is not taken back");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_answered_and_nobody_reaches_another_s_files() {
    let centre = centre().await;
    let (mine, other) = (matter(&centre, 0).await, matter(&centre, 1).await);
    let mut citizen = Citizen::new(&centre, ENGLISH, mine).await;
    for (length, metadata, status) in [
        ("", "", 400),
        ("0", "", 400),
        ("-1", "", 400),
        ("1e3", "", 400),
        ("99999999999999999999999", "", 400),
        ("2147483649", "", 413),
        ("10", "filename ???", 400),
        ("10", "", 201),
    ] {
        assert_eq!(citizen.begin(length, metadata).await.status.as_u16(), status, "{length} {metadata}");
    }
    let address = citizen.begin("10", "").await.header("location").to_owned();
    for offset in ["", "x", "-1", "99999999999999999999"] {
        assert_eq!(citizen.patch(&address, offset, b"a").await.status, StatusCode::BAD_REQUEST, "{offset}");
    }
    let far = citizen.patch(&address, "18446744073709551615", b"a").await;
    assert_eq!(far.status, StatusCode::PAYLOAD_TOO_LARGE);
    let no_kind = ask(Method::PATCH, &address).header(TUS.0, TUS.1).header("upload-offset", "0").bytes("text/html", b"a".to_vec());
    assert_eq!(citizen.ask(no_kind).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for (name, value) in [("tus-resumable", "0.2.2"), ("x-none", "")] {
        let answer = citizen.ask(ask(Method::HEAD, &address).header(name, value)).await;
        assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    }
    let elsewhere = ask(Method::PATCH, &address).header(TUS.0, TUS.1).header("sec-fetch-site", "cross-site");
    assert_eq!(citizen.ask(elsewhere).await.status, StatusCode::FORBIDDEN, "from another site");

    let id = address.rsplit('/').next().unwrap();
    let mut stranger = Citizen::new(&centre, ENGLISH, mine).await;
    assert!(!stranger.page().await.contains(id), "who has the link sees nothing of another browser's");
    let mut of_other = Citizen { cookie: citizen.cookie.clone(), ..Citizen::new(&centre, ENGLISH, other).await };
    let under_other = format!("{}/tus/{id}", of_other.files());
    for (who, place) in [(&mut stranger, &address), (&mut of_other, &under_other)] {
        assert_eq!(who.stands(place).await.0, StatusCode::NOT_FOUND);
        assert_eq!(who.patch(place, "0", b"a").await.status, StatusCode::NOT_FOUND);
        assert_eq!(who.ask(ask(Method::DELETE, place).header(TUS.0, TUS.1)).await.status, StatusCode::NOT_FOUND);
    }
    let forged = format!("{}{}", if citizen.token.starts_with('0') { '1' } else { '0' }, &citizen.token[1..]);
    for token in ["x", &forged, &"0".repeat(36), "..%2f..", &centre.store.booking_token(domain::BookingId(mine.0))] {
        let mut wrong = Citizen { token: token.to_owned(), ..Citizen::new(&centre, ENGLISH, mine).await };
        let page = wrong.files();
        assert_eq!(wrong.ask(get(&page)).await.status, StatusCode::NOT_FOUND, "{token}");
        assert_eq!(wrong.begin("10", "").await.status, StatusCode::NOT_FOUND, "{token}");
        assert_eq!(wrong.upload(&[("a", b"a")]).await.status, StatusCode::NOT_FOUND, "{token}");
    }
    assert_eq!(citizen.stands(&address).await, (StatusCode::OK, "0".to_owned()), "nothing of it came");
    let ended = citizen.ask(ask(Method::DELETE, &address).header(TUS.0, TUS.1)).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(citizen.stands(&address).await.0, StatusCode::NOT_FOUND);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_files_are_taken_as_bytes_or_not_at_all() {
    let centre = centre().await;
    let matter = matter(&centre, 0).await;
    let mut citizen = Citizen::new(&centre, ENGLISH, matter).await;
    let refused = citizen.upload(&[("run.jpg", b"MZ\x90\0"), ("empty.jpg", b"")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("The file is empty") && refused.body.contains("the file is a program"), "{}", refused.body);
    for broken in [&b"--XX\r\nnot a head"[..], b"", b"--YY\r\n\r\n--YY--", &form(&[("a", b"abc")])[..80], &form(&[("a\u{7}b", b"abc")])] {
        let answer = citizen.ask(post(&citizen.files()).bytes("multipart/form-data; boundary=XX", broken.to_vec())).await;
        assert!(answer.status.is_client_error(), "{}: {}", answer.status, answer.body);
    }
    // Ten million noughts in a few bytes: looked at by name alone.
    let bomb = [&b"PK\x03\x04"[..], &[0; 60], b"bomb.bin"].concat();
    let named = "x".repeat(300);
    let files: [(&str, &[u8]); 6] = [
        ("page.jpg", b"<html><script>alert(1)</script>"),
        ("..\\..\\etc/passwd", JPEG),
        ("gpj.\u{202e}exe", JPEG),
        (&named, JPEG),
        ("<b>.txt", b"hej"),
        ("bomb.zip", &bomb),
    ];
    citizen.upload(&files).await;
    let page = citizen.page().await;
    assert!(!page.contains('\u{202e}') && !page.contains("<b>") && !page.contains("etc/"), "{page}");
    assert!(citizen.send("").await.status.is_redirection());
    let session = centre.session(Role::Operator).await;
    let (shown, mut told) = (seen(&centre, matter).await, Vec::new());
    let mut all = ids(&shown);
    all.dedup();
    for id in &all {
        let answer = centre.ask(get(&format!("/evidence/{id}/file")).session(&session)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(answer.header("content-disposition").starts_with("attachment; "), "{}", answer.header("content-disposition"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let name = answer.header("content-disposition").split("UTF-8''").nth(1).unwrap().to_owned();
        told.push((name, answer.header("content-type").to_owned()));
    }
    told.sort();
    let expected: Vec<(String, &str)> = [
        ("%3Cb%3E.txt", "text/plain; charset=utf-8"),
        ("bomb.zip.bin", "application/octet-stream"),
        ("gpj.exe.jpg", "image/jpeg"),
        ("page.jpg.bin", "application/octet-stream"),
        ("passwd.jpg", "image/jpeg"),
    ]
    .map(|(name, kind)| (name.replace("%3Cb%3E", "_b_"), kind))
    .to_vec();
    for (name, kind) in expected {
        assert!(told.iter().any(|one| *one == (name.clone(), kind.to_owned())), "{name}: {told:?}");
    }
    assert_eq!(told.len(), 6, "the program and the empty file were not sent: {told:?}");
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fetch_is_written_down_and_the_bytes_are_those_that_came() {
    let centre = centre().await;
    let matter = matter(&centre, 0).await;
    let mut citizen = Citizen::new(&centre, ENGLISH, matter).await;
    citizen.upload(&[("min bild.jpg", JPEG)]).await;
    let unsent = value(&citizen.page().await, "first").unwrap();
    let (operator, planner) = (centre.session(Role::Operator).await, centre.session(Role::Planner).await);
    let file = |id: &str| format!("/evidence/{id}/file");
    assert_eq!(centre.ask(get(&file(&unsent)).session(&operator)).await.status, StatusCode::NOT_FOUND, "it is not sent");
    citizen.send("").await;
    for path in [file(&unsent), format!("/evidence/{unsent}")] {
        assert_eq!(centre.ask(get(&path)).await.status, StatusCode::SEE_OTHER, "nobody is signed in");
    }
    let answer = centre.ask(get(&file(&unsent)).session(&operator)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("content-length"), JPEG.len().to_string());
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"min bild.jpg\"; filename*=UTF-8''min%20bild.jpg");
    assert_eq!(answer.header("cache-control"), "no-store");
    let custody = centre.ask(get(&format!("/evidence/{unsent}")).session(&operator)).await.body;
    for step in ["Began to be sent", "Came whole", "Sent to the matter", "Fetched", "Seen", "Test operator", &sha256(JPEG)] {
        assert!(custody.contains(step), "{step}: {custody}");
    }
    let log = centre.store.accesses(&AccessFilter::default(), 50).await.unwrap();
    assert!(log.iter().filter(|access| access.what == "evidence").count() >= 2, "{log:?}");
    for unknown in ["x", &"0".repeat(32), &"g".repeat(32)] {
        assert_eq!(centre.ask(get(&file(unknown)).session(&operator)).await.status, StatusCode::NOT_FOUND);
    }
    let _ = planner;
    let path = centre.evidence().join(&unsent);
    let mut sealed = std::fs::read(&path).unwrap();
    sealed[40] ^= 1;
    std::fs::write(&path, sealed).unwrap();
    let spoilt = centre.ask(get(&file(&unsent)).session(&operator)).await;
    assert_eq!(spoilt.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(spoilt.body.contains("no longer the one that came in"), "{}", spoilt.body);
    let contact = centre.store.matter(matter).await.unwrap().unwrap().contacts.last().unwrap().contact;
    centre.store.erase_payloads(contact, crate::support::now()).await.unwrap();
    assert!(!path.exists());
    assert_eq!(centre.ask(get(&file(&unsent)).session(&operator)).await.status, StatusCode::CONFLICT);
    let after = centre.ask(get(&format!("/evidence/{unsent}")).session(&operator)).await.body;
    assert!(after.contains("Erased") && after.contains("Did not agree") && !after.contains("min bild"), "{after}");
    centre.stop().await;
}

/// Waits until a page says so.
async fn until(centre: &Centre, matter: MatterId, wanted: &str) {
    let begun = Instant::now();
    loop {
        let shown = seen(centre, matter).await;
        if shown.contains(wanted) {
            return;
        }
        assert!(begun.elapsed() < WAIT_MAX, "{wanted} never came: {shown}");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_program_that_scans_says_decides_who_gets_it() {
    let script = "body=$(cat); case \"$body\" in *VIRUS*) exit 1;; *LATER*) exit 7;; esac; exit 0";
    let centre = centre_that_scans(script).await;
    let session = centre.session(Role::Operator).await;
    for (n, (text, state, status)) in
        [("clean", "Scanned, nothing found", 200), ("VIRUS", "Dangerous, not given out", 409), ("LATER", "Waits to be scanned", 409)]
            .into_iter()
            .enumerate()
    {
        let matter = matter(&centre, u32::try_from(n).unwrap()).await;
        let mut citizen = Citizen::new(&centre, ENGLISH, matter).await;
        citizen.upload(&[("a.txt", text.as_bytes())]).await;
        let id = value(&citizen.page().await, "first");
        let sent = citizen.send("").await;
        if let Some(id) = id.filter(|id| !id.is_empty() && sent.status.is_redirection()) {
            until(&centre, matter, state).await;
            let answer = centre.ask(get(&format!("/evidence/{id}/file")).session(&session)).await;
            assert_eq!(answer.status.as_u16(), status, "{text}: {}", answer.body);
        } else {
            assert_eq!(text, "VIRUS", "only what is found before it is sent is not");
        }
    }
    centre.stop().await;
}
