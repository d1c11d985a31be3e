//! What-if questions: a scenario file says who calls, who works and what is changed, and the live router
//! answers. [`Scenario::read`] makes plain values of its text, [`Scenario::prepare`] makes cases of it with
//! the texts of the plans it names, [`Study::run`] runs them day by day on the same callers, and [`Report`]
//! says what came of it.
//!
//! No file is opened here and no clock is read: texts come in, and whoever wants to see progress or to stop
//! a run hands in how.

pub mod answer;
mod plan_text;
mod prepare;
mod read;
mod report;
mod study;
mod table;

#[cfg(test)]
mod tests;

pub use report::{CaseReport, Delta, DeltaOf, Report, Row};
pub use study::{Case, CaseFindings, Findings, Study, Watch};

use crate::callers::{Handling, Hours};
use domain::{
    RegionId, SiteId,
    intent::{Intent, Language},
    plan::OperatorProfile,
};
use jiff::civil::Date;
use std::sync::Arc;

/// More days than this are no question that one run answers.
pub const DAYS_MAX: usize = 10_000;
/// A scenario is a page of text, not a book.
pub const SCENARIO_BYTES_MAX: usize = 1 << 20;
/// No country rings more than this on a day, and no centre has more people.
pub const CALLS_PER_DAY_MAX: usize = 200_000;
pub const OPERATORS_MAX: usize = 5_000;

/// A question as its file has it.
#[derive(Clone, Debug)]
pub struct Scenario {
    whole: Spot,
    pub title: String,
    pub question: String,
    pub days: usize,
    pub seed: u64,
    ground: Ground,
    /// What holds in every variant.
    everywhere: Change,
    variants: Vec<Variant>,
}

/// The day that a question is about: it stands in the scenario itself, or in the file that it names as its
/// `base`, so that several questions can be asked of one day.
#[derive(Clone, Debug)]
struct Ground {
    /// Whose plan is in force: the name of a deployment, or a file that ends in `.toml`.
    plan: String,
    plan_spot: Spot,
    date: Date,
    warm_up_ms: u64,
    window: Option<Hours>,
    desk: crate::Desk,
    desk_spot: Spot,
    demand: DemandText,
    regions: Vec<RegionText>,
    matters: Vec<MatterText>,
    staff: Vec<StaffText>,
}

/// Where something is written, for faults that are found later.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Spot {
    file: Arc<str>,
    /// 0 for the file as a whole.
    line: usize,
}

#[derive(Clone, Debug, Default)]
struct DemandText {
    busyness: Option<f64>,
    profile: Vec<f64>,
    languages: Vec<(Language, f64)>,
}

#[derive(Clone, Debug)]
struct RegionText {
    spot: Spot,
    id: RegionId,
    calls_per_day: usize,
}

#[derive(Clone, Debug)]
struct MatterText {
    intent: Intent,
    share: f64,
    handling: Handling,
    patience_mean_s: f64,
}

#[derive(Clone, Debug)]
struct Variant {
    spot: Spot,
    name: String,
    change: Change,
}

/// What makes one case differ from another.
#[derive(Clone, Debug, Default)]
struct Change {
    plan: Option<String>,
    /// Path, line and value of what is set in the plan, and path and line of what is taken out of it.
    set: Vec<(String, Spot, toml::Value)>,
    unset: Vec<(String, Spot)>,
    staff: Vec<StaffText>,
    without: Vec<Without>,
    outages: Vec<Outage>,
    busier: Vec<Busier>,
    to_eservices: Vec<Share>,
    rung_back: Vec<(Share, Hours, Hours)>,
}

#[derive(Clone, Debug)]
struct StaffText {
    spot: Spot,
    count: usize,
    profile: OperatorProfile,
    duty: Hours,
    pauses: Vec<Hours>,
}

/// Fewer operators of a site.
#[derive(Clone, Debug)]
struct Without {
    spot: Spot,
    site: SiteId,
    count: usize,
}

#[derive(Clone, Debug)]
struct Outage {
    spot: Spot,
    site: SiteId,
    hours: Hours,
}

/// Times as many calls; no intents or regions are all.
#[derive(Clone, Debug)]
struct Busier {
    spot: Spot,
    intents: Vec<Intent>,
    regions: Vec<RegionId>,
    by: f64,
}

/// A share of the callers about some matters; none are all.
#[derive(Clone, Debug)]
struct Share {
    intents: Vec<Intent>,
    share: f64,
}
