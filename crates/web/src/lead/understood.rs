//! How callers have been understood over four weeks, by language: what operators corrected, where nothing was
//! taken from the words, and the emergency question. Drawn, with the same figures as tables below, and a
//! sentence where today is otherwise than chance explains.

use super::Sight;
use crate::{figures, words::Words};
use domain::service_level::{Compared, DAYS_BEFORE, LanguageDays, Part, Share};
use maud::{Markup, html};

const LEFT: usize = 4;
const DAY: usize = 18;
const BAR: usize = 12;
/// From one row of bars to the next, and how high the highest bar of each may be.
const ROW: usize = 60;
const HIGH: usize = 36;
/// Below the bars of the last row, for the dates.
const FOOT: usize = 18;
/// A week has a mark.
const MARK_EVERY: usize = 7;

pub fn draw(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    html! {
        section .understood aria-labelledby="understood-title" {
            h2 #understood-title { (words.t("understood-title")) }
            @match sight.understood {
                None => p .empty { (words.t("understood-counting")) },
                Some([]) => p .empty { (words.t("understood-none")) },
                Some(languages) => {
                    p .quiet { (words.t("understood-about")) }
                    @for days in languages { (language(words, days)) }
                },
            }
        }
    }
}

fn language(words: Words, days: &LanguageDays) -> Markup {
    let id = format!("understood-{}", days.language.word());
    html! {
        h3 id=(id) { (words.named("language", days.language.word())) }
        @for compared in days.compared.iter().filter(|compared| compared.drifted) {
            p { span .mark.soon { (words.t("understood-drifted")) } " " (sentence(words, compared)) }
        }
        figure {
            (bars(words, days, &id))
            figcaption .quiet { (words.t("understood-caption")) }
        }
        (compared_table(words, &days.compared))
        (day_table(words, days))
    }
}

fn name(words: Words, share: Share) -> String {
    words.named("understood-share", share.word())
}

fn percent(words: Words, part: Part) -> String {
    part.permille().map_or_else(|| "–".to_owned(), |permille| figures::percent(words, permille))
}

fn sentence(words: Words, compared: &Compared) -> String {
    let (today, before) = (percent(words, compared.today), percent(words, compared.before));
    words.with("understood-sentence", [("share", name(words, compared.share).into()), ("today", today.into()), ("before", before.into())])
}

/// One row of bars for each share, each row by its own scale: a share of two in a hundred is as much to be seen as
/// one of half. Today's bar has another shade and an edge.
fn bars(words: Words, days: &LanguageDays, id: &str) -> Markup {
    let width = LEFT * 2 + DAY * days.days.len();
    let height = ROW * Share::ALL.len() + FOOT;
    let told: Vec<String> = days.compared.iter().map(|compared| sentence(words, compared)).collect();
    html! {
        svg viewBox={ "0 0 " (width) " " (height) } role="img" aria-labelledby=(id) aria-describedby={ (id) "-told" } {
            desc id={ (id) "-told" } { (told.join(" ")) }
            @for (row, share) in Share::ALL.iter().enumerate() {
                @let base = ROW * (row + 1);
                @let shares: Vec<Option<u16>> = days.days.iter().map(|(_, day)| day.share(*share).permille()).collect();
                @let top = scale(shares.iter().flatten().max().copied().unwrap_or(0));
                text .name x=(LEFT) y=(base - HIGH - 8) { (name(words, *share)) }
                text .axis x=(width - LEFT) y=(base - HIGH - 8) text-anchor="end" { (figures::percent(words, top)) }
                path .base d={ "M" (LEFT) " " (base) " H" (width - LEFT) } {}
                path .grid d={ "M" (LEFT) " " (base - HIGH) " H" (width - LEFT) } {}
                @for (place, permille) in shares.iter().enumerate() {
                    @if let Some(permille) = permille {
                        @let tall = usize::from(*permille) * HIGH / usize::from(top);
                        rect .today[place == DAYS_BEFORE] x=(LEFT + DAY * place + (DAY - BAR) / 2) y=(base - tall) width=(BAR) height=(tall) {}
                    }
                }
            }
            @for (place, (date, _)) in days.days.iter().enumerate() {
                @if (DAYS_BEFORE - place).is_multiple_of(MARK_EVERY) {
                    @let (x, anchor) = match place {
                        0 => (LEFT, "start"),
                        DAYS_BEFORE => (width - LEFT, "end"),
                        _ => (LEFT + DAY * place + DAY / 2, "middle"),
                    };
                    text .axis x=(x) y=(height - 4) text-anchor=(anchor) {
                        (date.strftime("%-d/%-m"))
                    }
                }
            }
        }
    }
}

/// The next of 5, 10, 20, 30, 50 and 100 per cent that is not smaller, in thousandths.
fn scale(most: u16) -> u16 {
    [50, 100, 200, 300, 500].into_iter().find(|top| most <= *top).unwrap_or(1_000)
}

fn compared_table(words: Words, compared: &[Compared]) -> Markup {
    html! {
        table .list {
            thead { tr {
                th scope="col" { (words.t("understood-share")) }
                th scope="col" .number { (words.t("understood-today")) }
                th scope="col" .number { (words.t("understood-of")) }
                th scope="col" .number { (words.t("understood-before-weeks")) }
                th scope="col" .number { (words.t("understood-of")) }
            } }
            tbody {
                @for Compared { share, today, before, .. } in compared {
                    tr {
                        th scope="row" { (name(words, *share)) }
                        td .number { (percent(words, *today)) }
                        td .number { (today.of) }
                        td .number { (percent(words, *before)) }
                        td .number { (before.of) }
                    }
                }
            }
        }
    }
}

/// Newest first; days on which nobody told anything are left out.
fn day_table(words: Words, days: &LanguageDays) -> Markup {
    html! {
        details data-read {
            summary { (words.t("understood-days")) }
            table .list {
                thead { tr {
                    th scope="col" { (words.t("understood-day")) }
                    th scope="col" .number { (words.t("understood-callers")) }
                    @for share in Share::ALL { th scope="col" .number { (name(words, *share)) } }
                } }
                tbody {
                    @for (date, day) in days.days.iter().rev().filter(|(_, day)| day.told > 0) {
                        tr {
                            th scope="row" .number { (date) }
                            td .number { (day.told) }
                            @for share in Share::ALL { td .number { (percent(words, day.share(*share))) } }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn a_row_is_as_high_as_it_needs_to_be() {
        for (most, top) in [(0, 50), (50, 50), (51, 100), (200, 200), (201, 300), (301, 500), (501, 1_000), (1_000, 1_000)] {
            assert_eq!(scale(most), top, "{most}");
        }
    }
}
