//! What the call itself tells of the report to be written. It may be wrong (a number is an area, not a
//! place; a caller may speak for somebody else), so it is shown to be checked and is no fact until then.

use domain::{
    form::Catalogue,
    intent::Intent,
    report::{ReportDraft, ReportKind},
    routing::ContactView,
};
use jiff::civil::Date;
use switchboard::CallerDetails;

/// Crimes suggested at most: a form may be about more kinds than anybody wants to look through.
const CRIMES_MAX: usize = 3;

#[derive(Default)]
pub(super) struct Suggestion {
    pub kind: Option<ReportKind>,
    pub place: Option<String>,
    pub municipality: Option<String>,
    /// The number that rings, as the reporter's.
    pub telephone: Option<String>,
    /// Codes of the crimes that a form is about, as they were in use when it happened.
    pub crimes: Vec<String>,
}

impl Suggestion {
    pub fn of(contact: &ContactView, caller: Option<&CallerDetails>) -> Self {
        let municipality = |caller: &CallerDetails| Some(caller.locality.as_ref()?.municipality.as_ref()?.name.clone());
        Self {
            kind: contact.intent.and_then(kind_of),
            place: caller.and_then(|caller| caller.place_text.clone()),
            municipality: caller.and_then(municipality),
            telephone: caller.and_then(|caller| caller.number.clone()),
            crimes: Vec::new(),
        }
    }

    /// Of a report that a citizen wrote by a form.
    pub fn of_form(forms: &Catalogue, form: Option<&str>, draft: &ReportDraft, today: Date) -> Self {
        let codes = form.and_then(|form| forms.form(form)).map(|form| form.codes.as_slice()).unwrap_or_default();
        let (day, crimes) = (draft.day(today), &forms.crimes);
        let in_use = codes.iter().filter(|code| crimes.on(code, day).is_some());
        Self { crimes: in_use.take(CRIMES_MAX).cloned().collect(), ..Self::default() }
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
