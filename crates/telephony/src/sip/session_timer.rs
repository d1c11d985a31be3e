//! RFC 4028: both sides refresh a call's session now and then, so that a side that vanished is
//! noticed without sound. Arithmetic and headers only; the call keeps the clock.

use std::time::Duration;

use rsipstack::sip::{Header, Headers};

use super::body::values;

/// After a refusal we ask again between one and two times this, each time after twice as long as before.
const AGAIN: Duration = Duration::from_secs(2);
/// How often that doubles.
const DOUBLED_MAX: u32 = 5;
/// Whatever the other side says, we wait no longer.
const AGAIN_MAX: Duration = Duration::from_secs(600);
/// However little of the session is left, nobody is asked sooner.
const AGAIN_MIN: Duration = Duration::from_millis(500);
/// The standard's smallest interval.
const INTERVAL_S_MIN: u32 = 90;

/// Who refreshes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresher {
    Us,
    Peer,
}

/// The interval agreed on and who keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimer {
    pub interval_s: u32,
    pub refresher: Refresher,
}

/// What the request asks for is too small: 422 with this Min-SE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalTooSmall {
    pub min_se_s: u32,
}

/// The smallest interval we accept.
pub fn min_se_s(ours_s: u32) -> u32 {
    ours_s.min(INTERVAL_S_MIN)
}

/// As the one asked (INVITE, re-INVITE, UPDATE): what is agreed, and the headers that say so.
pub fn answer(request: &Headers, ours_s: u32) -> Result<(SessionTimer, Vec<Header>), IntervalTooSmall> {
    let supported = values(request, "Supported")
        .chain(values(request, "Require"))
        .flat_map(|value| value.split(','))
        .any(|token| token.trim().eq_ignore_ascii_case("timer"));
    let asked = session_expires(request);
    let least = min_se_s(ours_s);
    if let Some(asked) = &asked
        && asked.interval_s < least
        && supported
    {
        return Err(IntervalTooSmall { min_se_s: least });
    }
    let their_least = number(request, "Min-SE").unwrap_or(0);
    let interval_s = asked.as_ref().map_or(ours_s, |asked| asked.interval_s.min(ours_s)).max(their_least).max(least);
    // Whoever cannot refresh is not asked to.
    let refresher = match asked.and_then(|asked| asked.refresher) {
        Some(name) if supported && name.eq_ignore_ascii_case("uas") => Refresher::Us,
        _ if supported => Refresher::Peer,
        _ => Refresher::Us,
    };
    let timer = SessionTimer { interval_s, refresher };
    let name = match refresher {
        Refresher::Us => "uas",
        Refresher::Peer => "uac",
    };
    let mut headers = vec![Header::Supported("timer".into()), Header::SessionExpires(format!("{interval_s};refresher={name}").into())];
    if refresher == Refresher::Peer {
        headers.push(Header::Require("timer".into()));
    }
    Ok((timer, headers))
}

/// As the one who asks: what goes into INVITE, re-INVITE and UPDATE.
pub fn request(interval_s: u32, refresher: Option<Refresher>, min_se_s: Option<u32>) -> Vec<Header> {
    let refresher = match refresher {
        Some(Refresher::Us) => ";refresher=uac",
        Some(Refresher::Peer) => ";refresher=uas",
        None => "",
    };
    let mut headers = vec![Header::Supported("timer".into()), Header::SessionExpires(format!("{interval_s}{refresher}").into())];
    if let Some(least) = min_se_s {
        headers.push(Header::MinSE(least.to_string().into()));
    }
    headers
}

/// As the one who asked: what a 2xx says is agreed; nothing said, nothing kept.
pub fn agreed(response: &Headers) -> Option<SessionTimer> {
    let said = session_expires(response)?;
    let refresher = match said.refresher.as_deref() {
        Some(name) if name.eq_ignore_ascii_case("uas") => Refresher::Peer,
        _ => Refresher::Us,
    };
    Some(SessionTimer { interval_s: said.interval_s.max(1), refresher })
}

/// The Min-SE of a 422.
pub fn min_se_of(response: &Headers) -> Option<u32> {
    number(response, "Min-SE")
}

impl SessionTimer {
    /// When to act, from the last refresh: refresh at half the interval, or give up shortly before
    /// its end (a third of it, 32 s at most).
    pub fn due(&self) -> Duration {
        let interval_ms = u64::from(self.interval_s) * 1_000;
        Duration::from_millis(match self.refresher {
            Refresher::Us => interval_ms / 2,
            Refresher::Peer => interval_ms - (interval_ms / 3).min(32_000),
        })
    }
}

/// When to ask again for a refresh that was refused: in a while, or when the other side says, but while
/// something of the session is `left`, before the other side would end the call. One that has not ended
/// it then is there, and is not pressed. `chance` is between 0 and 1, so that two who ask each other at
/// the same time do not do so again.
pub fn ask_again(refused: u32, retry_after: Option<Duration>, left: Duration, chance: f64) -> Duration {
    let wanted = retry_after.unwrap_or_else(|| AGAIN.mul_f64(1.0 + chance) * (1 << refused.min(DOUBLED_MAX)));
    let wanted = wanted.min(AGAIN_MAX);
    if left.is_zero() { wanted } else { wanted.min(left / 2).max(AGAIN_MIN) }
}

/// What a refusal says about when to try again.
pub fn retry_after(response: &Headers) -> Option<Duration> {
    let value = values(response, "Retry-After").next()?;
    let digits = value.split([' ', ';', '(', '\t']).next()?;
    digits.parse().ok().map(Duration::from_secs)
}

struct Said {
    interval_s: u32,
    refresher: Option<String>,
}

fn session_expires(headers: &Headers) -> Option<Said> {
    let value = values(headers, "Session-Expires").next()?;
    let mut pieces = value.split(';');
    let interval_s = pieces.next()?.trim().parse().ok()?;
    let refresher = pieces.find_map(|piece| {
        let (name, value) = piece.split_once('=')?;
        name.trim().eq_ignore_ascii_case("refresher").then(|| value.trim().to_owned())
    });
    Some(Said { interval_s, refresher })
}

fn number(headers: &Headers, name: &str) -> Option<u32> {
    values(headers, name).next()?.split(';').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> Headers {
        let header = |(name, value): &(&str, &str)| rsipstack::sip::headers::make_header(name, (*value).to_owned());
        lines.iter().map(header).collect::<Vec<_>>().into()
    }

    #[test]
    fn what_is_asked_is_answered() {
        let peer = |interval_s| Ok(SessionTimer { interval_s, refresher: Refresher::Peer });
        let us = |interval_s| Ok(SessionTimer { interval_s, refresher: Refresher::Us });
        // (request, our interval, agreed)
        let check: [(&[(&str, &str)], u32, _); 8] = [
            (&[("Supported", "timer"), ("Session-Expires", "600")], 1800, peer(600)),
            (&[("k", "100rel, timer"), ("x", "600;refresher=uas")], 1800, us(600)),
            (&[("Supported", "timer"), ("Session-Expires", "3600;refresher=uac")], 1800, peer(1800)),
            (&[("Supported", "timer"), ("Session-Expires", "3600"), ("Min-SE", "2000")], 1800, peer(2000)),
            (&[("Supported", "timer")], 1800, peer(1800)),
            (&[], 1800, us(1800)),
            (&[("Supported", "timer"), ("Session-Expires", "60")], 1800, Err(IntervalTooSmall { min_se_s: 90 })),
            (&[("Session-Expires", "60")], 1800, us(90)),
        ];
        for (request, ours_s, expected) in check {
            assert_eq!(answer(&headers(request), ours_s).map(|(timer, _)| timer), expected, "{request:?}");
        }
    }

    #[test]
    fn both_sides_agree_on_who_refreshes() {
        for refresher in [None, Some(Refresher::Us), Some(Refresher::Peer)] {
            let asked: Headers = request(600, refresher, None).into();
            let (theirs, said) = answer(&asked, 1800).unwrap();
            let ours = agreed(&said.into()).unwrap();
            assert_eq!(ours.interval_s, theirs.interval_s);
            assert_ne!(ours.refresher, theirs.refresher, "{refresher:?}");
        }
    }

    #[test]
    fn a_refused_refresh_is_asked_for_again_while_the_session_lasts() {
        let seconds = Duration::from_secs;
        // (refused before, Retry-After, left of the session, chance, asked again after)
        for (refused, retry_after, left, chance, again) in [
            (0, None, seconds(900), 0.0, seconds(2)),
            (0, None, seconds(900), 1.0, seconds(4)),
            (1, None, seconds(900), 0.5, seconds(6)),
            (90, None, seconds(900), 0.0, seconds(64)),
            (0, Some(seconds(10)), seconds(900), 0.0, seconds(10)),
            (0, Some(seconds(u64::MAX)), seconds(60), 0.0, seconds(30)),
            (0, None, seconds(1), 0.0, AGAIN_MIN),
            (0, None, Duration::ZERO, 1.0, seconds(4)),
            (0, Some(seconds(u64::MAX)), Duration::ZERO, 0.0, AGAIN_MAX),
        ] {
            assert_eq!(ask_again(refused, retry_after, left, chance), again, "{refused} {retry_after:?} {left:?}");
        }
        for (value, expected) in [("5", Some(5)), ("18 (in a while)", Some(18)), ("7;duration=60", Some(7)), ("soon", None), ("-1", None)] {
            assert_eq!(retry_after(&headers(&[("Retry-After", value)])), expected.map(seconds), "{value}");
        }
    }

    #[test]
    fn the_clock_follows_the_standard() {
        let due = |interval_s, refresher| SessionTimer { interval_s, refresher }.due().as_secs();
        assert_eq!(due(1800, Refresher::Us), 900);
        assert_eq!(due(1800, Refresher::Peer), 1768);
        assert_eq!(due(90, Refresher::Peer), 60);
    }
}
