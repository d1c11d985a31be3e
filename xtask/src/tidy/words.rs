//! Words that may not stand in some rooms: what reads a clock in the pure rules, SQL outside
//! storage, HTML outside web, SIP in the domain, people in the telephony, and everywhere code that
//! gives up.

use super::{
    Fault,
    source::{Source, has_word},
};

/// A word in code, where it may not stand, and why.
struct Ban {
    word: &'static str,
    /// Whether the ban holds in this file.
    holds: fn(&Source) -> bool,
    why: &'static str,
}

const PURE: &str = "domain decides by what comes in with the event: no clock, chance, environment, file, thread or float";

const BANS: &[Ban] = &[
    Ban { word: "SystemTime", holds: in_domain, why: PURE },
    Ban { word: "std::time", holds: in_domain, why: PURE },
    Ban { word: "Instant::now", holds: in_domain, why: PURE },
    Ban { word: "Timestamp::now", holds: in_domain, why: PURE },
    Ban { word: "Zoned::now", holds: in_domain, why: PURE },
    Ban { word: "rand", holds: in_domain, why: PURE },
    Ban { word: "std::env", holds: in_domain, why: PURE },
    Ban { word: "std::fs", holds: in_domain, why: PURE },
    Ban { word: "std::io", holds: in_domain, why: PURE },
    Ban { word: "std::net", holds: in_domain, why: PURE },
    Ban { word: "std::process", holds: in_domain, why: PURE },
    Ban { word: "std::thread", holds: in_domain, why: PURE },
    Ban { word: "tokio", holds: in_domain, why: PURE },
    Ban { word: "async", holds: in_domain, why: PURE },
    Ban { word: "HashMap", holds: in_domain, why: "its order changes from run to run; use BTreeMap" },
    Ban { word: "HashSet", holds: in_domain, why: "its order changes from run to run; use BTreeSet" },
    Ban {
        word: "f32",
        holds: decides,
        why: "decisions are made in integers; only src/place may reckon with floats, and hands on integers",
    },
    Ban {
        word: "f64",
        holds: decides,
        why: "decisions are made in integers; only src/place may reckon with floats, and hands on integers",
    },
    Ban { word: "sip", holds: in_domain, why: "domain knows no SIP" },
    Ban { word: "rtp", holds: in_domain, why: "domain knows no RTP" },
    Ban { word: "sdp", holds: in_domain, why: "domain knows no SDP" },
    Ban { word: "OperatorId", holds: in_telephony, why: "telephony knows legs and bridges, no person" },
    Ban { word: "ContactId", holds: in_telephony, why: "telephony knows legs and bridges, no contact" },
    Ban { word: "QueueId", holds: in_telephony, why: "telephony knows legs and bridges, no queue" },
    Ban { word: "sqlx", holds: outside_storage, why: "databases are spoken to in storage alone" },
    Ban { word: "maud", holds: outside_web, why: "pages are written in web alone" },
    Ban { word: "html!", holds: outside_web, why: "pages are written in web alone" },
    Ban { word: "rsipstack", holds: outside_telephony, why: "SIP is spoken in telephony alone" },
    Ban { word: "str0m", holds: outside_telephony, why: "browser sound is spoken in telephony alone" },
    Ban { word: ".unwrap()", holds: anywhere, why: "say what happened and what to do instead; tests may" },
    Ban { word: ".expect(", holds: anywhere, why: "say what happened and what to do instead; tests may" },
    Ban { word: "unimplemented!", holds: anywhere, why: "finish it or leave it out" },
    Ban { word: concat!("to", "do!"), holds: anywhere, why: "finish it or leave it out" },
];

/// Bans that do not hold in one place: path, word, reason. One that is not needed is a fault.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

fn anywhere(_: &Source) -> bool {
    true
}

fn in_domain(source: &Source) -> bool {
    source.room() == Some("domain")
}

fn in_telephony(source: &Source) -> bool {
    source.room() == Some("telephony")
}

fn decides(source: &Source) -> bool {
    in_domain(source) && !source.path.starts_with("crates/domain/src/place/")
}

fn outside_storage(source: &Source) -> bool {
    source.room().is_some_and(|room| room != "storage")
}

fn outside_web(source: &Source) -> bool {
    source.room().is_some_and(|room| room != "web")
}

fn outside_telephony(source: &Source) -> bool {
    source.room().is_some_and(|room| room != "telephony")
}

pub fn check(sources: &[Source]) -> Vec<Fault> {
    check_with(sources, EXCEPTIONS)
}

fn check_with(sources: &[Source], exceptions: &[(&str, &str, &str)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut used = vec![false; exceptions.len()];
    for source in sources {
        for ban in BANS.iter().filter(|ban| (ban.holds)(source)) {
            let found: Vec<usize> = source.working_code().filter(|(_, line)| has_word(line, ban.word)).map(|(number, _)| number).collect();
            let exception = exceptions.iter().position(|(path, word, _)| *path == source.path && *word == ban.word);
            match exception {
                Some(index) => used[index] |= !found.is_empty(),
                None => faults.extend(found.into_iter().map(|line| Fault::new(&source.path, line, format!("`{}`: {}", ban.word, ban.why)))),
            }
        }
        faults.extend(foreign_texts(source));
    }
    let present = |path: &str| sources.iter().any(|source| source.path == path);
    let idle = exceptions.iter().zip(used).filter(|((path, ..), used)| present(path) && !used);
    faults.extend(idle.map(|((path, word, _), _)| {
        Fault::new(path, 0, format!("the exception for `{word}` in xtask/src/tidy/words.rs is no longer needed"))
    }));
    faults
}

/// SQL and HTML between quotes, in rooms that have neither.
fn foreign_texts(source: &Source) -> Vec<Fault> {
    let Some(room) = source.room() else { return Vec::new() };
    let faults = source.working_texts().filter_map(|(line, text)| {
        if room != "storage" && is_sql(text) {
            Some(Fault::new(&source.path, line, "SQL is written in storage alone"))
        } else if room != "web" && is_html(text) {
            Some(Fault::new(&source.path, line, "HTML is written in web alone"))
        } else {
            None
        }
    });
    faults.collect()
}

/// Capital keywords in their order, as SQL is written here.
fn is_sql(text: &str) -> bool {
    const SHAPES: &[(&str, &str)] = &[
        ("SELECT ", " FROM "),
        ("INSERT ", "INTO "),
        ("UPDATE ", " SET "),
        ("DELETE ", "FROM "),
        ("CREATE ", "TABLE "),
        ("ALTER ", "TABLE "),
        ("DROP ", "TABLE "),
    ];
    SHAPES.iter().any(|(first, then)| text.split_once(first).is_some_and(|(_, rest)| rest.contains(then.trim_start())))
}

fn is_html(text: &str) -> bool {
    const TAGS: &[&str] =
        &["<!doctype html", "<html", "<head", "<body", "<div", "<span", "<table", "<form", "<input", "<script", "<p>", "<a href"];
    let small = text.to_ascii_lowercase();
    TAGS.iter().any(|tag| small.contains(tag))
}

#[cfg(test)]
mod tests {
    use super::{
        super::samples::{file, shown},
        *,
    };

    fn check_text(path: &str, text: &str, expected: &[&str]) {
        assert_eq!(shown(&check(&[Source::read(&file(path, text))])), expected, "{text}");
    }

    #[test]
    fn the_pure_rules_stay_pure() {
        let path = "crates/domain/src/routing/order.rs";
        check_text(path, "use std::collections::BTreeMap; // no HashMap", &[]);
        check_text(path, "use std::time::Instant;", &[&format!("{path}:1: `std::time`: {PURE}")]);
        check_text(path, "\nlet x = jiff::Timestamp::now();", &[&format!("{path}:2: `Timestamp::now`: {PURE}")]);
        check_text(path, "use jiff::Timestamp as Instant; Instant::now()", &[&format!("{path}:1: `Instant::now`: {PURE}")]);
        check_text(path, "HashMap", &[&format!("{path}:1: `HashMap`: its order changes from run to run; use BTreeMap")]);
        check_text("crates/domain/src/place/circle.rs", "let x: f64 = 1.0;", &[]);
        assert_eq!(check(&[Source::read(&file(path, "let x: f64 = 1.0; async fn y() { rand::rng() }"))]).len(), 3);
        check_text("crates/switchboard/src/run.rs", "use std::time::Instant;", &[]);
    }

    #[test]
    fn sql_and_html_stay_at_home() {
        let sql = r#"let q = "SELECT id FROM contact";"#;
        check_text("crates/storage/src/records.rs", sql, &[]);
        check_text("crates/web/src/desk.rs", sql, &["crates/web/src/desk.rs:1: SQL is written in storage alone"]);
        check_text("crates/web/src/desk.rs", r#"let q = "Select an entry FROM the list";"#, &[]);
        check_text("crates/switchboard/src/a.rs", r#"let p = "<div>";"#, &["crates/switchboard/src/a.rs:1: HTML is written in web alone"]);
        check_text("crates/interop/src/a.rs", r#"let p = "<gml:pos>";"#, &[]);
        check_text("crates/server/src/a.rs", "html! { p }", &["crates/server/src/a.rs:1: `html!`: pages are written in web alone"]);
    }

    #[test]
    fn nobody_gives_up_outside_tests() {
        check_text("crates/web/src/a.rs", "a.unwrap_or(b); \"x.unwrap()\"; // .unwrap()", &[]);
        check_text("crates/web/src/a.rs", "#[cfg(test)]\nmod tests {\n a.unwrap()\n}", &[]);
        check_text("crates/web/tests/a.rs", "a.unwrap()", &[]);
        check_text(
            "crates/web/src/a.rs",
            "a.unwrap()",
            &["crates/web/src/a.rs:1: `.unwrap()`: say what happened and what to do instead; tests may"],
        );
    }

    #[test]
    fn exceptions_are_needed_or_gone() {
        let exceptions = [("crates/web/src/a.rs", ".expect(", "a reason")];
        let check_with = |text| shown(&check_with(&[Source::read(&file("crates/web/src/a.rs", text))], &exceptions));
        assert_eq!(check_with("a.expect(b)"), Vec::<String>::new());
        assert_eq!(check_with("a"), ["crates/web/src/a.rs: the exception for `.expect(` in xtask/src/tidy/words.rs is no longer needed"]);
    }
}
