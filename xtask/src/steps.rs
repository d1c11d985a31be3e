//! Steps in order: a heading before each, its duration after it, a table of all at the end. The
//! first fault ends the row.

use anyhow::{Context, Result};
use std::time::{Duration, Instant};

/// One thing that must succeed.
pub struct Step<'a> {
    pub name: &'static str,
    /// What it holds us to, for the heading.
    pub about: &'static str,
    pub work: Box<dyn FnOnce() -> Result<()> + 'a>,
}

/// Runs the steps and prints where the time went, also when one of them fails.
pub fn run(steps: Vec<Step<'_>>) -> Result<()> {
    let count = steps.len();
    let mut spent = Vec::new();
    let mut outcome = Ok(());
    for (index, step) in steps.into_iter().enumerate() {
        println!("\n=== {} ({}/{count}): {}", step.name, index + 1, step.about);
        let begun = Instant::now();
        let result = (step.work)().with_context(|| format!("step `{}`", step.name));
        spent.push((step.name, begun.elapsed(), result.is_ok()));
        if result.is_err() {
            outcome = result;
            break;
        }
    }
    println!("\n{}", table(&spent));
    outcome
}

/// Name, duration and verdict of each step, and the sum.
fn table(spent: &[(&str, Duration, bool)]) -> String {
    let mut lines = vec![format!("{:<10} {:>9}  {}", "step", "time", "verdict")];
    for (name, time, passed) in spent {
        lines.push(format!("{name:<10} {:>9}  {}", clock(*time), if *passed { "held" } else { "FAILED" }));
    }
    let total = spent.iter().map(|(_, time, _)| *time).sum();
    lines.push(format!("{:<10} {:>9}", "all", clock(total)));
    lines.join("\n")
}

/// Minutes and seconds, seconds with one decimal.
pub fn clock(time: Duration) -> String {
    let tenths = time.as_millis() / 100;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;
    use std::cell::Cell;

    #[test]
    fn the_first_fault_ends_the_row() {
        let reached = Cell::new(0);
        let count = || {
            reached.set(reached.get() + 1);
            Ok(())
        };
        let steps = vec![
            Step { name: "one", about: "", work: Box::new(count) },
            Step { name: "two", about: "", work: Box::new(|| bail!("broken")) },
            Step { name: "three", about: "", work: Box::new(count) },
        ];
        let fault = format!("{:#}", run(steps).unwrap_err());
        assert_eq!((fault.as_str(), reached.get()), ("step `two`: broken", 1));
    }

    #[test]
    fn durations_read_as_a_clock() {
        for (ms, shown) in [(0, "0:00.0"), (1_260, "0:01.2"), (59_990, "0:59.9"), (60_000, "1:00.0"), (754_300, "12:34.3")] {
            assert_eq!(clock(Duration::from_millis(ms)), shown);
        }
    }
}
