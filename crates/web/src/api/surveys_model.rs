//! The shapes of surveys.

use crate::surveys::{Month, shown, whole};
use domain::{
    RegionId,
    plan::{EarlierSurvey, Plan},
    survey::{Shares, Tally},
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What those came to who were asked in a month.
#[derive(Serialize, ToSchema)]
pub struct SurveyMonth {
    #[schema(example = "2026-11")]
    pub month: String,
    pub whole: SurveyShares,
    /// Those of the plan, and under none those whose region nobody knows.
    pub regions: Vec<RegionShares>,
    /// What surveys of before found.
    pub earlier: Vec<EarlierShares>,
}

#[derive(Serialize, ToSchema)]
pub struct RegionShares {
    #[schema(example = "vast")]
    pub region: Option<String>,
    #[serde(flatten)]
    pub shares: SurveyShares,
}

#[derive(Serialize, ToSchema)]
pub struct SurveyShares {
    pub asked: u64,
    pub answered: u64,
    pub treatment: Satisfied,
    pub handling: Satisfied,
    pub accessibility: Satisfied,
}

/// How many of those who answered said good or very good. Of fewer than five answers only their number is told.
#[derive(Serialize, ToSchema)]
pub struct Satisfied {
    pub answers: u64,
    pub satisfied_permille: Option<u16>,
    /// In 95 cases of 100 the share of all lies between these (Wilson's interval).
    pub from_permille: Option<u16>,
    pub to_permille: Option<u16>,
}

#[derive(Serialize, ToSchema)]
pub struct EarlierShares {
    #[schema(example = "2018")]
    pub name: String,
    pub treatment_permille: u16,
    pub handling_permille: u16,
    pub accessibility_permille: u16,
}

impl SurveyMonth {
    pub fn of(month: Month, plan: &Plan, by_region: &BTreeMap<Option<RegionId>, Shares>) -> Self {
        let regions = by_region
            .iter()
            .map(|(region, shares)| RegionShares { region: region.as_ref().map(ToString::to_string), shares: SurveyShares::of(shares) });
        Self {
            month: month.to_string(),
            whole: SurveyShares::of(&whole(by_region)),
            regions: regions.collect(),
            earlier: plan.survey.iter().flat_map(|rule| &rule.before).map(EarlierShares::of).collect(),
        }
    }
}

impl SurveyShares {
    fn of(shares: &Shares) -> Self {
        let Shares { asked, answered, treatment, handling, accessibility } = *shares;
        let [treatment, handling, accessibility] = [treatment, handling, accessibility].map(Satisfied::of);
        Self { asked, answered, treatment, handling, accessibility }
    }
}

impl Satisfied {
    fn of(tally: Tally) -> Self {
        let known = shown(tally);
        let interval = known.and_then(|tally| tally.interval());
        Self {
            answers: tally.count,
            satisfied_permille: known.and_then(|tally| tally.share_permille()),
            from_permille: interval.map(|found| found.from_permille),
            to_permille: interval.map(|found| found.to_permille),
        }
    }
}

impl EarlierShares {
    fn of(earlier: &EarlierSurvey) -> Self {
        let EarlierSurvey { name, treatment_permille, handling_permille, accessibility_permille } = earlier.clone();
        Self { name, treatment_permille, handling_permille, accessibility_permille }
    }
}
