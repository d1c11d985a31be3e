//! A real centre on loopback with a real store in a folder of its own, and a small client that shows
//! every header. Only telephone and clock are the program's own; nothing rings.
#![allow(clippy::unwrap_used, dead_code)]

use bytes::Bytes;
use domain::{
    OperatorId, Timestamp,
    access::Role,
    form::SignIn,
    intent::Language,
    place::{PlaceTexts, Places},
    plan::{self, Source},
};
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Method, Request, Response, StatusCode, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use storage::{Location, NewAccount, NewEntry, PageLimit, Store};
use switchboard::{Deployment, EvidenceSettings, ScanSettings, Sounds};
use telephony::Telephony;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use understanding::prompts::Catalogue;
use web::WebConfig;

pub mod broker;
#[path = "../../../domain/tests/known_forms/mod.rs"]
pub mod known_forms;

pub const PASSWORD: &str = "a long enough test password";
pub const TOKEN: &str = "test-token-0123456789";
/// Longer than anything here takes; a test that waits for it has failed.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// How long an account is left alone after five wrong passwords.
pub const PAUSE: Duration = Duration::from_secs(2);

pub struct Centre {
    pub address: SocketAddr,
    pub store: Store,
    pub accounts: BTreeMap<Role, OperatorId>,
    /// How large the database may grow: a full disk on demand.
    pub pages: PageLimit,
    pub running: switchboard::Running,
    stop: CancellationToken,
    folder: PathBuf,
}

/// Starts a centre with one account of each role, named by it.
pub async fn centre() -> Centre {
    centre_with(|_| {}).await
}

pub async fn centre_with(change: impl FnOnce(&mut WebConfig)) -> Centre {
    centre_after(|_| Vec::new(), change).await
}

/// With these entries in the journal already, made with the digest of the plan.
pub async fn centre_after(earlier: impl FnOnce(&str) -> Vec<NewEntry>, change: impl FnOnce(&mut WebConfig)) -> Centre {
    centre_whole(earlier, change, deployment(), None).await
}

/// Where nobody fills in this form without having signed in.
pub async fn centre_that_needs(form: &str, change: impl FnOnce(&mut WebConfig)) -> Centre {
    let mut known = deployment();
    for one in &mut Arc::get_mut(&mut known.forms).unwrap().forms {
        one.sign_in = one.sign_in.map(|as_it_is| if one.id == form { SignIn::Needed } else { as_it_is });
    }
    centre_whole(|_| Vec::new(), change, known, None).await
}

/// With these rows at the end of the plan, and these entries in the journal already.
pub async fn centre_by(rows: &str, earlier: Vec<NewEntry>) -> Centre {
    let mut known = deployment();
    let text = format!("{}{rows}", known.text);
    known.plan = Arc::new(plan::read(&Source { file: "plan.toml", text: &text }).unwrap());
    known.text = text.into();
    centre_whole(|_| earlier, |_| {}, known, None).await
}

/// Whose evidence is scanned by this script.
pub async fn centre_that_scans(script: &str) -> Centre {
    centre_whole(|_| Vec::new(), |_| {}, deployment(), Some(script)).await
}

fn scanned_by(script: &str) -> ScanSettings {
    ScanSettings { program: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(), wait: DEADLINE }
}

async fn centre_whole(
    earlier: impl FnOnce(&str) -> Vec<NewEntry>,
    change: impl FnOnce(&mut WebConfig),
    deployment: Deployment,
    scan: Option<&str>,
) -> Centre {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let folder = std::env::temp_dir().join(format!("svar-web-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
    fs::create_dir_all(&folder).unwrap();
    let pages = PageLimit::default();
    let store = Store::open_limited(&Location::Sqlite(folder.clone()), &pages).await.unwrap();
    let accounts = accounts(&store, &deployment).await;
    append(&store, earlier(&deployment.plan.digest)).await;
    let (telephony, legs) = Telephony::start(telephony::Config::loopback(0)).await.unwrap();
    let config = switchboard::Config {
        node: "test".into(),
        trunk: "127.0.0.1:9".into(),
        spill: None,
        carriers: Default::default(),
        citizens: None,
        mail_in: None,
        evidence: Some(EvidenceSettings { folder: folder.join("evidence"), bytes_max: 1 << 40, scan: scan.map(scanned_by) }),
    };
    let running = switchboard::start(config, store.clone(), Arc::new(deployment), telephony, legs).await.unwrap();
    let stop = CancellationToken::new();
    let mut config = WebConfig::at(SocketAddr::from(([127, 0, 0, 1], 0)));
    config.tokens.push(TOKEN.into());
    change(&mut config);
    let served = web::serve(config, running.switchboard.clone(), stop.clone()).await.unwrap();
    Centre { address: served.address, store, accounts, pages, running, stop, folder }
}

async fn append(store: &Store, entries: Vec<NewEntry>) {
    if !entries.is_empty() {
        store.take_lease("earlier", 0).await.unwrap();
    }
    for entry in entries {
        store.append(entry).await.unwrap();
    }
}

fn deployment() -> Deployment {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/sweden");
    let text = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let plan_text = text("plan.toml");
    let plan = plan::read(&Source { file: "plan.toml", text: &plan_text }).unwrap();
    let (municipalities, counties, regions) = (text("areas/municipalities.csv"), text("areas/counties.csv"), text("areas/regions.csv"));
    let (area_codes, postal_codes) = (text("areas/area_codes.csv"), text("areas/postal_codes.csv"));
    let texts = PlaceTexts {
        municipalities: Source { file: "municipalities.csv", text: &municipalities },
        counties: Source { file: "counties.csv", text: &counties },
        regions: Source { file: "regions.csv", text: &regions },
        area_codes: Some(Source { file: "area_codes.csv", text: &area_codes }),
        postal_codes: Some(Source { file: "postal_codes.csv", text: &postal_codes }),
    };
    let sounds = Sounds::load(Catalogue::load(&root.join("prompts")).unwrap()).unwrap();
    let text = plan_text.into();
    Deployment {
        plan: Arc::new(plan),
        text,
        places: Arc::new(Places::read(&texts).unwrap()),
        forms: Arc::new(known_forms::read("sweden")),
        sounds: Arc::new(sounds),
        hearing: None,
    }
}

async fn accounts(store: &Store, deployment: &Deployment) -> BTreeMap<Role, OperatorId> {
    let mut made = BTreeMap::new();
    let site = deployment.plan.sites.first().map(|site| site.id.clone());
    let skills: BTreeMap<_, _> = deployment.plan.classes.iter().map(|class| (class.skill.clone(), 5)).collect();
    for role in Role::ALL {
        let account = NewAccount {
            login: role.word().into(),
            name: format!("Test {}", role.word()),
            role: *role,
            site: site.clone(),
            skills: skills.clone(),
            languages: vec![Language::Swedish, Language::English],
            category: None,
            also_regions: Vec::new(),
            sip_address: None,
        };
        let account = store.create_account(&account).await.unwrap();
        store.set_password(account.id, PASSWORD).await.unwrap();
        made.insert(*role, account.id);
    }
    made
}

pub fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// One answer with everything that came.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// What is asked for: `get("/desk").cookie(c)`.
pub struct Ask {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

pub fn get(path: &str) -> Ask {
    ask(Method::GET, path)
}

pub fn post(path: &str) -> Ask {
    ask(Method::POST, path)
}

pub fn ask(method: Method, path: &str) -> Ask {
    Ask { method, path: path.into(), headers: vec![("accept-language".into(), "en".into())], body: Vec::new() }
}

impl Ask {
    /// One of its kind more; a language takes the place of the one that is asked for by default.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name || name != "accept-language");
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn session(self, secret: &str) -> Self {
        self.header("cookie", &format!("svar_session={secret}"))
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn json(self, body: &serde_json::Value) -> Self {
        self.bytes("application/json", body.to_string().into_bytes())
    }

    pub fn form(self, body: &str) -> Self {
        self.bytes("application/x-www-form-urlencoded", body.as_bytes().to_vec())
    }

    pub fn bytes(mut self, media_type: &str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header("content-type", media_type)
    }
}

impl Centre {
    /// Asks on a connection of its own.
    pub async fn ask(&self, ask: Ask) -> Answer {
        tokio::time::timeout(DEADLINE, self.ask_now(ask)).await.expect("the answer took too long")
    }

    /// How an answer begins; for streams, which do not end.
    pub async fn head(&self, ask: Ask) -> StatusCode {
        let (driving, answer) = tokio::time::timeout(DEADLINE, self.send(ask)).await.expect("the answer took too long");
        driving.abort();
        answer.status()
    }

    async fn ask_now(&self, ask: Ask) -> Answer {
        let (driving, answer) = self.send(ask).await;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        driving.abort();
        Answer { status: head.status, headers: head.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    async fn send(&self, ask: Ask) -> (JoinHandle<hyper::Result<()>>, Response<Incoming>) {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        let driving = tokio::spawn(connection);
        let mut request = Request::builder().method(ask.method).uri(&ask.path).header("host", self.address.to_string());
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        let answer = sender.send_request(request.body(Full::new(Bytes::from(ask.body))).unwrap()).await.unwrap();
        (driving, answer)
    }

    /// A session of the account with this role, made as a sign-in makes it.
    pub async fn session(&self, role: Role) -> String {
        let limits = storage::SessionLimits::default();
        self.store.create_session(self.accounts[&role], now(), limits).await.unwrap().secret().to_owned()
    }

    /// Where the bytes of evidence lie.
    pub fn evidence(&self) -> PathBuf {
        self.folder.join("evidence")
    }

    pub fn switchboard(&self) -> switchboard::Switchboard {
        self.running.switchboard.clone()
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.running.stop().await;
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A live stream of events, read as far as it was asked for.
pub struct Events {
    stream: TcpStream,
    text: String,
}

impl Events {
    pub async fn of(centre: &Centre, path: &str, session: &str) -> Self {
        Self::with(centre, path, &format!("cookie: svar_session={session}")).await
    }

    /// With this header alone.
    pub async fn with(centre: &Centre, path: &str, header: &str) -> Self {
        let mut stream = TcpStream::connect(centre.address).await.unwrap();
        let asked = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{header}\r\n\r\n");
        stream.write_all(asked.as_bytes()).await.unwrap();
        Self { stream, text: String::new() }
    }

    /// Reads on until this has come; what was read before it is over.
    pub async fn until(&mut self, wanted: &str) {
        let mut heard = vec![0; 4_096];
        while !self.text.contains(wanted) {
            let read = tokio::time::timeout(DEADLINE, self.stream.read(&mut heard)).await;
            let length = read.unwrap_or_else(|_| panic!("{wanted:?} never came: {}", self.text)).unwrap();
            assert!(length > 0, "the stream closed: {}", self.text);
            self.text.push_str(&String::from_utf8_lossy(&heard[..length]));
        }
        let end = self.text.find(wanted).unwrap() + wanted.len();
        self.text.drain(..end);
    }
}
