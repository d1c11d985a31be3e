//! Invented callers: they ring, press keys like people who listen first, wait with a patience of
//! their own, talk when somebody answers, and ring again later.

use super::{
    people::CallerPlace,
    world::{News, World},
};
use domain::{
    Timestamp,
    place::{Circle, Position},
};
use interop::pidf_lo::{self, Content, Outgoing};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use switchboard::{Comprehension, Switchboard};
use telephony::{BodyPart, Dial, LegId};
use tokio::{sync::mpsc, time::Instant};

/// The first callers ring at once; the row behind them follows at this distance.
const APART_MS: u64 = 1_500;
const THINK_MS: std::ops::Range<u64> = 2_500..6_000;
const REST_MS: std::ops::Range<u64> = 3_000..25_000;
const PATIENCE_MEAN_S: f64 = 240.0;
/// In line they would rather be rung back, and say that the number is right: one caller in ten.
const CALL_BACK_KEYS: &str = "61";
const CALL_BACK_SHARE: f64 = 0.1;
/// Nobody stays longer than this, whoever answered.
const CALL_MAX: Duration = Duration::from_secs(900);
const RING_MS_MAX: u64 = 20_000;
/// A handset's usual uncertainty.
const HANDSET_RADIUS_M: u32 = 35;

/// What a telephone says whose number is hidden (RFC 3323).
const HIDDEN: &str = "anonymous";

/// What a caller has in hand.
pub struct Line {
    pub world: World,
    pub switchboard: Switchboard,
    pub target: String,
    pub place_in_row: u32,
    pub places: Arc<Vec<CallerPlace>>,
}

/// Stands among keys for saying what it is about.
const SAYS: char = 's';
/// And for listening on.
const LISTENS: char = ' ';

/// The keys somebody presses, one after each question; [`SAYS`] and [`LISTENS`] are none.
struct Matter {
    keys: &'static str,
    /// Of a hundred callers.
    share: u32,
}

/// It is happening now, and somebody is in danger.
const GOING_ON: &str = "91";

const MATTERS: &[Matter] = &[
    // Says what it is about, which has a form; yes, that is right, where it is asked; hears in line that the address can
    // come by text message, and has it sent.
    Matter { keys: "s1   5", share: 40 },
    Matter { keys: "32", share: 25 },
    Matter { keys: "42", share: 8 },
    Matter { keys: "6", share: 7 },
    Matter { keys: "72", share: 7 },
    Matter { keys: "5", share: 4 },
    Matter { keys: "0", share: 4 },
    Matter { keys: "832", share: 3 },
    Matter { keys: GOING_ON, share: 2 },
];

pub async fn ring_again_and_again(line: Line, mut random: StdRng) {
    tokio::time::sleep(Duration::from_millis(u64::from(line.place_in_row) * APART_MS)).await;
    loop {
        if let Some(place) = line.places.choose(&mut random) {
            one_call(&line, place, &mut random).await;
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(REST_MS))).await;
    }
}

async fn one_call(line: &Line, place: &CallerPlace, random: &mut StdRng) {
    let number = place.numbers.map(|row| row.first + random.random_range(0..row.count));
    let dial = Dial {
        target: line.target.clone(),
        from_user: number.map_or_else(|| HIDDEN.to_owned(), |number| format!("+{number}")),
        from_display: None,
        extra_headers: place.position.map(|_| ("Geolocation".to_owned(), format!("<cid:{CONTENT_ID}>"))).into_iter().collect(),
        extra_parts: place.position.and_then(handset_place).into_iter().collect(),
        ring_timeout_ms: RING_MS_MAX,
    };
    // Whoever rings before the centre understands words is asked for keys; one that does understands them ever after.
    let understood = line.switchboard.live().health.comprehension == Comprehension::Ready;
    let matter = choose_matter(understood, random);
    let (leg, mut news) = line.world.ring(dial);
    let patience = Duration::from_secs_f64((-PATIENCE_MEAN_S * (1.0 - random.random::<f64>()).ln()).clamp(20.0, 800.0));
    stay_on_the_line(line, leg, &mut news, matter, (patience, number.is_some()), random).await;
    line.world.hang_up(leg);
}

async fn stay_on_the_line(
    line: &Line,
    leg: LegId,
    news: &mut mpsc::Receiver<News>,
    matter: &Matter,
    (patience, shows_number): (Duration, bool),
    random: &mut StdRng,
) {
    let started = Instant::now();
    let mut leave_at = started + patience;
    let rung_back = shows_number && matter.keys != GOING_ON && random.random_bool(CALL_BACK_SHARE);
    let mut keys = matter.keys.chars().chain(if rung_back { CALL_BACK_KEYS } else { "" }.chars());
    let mut next_key_at: Option<Instant> = None;
    loop {
        let wake = next_key_at.unwrap_or(leave_at).min(leave_at).min(started + CALL_MAX);
        tokio::select! {
            told = news.recv() => match told {
                Some(News::Answered) => next_key_at = Some(soon(random)),
                Some(News::Helped { talk_ms }) => {
                    line.world.speak(leg);
                    next_key_at = None;
                    leave_at = Instant::now() + Duration::from_millis(talk_ms);
                }
                Some(News::Ended) | None => return,
            },
            () = tokio::time::sleep_until(wake) => {
                if Instant::now() >= leave_at || started.elapsed() >= CALL_MAX {
                    return;
                }
                next_key_at = keys.next().map(|key| {
                    match key {
                        SAYS => line.world.say(leg),
                        LISTENS => {}
                        key => line.world.press(leg, key),
                    }
                    soon(random)
                });
            }
        }
    }
}

fn soon(random: &mut StdRng) -> Instant {
    Instant::now() + Duration::from_millis(random.random_range(THINK_MS))
}

/// One of those that only keys are needed for, unless words are `understood`.
fn choose_matter(understood: bool, random: &mut StdRng) -> &'static Matter {
    let possible = || MATTERS.iter().filter(|matter| understood || !matter.keys.contains(SAYS));
    let mut ticket = random.random_range(0..possible().map(|matter| matter.share).sum());
    possible()
        .find(|matter| match ticket.checked_sub(matter.share) {
            Some(rest) => {
                ticket = rest;
                false
            }
            None => true,
        })
        .unwrap_or(&MATTERS[0])
}

const CONTENT_ID: &str = "handset@demo.invalid";

fn handset_place(position: Position) -> Option<BodyPart> {
    let circle = Circle { centre: position, radius_m: Some(HANDSET_RADIUS_M), confidence_permille: Some(680) };
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let text = pidf_lo::write(&Outgoing {
        entity: "sip:caller@demo.invalid",
        content: Content::Area(&circle),
        method: Some("GPS"),
        at: i64::try_from(since_epoch.as_millis()).ok().map(Timestamp),
        retransmission_allowed: true,
        retention_expiry: None,
    })
    .ok()?;
    Some(BodyPart { content_type: "application/pidf+xml".to_owned(), content_id: Some(CONTENT_ID.to_owned()), bytes: text.into_bytes() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn nobody_speaks_who_would_not_be_understood() {
        let mut random = StdRng::seed_from_u64(1);
        let mut spoken = |understood| (0..200).filter(|_| choose_matter(understood, &mut random).keys.contains(SAYS)).count();
        assert_eq!(spoken(false), 0);
        assert!(spoken(true) > 0);
    }
}
