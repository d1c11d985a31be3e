//! How today's promises were kept, by kind: the fold over the journal beside the service level.

use super::Sight;
use domain::{contact::PromiseKind, service_level::PromiseCounts};
use maud::{Markup, html};

pub fn draw(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let promises = &sight.live.figures.promises;
    html! {
        section aria-labelledby="kept-title" {
            h2 #kept-title { (words.t("kept-title")) }
            @if promises.is_empty() { p .empty { (words.t("kept-none")) } } @else {
                table .list {
                    caption .quiet { (words.t("kept-about")) }
                    thead { tr {
                        th scope="col" { (words.t("lead-promise")) }
                        th scope="col" .number { (words.t("kept-due")) }
                        th scope="col" .number { (words.t("kept-in-time")) }
                        th scope="col" .number { (words.t("kept-late")) }
                    } }
                    tbody { @for (kind, counts) in promises { (row(sight, *kind, *counts)) } }
                }
            }
            @let in_vain = sight.live.figures.calls_not_reached;
            @if in_vain > 0 {
                p #not-reached { (words.with("kept-not-reached", [("count", in_vain.into())])) }
            }
        }
    }
}

fn row(sight: &Sight<'_>, kind: PromiseKind, counts: PromiseCounts) -> Markup {
    html! {
        tr {
            th scope="row" { (sight.words.named("promise", kind.word())) }
            td .number { (counts.due) }
            td .number { (counts.kept_in_time) }
            td .number { @if counts.kept_late == 0 { "0" } @else { span .mark.late { (counts.kept_late) } } }
        }
    }
}
