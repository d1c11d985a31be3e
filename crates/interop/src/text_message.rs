//! What a text message gateway is told, as JSON: `to`, `from`, `text` and `id`. Its answer is a status and nothing that
//! would have to be read (`docs/messages.md`).

use serde::Serialize;
use std::fmt;

/// One message as it goes to the gateway.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Order<'a> {
    /// With + and country code.
    pub to: &'a str,
    /// Whom the message is shown to be from.
    pub from: &'a str,
    /// Of a mail, which a gateway for text messages is never given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<&'a str>,
    pub text: &'a str,
    /// The same for every attempt at one message.
    pub id: &'a str,
}

impl fmt::Debug for Order<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Order({}, hidden)", self.id)
    }
}

/// What the status of the answer says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Taken,
    /// Not now; the same order again later.
    Later,
    /// Never: this message is not taken.
    Refused,
}

#[must_use]
pub fn write(order: &Order<'_>) -> Vec<u8> {
    serde_json::to_vec(order).unwrap_or_default()
}

/// A message is given up at once only where the gateway says that it is the message. What says that the server, the
/// address or the token is at fault may be mended while it waits.
#[must_use]
pub fn read_status(status: u16) -> Verdict {
    match status {
        200..300 => Verdict::Taken,
        400 | 410 | 413 | 422 => Verdict::Refused,
        _ => Verdict::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_plain_json() {
        let order = Order { to: "+46701740605", from: "Polisen", subject: None, text: "Så här: \"svar\"", id: "0a1b" };
        let expected = r#"{"to":"+46701740605","from":"Polisen","text":"Så här: \"svar\"","id":"0a1b"}"#;
        assert_eq!(String::from_utf8_lossy(&write(&order)), expected);
        assert!(!format!("{order:?}").contains("7017"));
    }

    #[test]
    fn only_what_is_said_of_the_message_is_final() {
        let check = |statuses: &[u16], expected| statuses.iter().for_each(|status| assert_eq!(read_status(*status), expected, "{status}"));
        check(&[200, 201, 202, 204], Verdict::Taken);
        check(&[400, 410, 413, 422], Verdict::Refused);
        check(&[100, 301, 302, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504], Verdict::Later);
    }
}
