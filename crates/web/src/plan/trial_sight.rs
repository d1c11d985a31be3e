//! What a trial came to, as it is drawn: the whole day measure by measure, then regions and classes. What was
//! stands beside what both plans come to, and what cannot be known is said.

use super::Tried;
use crate::{clock, figures, names, words::Words};
use domain::time::MINUTE_MS;
use maud::{Markup, html};
use simulator::{
    Compared, Group,
    figures::{Calls, Measure},
};

/// A measure's name and how it is written.
type Line = (&'static str, fn(Words, &Calls) -> String);

const WHOLE: [Line; 8] = [
    ("trial-offered", |_, calls| calls.offered.to_string()),
    ("trial-answered", |_, calls| calls.answered.to_string()),
    ("trial-level", level),
    ("trial-left", |_, calls| calls.abandoned.to_string()),
    ("trial-left-soon", |_, calls| calls.short.to_string()),
    ("trial-mean-wait", mean_wait),
    ("trial-diverted", |_, calls| calls.diverted.to_string()),
    ("trial-elsewhere", |_, calls| calls.elsewhere.to_string()),
];
/// What is told of each region and class, three times.
const OF_GROUPS: [Line; 4] = [WHOLE[2], WHOLE[3], WHOLE[5], WHOLE[6]];
/// Whose figures: what was, the day's plan, the text.
const WHOSE: [&str; 3] = ["trial-recorded", "trial-before", "trial-after"];

pub fn draw(words: Words, tried: &Tried) -> Markup {
    let groups = tried.trial.groups();
    let (regions, classes): (Vec<_>, Vec<_>) = groups
        .iter()
        .filter(|compared| !compared.is_empty() && !matches!(compared.group, Group::Whole))
        .partition(|compared| matches!(compared.group, Group::Region(_)));
    html! {
        section #tried aria-labelledby="tried-title" {
            div #verdict .note role="status" tabindex="-1" autofocus {
                h2 #tried-title { (words.with("trial-title", [("day", tried.day.to_string().into())])) }
                @if let Some(whole) = groups.first() { p { (headline(words, tried, whole)) } }
                p { (words.t("trial-nothing-changed")) }
            }
            @if let Some(whole) = groups.first() { (whole_day(words, tried, whole)) }
            (of_groups(words, "tried-regions", &words.t("trial-by-region"), &regions))
            (of_groups(words, "tried-classes", &words.t("trial-by-class"), &classes))
            h3 { (words.t("trial-mind")) }
            ul #caveats .findings { @for caveat in caveats(words, tried) { li { (caveat) } } }
        }
    }
}

fn headline(words: Words, tried: &Tried, whole: &Compared<'_>) -> String {
    let after = whole.after.map_or_else(|| "–".to_owned(), |calls| level(words, calls));
    words.with(
        "trial-headline",
        [
            ("callers", tried.callers.into()),
            ("operators", tried.operators.into()),
            ("minutes", within(tried).into()),
            ("before", level(words, whole.before).into()),
            ("after", after.into()),
        ],
    )
}

/// What cannot be known of another plan, and how it was assumed.
#[must_use]
pub fn caveats(words: Words, tried: &Tried) -> Vec<String> {
    let mut told = vec![words.t("trial-mind-same"), words.t("trial-mind-patience"), words.t("trial-mind-talks")];
    if tried.trial.uncounted > 0 {
        told.push(words.with("trial-mind-uncounted", [("count", tried.trial.uncounted.into())]));
    }
    if !tried.is_over {
        told.push(words.t("trial-mind-not-over"));
    }
    if tried.own.digest == tried.digest {
        told.push(words.t("trial-mind-same-plan"));
    }
    told.push(words.t("trial-mind-one-day"));
    told
}

fn within(tried: &Tried) -> String {
    (tried.own.service_level.within_ms / MINUTE_MS).to_string()
}

fn whole_day(words: Words, tried: &Tried, whole: &Compared<'_>) -> Markup {
    html! {
        div .scrolls role="group" tabindex="0" aria-labelledby="tried-whole" {
            table .list .compared {
                caption #tried-whole { (words.t("trial-whole")) }
                thead { tr {
                    th scope="col" { (words.t("trial-measure")) }
                    @for whose in WHOSE { th .number scope="col" { (words.t(whose)) } }
                } }
                tbody { @for (name, shown) in WHOLE {
                    tr data-measure=(name) {
                        th scope="row" { (words.with(name, [("minutes", within(tried).into())])) }
                        (three(words, whole, shown))
                    }
                } }
            }
        }
        p .quiet {
            (words.t("trial-before")) ": " code { (tried.own.digest) } ". " (words.t("trial-after")) ": " code { (tried.digest) } "."
        }
    }
}

fn of_groups(words: Words, id: &str, caption: &str, rows: &[&Compared<'_>]) -> Markup {
    html! {
        div .scrolls role="group" tabindex="0" aria-labelledby=(id) {
            table .list .compared {
                caption #(id) { (caption) }
                thead {
                    tr {
                        th rowspan="2" scope="col" { (words.t("trial-group")) }
                        @for (name, _) in OF_GROUPS { th .number colspan="3" scope="colgroup" { (words.t(&format!("{name}-head"))) } }
                    }
                    tr { @for _ in OF_GROUPS { @for whose in WHOSE { th .number scope="col" { (words.t(&format!("{whose}-head"))) } } } }
                }
                tbody { @for row in rows {
                    tr {
                        th scope="row" { (name_of(words, row.group)) }
                        @for (_, shown) in OF_GROUPS { (three(words, row, shown)) }
                    }
                } }
            }
        }
    }
}

fn three(words: Words, row: &Compared<'_>, shown: fn(Words, &Calls) -> String) -> Markup {
    html! {
        td .number { (shown(words, row.recorded)) }
        td .number { (shown(words, row.before)) }
        td .number { (row.after.map_or_else(|| "–".to_owned(), |calls| shown(words, calls))) }
    }
}

fn name_of(words: Words, group: Group<'_>) -> String {
    match group {
        Group::Whole => words.t("trial-whole"),
        Group::Region(region) => region.name.clone(),
        Group::Class(class) => names::class(words, class),
    }
}

fn level(words: Words, calls: &Calls) -> String {
    Measure::Level.of(calls).map_or_else(|| "–".to_owned(), |share| figures::percent(words, permille(share)))
}

fn mean_wait(_: Words, calls: &Calls) -> String {
    Measure::MeanWait.of(calls).map_or_else(|| "–".to_owned(), |seconds| clock::age((seconds * 1_000.0).round() as u64))
}

/// A share from 0 to 1, as figures are written.
#[must_use]
pub fn permille(share: f64) -> u16 {
    (share * 1_000.0).round() as u16
}
