//! Running the cases of a question: day by day, every case of a day on the same callers, several days at a
//! time. What comes out is the same whatever the number of threads.

use crate::{
    Caller, Centre, Digest, SimulationFault,
    callers::DAY_MS,
    chance::Chance,
    figures::{Groups, Rules},
};
use domain::Timestamp;
use sha2::{Digest as _, Sha256};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

/// The evening before and the morning after have draws of their own.
const EVE: u64 = 0x6576_6500_0000_0000;
const MORROW: u64 = 0x6d6f_7272_6f77_0000;
/// Callers still come for this long after the last that counts, so that nobody finds the centre too empty.
const AFTER_MS: i64 = 3_600_000;

/// One way of doing things.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub centre: Centre,
    pub rules: Rules,
}

/// A question, ready to be run.
#[derive(Clone, Debug)]
pub struct Study {
    pub title: String,
    pub question: String,
    pub days: u64,
    pub seed: u64,
    /// Before midnight; nothing of it is counted.
    pub warm_up_ms: i64,
    pub midnight: Timestamp,
    pub cases: Vec<Case>,
}

/// How a run is watched and stopped.
pub struct Watch<'a> {
    pub threads: usize,
    /// Days that are under way are finished, no more are begun.
    pub stop: &'a AtomicBool,
    /// Told how many days are done.
    pub done: &'a (dyn Fn(u64) + Sync),
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseFindings {
    /// All days together, with single waits.
    pub sum: Groups,
    /// In the order of days, without single waits.
    pub days: Vec<Groups>,
    pub operators: usize,
    /// SHA-256 over the digests of the decisions of each day.
    pub decisions_sha256: String,
}

/// In the order of the cases. Fewer days than were asked for when the run was stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    pub days: u64,
    pub cases: Vec<CaseFindings>,
}

/// A case on one day.
type DayFound = (Groups, String);

/// What has come in so far.
#[derive(Default)]
struct Gathered {
    sums: Vec<Groups>,
    days: Vec<(u64, Result<Vec<DayFound>, SimulationFault>)>,
}

impl Gathered {
    /// Sums of whole numbers are the same in whatever order days come in.
    fn take(&mut self, day: u64, mut found: Result<Vec<DayFound>, SimulationFault>) {
        for (nth, (groups, _)) in found.iter_mut().flatten().enumerate() {
            self.sums.resize_with(self.sums.len().max(nth + 1), Groups::default);
            self.sums[nth].add(groups);
            groups.forget_waits();
        }
        self.days.push((day, found));
    }
}

impl Study {
    /// # Errors
    /// [`SimulationFault`] of the earliest day that has one.
    pub fn run(&self, watch: &Watch<'_>) -> Result<Findings, SimulationFault> {
        let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
        let gathered = Mutex::new(Gathered::default());
        let work = || {
            while !watch.stop.load(Ordering::Relaxed) {
                let day = next.fetch_add(1, Ordering::Relaxed);
                if day >= self.days {
                    break;
                }
                let found: Result<Vec<DayFound>, _> = self.cases.iter().map(|case| self.run_day(case, day)).collect();
                if found.is_err() {
                    next.store(self.days, Ordering::Relaxed);
                }
                gathered.lock().unwrap_or_else(PoisonError::into_inner).take(day, found);
                (watch.done)(done.fetch_add(1, Ordering::Relaxed) + 1);
            }
        };
        thread::scope(|scope| {
            (1..watch.threads.max(1)).for_each(|_| drop(scope.spawn(work)));
            work();
        });
        let Gathered { sums, mut days } = gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
        days.sort_by_key(|(day, _)| *day);
        let days = days.into_iter().map(|(_, found)| found).collect::<Result<Vec<_>, _>>()?;
        Ok(self.fold(sums, days))
    }

    fn run_day(&self, case: &Case, day: u64) -> Result<DayFound, SimulationFault> {
        let callers = self.callers(&case.centre, day);
        let mut digest = Digest::default();
        let course = case.centre.live_through(&callers, self.midnight, -self.warm_up_ms, &mut digest);
        let counted = || callers.iter().zip(&course.fates).filter(|(caller, _)| (0..DAY_MS).contains(&caller.arrives_ms));
        let (offered, ended) = (counted().count() as u64, counted().filter(|(_, fate)| fate.end.is_some()).count() as u64);
        if ended < offered {
            return Err(SimulationFault::Lost { day, offered, ended });
        }
        Ok((Groups::of_day(&case.centre, &case.rules, &callers, &course), digest.finish()))
    }

    /// Whoever comes on the day, and around it where there is a warm-up.
    fn callers(&self, centre: &Centre, day: u64) -> Vec<Caller> {
        let today = centre.demand.callers(Chance::of_day(self.seed, day));
        if self.warm_up_ms == 0 {
            return today;
        }
        let around = |seed: u64, shift_ms: i64| {
            let callers = centre.demand.callers(Chance::of_day(self.seed ^ seed, day)).into_iter();
            callers.map(move |caller| Caller { arrives_ms: caller.arrives_ms + shift_ms, ..caller })
        };
        let eve = around(EVE, -DAY_MS).filter(|caller| caller.arrives_ms >= -self.warm_up_ms);
        let morrow = around(MORROW, DAY_MS).filter(|caller| caller.arrives_ms < DAY_MS + AFTER_MS);
        eve.chain(today).chain(morrow).collect()
    }

    fn fold(&self, sums: Vec<Groups>, days: Vec<Vec<DayFound>>) -> Findings {
        let count = days.len() as u64;
        let mut by_case: Vec<(Vec<Groups>, Sha256)> = self.cases.iter().map(|_| Default::default()).collect();
        for of_day in days {
            for ((all, decisions), (groups, digest)) in by_case.iter_mut().zip(of_day) {
                decisions.update(digest);
                all.push(groups);
            }
        }
        let sums = sums.into_iter().chain(std::iter::repeat_with(Groups::default));
        let cases = self.cases.iter().zip(by_case).zip(sums).map(|((case, (days, decisions)), sum)| CaseFindings {
            sum,
            days,
            operators: case.centre.staff.len(),
            decisions_sha256: decisions.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
        });
        Findings { days: count, cases: cases.collect() }
    }
}
