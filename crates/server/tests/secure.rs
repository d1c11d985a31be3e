//! HTTPS and the proxy in front: what `svar serve` does with a certificate, and whom it believes.

use crate::support;

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};
use support::{Answer, Folder, RunningServe, ask, check_refused, signing_in, text};

const PASSWORD: &str = "a long password";

/// A certificate for 127.0.0.1 that vouches for itself, by openssl.
fn certificate(folder: &Folder) -> (String, String) {
    let (certificate, key) = (folder.join("web.pem"), folder.join("web.key"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", &key, "-out", &certificate])
        .output()
        .expect("openssl is missing: cargo xtask setup");
    assert!(made.status.success(), "{}", text(&made.stderr));
    (certificate, key)
}

/// Asks over TLS, as somebody who trusts this certificate alone; none when it is not the server's.
fn ask_securely(web: &str, trusted: &str, head: &str, body: &str) -> Option<Answer> {
    let mut client = Command::new("openssl")
        .args(["s_client", "-quiet", "-ign_eof", "-verify", "3", "-verify_return_error", "-verify_ip", "127.0.0.1"])
        .args(["-CAfile", trusted, "-connect", web])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A client that does not trust the server reads nothing.
    let _ = write!(client.stdin.take().unwrap(), "{head}Host: {web}\r\nConnection: close\r\n\r\n{body}");
    let output = client.wait_with_output().unwrap();
    let answered = text(&output.stdout);
    answered.starts_with("HTTP/").then(|| Answer::read(&answered))
}

#[test]
fn with_a_certificate_pages_are_had_over_https_alone() {
    let (folder, elsewhere) = (Folder::new("https"), Folder::new("elsewhere"));
    let (certificate, key) = certificate(&folder);
    let (stranger, _) = self::certificate(&elsewhere);
    let serve = RunningServe::start(&folder, &format!("certificate = {certificate:?}\nkey = {key:?}"), PASSWORD);
    let (head, body) = signing_in("desk", PASSWORD);
    let session = ask_securely(&serve.web, &certificate, &head, &body).unwrap();
    assert_eq!(session.status, 303);
    assert!(session.set_cookie.starts_with("__Host-svar_session="), "{}", session.set_cookie);
    for attribute in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(session.set_cookie.split("; ").any(|part| part == attribute), "{attribute}: {}", session.set_cookie);
    }
    let desk = |cookie: &str| {
        let head = format!("GET /desk HTTP/1.1\r\nCookie: {cookie}\r\n");
        ask_securely(&serve.web, &certificate, &head, "").unwrap().status
    };
    assert_eq!(desk(&session.cookie), 200);
    assert_ne!(desk(&session.cookie.replace("__Host-", "")), 200, "another name is no session");
    assert!(ask_securely(&serve.web, &stranger, &head, &body).is_none(), "whoever trusts another certificate gets no answer");
    let mut plain = std::net::TcpStream::connect(&serve.web).unwrap();
    let asked = format!("GET /login HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", serve.web);
    let mut answer = Vec::new();
    // Cut off, perhaps while still asking, or told by an alert, but never answered.
    let _ = plain.write_all(asked.as_bytes());
    let _ = std::io::Read::read_to_end(&mut plain, &mut answer);
    assert!(!text(&answer).contains("HTTP/1.1 200"), "{}", text(&answer));
}

/// More wrong passwords than one address may send without a pause.
const WRONG_MANY: u32 = 25;

/// Whether somebody who signs in wrongly, each time with another login, is ever told to wait. `forwarded` gives
/// what is said of each attempt's sender.
fn is_told_to_wait(web: &str, forwarded: impl Fn(u32) -> String) -> bool {
    (0..WRONG_MANY).any(|attempt| {
        let (head, body) = signing_in(&format!("nobody-{attempt}"), "a wrong password");
        ask(web, &format!("{head}X-Forwarded-For: {}\r\n", forwarded(attempt)), &body).status == 429
    })
}

#[test]
fn behind_a_proxy_its_word_says_who_is_there() {
    let folder = Folder::new("proxy");
    let serve = RunningServe::start(&folder, "behind_proxy = true", PASSWORD);
    // What a client says of itself stands before the proxy's word, and counts for nothing.
    assert!(is_told_to_wait(&serve.web, |attempt| format!("192.0.2.{attempt}, 198.51.100.7")));
    let (head, body) = signing_in("desk", PASSWORD);
    let session = ask(&serve.web, &format!("{head}X-Forwarded-For: 192.0.2.200\r\n"), &body);
    assert_eq!(session.status, 303, "somebody else has not to wait");
    assert!(session.set_cookie.starts_with("__Host-svar_session=") && session.set_cookie.contains("; Secure"), "{}", session.set_cookie);
}

#[test]
fn without_a_proxy_nobody_says_who_they_are() {
    let folder = Folder::new("no-proxy");
    let serve = RunningServe::start(&folder, "", PASSWORD);
    assert!(is_told_to_wait(&serve.web, |attempt| format!("192.0.2.{attempt}")));
}

#[test]
fn a_certificate_that_cannot_be_used_is_told_before_anything_is_made() {
    let folder = Folder::new("certificates");
    let (certificate, key) = certificate(&folder);
    let (data, file, rubbish) = (folder.join("data"), folder.join("svar.toml"), folder.join("rubbish.pem"));
    fs::write(&rubbish, "no certificate").unwrap();
    for (web, expected) in [
        (format!("listen = \"127.0.0.1:0\"\ncertificate = {certificate:?}"), "both certificate and key"),
        (format!("listen = \"127.0.0.1:0\"\ncertificate = {:?}\nkey = {key:?}", folder.join("none.pem")), "none.pem"),
        (format!("listen = \"127.0.0.1:0\"\ncertificate = {rubbish:?}\nkey = {key:?}"), "rubbish.pem"),
        ("listen = \"0.0.0.0:0\"".to_owned(), "plain HTTP outside this machine"),
    ] {
        let sip = "[sip]\nlisten = \"127.0.0.1:0\"\ntrunk = \"127.0.0.1:9\"\n";
        fs::write(&file, format!("deployment = \"sweden\"\n[storage]\ndata = {data:?}\n[web]\n{web}\n{sip}")).unwrap();
        check_refused(&["serve", "--config", &file], expected);
        assert!(!std::path::Path::new(&data).exists(), "{web}");
    }
}
