//! Desk and lead's page as they are drawn of the made-up centre with something changed, and their text.

use super::{ME, Scene, deployment, live, now, understood};
use domain::{ContactId, access::Role, intent::Language, report::ReportDraft};
use storage::MatterFile;
use switchboard::{CallerDetails, Live};
use web::{
    access::Reader,
    desk, lead,
    preferences::{Preferences, Theme},
};

pub fn reader() -> Reader {
    Reader::by_session(ME, "Plats 01".into(), Role::Leader, "none")
}

pub fn desk_in(
    live: &Live,
    language: Language,
    concluding: Option<ContactId>,
    caller: Option<CallerDetails>,
    matter: Option<MatterFile>,
    report: Option<(u64, ReportDraft)>,
) -> String {
    let deployment = deployment();
    let preferences = Preferences { language, theme: Theme::System };
    let drawn = desk::Sight::of(preferences.words(), (&deployment, live), (ME, "Plats 01"), now());
    let sight = desk::Sight { concluding, caller, matter, report, ..drawn };
    desk::draw(&sight, &reader(), preferences).into_string()
}

/// The text between the tags, in one line; what holds a number and its unit together stays.
pub fn text(page: &str) -> String {
    let told: String = page.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| format!("{text} ")).collect();
    told.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn lead_page(language: Language, change: impl FnOnce(&mut Live)) -> String {
    let (mut live, deployment) = (live(Scene::Talking), deployment());
    change(&mut live);
    let preferences = Preferences { language, theme: Theme::System };
    let understood = understood(Scene::Crowded);
    let (words, now) = (preferences.words(), now());
    let sight = lead::Sight { words, deployment: &deployment, live: &live, now, understood: understood.as_deref() };
    lead::draw(&sight, &reader(), preferences).into_string()
}
