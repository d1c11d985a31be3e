//! A mail server that is not ours (aiosmtpd), which keeps what it takes in a folder, and Python's own reader of it.
#![allow(dead_code, clippy::unwrap_used)]

use serde_json::Value;
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const START_MAX: Duration = Duration::from_secs(60);
const READ: &str = "
import email, email.policy, json, pathlib, sys
def part(p):
    return {'type': p.get_content_type(), 'charset': p.get_content_charset(), 'name': p.get_filename(), 'text': p.get_content()}
mails = []
for path in sorted(pathlib.Path(sys.argv[1], 'new').iterdir()):
    m = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    headers = [[k, str(v)] for k, v in m.items()]
    mails.append({'headers': headers, 'defects': len(m.defects), 'parts': [part(p) for p in m.walk() if not p.is_multipart()]})
print(json.dumps(mails))
";

pub struct Peer {
    child: Child,
    pub port: u16,
    folder: PathBuf,
}

impl Peer {
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = std::env::temp_dir().join(format!("svar-mails-{}-{port}", std::process::id()));
        let child = Command::new("aiosmtpd")
            .args(["-n", "-l", &format!("127.0.0.1:{port}"), "-c", "aiosmtpd.handlers.Mailbox"])
            .arg(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("`cargo xtask setup` installs aiosmtpd");
        let deadline = Instant::now() + START_MAX;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "aiosmtpd does not start");
            std::thread::yield_now();
        }
        Self { child, port, folder }
    }

    pub fn taken(&self) -> Vec<Value> {
        read(&self.folder)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn read(folder: &Path) -> Vec<Value> {
    let output = Command::new("python3").args(["-c", READ]).arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub fn header<'a>(mail: &'a Value, name: &str) -> Vec<&'a str> {
    let of = |pair: &'a Value| (pair[0].as_str()? == name).then(|| pair[1].as_str())?;
    mail["headers"].as_array().unwrap().iter().filter_map(of).collect()
}
