//! The program, folders of its own, and a demo or a deployment that runs beside a test.
#![allow(dead_code, clippy::unwrap_used)]

use std::{
    fs,
    io::{BufRead, BufReader, Lines, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// No answer comes later than this unless something is broken.
const ANSWER_WAIT: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svar"));
    command.current_dir(root()).env_remove("SVAR_LOG");
    command
}

/// Runs the program to its end with this on its standard input.
pub fn spoken_to(arguments: &[&str], input: &str) -> Output {
    ended(program().args(arguments), input)
}

fn ended(command: &mut Command, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that has refused already reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

pub fn svar(arguments: &[&str]) -> Output {
    spoken_to(arguments, "")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a command said that must succeed.
pub fn said(arguments: &[&str]) -> String {
    let output = svar(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// One clear line on standard error, nothing on standard output, a failing exit.
#[track_caller]
pub fn check_refused(arguments: &[&str], expected: &str) {
    // What each command logs by itself, but for the database's warnings of statements that took long on a slow machine.
    let log = if arguments.first() == Some(&"serve") { "info,sqlx=error" } else { "warn,sqlx=error" };
    let output = ended(program().args(arguments).env("SVAR_LOG", log), "");
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(!output.status.success(), "{arguments:?} succeeded");
    assert_eq!(said, "", "{arguments:?}");
    assert_eq!(complained.lines().count(), 1, "{arguments:?}: {complained}");
    assert!(complained.contains(expected), "{arguments:?}: {complained}");
}

/// A folder of this test's own, gone with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("svar-{name}-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn join(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Sweden's deployment in a folder where it may be broken.
pub struct Deployment(Folder);

impl Deployment {
    pub fn copy_of_sweden() -> Self {
        let copy = Self(Folder::new("deployment"));
        copy_folder(&root().join("deployments/sweden"), &copy.0.0);
        copy
    }

    /// A made-up country with a plan and areas of its own: two regions, one language, no numbers of callers.
    /// Prompts and training sentences are Sweden's.
    pub fn atlantis() -> Self {
        let country = Self::copy_of_sweden();
        let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/atlantis");
        for file in ["callers.toml", "areas/area_codes.csv", "areas/postal_codes.csv"] {
            country.write(file, None);
        }
        copy_folder(&source, &country.0.0);
        country
    }

    pub fn folder(&self) -> String {
        self.0.0.display().to_string()
    }

    /// Replaces the first place where this stands, which must be there; gives back its line.
    pub fn replace(&self, file: &str, from: &str, to: &str) -> usize {
        let path = self.0.0.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let at = text.find(from).unwrap_or_else(|| panic!("{file} has no {from:?}"));
        fs::write(path, text.replacen(from, to, 1)).unwrap();
        text[..at].matches('\n').count() + 1
    }

    pub fn replace_all(&self, file: &str, from: &str, to: &str) {
        let path = self.0.0.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    /// Writes these bytes, or takes the file or folder away.
    pub fn write(&self, file: &str, bytes: Option<&[u8]>) {
        let path = self.0.0.join(file);
        match bytes {
            Some(bytes) => fs::write(path, bytes).unwrap(),
            None if path.is_dir() => fs::remove_dir_all(path).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What a page answered.
pub struct Answer {
    pub status: u16,
    /// The session's, as the browser would send it back.
    pub cookie: String,
    /// The whole line that sets it.
    pub set_cookie: String,
}

impl Answer {
    pub fn read(answer: &str) -> Self {
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no answer: {answer:?}"));
        let header = |line: &str| line.to_lowercase().starts_with("set-cookie: ").then(|| line["set-cookie: ".len()..].trim().to_owned());
        let set_cookie = answer.lines().take_while(|line| !line.is_empty()).find_map(header).unwrap_or_default();
        Self { status, cookie: set_cookie.split(';').next().unwrap_or_default().to_owned(), set_cookie }
    }
}

/// Asks in the clear. `head` is everything before `Host`, each line with its end.
pub fn ask(web: &str, head: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(web).unwrap();
    stream.set_read_timeout(Some(ANSWER_WAIT)).unwrap();
    write!(stream, "{head}Host: {web}\r\nConnection: close\r\n\r\n{body}").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    Answer::read(&text(&answer))
}

/// The head of a signing in up to `Host`, and its body.
pub fn signing_in(login: &str, password: &str) -> (String, String) {
    let body = format!("name={login}&password={}", password.replace(' ', "+"));
    let head = "Content-Type: application/x-www-form-urlencoded\r\n";
    (format!("POST /login HTTP/1.1\r\n{head}Content-Length: {}\r\n", body.len()), body)
}

/// A demo without invented people, ended with this value.
pub struct RunningDemo {
    child: Child,
    /// Address and port of its pages.
    pub web: String,
    pub password: String,
    /// Kept open: what nobody can read is a fault to the program.
    _said: Lines<BufReader<ChildStdout>>,
}

impl RunningDemo {
    pub fn start(data: &str) -> Self {
        Self::of("sweden", data)
    }

    /// Starts it and waits until it says where it is.
    pub fn of(deployment: &str, data: &str) -> Self {
        let mut command = program();
        command.args(["demo", "--callers", "0", "--no-operators", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"]);
        let mut child = command.args(["--data", data, "--deployment", deployment]).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let desk = said.by_ref().map_while(Result::ok).find(|line| line.trim_start().starts_with("Desk"));
        let desk = desk.unwrap_or_else(|| panic!("the demo did not start"));
        let words: Vec<&str> = desk.split_whitespace().collect();
        let web = words[1].trim_start_matches("http://").trim_end_matches("/desk").to_owned();
        Self { child, web, password: words[5].to_owned(), _said: said }
    }

    /// Presses Ctrl-C and waits for the end.
    pub fn interrupted(mut self) -> ExitStatus {
        let told = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success(), "the demo had ended by itself");
        self.child.wait().unwrap()
    }

    pub fn sign_in(&self, password: &str) -> Answer {
        let (head, body) = signing_in("desk", password);
        ask(&self.web, &head, &body)
    }

    pub fn get(&self, path: &str, cookie: &str) -> Answer {
        ask(&self.web, &format!("GET {path} HTTP/1.1\r\nCookie: {cookie}\r\n"), "")
    }

    /// As a program asks.
    pub fn get_by_token(&self, path: &str, token: &str) -> Answer {
        ask(&self.web, &format!("GET {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n"), "")
    }
}

impl Drop for RunningDemo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sweden's deployment by a configuration file, ended with this value.
pub struct RunningServe {
    child: Child,
    pub web: String,
}

impl RunningServe {
    /// Starts it with these lines in `[web]` and waits until calls are answered. The folder `data` in this one
    /// has an account `desk` with this password.
    pub fn start(folder: &Folder, web: &str, password: &str) -> Self {
        let data = folder.join("data");
        said(&["migrate", "--data", &data]);
        let added = spoken_to(&["user", "add", "--data", &data, "desk", "--name", "Desk"], &format!("{password}\n"));
        assert!(added.status.success(), "{}", text(&added.stderr));
        let file = folder.join("svar.toml");
        let sip = "[sip]\nlisten = \"127.0.0.1:0\"\ntrunk = \"127.0.0.1:9\"\n";
        let configuration = format!("deployment = \"sweden\"\n[storage]\ndata = {data:?}\n[web]\nlisten = \"127.0.0.1:0\"\n{web}\n{sip}");
        fs::write(&file, configuration).unwrap();
        let mut child = program().args(["serve", "--config", &file]).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let started = log.by_ref().find(|line| line.contains("calls are being answered"));
        let started = started.unwrap_or_else(|| panic!("svar serve did not start"));
        let web = started.split_whitespace().find_map(|word| word.strip_prefix("web=")).unwrap().to_owned();
        // Read on to its end: a full pipe would hold the program up.
        std::thread::spawn(move || log.for_each(drop));
        Self { child, web }
    }
}

impl Drop for RunningServe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
