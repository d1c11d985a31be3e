//! The gateway that takes text messages: any server that takes the JSON of [`interop::text_message`] by HTTP.

use super::patience::{Patience, Times, UnusableTime, rest_ms};
use client::{Failed, Post, Reply, Server};
use interop::text_message::{self, Order, Verdict};
use serde::Deserialize;
use std::{fmt, path::PathBuf, time::Instant};
use storage::{Message, OwedMessage};

/// Letters and digits as a sender are eleven at most, a number is fifteen digits with its sign.
const SENDER_CHARS_MAX: usize = 16;

/// Where the gateway is and how patient we are with it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSettings {
    /// The whole address; plain HTTP on this machine only.
    pub url: String,
    /// Whom messages are shown to be from: up to eleven letters and digits, or a number.
    pub sender: String,
    /// A file with the bearer token alone in it; none when the gateway wants none.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// A PEM file with the authority's own root certificates, instead of the public ones.
    #[serde(default)]
    pub root_certificates: Option<PathBuf>,
    /// How long one attempt may take.
    #[serde(default = "answer_ms_max")]
    pub answer_ms_max: u64,
    /// How long the gateway is left alone after failing several times in a row.
    #[serde(default = "rest_ms")]
    pub rest_ms: u64,
    /// How long after it was promised a message is still tried.
    #[serde(default = "give_up_ms")]
    pub give_up_ms: u64,
}

impl TextSettings {
    /// With every default.
    #[must_use]
    pub fn at(url: String, sender: &str) -> Self {
        Self {
            url,
            sender: sender.to_owned(),
            token_file: None,
            root_certificates: None,
            answer_ms_max: answer_ms_max(),
            rest_ms: rest_ms(),
            give_up_ms: give_up_ms(),
        }
    }
}

fn answer_ms_max() -> u64 {
    10_000
}

fn give_up_ms() -> u64 {
    3_600_000
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    #[error("the gateway's {0}")]
    Server(#[from] client::SettingsError),
    #[error("the gateway's url must be https:// unless it is on this machine: numbers would be read along the way")]
    Open,
    #[error("sender must be 1 to {SENDER_CHARS_MAX} plain letters, digits, spaces or +")]
    Sender,
    #[error(transparent)]
    Time(#[from] UnusableTime),
}

pub struct Gateway {
    server: Server,
    sender: String,
    pub(super) patience: Patience,
}

/// How an attempt ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sent {
    Taken,
    Refused,
    /// Tried in vain: why, in a word of ours, and how long the gateway wants to be left alone.
    Later {
        why: &'static str,
        wait_ms: u64,
    },
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gateway")
    }
}

impl Gateway {
    /// Reads what the settings point to; connects to nothing yet.
    ///
    /// # Errors
    /// What about them cannot work.
    pub fn new(settings: &TextSettings) -> Result<Self, GatewayError> {
        let TextSettings { url, sender, token_file, root_certificates, answer_ms_max, rest_ms, give_up_ms } = settings;
        let server = Server::new(url, token_file.as_deref(), root_certificates.as_deref())?;
        if !server.is_private() {
            return Err(GatewayError::Open);
        }
        let plain = sender.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '+'));
        if !plain || sender.trim().is_empty() || sender.len() > SENDER_CHARS_MAX {
            return Err(GatewayError::Sender);
        }
        let patience = Patience::new(Times { answer_ms_max: *answer_ms_max, rest_ms: *rest_ms, give_up_ms: *give_up_ms })?;
        Ok(Self { server, sender: sender.clone(), patience })
    }

    /// One attempt. The same message has the same id each time, so that whoever took it already takes it once.
    pub(super) async fn send(&self, owed: &OwedMessage, to: &str, words: &Message) -> Sent {
        let order = Order { to, from: &self.sender, subject: words.subject.as_deref(), text: &words.text, id: &owed.id };
        let headers = [("idempotency-key", owed.id.as_str())];
        let post = Post { content_type: "application/json", headers: &headers, body: text_message::write(&order) };
        let sent = match tokio::time::timeout(self.patience.answer_max, self.server.post(post)).await {
            Ok(answer) => judge(answer),
            Err(_) => Sent::Later { why: "no_answer", wait_ms: 0 },
        };
        match sent {
            // It works, whatever it thinks of this message.
            Sent::Taken | Sent::Refused => self.patience.breaker.worked(),
            Sent::Later { .. } => self.patience.breaker.failed(Instant::now()),
        }
        sent
    }
}

fn judge(answer: Result<Reply, Failed>) -> Sent {
    let reply = match answer {
        Ok(reply) => reply,
        Err(Failed::Unreachable { .. }) => return Sent::Later { why: "unreachable", wait_ms: 0 },
        // The status said that it was taken.
        Err(Failed::CutOff) => return Sent::Taken,
    };
    let wait_ms = reply.retry_after_s.unwrap_or(0).saturating_mul(1_000);
    match (text_message::read_status(reply.status), reply.status) {
        (Verdict::Taken, _) => Sent::Taken,
        (Verdict::Refused, _) => Sent::Refused,
        (Verdict::Later, 429) => Sent::Later { why: "too_many", wait_ms },
        (Verdict::Later, 401 | 403) => Sent::Later { why: "not_allowed", wait_ms },
        (Verdict::Later, 500..) => Sent::Later { why: "gateway_fault", wait_ms },
        (Verdict::Later, _) => Sent::Later { why: "unexpected", wait_ms },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn settings(change: impl FnOnce(&mut TextSettings)) -> TextSettings {
        let mut settings = TextSettings::at("https://texts.example/messages".to_owned(), "Polisen");
        change(&mut settings);
        settings
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let check = |expected: &str, change: fn(&mut TextSettings)| {
            let said = Gateway::new(&settings(change)).err().map(|why| why.to_string()).unwrap_or_default();
            assert!(said.starts_with(expected) && said.is_empty() == expected.is_empty(), "{said:?}, not {expected:?}");
        };
        check("", |_| {});
        check("", |settings| settings.url = "http://127.0.0.1:9/".to_owned());
        check("", |settings| settings.url = "http://[::1]:9/".to_owned());
        check("the gateway's url must be https://", |settings| settings.url = "http://texts.example/".to_owned());
        check("the gateway's url must be http:// or https://", |settings| settings.url = "ftp://texts.example/".to_owned());
        check("the gateway's token cannot be read", |settings| settings.token_file = Some("no-such-file".into()));
        check("the gateway's root certificates cannot be read", |settings| settings.root_certificates = Some("no-such-file".into()));
        check("sender must be", |settings| settings.sender = " ".to_owned());
        check("sender must be", |settings| settings.sender = "Pölisen".to_owned());
        check("sender must be", |settings| settings.sender = "The police of Sweden".to_owned());
        check("answer_ms_max must lie between", |settings| settings.answer_ms_max = 0);
        check("give_up_ms must lie between", |settings| settings.give_up_ms = 100_000_000);
    }

    #[test]
    fn what_an_answer_means_for_the_message() {
        let reply = |status, retry_after_s| Ok(Reply { status, retry_after_s, body: Default::default() });
        let later = |why, wait_ms| Sent::Later { why, wait_ms };
        for (answer, expected) in [
            (reply(202, None), Sent::Taken),
            (reply(422, Some(9)), Sent::Refused),
            (reply(429, Some(9)), later("too_many", 9_000)),
            (reply(503, Some(u64::MAX)), later("gateway_fault", u64::MAX)),
            (reply(500, None), later("gateway_fault", 0)),
            (reply(401, None), later("not_allowed", 0)),
            (reply(302, None), later("unexpected", 0)),
            (Err(Failed::Unreachable { why: String::new() }), later("unreachable", 0)),
            (Err(Failed::CutOff), Sent::Taken),
        ] {
            assert_eq!(judge(answer), expected);
        }
    }
}
