//! Callers: when they come, from where, about what, how long they are spoken with and how long they are
//! willing to wait. A [`Caller`] is a plain value and says nothing of its source: [`Demand`] invents them here,
//! but the engine takes whoever it is given.
//!
//! A demand that is changed ([`Stream::kept`], [`Stream::moves`], streams that are added) leaves everybody
//! else as they were: whoever rings in both of two demands is the same person, with the same patience.

use crate::chance::{Chance, Purpose};
use domain::{
    ContactId, MatterId, RegionId,
    contact::Channel,
    intent::{Intent, Language},
    place::{PlaceEstimate, PlaceSource},
    routing::{Event, Intake},
};

/// A day without a change of the clock.
pub const DAY_MS: i64 = 24 * 3_600_000;
/// Whoever is to be rung back is tried for this long at most.
const CALL_BACK_MS_MAX: u64 = 12 * 3_600_000;

/// How long callers are spoken with, what is written afterwards included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Handling {
    /// As it is found in most centres; the variation is the standard deviation over the mean.
    Lognormal { mean_s: f64, variation: f64 },
    /// As the closed forms have it.
    Exponential { mean_s: f64 },
}

/// Callers of one region about one matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Tells its draws from those of every other stream; no two of a demand have the same.
    pub number: u32,
    pub region: RegionId,
    pub intent: Intent,
    /// Expected calls from midnight to midnight, before `kept`.
    pub calls_per_day: f64,
    pub handling: Handling,
    pub patience_mean_s: f64,
    /// The share that still rings.
    pub kept: f64,
    pub moves: Vec<Move>,
}

/// A share of those who ring at some times is rung back at others.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    pub share: f64,
    pub from: Hours,
    pub to: Hours,
}

/// Part of a day, in milliseconds since midnight; one that ends before it begins goes over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Hours {
    #[must_use]
    pub fn contain(&self, ms: i64) -> bool {
        let ms = ms.rem_euclid(DAY_MS);
        if self.from_ms <= self.to_ms { self.from_ms <= ms && ms < self.to_ms } else { ms >= self.from_ms || ms < self.to_ms }
    }

    #[must_use]
    pub fn length_ms(&self) -> i64 {
        if self.from_ms <= self.to_ms { self.to_ms - self.from_ms } else { self.to_ms - self.from_ms + DAY_MS }
    }
}

/// Who comes on a day. Arrivals are Poisson at a rate that is constant within each piece of the profile,
/// patience is exponential and counts from arrival in line.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    pub streams: Vec<Stream>,
    /// Weights of equally long pieces of the day, in any unit; only their proportion counts.
    pub profile: Vec<f64>,
    /// Days differ: each is busier or calmer as a whole by a Gamma factor of mean 1 and this standard
    /// deviation. None is Poisson alone, which understates risk.
    pub busyness: Option<f64>,
    /// Each language with its share; they sum to 1.
    pub languages: Vec<(Language, f64)>,
    pub channel: Channel,
}

/// One caller; times in whole milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Since midnight of the day that counts; before it, for whoever comes in the warm-up.
    pub arrives_ms: i64,
    pub region: RegionId,
    pub intent: Intent,
    pub language: Language,
    pub channel: Channel,
    pub handling_ms: u64,
    /// Since arrival in line.
    pub patience_ms: u64,
    /// Waits at home: an operator rings. Never part of a service level.
    pub rung_back: bool,
}

impl Caller {
    /// Comes into line at once, as contact and matter of this number.
    #[must_use]
    pub fn arrival(&self, number: u64) -> Event {
        Event::CallArrived {
            contact: ContactId(number),
            matter: MatterId(number),
            channel: self.channel,
            place: Some(PlaceEstimate::whole(PlaceSource::Stated, self.region.clone())),
            intake: Intake { intent: Some(self.intent), ..Intake::of_caller(self.language) },
        }
    }
}

impl Demand {
    /// The callers of one day in order of arrival; of two in the same millisecond the one of the earlier
    /// stream first.
    #[must_use]
    pub fn callers(&self, chance: Chance) -> Vec<Caller> {
        let busyness = self.busyness.map_or(1.0, |deviation| chance.gamma(deviation, Purpose::Busyness));
        let mut callers: Vec<Caller> = self.streams.iter().flat_map(|stream| self.of_stream(stream, busyness, chance)).collect();
        callers.sort_by_key(|caller| caller.arrives_ms);
        callers
    }

    /// A Poisson stream of rate 1, laid over the expected number of calls since midnight.
    fn of_stream<'a>(&'a self, stream: &'a Stream, busyness: f64, chance: Chance) -> impl Iterator<Item = Caller> + 'a {
        let calls = stream.calls_per_day * busyness;
        let weight: f64 = self.profile.iter().sum();
        let rates: Vec<f64> = self.profile.iter().map(|piece| calls * piece / weight).collect();
        let piece_s = DAY_MS as f64 / 1_000.0 / self.profile.len() as f64;
        let key_of = move |nth: u64| (u64::from(stream.number) << 32) | nth;
        let (mut expected, mut before, mut piece) = (0.0, 0.0, 0);
        let arrivals = (0..).map_while(move |nth| {
            expected += chance.exponential(key_of(nth), Purpose::Arrival);
            while before + rates.get(piece)? < expected {
                before += rates[piece];
                piece += 1;
            }
            Some((key_of(nth), (piece as f64 + (expected - before) / rates[piece]) * piece_s))
        });
        let kept = arrivals.filter(move |(key, _)| stream.kept >= 1.0 || chance.uniform(*key, Purpose::Kept, 0) < stream.kept);
        kept.map(move |(key, second)| self.caller(stream, key, second, chance))
    }

    fn caller(&self, stream: &Stream, key: u64, second: f64, chance: Chance) -> Caller {
        let handling_s = match stream.handling {
            // With mean m and variation v: sigma^2 = ln(1 + v^2), mu = ln(m) - sigma^2 / 2.
            Handling::Lognormal { mean_s, variation } => {
                let variance = variation.powi(2).ln_1p();
                (mean_s.ln() - variance / 2.0 + variance.sqrt() * chance.normal(key, Purpose::Handling)).exp()
            }
            Handling::Exponential { mean_s } => mean_s * chance.exponential(key, Purpose::Handling),
        };
        let patience_s = stream.patience_mean_s * chance.exponential(key, Purpose::Patience);
        let mut caller = Caller {
            arrives_ms: whole_ms(second) as i64,
            region: stream.region.clone(),
            intent: stream.intent,
            language: self.language(key, chance),
            channel: self.channel,
            handling_ms: whole_ms(handling_s),
            patience_ms: whole_ms(patience_s),
            rung_back: false,
        };
        let moved = stream.moves.iter().find(|moved| moved.from.contain(caller.arrives_ms));
        if let Some(Move { share, to, .. }) = moved
            && chance.uniform(key, Purpose::Moved, 0) < *share
        {
            let later_ms = chance.uniform(key, Purpose::MovedTo, 0) * to.length_ms() as f64;
            caller.arrives_ms = (to.from_ms + later_ms as i64).rem_euclid(DAY_MS);
            (caller.channel, caller.patience_ms, caller.rung_back) = (Channel::HandOver, CALL_BACK_MS_MAX, true);
        }
        caller
    }

    fn language(&self, key: u64, chance: Chance) -> Language {
        // Nothing is drawn where there is nothing to choose.
        let [(first, _), others @ ..] = self.languages.as_slice() else { return Language::English };
        if others.is_empty() {
            return *first;
        }
        let mut left = chance.uniform(key, Purpose::Language, 0);
        let fitting = self.languages.iter().find(|(_, share)| {
            left -= share;
            left < 0.0
        });
        fitting.map_or(*first, |(language, _)| *language)
    }
}

fn whole_ms(seconds: f64) -> u64 {
    (seconds * 1_000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand() -> Demand {
        let mut profile = vec![1.0; 24];
        (profile[3], profile[12]) = (0.0, 6.0);
        let stream = |number, name: &str, calls_per_day| Stream {
            number,
            region: RegionId::new(name),
            intent: Intent::Tip,
            calls_per_day,
            handling: Handling::Lognormal { mean_s: 480.0, variation: 0.8 },
            patience_mean_s: 1_800.0,
            kept: 1.0,
            moves: Vec::new(),
        };
        Demand {
            streams: vec![stream(0, "a", 100.0), stream(1, "b", 300.0)],
            profile,
            busyness: None,
            languages: vec![(Language::Swedish, 0.9), (Language::English, 0.1)],
            channel: Channel::Telephone,
        }
    }

    fn of(demand: &Demand, region: &str) -> Vec<Caller> {
        let all = (0..20).flat_map(|day| demand.callers(Chance::of_day(3, day)));
        all.filter(|caller| caller.region.as_str() == region).collect()
    }

    #[test]
    fn as_many_come_as_are_expected_in_each_hour_and_region() {
        let days = 400;
        let callers: Vec<Caller> = (0..days).flat_map(|day| demand().callers(Chance::of_day(3, day))).collect();
        let check = |name: &str, holds: &dyn Fn(&Caller) -> bool, expected_per_day: f64| {
            let found = callers.iter().filter(|caller| holds(caller)).count() as f64;
            let expected = expected_per_day * days as f64;
            assert!((found - expected).abs() <= 4.0 * expected.sqrt(), "{name}: {found} for {expected}");
        };
        check("all", &|_| true, 400.0);
        check("region a", &|caller| caller.region.as_str() == "a", 100.0);
        check("English", &|caller| caller.language == Language::English, 40.0);
        check("hour 3", &|caller| caller.arrives_ms / 3_600_000 == 3, 0.0);
        check("hour 12", &|caller| caller.arrives_ms / 3_600_000 == 12, 400.0 * 6.0 / 28.0);
        check("hour 23", &|caller| caller.arrives_ms / 3_600_000 == 23, 400.0 / 28.0);
        let mean = |of: fn(&Caller) -> u64| callers.iter().map(of).sum::<u64>() as f64 / callers.len() as f64 / 1_000.0;
        let handling = mean(|caller| caller.handling_ms);
        assert!((handling - 480.0).abs() < 4.0 * 480.0 * 0.8 / (callers.len() as f64).sqrt(), "{handling}");
        let patience = mean(|caller| caller.patience_ms);
        assert!((patience - 1_800.0).abs() < 4.0 * 1_800.0 / (callers.len() as f64).sqrt(), "{patience}");
    }

    #[test]
    fn what_changes_for_one_stream_leaves_the_others_as_they_were() {
        let mut more = demand();
        more.streams[0].calls_per_day = 200.0;
        more.streams.push(Stream { number: 2, kept: 0.5, ..more.streams[0].clone() });
        assert_eq!(of(&demand(), "b"), of(&more, "b"));
    }

    #[test]
    fn whoever_still_rings_is_who_rang_before() {
        let mut fewer = demand();
        fewer.streams[1].kept = 0.8;
        let (all, kept) = (of(&demand(), "b"), of(&fewer, "b"));
        let mut others = all.iter();
        assert!(kept.iter().all(|caller| others.any(|other| other == caller)), "somebody else came");
        let share = kept.len() as f64 / all.len() as f64;
        assert!((share - 0.8).abs() < 4.0 * (0.16 / all.len() as f64).sqrt(), "{share}");
    }

    #[test]
    fn whoever_is_rung_back_comes_by_day_and_everybody_else_as_before() {
        let hour = 3_600_000;
        let (night, day) = (Hours { from_ms: 20 * hour, to_ms: 7 * hour }, Hours { from_ms: 9 * hour, to_ms: 15 * hour });
        let mut moved = demand();
        moved.streams[1].moves = vec![Move { share: 0.5, from: night, to: day }];
        let (before, after) = (of(&demand(), "b"), of(&moved, "b"));
        assert_eq!(before.len(), after.len());
        let back: Vec<&Caller> = after.iter().filter(|caller| caller.rung_back).collect();
        assert!(back.iter().all(|caller| day.contain(caller.arrives_ms)));
        let nightly = before.iter().filter(|caller| night.contain(caller.arrives_ms)).count() as f64;
        assert!((back.len() as f64 - nightly / 2.0).abs() < 4.0 * (nightly / 4.0).sqrt(), "{} of {nightly}", back.len());
        let by_day = |all: &[Caller]| {
            all.iter().filter(|caller| !caller.rung_back && !night.contain(caller.arrives_ms)).cloned().collect::<Vec<_>>()
        };
        assert_eq!(by_day(&before), by_day(&after));
    }
}
