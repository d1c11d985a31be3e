//! Where it is about: a municipality as it is written, a county, or nobody knows.

use super::{
    super::{
        Sight,
        parts::{self, Field, Wrong, too_long},
    },
    Fields, Page, Step,
    drafts::{Draft, Place},
    framed,
    written::{self, PLACE_CHARS_MAX},
};
use domain::place::CountyCode;
use maud::{Markup, html};

const MUNICIPALITY: &str = "municipality";
const COUNTY: &str = "county";
const UNKNOWN: &str = "unknown";
/// The words that the browser offers while one writes.
const LIST: &str = "municipalities";
/// Names that are told when one is not known.
const LIKE_MAX: usize = 4;

pub(super) fn draw(page: &Page<'_>) -> Markup {
    let (sight, words, place) = (page.sight, page.sight.words, &page.draft.place);
    let areas = &sight.deployment.places.areas;
    let title = words.t("booking-place");
    let (label, hint) = (words.t("booking-municipality"), words.t("booking-municipality-hint"));
    let municipality = Field {
        name: MUNICIPALITY,
        label: &label,
        hint: Some(&hint),
        value: &place.municipality,
        kind: "text",
        autocomplete: "off",
        lines: 1,
        list: Some(LIST),
        wrong: page.wrong,
    };
    let content = html! {
        h1 .govuk-heading-l { (title) }
        p .govuk-body { (words.t("booking-place-about")) }
        (parts::form(&html! {
            (municipality.draw())
            datalist id=(LIST) { @for known in areas.municipalities() { option value=(known.name) {} } }
            div .govuk-form-group {
                label .govuk-label .govuk-label--s for=(COUNTY) { (words.t("booking-county")) }
                select .govuk-select id=(COUNTY) name=(COUNTY) {
                    option value="" { (words.t("booking-county-none")) }
                    @for (code, county) in areas.counties() {
                        option value=(code) selected[place.county == Some(code)] { (county.name) }
                    }
                }
            }
            (parts::tick(UNKNOWN, &words.t("booking-place-unknown"), place.unknown))
            (parts::button(&words.t("public-go-on")))
        }))
    };
    framed(page, Step::Place, &title, &content)
}

/// What is written says more than what is chosen, and that more than "I do not know".
pub(super) fn take(sight: &Sight, fields: &Fields, draft: &mut Draft) -> Vec<Wrong> {
    let areas = &sight.deployment.places.areas;
    let municipality = written::line(fields.get(MUNICIPALITY));
    let county = CountyCode::new(fields.get(COUNTY)).filter(|code| areas.counties().any(|(known, _)| known == *code));
    let unknown = fields.get(UNKNOWN) == "yes";
    let estimate = if municipality.is_empty() {
        county.and_then(|code| areas.of_county(code))
    } else {
        areas.by_name(&municipality).and_then(|known| areas.of_municipality(&known.code))
    };
    let region = estimate.as_ref().and_then(|estimate| estimate.region().cloned());
    let answered = region.is_some() || (unknown && municipality.is_empty() && county.is_none());
    draft.place = Place { municipality, county, unknown, region, answered };
    if answered {
        return Vec::new();
    }
    let written = &draft.place.municipality;
    if let Some(wrong) = too_long(sight, MUNICIPALITY, written, PLACE_CHARS_MAX) {
        return vec![wrong];
    }
    vec![Wrong::new(MUNICIPALITY, if written.is_empty() { sight.words.t("booking-place-wrong") } else { not_known(sight, written) })]
}

fn not_known(sight: &Sight, written: &str) -> String {
    let like = sight.deployment.places.areas.beginning(written, LIKE_MAX);
    let names: Vec<&str> = like.iter().map(|known| known.name.as_str()).collect();
    if names.is_empty() {
        sight.words.t("booking-place-not-known")
    } else {
        sight.words.with("booking-place-like", [("names", names.join(", ").into())])
    }
}

pub(super) fn said(sight: &Sight, draft: &Draft) -> String {
    let place = &draft.place;
    let areas = &sight.deployment.places.areas;
    let county = place.county.and_then(|code| areas.counties().find(|(known, _)| *known == code).map(|(_, county)| county.name.clone()));
    match (place.municipality.is_empty(), county) {
        (false, _) => areas.by_name(&place.municipality).map_or_else(|| place.municipality.clone(), |known| known.name.clone()),
        (true, Some(county)) => county,
        (true, None) => sight.words.t("booking-place-unknown"),
    }
}
