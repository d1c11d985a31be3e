//! The day in half hours: bars of what was offered and answered in time, drawn on the server, with
//! the same figures as a table behind it.

use crate::{clock, figures::HalfHour, words::Words};
use domain::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

const WIDTH: usize = 1860;
const HEIGHT: usize = 200;
const LEFT: usize = 48;
const TOP: usize = 8;
const BOTTOM: usize = 174;

#[must_use]
pub fn draw(words: Words, day: &[HalfHour], zone: &TimeZone, now: Timestamp) -> Markup {
    let most = day.iter().map(|half| half.offered).max().unwrap_or(0);
    let top = round_up(most.max(4));
    let step = (WIDTH - LEFT) / day.len().max(1);
    let y = |count: u64| BOTTOM - usize::try_from(count).unwrap_or(0) * (BOTTOM - TOP) / usize::try_from(top).unwrap_or(1).max(1);
    html! {
        figure .strip {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby="strip-title" {
                @for line in [top / 2, top] {
                    path .grid d={ "M" (LEFT) " " (y(line)) " H" (WIDTH) } {}
                    text .axis x=(LEFT - 6) y=(y(line) + 4) text-anchor="end" { (line) }
                }
                path .base d={ "M" (LEFT) " " (BOTTOM) " H" (WIDTH) } {}
                @for (place, half) in day.iter().enumerate() {
                    @let x = LEFT + place * step;
                    @if half.offered > 0 {
                        rect .offered x=(x + 1) y=(y(half.offered)) width=(step.saturating_sub(2)) height=(BOTTOM - y(half.offered)) {}
                        rect .in-time x=(x + 1) y=(y(half.in_time)) width=(step.saturating_sub(2)) height=(BOTTOM - y(half.in_time)) {}
                        @if let Some(goal) = half.goal { path .goal d={ "M" (x) " " (y(goal)) " h" (step) } {} }
                    }
                    @if half.start <= now && now.since_ms(half.start) < half.length_ms {
                        path .now d={ "M" (x + step / 2) " " (BOTTOM + 2) " l4 6 h-8 z" } {}
                    }
                    @if half.start.local(zone).minute() == 0 && half.start.local(zone).hour() % 3 == 0 {
                        text .axis x=(x) y=(HEIGHT - 6) { (half.start.local(zone).strftime("%H:%M")) }
                    }
                }
            }
            figcaption #strip-title {
                (words.t("strip-title"))
                " " span .key.offered {} (words.t("strip-offered"))
                " " span .key.in-time {} (words.t("strip-in-time"))
                " " span .key.goal {} (words.t("strip-goal"))
            }
            (table(words, day, zone, now))
        }
    }
}

fn table(words: Words, day: &[HalfHour], zone: &TimeZone, now: Timestamp) -> Markup {
    html! {
        details {
            summary { (words.t("strip-table")) }
            table .list {
                thead { tr {
                    th scope="col" { (words.t("strip-from")) }
                    th scope="col" .number { (words.t("strip-offered")) }
                    th scope="col" .number { (words.t("strip-in-time")) }
                    th scope="col" .number { (words.t("strip-goal")) }
                } }
                tbody {
                    @for half in day.iter().filter(|half| half.offered > 0) {
                        tr { th scope="row" .number { (clock::time_of_day(half.start, zone, now)) } td .number { (half.offered) } td .number { (half.in_time) } td .number { @match half.goal { Some(goal) => (goal), None => "–" } } }
                    }
                }
            }
        }
    }
}

/// The next of 4, 10, 20, 40, 100, 200 ... that is not smaller.
fn round_up(most: u64) -> u64 {
    let mut power = 1;
    loop {
        for step in [4, 10, 20] {
            if step * power >= most {
                return step * power;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::round_up;

    #[test]
    fn the_axis_ends_on_a_round_number() {
        for (most, expected) in [(0, 4), (4, 4), (5, 10), (11, 20), (21, 40), (101, 200), (999, 1_000)] {
            assert_eq!(round_up(most), expected);
        }
    }
}
