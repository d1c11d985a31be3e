//! The real places and recordings of Sweden, beneath the made-up plan.

use super::*;

pub fn places() -> Places {
    let texts = domain::place::PlaceTexts {
        municipalities: source("municipalities.csv", include_str!("../../../../deployments/sweden/areas/municipalities.csv")),
        counties: source("counties.csv", include_str!("../../../../deployments/sweden/areas/counties.csv")),
        regions: source("regions.csv", include_str!("../../../../deployments/sweden/areas/regions.csv")),
        area_codes: Some(source("area_codes.csv", include_str!("../../../../deployments/sweden/areas/area_codes.csv"))),
        postal_codes: Some(source("postal_codes.csv", include_str!("../../../../deployments/sweden/areas/postal_codes.csv"))),
    };
    Places::read(&texts).unwrap()
}

fn source<'a>(file: &'a str, text: &'a str) -> domain::plan::Source<'a> {
    domain::plan::Source { file, text }
}

pub fn deployment() -> switchboard::Deployment {
    let (plan, places, sounds) = (Arc::new(plan()), Arc::new(places()), Arc::new(sounds()));
    switchboard::Deployment { plan, text: "".into(), places, forms: Arc::default(), sounds, hearing: None }
}

/// The real recordings: pages play nothing, but a deployment has them.
fn sounds() -> switchboard::Sounds {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/sweden/prompts");
    switchboard::Sounds::load(understanding::prompts::Catalogue::load(&folder).unwrap()).unwrap()
}
