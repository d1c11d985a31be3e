//! Mails as a mail server that is not ours takes them (aiosmtpd, into a folder), read by Python's own reader.
#![allow(clippy::unwrap_used)]

use crate::peer;
use client::{MailServer, MailServerSettings, Secured};
use domain::{Timestamp, intent::Language};
use interop::mail::{self, File, Mail};
use peer::{Peer, header};

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

fn server(port: u16) -> MailServer {
    let own_name = "polisen.example";
    let settings = MailServerSettings { host: "127.0.0.1", port, secured: Secured::No, login: None, root_certificates: None, own_name };
    MailServer::new(&settings).unwrap()
}

#[tokio::test]
async fn another_s_server_takes_a_mail_and_another_s_reader_reads_it() {
    let peer = Peer::start();
    let server = server(peer.port);
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
