//! The shapes of a report in the API: as it is kept, with what a person should look at once more.

use crate::words::Words;
use domain::{
    Timestamp,
    report::{CrimeDegree, PartyRole, Property, Remark, ReportCrime, ReportDraft, ReportKind, ReportParty},
};
use serde::{Deserialize, Serialize};
use switchboard::Deployment;
use utoipa::ToSchema;

/// A report to keep. `base` is the version last seen, 0 for none.
#[derive(Deserialize, ToSchema)]
pub struct ReportToSave {
    pub base: u64,
    #[schema(value_type = ReportBody)]
    pub draft: ReportDraft,
}

#[derive(Serialize, ToSchema)]
pub struct ReportSaved {
    pub version: u64,
    pub saved: i64,
    /// What a person should look at once more; it is kept all the same.
    pub remarks: Vec<ReportRemark>,
}

/// A number with a slip of the pen, a crime code of another time and the like.
#[derive(Serialize, ToSchema)]
pub struct ReportRemark {
    /// The path of the field ("crimes.0.code").
    pub field: String,
    #[schema(example = "code_of_another_time")]
    pub rule: &'static str,
    /// The same in words.
    pub what: String,
}

impl ReportRemark {
    /// Of a draft as it stands.
    #[must_use]
    pub fn all(words: Words, deployment: &Deployment, draft: &ReportDraft, now: Timestamp) -> Vec<Self> {
        let told = |Remark { field, rule }| Self { field, rule: rule.word(), what: words.named("remark", rule.word()) };
        deployment.remarks(draft, now).into_iter().map(told).collect()
    }
}

#[derive(Serialize, ToSchema)]
pub struct ReportKept {
    /// 0 when nothing has been written yet.
    pub version: u64,
    #[schema(value_type = ReportBody)]
    pub draft: ReportDraft,
    pub remarks: Vec<ReportRemark>,
}

/// The document's shape of a report; what is read and sent is the domain's own type.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct ReportBody {
    #[schema(value_type = Option<String>, example = "theft")]
    kind: Option<ReportKind>,
    /// The authority's own number of it, once it has one.
    #[schema(example = "5000-K12345-26")]
    number: String,
    #[schema(max_items = 100)]
    crimes: Vec<ReportCrimeBody>,
    #[schema(max_length = 50_000)]
    what_happened: String,
    place: String,
    municipality: Option<String>,
    /// Local time as `YYYY-MM-DDTHH:MM`, `YYYY-MM-DD` or `THH:MM`, as far as it is known; empty when it is not.
    from: String,
    to: String,
    #[schema(max_items = 100)]
    parties: Vec<ReportPartyBody>,
    #[schema(max_items = 100)]
    property: Vec<PropertyBody>,
    traces: String,
    damage: String,
    measures: String,
}

#[derive(ToSchema)]
#[allow(dead_code)]
struct ReportCrimeBody {
    #[schema(example = "9830")]
    code: String,
    #[schema(value_type = String, example = "completed")]
    degree: CrimeDegree,
}

#[derive(ToSchema)]
#[allow(dead_code)]
struct ReportPartyBody {
    #[schema(value_type = String, example = "victim")]
    role: PartyRole,
    name: String,
    identity_number: String,
    telephone: String,
    mail: String,
    note: String,
}

#[derive(ToSchema)]
#[allow(dead_code)]
struct PropertyBody {
    what: String,
    mark: String,
    identity_number: String,
    value: String,
}

/// Fails to compile when a field of the domain's report has no shape above.
#[allow(dead_code)]
fn every_field_has_a_shape(draft: ReportDraft) -> ReportBody {
    let ReportDraft { kind, number, crimes, what_happened, place, municipality, from, to, parties, property, traces, damage, measures } =
        draft;
    let party = |ReportParty { role, name, identity_number, telephone, mail, note }| ReportPartyBody {
        role,
        name,
        identity_number,
        telephone,
        mail,
        note,
    };
    let thing = |Property { what, mark, identity_number, value }| PropertyBody { what, mark, identity_number, value };
    let crimes = crimes.into_iter().map(|ReportCrime { code, degree }| ReportCrimeBody { code, degree }).collect();
    let (parties, property) = (parties.into_iter().map(party).collect(), property.into_iter().map(thing).collect());
    ReportBody { kind, number, crimes, what_happened, place, municipality, from, to, parties, property, traces, damage, measures }
}
