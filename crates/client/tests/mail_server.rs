//! What a mail server may answer at each step, and what that means for the mail. The server is a script of answers.
#![allow(clippy::unwrap_used)]

use client::{MailServer, MailServerSettings, NotTaken, Secured};
use std::path::Path;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

const MAIL: &[u8] = b"Subject: test\r\n\r\n.a line with a dot\r\n";
const HELLO: (&str, &str) = ("EHLO", "250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN");

/// Ends a mail, on a line of its own.
const END: &str = ".";

/// Answers each command by the script, greets first, and closes at its end. What it was told.
async fn scripted(greeting: &'static str, script: &'static [(&'static str, &'static str)]) -> (u16, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let told = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let mut told = Vec::new();
        stream.write_all(format!("{greeting}\r\n").as_bytes()).await.unwrap();
        for (command, answer) in script {
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return told;
                }
                let line = line.trim_end().to_owned();
                let is_awaited = if *command == END { line == END } else { line.starts_with(command) };
                told.push(line);
                if is_awaited {
                    break;
                }
            }
            let _ = stream.write_all(format!("{answer}\r\n").as_bytes()).await;
        }
        told
    });
    (port, told)
}

async fn sent(port: u16, secured: Secured, login: Option<(&str, &Path)>) -> Result<(), NotTaken> {
    let settings = MailServerSettings { host: "127.0.0.1", port, secured, login, root_certificates: None, own_name: "polisen.example" };
    MailServer::new(&settings).unwrap().send("svar@polisen.example", "anna@example.org", MAIL).await
}

async fn check(greeting: &'static str, script: &'static [(&'static str, &'static str)], expected: Result<(), NotTaken>) -> Vec<String> {
    let (port, told) = scripted(greeting, script).await;
    assert_eq!(sent(port, Secured::No, None).await, expected, "{greeting} {script:?}");
    told.await.unwrap()
}

#[tokio::test]
async fn a_mail_is_handed_over_whole() {
    const SCRIPT: &[(&str, &str)] =
        &[HELLO, ("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "354 go on"), (END, "250 taken"), ("QUIT", "221 bye")];
    let told = check("220 here", SCRIPT, Ok(())).await;
    let whole = told.join("\n");
    assert!(whole.starts_with("EHLO polisen.example\nMAIL FROM:<svar@polisen.example>"), "{whole}");
    assert!(whole.contains("RCPT TO:<anna@example.org>\nDATA\nSubject: test\n\n..a line with a dot"), "{whole}");
}

#[tokio::test]
async fn only_what_is_said_of_the_mail_is_final() {
    // Greylisted, full, unknown.
    check("220 here", &[HELLO, ("MAIL", "250 ok"), ("RCPT", "451 4.7.1 greylisted, come back later")], Err(NotTaken::Later)).await;
    check("220 here", &[HELLO, ("MAIL", "452 full")], Err(NotTaken::Later)).await;
    check("220 here", &[HELLO, ("MAIL", "250 ok"), ("RCPT", "550 nobody of that name")], Err(NotTaken::Refused)).await;
    check("220 here", &[HELLO, ("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "554 no")], Err(NotTaken::Refused)).await;
    // It is the server that is at fault, or we are.
    check("421 not now", &[], Err(NotTaken::Later)).await;
    check("554 not for you", &[], Err(NotTaken::Later)).await;
    check("220 here", &[HELLO, ("MAIL", "530 authenticate first")], Err(NotTaken::NotAllowed)).await;
    check("I am no mail server", &[], Err(NotTaken::Unexpected)).await;
}

#[tokio::test]
async fn what_ends_in_the_middle_is_not_taken() {
    let cut = [Err(NotTaken::Unreachable), Err(NotTaken::Unexpected)];
    for script in [&[][..], &[HELLO], &[HELLO, ("MAIL", "250 ok")], &[HELLO, ("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "354 go on")]]
    {
        let (port, told) = scripted("220 here", script).await;
        let sent = sent(port, Secured::No, None).await;
        assert!(cut.contains(&sent), "{script:?}: {sent:?}");
        told.await.unwrap();
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(sent(nobody, Secured::No, None).await, Err(NotTaken::Unreachable));
}

#[tokio::test]
async fn a_server_that_offers_no_privacy_is_given_nothing() {
    let (port, told) = scripted("220 here", &[HELLO, ("MAIL", "250 ok")]).await;
    assert_eq!(sent(port, Secured::StartTls, None).await, Err(NotTaken::Insecure));
    let told = told.await.unwrap();
    assert!(!told.iter().any(|line| line.starts_with("MAIL") || line.starts_with("AUTH")), "{told:?}");
}

#[tokio::test]
async fn a_password_that_is_not_taken_may_be_mended() {
    let folder = std::env::temp_dir().join(format!("svar-mail-{}", std::process::id()));
    std::fs::write(&folder, "secret\n").unwrap();
    let (port, told) = scripted("220 here", &[HELLO, ("AUTH PLAIN", "535 5.7.8 no")]).await;
    assert_eq!(sent(port, Secured::No, Some(("svar", &folder))).await, Err(NotTaken::NotAllowed));
    let told = told.await.unwrap();
    assert!(told.iter().any(|line| line == "AUTH PLAIN AHN2YXIAc2VjcmV0"), "{told:?}");
    std::fs::remove_file(folder).unwrap();
}
