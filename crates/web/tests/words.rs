//! Every key in every language, no key unused, no word left untranslated.
#![allow(clippy::unwrap_used)]

use crate::rehearsal;
use domain::{access::Role, intent::Language};
use rehearsal::Scene;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use web::words::{SOURCES, families};

/// Key and text of each message of a language.
fn messages(language: Language) -> BTreeMap<String, String> {
    let (_, files) = SOURCES.iter().find(|(of, _)| *of == language).unwrap();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in files.iter().flat_map(|file| file.lines()) {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        match line.split_once(" = ").filter(|_| !line.starts_with([' ', '}'])) {
            Some((key, text)) => {
                last = key.to_owned();
                assert!(found.insert(last.clone(), text.to_owned()).is_none(), "{language}: {key} stands twice");
            }
            None => found.get_mut(&last).unwrap().push_str(line),
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { sources(&path, found) } else { found.push(path) }
    }
}

/// Every literal of the code that could be a key.
fn literals() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let code: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    code.split('"')
        .filter(|piece| !piece.is_empty() && piece.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c)))
        .map(str::to_owned)
        .collect()
}

/// Keys that the code builds of two parts.
fn built() -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = families().into_iter().collect();
    for fault in web::fault_words() {
        keys.insert(format!("fault-{}", fault.replace('_', "-")));
        keys.insert(format!("mend-{}", fault.replace('_', "-")));
    }
    keys.extend(web::COMPASS_WAYS.map(|way| format!("compass-{way}")));
    keys.extend(["citizens", "desk", "board", "lead", "surges", "plan", "prompts", "demo-messages"].map(|place| format!("place-{place}")));
    keys.extend(
        ["citizens", "desk", "board", "lead", "surges", "plan", "prompts", "demo-messages", "api"]
            .map(|place| format!("place-about-{place}")),
    );
    keys.extend(["system", "light", "dark"].map(|theme| format!("theme-{theme}")));
    keys.extend(["what-happened", "traces", "damage", "measures", "number", "from", "to"].map(|field| format!("field-{field}")));
    keys.extend(["level", "left", "mean-wait", "diverted", "recorded", "before", "after"].map(|head| format!("trial-{head}-head")));
    keys.extend(web::WEEKDAYS.map(|day| format!("weekday-{day}")));
    keys.extend(web::MONTHS.map(|month| format!("month-{month}")));
    keys.insert("place-api".to_owned());
    keys
}

#[test]
fn every_language_has_the_same_keys_with_the_same_blanks() {
    let blanks =
        |text: &str| text.split('$').skip(1).map(|rest| rest.split([' ', '}']).next().unwrap().to_owned()).collect::<BTreeSet<_>>();
    let first = messages(Language::Swedish);
    for language in Language::ALL {
        let other = messages(*language);
        assert_eq!(first.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{language}");
        for (key, text) in &other {
            assert_eq!(blanks(text), blanks(&first[key]), "{language}: {key}");
        }
    }
}

#[test]
fn every_key_that_the_code_uses_exists_and_none_is_left_over() {
    let (known, literals, built) = (messages(Language::Swedish), literals(), built());
    let missing: Vec<_> = built.iter().filter(|key| !known.contains_key(*key)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    let unused: Vec<_> = known.keys().filter(|key| !literals.contains(*key) && !built.contains(*key)).collect();
    assert!(unused.is_empty(), "unused: {unused:?}");
}

/// Texts of a drawn page, without tags, scripts and what people wrote themselves.
fn texts(page: &str) -> Vec<String> {
    page.split('<')
        .filter_map(|piece| piece.split_once('>'))
        .map(|(_, text)| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

#[test]
fn no_page_shows_a_key_or_a_word_of_another_language() {
    // Words that only stand in one language's catalogue give a page in another language away.
    let only_in = |language: Language| -> BTreeSet<String> {
        let others: BTreeSet<String> =
            Language::ALL.iter().filter(|other| **other != language).flat_map(|other| messages(*other).into_values()).collect();
        messages(language).into_values().filter(|text| text.len() > 6 && !text.contains('{') && !others.contains(text)).collect()
    };
    let keys: BTreeSet<String> = messages(Language::English).into_keys().filter(|key| key.contains('-')).collect();
    for language in Language::ALL {
        let foreign: BTreeSet<String> = Language::ALL.iter().filter(|other| *other != language).flat_map(|other| only_in(*other)).collect();
        for (name, page) in rehearsal::pages(*language, Role::Leader) {
            for text in texts(&page) {
                assert!(!keys.contains(&text), "{language} {name}: the key {text} is shown");
                assert!(!foreign.contains(&text), "{language} {name}: {text:?} is not translated");
            }
        }
    }
}

#[test]
fn every_scene_is_drawn_whole() {
    for (name, page) in rehearsal::pages(Language::English, Role::Leader) {
        for wanted in ["<main", "id=\"content\"", "class=\"skip\"", "<h1", "lang=\"en\"", "</html>"] {
            assert!(page.contains(wanted), "{name} has no {wanted}");
        }
        assert!(!page.contains("style=\"") && !page.contains("onclick") && !page.contains("<style"), "{name} has inline style or script");
        let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        let templated = ids.iter().filter(|id| id.starts_with("r-parties-") || id.starts_with("r-property-")).count();
        assert!(ids.len() - unique.len() <= templated, "{name} uses an id twice: {ids:?}");
        for label in page.split("<label for=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(unique.contains(label), "{name}: the label for {label} labels nothing");
        }
    }
    let of_the_plan = rehearsal::plan_told().len();
    assert_eq!(Scene::ALL.len() * 4 + of_the_plan, rehearsal::pages(Language::English, Role::Leader).len());
}

#[test]
fn what_people_wrote_is_escaped_everywhere() {
    let evil = "</textarea><script>alert(1)</script>\"'&";
    for (name, page) in rehearsal::pages_with_words(evil) {
        assert!(!page.contains("<script>alert"), "{name}: a script came through");
        assert!(!page.contains("</textarea><script"), "{name}: a text left its field");
        assert!(!page.contains("script&gt;\"'&"), "{name}: a text left its attribute");
        assert!(page.contains("&lt;script&gt;alert(1)"), "{name}: the words are not shown at all");
    }
}
