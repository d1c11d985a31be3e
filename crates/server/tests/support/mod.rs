//! The program, folders of its own, and a demo that runs beside a test.

use std::{
    fs,
    io::{BufRead, BufReader, Lines, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// No answer comes later than this unless something is broken.
const ANSWER_WAIT: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svar"));
    command.current_dir(root()).env_remove("SVAR_LOG");
    command
}

/// Runs the program to its end with this on its standard input.
pub fn spoken_to(arguments: &[&str], input: &str) -> Output {
    let mut command = program();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that has refused already reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
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
    pub cookie: String,
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
    /// Starts it and waits until it says where it is.
    pub fn start(data: &str) -> Self {
        let mut command = program();
        command.args(["demo", "--callers", "0", "--no-operators", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--data", data]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let desk = said.by_ref().map_while(Result::ok).find(|line| line.trim_start().starts_with("Desk"));
        let desk = desk.unwrap_or_else(|| panic!("the demo did not start"));
        let words: Vec<&str> = desk.split_whitespace().collect();
        let web = words[1].trim_start_matches("http://").trim_end_matches("/desk").to_owned();
        Self { child, web, password: words[5].to_owned(), _said: said }
    }

    pub fn sign_in(&self, password: &str) -> Answer {
        let body = format!("name=desk&password={}", password.replace(' ', "+"));
        let head = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.ask(&format!("POST /login HTTP/1.1\r\n{head}Content-Length: {}\r\n", body.len()), &body)
    }

    pub fn get(&self, path: &str, cookie: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nCookie: {cookie}\r\n"), "")
    }

    fn ask(&self, head: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.web).unwrap();
        stream.set_read_timeout(Some(ANSWER_WAIT)).unwrap();
        write!(stream, "{head}Host: {}\r\nConnection: close\r\n\r\n{body}", self.web).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        let header = |line: &str| line.to_lowercase().starts_with("set-cookie: ").then(|| line["set-cookie: ".len()..].to_owned());
        let cookie = answer.lines().take_while(|line| !line.is_empty()).find_map(header).unwrap_or_default();
        Answer { status, cookie: cookie.split(';').next().unwrap_or_default().to_owned() }
    }
}

impl Drop for RunningDemo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
