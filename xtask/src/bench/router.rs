//! The router alone: what an event costs, however many work and wait. The simulator's program `curve` runs R1's
//! seven regions at growing size; each size runs in turn, and the least of all rounds counts, because the
//! router does the same each time.

use super::{Figure, Place, build, server::on_one_core, thousands};
use crate::child;
use anyhow::{Context, Result};
use serde::Deserialize;

/// How many times over R1's 49 operators work: 1,225, 4,018 and 12,005.
const FACTORS: [u32; 3] = [25, 82, 245];
const WAITING: [u32; 3] = [0, 500, 5_000];
const ROUNDS: usize = 3;

/// What the program says, in one line of JSON.
#[derive(Deserialize, Clone, Copy)]
struct Told {
    operators: u32,
    waiting: f64,
    events_per_cpu_s: f64,
    p50_us: f64,
    p99_us: f64,
    allocations_per_event: f64,
}

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    build::example(place, "simulator", "curve")?;
    let sizes = || WAITING.iter().flat_map(|waiting| FACTORS.iter().map(move |factor| (*factor, *waiting)));
    let mut best: Vec<Option<Told>> = vec![None; sizes().count()];
    for _ in 0..ROUNDS {
        for ((factor, waiting), best) in sizes().zip(&mut best) {
            let told = run(place, factor, waiting)?;
            *best = Some(best.map_or(told, |before| before.better(told)));
        }
    }
    let best: Vec<Told> = best.into_iter().flatten().collect();
    // Sizes with as many in line stand together, the smallest first.
    Ok(best.chunks(FACTORS.len()).flat_map(|curve| curve.iter().map(|told| told.figure(&curve[0]))).collect())
}

fn run(place: &Place, factor: u32, waiting: u32) -> Result<Told> {
    let mut command = on_one_core(&place.example("curve"));
    let line = child::told(command.args([factor, waiting].map(|number| number.to_string())))?;
    serde_json::from_str(&line).with_context(|| format!("`curve` printed something else than its figures: {line}"))
}

impl Told {
    fn better(self, other: Self) -> Self {
        Self {
            events_per_cpu_s: self.events_per_cpu_s.max(other.events_per_cpu_s),
            p50_us: self.p50_us.min(other.p50_us),
            p99_us: self.p99_us.min(other.p99_us),
            ..self
        }
    }

    /// Beside the smallest with as many in line, and what growing with the logarithm alone would come to.
    fn figure(&self, smallest: &Self) -> Figure {
        let log = |told: &Self| (f64::from(told.operators) + told.waiting).ln();
        let value = format!(
            "{:>9} events per CPU second, p50 {:.2} us, p99 {:.2} us, {:.1} allocations an event; cost {:.2} times the smallest's, \
             the logarithm's {:.2}",
            thousands(self.events_per_cpu_s),
            self.p50_us,
            self.p99_us,
            self.allocations_per_event,
            smallest.events_per_cpu_s / self.events_per_cpu_s,
            log(self) / log(smallest),
        );
        Figure::new(format!("{:>6} operators, {:>5} in line", thousands(f64::from(self.operators)), thousands(self.waiting)), value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_held_against_the_smallest() {
        let told = |operators, events_per_cpu_s, p50_us| Told {
            operators,
            waiting: 0.0,
            events_per_cpu_s,
            p50_us,
            p99_us: 4.0,
            allocations_per_event: 1.5,
        };
        let smallest = told(100, 1_000_000.0, 0.5);
        let larger = told(10_000, 500_000.0, 0.9).better(told(10_000, 400_000.0, 0.8));
        let figure = larger.figure(&smallest);
        assert_eq!(figure.name, "10,000 operators,     0 in line");
        assert_eq!(
            figure.value,
            "  500,000 events per CPU second, p50 0.80 us, p99 4.00 us, 1.5 allocations an event; cost 2.00 times the smallest's, \
             the logarithm's 2.00"
        );
    }
}
