//! A report as plain text, to be read in a terminal.

use super::{
    CaseReport, DeltaOf, Report, Row,
    answer::{percent, signed, time, value, verdict},
};
use crate::figures::Measure;
use std::fmt;

type Column = (&'static str, fn(&Row) -> String);

/// What was measured of each group of callers.
const COLUMNS: [Column; 11] = [
    ("offered", |row| row.offered.to_string()),
    ("answered", |row| row.answered.to_string()),
    ("gave up", |row| row.abandoned.to_string()),
    ("short", |row| row.abandoned_short.to_string()),
    ("elsewhere", |row| (row.answered_elsewhere + row.diverted).to_string()),
    ("level", |row| percent(row.service_level)),
    ("over T", |row| percent(row.share_over_t)),
    ("mean wait", |row| time(row.mean_wait_s)),
    ("of answered", |row| time(row.mean_answer_s)),
    ("half wait", |row| time(row.wait_p50_s.map(f64::from))),
    ("9 of 10", |row| time(row.wait_p90_s.map(f64::from))),
];

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n", self.title, self.question)?;
        for sentence in &self.answer {
            writeln!(f, "  {sentence}")?;
        }
        for case in &self.cases {
            self.case(f, case)?;
        }
        self.differences(f)?;
        let partial = if self.is_partial() { format!(" of the {} asked for: the run was stopped", self.days_asked) } else { String::new() };
        write!(
            f,
            "\n{} days{partial}, seed {}. T is {}, the window {}.",
            self.days,
            self.seed,
            time(Some(self.within_s as f64)),
            self.window
        )
    }
}

impl Report {
    fn case(&self, f: &mut fmt::Formatter<'_>, case: &CaseReport) -> fmt::Result {
        writeln!(f, "\n{} ({} operators, occupancy {})", case.name, case.operators, percent(case.occupancy))?;
        write!(f, "{:<26}", "")?;
        COLUMNS.iter().try_for_each(|(name, _)| write!(f, " {name:>11}"))?;
        writeln!(f)?;
        let rung_back = (case.rung_back.offered > 0).then_some(&case.rung_back);
        let rows = [&case.whole, &case.outside].into_iter().chain(rung_back).chain(&case.regions).chain(&case.classes);
        for row in rows.filter(|row| row.offered > 0) {
            write!(f, "{:<26}", row.name)?;
            COLUMNS.iter().try_for_each(|(_, shown)| write!(f, " {:>11}", shown(row)))?;
            writeln!(f)?;
        }
        if case.handed_over > 0 {
            writeln!(f, "{} calls were handed over to another service.", case.handed_over)?;
        }
        Ok(())
    }

    fn differences(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.cases.as_slice() else { return Ok(()) };
        writeln!(f, "\nDifference, \"{}\" less \"{}\": mean over days with its 95 % interval", second.name, first.name)?;
        let shown = self.deltas.iter().filter(|delta| {
            let by_half_hour = delta.of == DeltaOf::HalfHour;
            !by_half_hour
                && matches!(delta.measure, Measure::Level | Measure::MeanWait | Measure::MeanAnswer | Measure::Abandoned | Measure::OverT)
        });
        for delta in shown {
            let (measure, found) = (delta.measure, &delta.difference);
            let interval = format!("({} to {})", signed(measure, found.mean - found.within), signed(measure, found.mean + found.within));
            let from_to = format!("{} → {}", value(measure, delta.first), value(measure, delta.second));
            writeln!(
                f,
                "{:<26} {:<34} {from_to:<27} {:>11} {interval:<28} {}",
                delta.name,
                measure.words(),
                signed(measure, found.mean),
                verdict(delta)
            )?;
        }
        Ok(())
    }
}
