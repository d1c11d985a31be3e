//! The mail server that takes mails of ours and passes them on.

use super::{
    gateway::Sent,
    patience::{Patience, Times, UnusableTime, rest_ms},
};
use crate::clock;
use client::{MailServer, MailServerError, MailServerSettings, NotTaken, Secured};
use interop::mail::{self, File, Mail};
use serde::Deserialize;
use std::{fmt, path::PathBuf, time::Instant};
use storage::{Message, OwedMessage};

/// Where the mail server is and how patient we are with it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Its name, as its certificate has it.
    pub server: String,
    #[serde(default)]
    pub port: Option<u16>,
    /// Whether and how the way there is private.
    #[serde(default)]
    pub tls: MailTls,
    /// Whom mails are from, perhaps with a name: `Polisen <svar@polisen.example>`.
    pub from: String,
    #[serde(default)]
    pub user: Option<String>,
    /// A file with the password alone in it.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// A PEM file with the authority's own root certificates, instead of the public ones.
    #[serde(default)]
    pub root_certificates: Option<PathBuf>,
    /// How long one attempt may take.
    #[serde(default = "answer_ms_max")]
    pub answer_ms_max: u64,
    /// How long the server is left alone after failing several times in a row.
    #[serde(default = "rest_ms")]
    pub rest_ms: u64,
    /// How long after it was promised a mail is still tried.
    #[serde(default = "give_up_ms")]
    pub give_up_ms: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// By a command, on port 587.
    #[default]
    StartTls,
    /// From the first byte on, on port 465.
    Tls,
    /// To this machine alone, on port 25.
    None,
}

fn answer_ms_max() -> u64 {
    30_000
}

fn give_up_ms() -> u64 {
    14_400_000
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the mail server: {0}")]
    Server(#[from] MailServerError),
    #[error("from must be a mail address, perhaps with a name: Polisen <svar@polisen.example>")]
    From,
    #[error("user and password_file stand together, or not at all")]
    Login,
    #[error(transparent)]
    Time(#[from] UnusableTime),
}

pub struct Mailer {
    server: MailServer,
    from: String,
    /// The bare address.
    sender: String,
    pub(super) patience: Patience,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailer")
    }
}

impl Mailer {
    /// Reads what the settings point to; connects to nothing yet.
    ///
    /// # Errors
    /// What about them cannot work.
    pub fn new(settings: &MailSettings) -> Result<Self, MailError> {
        let sender = mail::sender(&settings.from).ok_or(MailError::From)?;
        let login = match (&settings.user, &settings.password_file) {
            (Some(user), Some(file)) => Some((user.as_str(), file.as_path())),
            (None, None) => None,
            _ => return Err(MailError::Login),
        };
        let (secured, usual) = match settings.tls {
            MailTls::StartTls => (Secured::StartTls, 587),
            MailTls::Tls => (Secured::Tls, 465),
            MailTls::None => (Secured::No, 25),
        };
        let own_name = sender.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let server = MailServer::new(&MailServerSettings {
            host: &settings.server,
            port: settings.port.unwrap_or(usual),
            secured,
            login,
            root_certificates: settings.root_certificates.as_deref(),
            own_name,
        })?;
        let MailSettings { answer_ms_max, rest_ms, give_up_ms, .. } = *settings;
        let patience = Patience::new(Times { answer_ms_max, rest_ms, give_up_ms })?;
        Ok(Self { server, from: settings.from.clone(), sender, patience })
    }

    /// The address that mails come from.
    pub(super) fn sender(&self) -> &str {
        &self.sender
    }

    /// One attempt. The same mail has the same Message-ID each time, so that whoever took it already can tell.
    pub(super) async fn send(&self, owed: &OwedMessage, to: &str, words: &Message) -> Sent {
        let file = words.attachment.as_ref().map(|file| File { name: &file.name, media_type: &file.media_type, body: &file.body });
        let mail = Mail {
            from: &self.from,
            to,
            subject: words.subject.as_deref().unwrap_or_default(),
            text: &words.text,
            language: owed.language,
            id: &owed.id,
            at: clock::now(),
            file,
        };
        let Some((to, whole)) = mail::address(to).zip(mail::write(&mail)) else { return Sent::Refused };
        let sent = match tokio::time::timeout(self.patience.answer_max, self.server.send(&self.sender, &to, &whole)).await {
            Ok(answer) => judge(answer),
            Err(_) => Sent::Later { why: "no_answer", wait_ms: 0 },
        };
        match sent {
            // It works, whatever it thinks of this mail or its receiver.
            Sent::Taken | Sent::Refused | Sent::Later { why: "not_now", .. } => self.patience.breaker.worked(),
            Sent::Later { .. } => self.patience.breaker.failed(Instant::now()),
        }
        sent
    }
}

fn judge(answer: Result<(), NotTaken>) -> Sent {
    let later = |why| Sent::Later { why, wait_ms: 0 };
    match answer {
        Ok(()) => Sent::Taken,
        Err(NotTaken::Refused) => Sent::Refused,
        Err(NotTaken::Later) => later("not_now"),
        Err(NotTaken::Unreachable) => later("unreachable"),
        Err(NotTaken::Insecure) => later("insecure"),
        Err(NotTaken::NotAllowed) => later("not_allowed"),
        Err(NotTaken::Unexpected) => later("unexpected"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let check = |expected: &str, change: fn(&mut MailSettings)| {
            let mut settings = MailSettings {
                server: "mail.example".to_owned(),
                port: None,
                tls: MailTls::StartTls,
                from: "Polisen <svar@polisen.example>".to_owned(),
                user: None,
                password_file: None,
                root_certificates: None,
                answer_ms_max: answer_ms_max(),
                rest_ms: rest_ms(),
                give_up_ms: give_up_ms(),
            };
            change(&mut settings);
            let said = Mailer::new(&settings).err().map(|why| why.to_string()).unwrap_or_default();
            assert!(said.starts_with(expected) && said.is_empty() == expected.is_empty(), "{said:?}, not {expected:?}");
        };
        check("", |_| {});
        check("", |settings| settings.tls = MailTls::Tls);
        check("the mail server: mail goes without TLS to this machine alone", |settings| settings.tls = MailTls::None);
        check("", |settings| (settings.tls, settings.server) = (MailTls::None, "127.0.0.1".to_owned()));
        check("from must be a mail address", |settings| settings.from = "Polisen".to_owned());
        check("from must be a mail address", |settings| settings.from = "a@b.example\nBcc: c@d.example".to_owned());
        check("user and password_file stand together", |settings| settings.user = Some("svar".to_owned()));
        check("the mail server: the password no-such-file cannot be read", |settings| {
            (settings.user, settings.password_file) = (Some("svar".to_owned()), Some("no-such-file".into()));
        });
        check("the mail server: root certificates no-such-file", |settings| settings.root_certificates = Some("no-such-file".into()));
        check("answer_ms_max must lie between", |settings| settings.answer_ms_max = 0);
        check("give_up_ms must lie between", |settings| settings.give_up_ms = 100_000_000);
    }
}
