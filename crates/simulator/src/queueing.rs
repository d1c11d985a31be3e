//! Closed forms of waiting lines: Erlang's B, C and A, and the line with a limit. All of Poisson
//! arrivals, exponential handling and first come, first served; all safe at a thousand operators, where
//! powers and factorials overflow.
//!
//! Rates are per second, times in seconds. Nothing here is used for routing.

/// A line in which callers come at `arrivals` a second, are spoken with for `handling_s` on average, by
/// `operators` people.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Line {
    pub arrivals: f64,
    pub handling_s: f64,
    pub operators: u32,
}

/// What a line is like in the long run. Shares are of all who come; waits of those who were turned away
/// are left out.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measures {
    /// Comes in and finds nobody free.
    pub p_wait: f64,
    /// Over all who came in.
    pub mean_wait_s: f64,
    /// Over those who were answered.
    pub mean_answer_s: f64,
    /// Answered within the time, of all who come.
    pub in_time: f64,
    /// The same of all but those who gave up within the time: nobody can say whether they would have been.
    pub in_time_of_rest: f64,
    /// Gave up.
    pub p_abandon: f64,
    /// Was turned away.
    pub p_block: f64,
    pub occupancy: f64,
    /// How many wait on average.
    pub waiting: f64,
}

/// Terms that add less than this of the whole no longer matter.
const NEGLIGIBLE: f64 = 1e-18;
/// No sum has more terms than this.
const TERMS_MAX: u32 = 10_000_000;

impl Line {
    /// Offered load in erlang.
    #[must_use]
    pub fn load(&self) -> f64 {
        self.arrivals * self.handling_s
    }

    fn service_rate(&self) -> f64 {
        f64::from(self.operators) / self.handling_s
    }

    /// Nobody waits: who finds all busy is turned away.
    #[must_use]
    pub fn without_waiting(&self) -> Measures {
        let p_block = erlang_b(self.load(), self.operators);
        let in_time = 1.0 - p_block;
        Measures {
            p_wait: 0.0,
            mean_wait_s: 0.0,
            mean_answer_s: 0.0,
            in_time,
            in_time_of_rest: in_time,
            p_abandon: 0.0,
            p_block,
            occupancy: self.load() * in_time / f64::from(self.operators),
            waiting: 0.0,
        }
    }

    /// Everybody waits for ever (Erlang C). None when more come than can be answered.
    #[must_use]
    pub fn with_endless_patience(&self, within_s: f64) -> Option<Measures> {
        let p_wait = erlang_c(self.load(), self.operators)?;
        // Whoever waits does so exponentially, at the rate by which answering outdoes arriving.
        let spare = self.service_rate() - self.arrivals;
        let in_time = 1.0 - p_wait * (-spare * within_s).exp();
        let mean_wait_s = p_wait / spare;
        Some(Measures {
            p_wait,
            mean_wait_s,
            mean_answer_s: mean_wait_s,
            in_time,
            in_time_of_rest: in_time,
            p_abandon: 0.0,
            p_block: 0.0,
            occupancy: self.load() / f64::from(self.operators),
            waiting: self.arrivals * mean_wait_s,
        })
    }

    /// Everybody gives up after an exponential time of this mean (Erlang A).
    #[must_use]
    pub fn with_patience(&self, patience_s: f64, within_s: f64) -> Measures {
        let ahead = Ahead::with_patience(self, patience_s);
        // How fast the line moves, in units of one caller's patience.
        let speed = self.service_rate() * patience_s;
        let mut sums = Measures { in_time: 1.0 - ahead.p_wait, ..NONE };
        let (mut answered, mut answer_s, mut given_up_in_time, mut slowness) = (1.0 - ahead.p_wait, 0.0, 0.0, 0.0);
        for (share, chances) in ahead.shares.iter().zip(Chances::new(speed, within_s / patience_s)) {
            let Chance { place, answered_in_time, moved_up } = chances;
            let total = speed + place;
            slowness += patience_s / total;
            sums.in_time += share * answered_in_time;
            sums.mean_wait_s += share * place * patience_s / total;
            answered += share * speed / total;
            answer_s += share * speed / total * slowness;
            // Out of the line by then in either way, less those who were answered.
            let out = 1.0 - (1.0 - moved_up) * (-within_s / patience_s).exp();
            given_up_in_time += share * (out - answered_in_time);
        }
        // Everybody who waits gives up at the same rate.
        let p_abandon = sums.mean_wait_s / patience_s;
        Measures {
            p_wait: ahead.p_wait,
            mean_answer_s: answer_s / answered,
            in_time_of_rest: sums.in_time / (1.0 - given_up_in_time),
            p_abandon,
            occupancy: self.load() * (1.0 - p_abandon) / f64::from(self.operators),
            waiting: self.arrivals * sums.mean_wait_s,
            ..sums
        }
    }

    /// No more than `room` callers at once, spoken with or waiting; the next is turned away.
    #[must_use]
    pub fn with_room(&self, room: u32, within_s: f64) -> Measures {
        let places = room.saturating_sub(self.operators);
        let growth = self.load() / f64::from(self.operators);
        // States from "all busy, nobody waits" on, as multiples of that state.
        let full: Vec<f64> = (0..=places).map(|waiting| growth.powf(f64::from(waiting))).collect();
        let whole = 1.0 / erlang_b(self.load(), self.operators) - 1.0 + full.iter().sum::<f64>();
        let state = |waiting: u32| growth.powf(f64::from(waiting)) / whole;
        let p_block = state(places);
        let admitted = 1.0 - p_block;
        let p_wait = (0..places).map(state).sum::<f64>() / admitted;
        let moved = within_s * self.service_rate();
        // Of those with j ahead: fewer than j + 1 answered within the time.
        let (mut late, mut at_most, mut term) = (0.0, 0.0, (-moved).exp());
        for j in 0..places {
            at_most += term;
            term *= moved / (f64::from(j) + 1.0);
            late += state(j) * at_most;
        }
        let waiting: f64 = (0..=places).map(|waiting| f64::from(waiting) * state(waiting)).sum();
        let in_time = admitted - late;
        let mean_wait_s = waiting / (self.arrivals * admitted);
        Measures {
            p_wait,
            mean_wait_s,
            mean_answer_s: mean_wait_s,
            in_time,
            in_time_of_rest: in_time,
            p_abandon: 0.0,
            p_block,
            occupancy: self.load() * admitted / f64::from(self.operators),
            waiting,
        }
    }
}

const NONE: Measures = Measures {
    p_wait: 0.0,
    mean_wait_s: 0.0,
    mean_answer_s: 0.0,
    in_time: 0.0,
    in_time_of_rest: 0.0,
    p_abandon: 0.0,
    p_block: 0.0,
    occupancy: 0.0,
    waiting: 0.0,
};

/// Share of calls that find all of `operators` busy where nobody waits (Erlang B), for a load in erlang.
/// By 1/B(k) = 1 + k/load / B(k-1), which never grows beyond what a float holds without B being nought.
#[must_use]
pub fn erlang_b(load: f64, operators: u32) -> f64 {
    if load <= 0.0 {
        return if operators == 0 { 1.0 } else { 0.0 };
    }
    1.0 / (1..=operators).fold(1.0, |inverse, k| 1.0 + f64::from(k) / load * inverse)
}

/// Share of calls that wait where everybody has endless patience (Erlang C). None when the load is not
/// below the number of operators: then the line grows for ever.
#[must_use]
pub fn erlang_c(load: f64, operators: u32) -> Option<f64> {
    let occupancy = load / f64::from(operators);
    let blocked = erlang_b(load, operators);
    (occupancy < 1.0).then(|| blocked / (1.0 - occupancy * (1.0 - blocked)))
}

/// How many wait when a caller joins.
struct Ahead {
    /// Share of callers who find all operators busy and j callers waiting, j from 0.
    shares: Vec<f64>,
    p_wait: f64,
}

impl Ahead {
    /// Each state beyond "all busy" is the one before times arrivals / (answers + given up), reckoned in
    /// logarithms from the likeliest on, so that no load overflows.
    fn with_patience(line: &Line, patience_s: f64) -> Self {
        let (rate, step) = (line.service_rate(), 1.0 / patience_s);
        let (mut logs, mut log, mut top) = (vec![0.0_f64], 0.0_f64, 0.0_f64);
        for waiting in 1..TERMS_MAX {
            log += (line.arrivals / (rate + f64::from(waiting) * step)).ln();
            top = top.max(log);
            if log < top + NEGLIGIBLE.ln() {
                break;
            }
            logs.push(log);
        }
        let below = 1.0 / erlang_b(line.load(), line.operators) - 1.0;
        let weights: Vec<f64> = logs.iter().map(|log| (log - top).exp()).collect();
        let beyond: f64 = weights.iter().sum();
        let whole = beyond + below * (-top).exp();
        Self { shares: weights.iter().map(|weight| weight / whole).collect(), p_wait: beyond / whole }
    }
}

/// What a caller can expect who finds so many ahead.
struct Chance {
    /// From 1: those ahead and the caller.
    place: f64,
    /// To be answered within the time, and before giving up.
    answered_in_time: f64,
    /// That the line has moved on to them within the time, had they stayed.
    moved_up: f64,
}

/// The chances of a caller with 0, 1, 2… ahead. Times are in units of one caller's patience.
///
/// With j ahead, s the speed of the line and x = exp(-time), the first is s/(s+j+1) (1 - I_x(s+1, j+1)) and
/// the second 1 - I_x(s, j+1). I_x(a, n) is the sum over b < n of x^a (1-x)^b G(a+b) / (G(a) b!), every term
/// of which follows from the one before; in logarithms, as x^a may be smaller than any float.
struct Chances {
    speed: f64,
    answered: Beta,
    moved: Beta,
    place: f64,
}

impl Chances {
    fn new(speed: f64, time: f64) -> Self {
        Self { speed, answered: Beta::new(speed + 1.0, time), moved: Beta::new(speed, time), place: 0.0 }
    }
}

impl Iterator for Chances {
    type Item = Chance;

    fn next(&mut self) -> Option<Chance> {
        self.place += 1.0;
        let (speed, place) = (self.speed, self.place);
        let answered_in_time = speed / (speed + place) * (1.0 - self.answered.next_sum());
        Some(Chance { place, answered_in_time, moved_up: 1.0 - self.moved.next_sum() })
    }
}

/// I_x(a, 1), I_x(a, 2), …
struct Beta {
    a: f64,
    log_complement: f64,
    log_term: f64,
    sum: f64,
    b: f64,
}

impl Beta {
    /// x = exp(-time).
    fn new(a: f64, time: f64) -> Self {
        Self { a, log_complement: (-(-time).exp_m1()).ln(), log_term: -time * a, sum: 0.0, b: 0.0 }
    }

    fn next_sum(&mut self) -> f64 {
        self.sum += self.log_term.exp();
        self.log_term += self.log_complement + ((self.a + self.b) / (self.b + 1.0)).ln();
        self.b += 1.0;
        self.sum.min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_that_overflow_a_factorial_are_reckoned() {
        let check = |found: f64, expected: f64| assert!((found - expected).abs() <= 1e-12, "{found}, not {expected}");
        check(erlang_b(0.0, 0), 1.0);
        check(erlang_b(0.0, 5), 0.0);
        check(erlang_b(1.0, 1), 0.5);
        check(erlang_b(1e-9, 200), 0.0);
        assert_eq!(erlang_c(10.0, 10), None);
        // One operator: the load itself.
        check(erlang_c(0.8, 1).unwrap(), 0.8);
        // Twelve hundred with twice their load: half give up, however they wait.
        let measures = Line { arrivals: 5.0, handling_s: 480.0, operators: 1_200 }.with_patience(600.0, 20.0);
        check(measures.p_abandon, 0.5);
        check(measures.p_wait, 1.0);
    }

    /// With endless time, whoever is not answered has given up; with none, who does not wait is answered.
    #[test]
    fn the_ends_of_time_are_those_of_the_accounts() {
        let line = Line { arrivals: 0.05, handling_s: 300.0, operators: 14 };
        let (never, ever) = (line.with_patience(240.0, 0.0), line.with_patience(240.0, 1e6));
        assert!((never.in_time - (1.0 - never.p_wait)).abs() < 1e-12, "{never:?}");
        assert!((ever.in_time - (1.0 - ever.p_abandon)).abs() < 1e-12, "{ever:?}");
        let patient = line.with_patience(1e10, 30.0);
        let endless = line.with_endless_patience(30.0);
        assert_eq!(endless, None, "more come than can be answered");
        assert!(patient.p_wait > 0.999_999, "{patient:?}");
        let below = Line { arrivals: 0.04, ..line };
        let (patient, endless) = (below.with_patience(1e10, 30.0).in_time, below.with_endless_patience(30.0).unwrap().in_time);
        assert!((patient - endless).abs() < 1e-6, "{patient} {endless}");
    }
}
