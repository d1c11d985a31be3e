//! How often the expected waits of each queue have held, whether they are announced or not: so that whoever hears
//! "five to ten minutes" is told what it is worth.

use super::{Sight, plan};
use crate::{figures, names};
use domain::{routing::QueueView, service_level::HitRate};
use maud::{Markup, html};

pub fn draw(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let rows: Vec<_> = sight.live.view.queues.iter().filter_map(|queue| Some((queue, queue.hit_rate?))).collect();
    html! {
        section aria-labelledby="expected-title" {
            h2 #expected-title { (words.t("expected-title")) }
            @if rows.is_empty() { p .empty { (words.t("expected-none")) } } @else {
                table .list {
                    caption .quiet { (words.t("expected-about")) }
                    thead { tr {
                        th scope="col" { (words.t("queues-queue")) }
                        th scope="col" .number { (words.t("expected-low")) }
                        th scope="col" .number { (words.t("expected-high")) }
                        th scope="col" .number { (words.t("expected-count")) }
                        th scope="col" { (words.t("expected-state")) }
                    } }
                    tbody { @for (queue, rate) in rows { (row(sight, queue, rate)) } }
                }
            }
        }
    }
}

fn row(sight: &Sight<'_>, queue: &QueueView, rate: HitRate) -> Markup {
    let words = sight.words;
    html! {
        tr {
            th scope="row" { (names::queue(words, plan(sight), &queue.queue)) }
            td .number { (figures::percent(words, rate.within_low_permille)) }
            td .number { (figures::percent(words, rate.within_high_permille)) }
            td .number { (rate.predictions) }
            td { (words.t(if rate.is_calibrated() { "expected-announced" } else { "expected-silent" })) }
        }
    }
}
