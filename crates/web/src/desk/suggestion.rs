//! What the call itself tells of the report to be written. It may be wrong (a number is an area, not a
//! place; a caller may speak for somebody else), so it is shown to be checked and is no fact until then.

use domain::{intent::Intent, report::ReportKind, routing::ContactView};
use switchboard::CallerDetails;

#[derive(Default)]
pub(super) struct Suggestion {
    pub kind: Option<ReportKind>,
    pub place: Option<String>,
    pub municipality: Option<String>,
    /// The number that rings, as the reporter's.
    pub telephone: Option<String>,
}

impl Suggestion {
    pub fn of(contact: &ContactView, caller: Option<&CallerDetails>) -> Self {
        let municipality = |caller: &CallerDetails| Some(caller.locality.as_ref()?.municipality.as_ref()?.name.clone());
        Self {
            kind: contact.intent.and_then(kind_of),
            place: caller.and_then(|caller| caller.place_text.clone()),
            municipality: caller.and_then(municipality),
            telephone: caller.and_then(|caller| caller.number.clone()),
        }
    }
}

/// What a matter is reported as; none for what is no report.
fn kind_of(intent: Intent) -> Option<ReportKind> {
    match intent {
        Intent::ReportTheft => Some(ReportKind::Theft),
        Intent::ReportBicycleTheft => Some(ReportKind::BicycleTheft),
        Intent::ReportFraud => Some(ReportKind::Fraud),
        Intent::ReportDamage => Some(ReportKind::Damage),
        Intent::ReportViolence => Some(ReportKind::Violence),
        Intent::ReportDomesticViolence => Some(ReportKind::DomesticViolence),
        Intent::ReportLostItem => Some(ReportKind::Loss),
        Intent::Tip => Some(ReportKind::Tip),
        Intent::OngoingEmergency
        | Intent::MissingPerson
        | Intent::NoiseDisturbance
        | Intent::Traffic
        | Intent::PassportId
        | Intent::PermitsWeapons
        | Intent::ExistingCaseStatus
        | Intent::LostAndFound
        | Intent::Complaint
        | Intent::Operator
        | Intent::Other => None,
    }
}
