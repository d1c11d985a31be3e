//! Shares with their intervals, one line for each region, and where the share was before.

use super::shown;
use crate::{figures, words::Words};
use domain::survey::Tally;
use maud::{Markup, html};

const WIDTH: usize = 480;
const LEFT: usize = 132;
const RIGHT: usize = 460;
const TOP: usize = 22;
const ROW: usize = 22;
/// A line of the grid for every fifth.
const GRID_PERMILLE: usize = 200;

/// One line of the picture.
pub struct Line {
    pub name: String,
    pub tally: Tally,
    /// All of them together.
    pub whole: bool,
}

fn x(permille: u16) -> usize {
    LEFT + usize::from(permille) * (RIGHT - LEFT) / 1_000
}

pub fn draw(words: Words, id: &str, lines: &[Line], before: Option<(&str, u16)>) -> Markup {
    let bottom = TOP + ROW * lines.len();
    html! {
        figure {
            svg viewBox={ "0 0 " (WIDTH) " " (bottom + 20) } role="img" aria-labelledby=(id) aria-describedby={ (id) "-told" } {
                desc id={ (id) "-told" } { (told(words, lines)) }
                @for permille in (0..=1_000_u16).step_by(GRID_PERMILLE) {
                    path .grid d={ "M" (x(permille)) " " (TOP) " V" (bottom) } {}
                    text .axis x=(x(permille)) y=(bottom + 15) text-anchor="middle" { (words.with("percent", [("number", u64::from(permille / 10).into())])) }
                }
                @if let Some((name, permille)) = before {
                    path .before d={ "M" (x(permille)) " " (TOP) " V" (bottom) } {}
                    text .axis x=(x(permille)) y=(TOP - 7) text-anchor="middle" { (name) }
                }
                @for (nth, line) in lines.iter().enumerate() {
                    @let y = TOP + ROW * nth + ROW / 2;
                    text .name .whole[line.whole] x="0" y=(y + 4) { (line.name) }
                    @if let Some((share, interval)) = shown(line.tally).and_then(|tally| tally.share_permille().zip(tally.interval())) {
                        path .interval d={ "M" (x(interval.from_permille)) " " (y) " H" (x(interval.to_permille)) } {}
                        rect .share x=(x(share) - 4) y=(y - 4) width="8" height="8" {}
                    } @else {
                        text .axis x=(LEFT + 4) y=(y + 4) { (words.t("surveys-too-few")) }
                    }
                }
            }
            figcaption .quiet { (words.t("surveys-caption")) }
        }
    }
}

fn told(words: Words, lines: &[Line]) -> String {
    let of_one = |line: &Line| {
        let share = shown(line.tally).and_then(|tally| tally.share_permille());
        let share = share.map_or_else(|| words.t("surveys-too-few"), |share| figures::percent(words, share));
        format!("{}: {share}.", line.name)
    };
    lines.iter().map(of_one).collect::<Vec<_>>().join(" ")
}
