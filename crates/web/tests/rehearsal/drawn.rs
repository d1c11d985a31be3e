//! Pages drawn from the made-up centre.

use super::*;

/// Desk, board and lead's page of every scene, by name.
pub fn pages(language: Language, role: domain::access::Role) -> Vec<(String, String)> {
    let reader = web::access::Reader::by_session(ME, "Plats 01".into(), role, "none");
    let preferences = web::preferences::Preferences { language, theme: web::preferences::Theme::System };
    let deployment = deployment();
    let mut found = Vec::new();
    for scene in Scene::ALL {
        let live = live(scene);
        let desk = desk(&live, &deployment, preferences, caller(scene), report(scene));
        found.push((format!("desk {scene:?}"), web::desk::draw(&desk, &reader, preferences).into_string()));
        let board = web::board::Sight { words: preferences.words(), deployment: &deployment, live: &live, now: now() };
        found.push((format!("board {scene:?}"), web::board::draw(&board, None, preferences).into_string()));
        let lead = web::lead::Sight { words: preferences.words(), deployment: &deployment, live: &live, now: now() };
        found.push((format!("lead {scene:?}"), web::lead::draw(&lead, &reader, preferences).into_string()));
    }
    found
}

/// The desk with `text` in every place where a person's words stand.
pub fn pages_with_words(text: &str) -> Vec<String> {
    let preferences = web::preferences::Preferences { language: Language::English, theme: web::preferences::Theme::System };
    let reader = web::access::Reader::by_session(ME, text.into(), domain::access::Role::Operator, "none");
    let (deployment, mut live) = (deployment(), live(Scene::Talking));
    live.names = live.names.into_keys().map(|operator| (operator, text.to_owned())).collect();
    let mut caller = caller(Scene::Talking).unwrap();
    caller.number = Some(text.into());
    caller.display_name = Some(text.into());
    caller.place_text = Some(text.into());
    caller.words = vec![text.into()];
    let (version, mut draft) = report(Scene::Talking).unwrap();
    for field in [&mut draft.what_happened, &mut draft.place, &mut draft.from, &mut draft.to, &mut draft.traces, &mut draft.measures] {
        text.clone_into(field);
    }
    draft.municipality = Some(text.into());
    for party in &mut draft.parties {
        for field in [&mut party.name, &mut party.identity_number, &mut party.telephone, &mut party.note] {
            text.clone_into(field);
        }
    }
    for thing in &mut draft.property {
        for field in [&mut thing.what, &mut thing.mark, &mut thing.identity_number, &mut thing.value] {
            text.clone_into(field);
        }
    }
    let sight = desk(&live, &deployment, preferences, Some(caller), Some((version, draft)));
    vec![web::desk::draw(&sight, &reader, preferences).into_string()]
}

fn desk<'a>(
    live: &'a Live,
    deployment: &'a switchboard::Deployment,
    preferences: web::preferences::Preferences,
    caller: Option<CallerDetails>,
    report: Option<(u64, ReportDraft)>,
) -> web::desk::Sight<'a> {
    web::desk::Sight { words: preferences.words(), deployment, live, operator: ME, name: "Plats 01", now: now(), caller, report }
}
