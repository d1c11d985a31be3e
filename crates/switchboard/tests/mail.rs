//! Mails as a mail server that is not ours takes them (aiosmtpd, into a folder), read by Python's own reader.
#![allow(clippy::unwrap_used)]

use client::{MailServer, MailServerSettings, Secured};
use domain::{Timestamp, intent::Language};
use interop::mail::{self, File, Mail};
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

struct Peer {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Peer {
    fn start() -> Self {
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

    fn server(&self) -> MailServer {
        let own_name = "polisen.example";
        let settings =
            MailServerSettings { host: "127.0.0.1", port: self.port, secured: Secured::No, login: None, root_certificates: None, own_name };
        MailServer::new(&settings).unwrap()
    }

    fn taken(&self) -> Vec<Value> {
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

fn header<'a>(mail: &'a Value, name: &str) -> Vec<&'a str> {
    let of = |pair: &'a Value| (pair[0].as_str()? == name).then(|| pair[1].as_str())?;
    mail["headers"].as_array().unwrap().iter().filter_map(of).collect()
}

const MAIL: Mail<'_> = Mail {
    from: "Polisen <svar@polisen.example>",
    to: "anna@example.org",
    subject: "Vi nådde dig inte: ärende 02834186",
    text: "Hej!\n\n.en rad med punkt\nÄr det bråttom? Ring 112 – “genast”. 🚲\nFrom here on",
    language: Language::Swedish,
    id: "5b1c0f9e2d7a48b3a6c4e1f0928d7b35",
    at: Timestamp(1_796_047_200_000),
    file: None,
};

#[tokio::test]
async fn another_s_server_takes_a_mail_and_another_s_reader_reads_it() {
    let peer = Peer::start();
    let server = peer.server();
    let file =
        File { name: "tid.ics", media_type: "text/calendar; charset=utf-8; method=PUBLISH", body: "BEGIN:VCALENDAR\r\nSUMMARY:Möte\r\n" };
    let hostile = "a\r\nBcc: b@example.org\r\n\r\n<b>";
    let subject = "ö".repeat(300);
    for mail in [MAIL, Mail { file: Some(file), ..MAIL }, Mail { subject: hostile, ..MAIL }, Mail { subject: &subject, ..MAIL }] {
        server.send("svar@polisen.example", mail.to, &mail::write(&mail).unwrap()).await.unwrap();
    }
    let taken = peer.taken();
    assert_eq!(taken.len(), 4);
    let find =
        |wanted: &str| taken.iter().find(|mail| header(mail, "Subject") == [wanted]).unwrap_or_else(|| panic!("{wanted}: {taken:#?}"));
    let plain =
        taken.iter().find(|mail| header(mail, "Subject") == [MAIL.subject] && mail["parts"].as_array().unwrap().len() == 1).unwrap();
    for (name, expected) in [
        ("From", "Polisen <svar@polisen.example>"),
        ("To", "anna@example.org"),
        ("Message-ID", "<5b1c0f9e2d7a48b3a6c4e1f0928d7b35@polisen.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "sv"),
        ("X-RcptTo", "anna@example.org"),
    ] {
        assert_eq!(header(plain, name), [expected], "{plain:#}");
    }
    assert_eq!((plain["defects"].as_u64(), plain["parts"][0]["type"].as_str()), (Some(0), Some("text/plain")));
    let text = plain["parts"][0]["text"].as_str().unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), MAIL.text);
    let with_file = taken.iter().find(|mail| mail["parts"].as_array().unwrap().len() == 2).unwrap();
    assert_eq!(with_file["parts"][1]["type"], "text/calendar");
    assert_eq!(with_file["parts"][1]["name"], "tid.ics");
    assert!(with_file["parts"][1]["text"].as_str().unwrap().contains("SUMMARY:Möte"), "{with_file:#}");
    assert_eq!(header(find("a Bcc: b@example.org <b>"), "Bcc"), [""; 0]);
    assert_eq!(header(find(&subject), "Subject"), [subject.as_str()]);
}
