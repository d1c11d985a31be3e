//! The shapes of keeping and erasing.

use crate::{names, retention::Told, words::Words};
use domain::{contact::Reference, plan::Plan};
use serde::{Deserialize, Serialize};
use storage::Hold;
use utoipa::ToSchema;

/// How long what is kept, what was erased, and what is held.
#[derive(Serialize, ToSchema)]
pub struct RetentionStand {
    /// Those of the plan in its order, then those that only earlier plans had.
    pub classes: Vec<ClassKept>,
    /// Latest first.
    pub months: Vec<ErasedMonth>,
    /// Longest held first; why stands with each matter.
    pub held: Vec<HeldMatter>,
}

#[derive(Serialize, ToSchema)]
pub struct ClassKept {
    #[schema(example = "report")]
    pub class: String,
    /// In the language asked for.
    pub name: String,
    /// So long after a matter is closed; none until somebody erases it.
    pub kept_ms: Option<u64>,
    /// Matters that are due within a week and that nobody holds.
    pub due_within_week: u64,
}

#[derive(Serialize, ToSchema)]
pub struct ErasedMonth {
    #[schema(example = "2026-11")]
    pub month: String,
    /// Whole matters after their time; classes without any are left out.
    pub classes: Vec<ErasedClass>,
    /// Single contacts, by `svar journal erase`.
    pub contacts_by_hand: u64,
}

#[derive(Serialize, ToSchema)]
pub struct ErasedClass {
    #[schema(example = "report")]
    pub class: String,
    pub matters: u64,
}

#[derive(Serialize, ToSchema)]
pub struct HeldMatter {
    #[schema(example = "29146313")]
    pub reference: String,
    pub since: i64,
    /// The account's number.
    pub by: u64,
}

impl RetentionStand {
    pub fn of(words: Words, plan: &Plan, told: &Told) -> Self {
        let classes = told.classes(plan).into_iter().map(|class| ClassKept {
            name: names::class_of_id(words, plan, &class),
            kept_ms: plan.kept_ms(&class),
            due_within_week: told.due(plan, &class),
            class: class.to_string(),
        });
        let months = told.months.iter().zip(&told.report.erased).map(|(month, erased)| ErasedMonth {
            month: month.to_string(),
            classes: erased
                .iter()
                .filter_map(|(class, count)| class.as_ref().map(|class| ErasedClass { class: class.to_string(), matters: count.matters }))
                .collect(),
            contacts_by_hand: erased.values().map(|count| count.contacts_by_hand).sum(),
        });
        let held = told.report.held.iter().map(|hold| HeldMatter {
            reference: Reference::of(hold.matter).digits(),
            since: hold.since.0,
            by: hold.by.0,
        });
        Self { classes: classes.collect(), months: months.collect(), held: held.collect() }
    }
}

/// That a matter is held: nothing of it is erased.
#[derive(Serialize, ToSchema)]
pub struct HoldRow {
    pub since: i64,
    /// The account's number.
    pub by: u64,
    /// For those alone who see persons.
    pub reason: Option<String>,
}

impl HoldRow {
    /// The hold that it is under; none when there is none.
    pub fn of(holds: &[Hold]) -> Option<Self> {
        let hold = holds.iter().find(|hold| hold.lifted.is_none())?;
        let reason = hold.reason.as_ref().map(|reason| reason.text().to_owned());
        Some(Self { since: hold.since.0, by: hold.by.0, reason })
    }
}

/// Why a matter is held, or let go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldBody {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}
