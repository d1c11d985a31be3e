//! Pictures of figures that stand in the documents. Each is drawn from the tables of its page and printed, so that
//! picture and table say the same; a test holds the kept file against them.

mod curve;
mod marks;
mod table;

use crate::repository;
use anyhow::{Context, Result};
use std::fs;

/// Where the figures stand.
const PAGE: &str = "docs/understanding.md";

#[derive(clap::Args)]
pub struct Arguments {
    which: Which,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Which {
    /// How understanding grows with the sentences learnt from
    Learning,
    /// How the part kept apart is understood, beside what is to be reached
    Apart,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let page = repository::root()?.join(PAGE);
    let page = fs::read_to_string(&page).with_context(|| format!("{} cannot be read", page.display()))?;
    print!("{}", draw(arguments.which, &page)?);
    Ok(())
}

fn draw(which: Which, page: &str) -> Result<String> {
    match which {
        Which::Learning => curve::draw(page),
        Which::Apart => marks::draw(page),
    }
}

/// Who a row of figures is about, in the columns' order: the head, its shape and its colours.
const SERIES: [&str; 4] = ["sv", "en", "da", "all"];
const NAMES: [&str; 4] = ["Swedish", "English", "Danish", "all"];

/// A picture of this size, light or dark as the reader's page. It has its own ground, for a reader's page may be dark
/// where the system is light.
fn picture(width: f64, height: f64, title: &str, about: &str, drawn: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title about\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"about\">{about}</desc>\n{STYLE}\n\
         <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n{drawn}</svg>\n"
    )
}

/// Four colours that stay apart for those who see few, on white as on nearly black; shapes say the same.
const STYLE: &str = "<style>
:root { --ground: #ffffff; --ink: #1c2126; --quiet: #56606a; --grid: #dde1e5; --sv: #0067a8; --en: #b04a00; --da: #00784f; --all: #1c2126; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14181c; --ink: #eceff1; --quiet: #a5afb8; --grid: #333b42; --sv: #5bb8f5; --en: #f0984f; --da: #4fcf9d; --all: #eceff1; }
}
text { font: 14px system-ui, sans-serif; fill: var(--ink); }
.quiet { fill: var(--quiet); }
.head { font-weight: 600; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.ground { fill: var(--ground); }
.grid { stroke: var(--grid); fill: none; }
.reached { fill: var(--ink); opacity: 0.12; }
.goal { stroke: var(--quiet); stroke-dasharray: 5 4; fill: none; }
.line { fill: none; stroke-width: 2; }
.sv { fill: var(--sv); } .en { fill: var(--en); } .da { fill: var(--da); } .all { fill: var(--all); }
.line.sv { fill: none; stroke: var(--sv); } .line.en { fill: none; stroke: var(--en); } .line.da { fill: none; stroke: var(--da); }
.line.all { fill: none; stroke: var(--all); stroke-width: 3; }
</style>";

/// The mark of one of the [`SERIES`]: a circle, a square, a triangle, a diamond.
fn mark(series: usize, x: f64, y: f64) -> String {
    let class = SERIES[series];
    match class {
        "sv" => format!("<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>\n"),
        "en" => format!("<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"9\" height=\"9\"/>\n", x - 4.5, y - 4.5),
        "da" => format!("<path class=\"{class}\" d=\"M{x:.1} {:.1}l6 11h-12z\"/>\n", y - 6.5),
        _ => format!("<path class=\"{class}\" d=\"M{x:.1} {:.1}l6.5 6.5l-6.5 6.5l-6.5 -6.5z\"/>\n", y - 6.5),
    }
}

/// What the marks mean, from here to the right.
fn legend(series: &[usize], x: f64, y: f64) -> String {
    const APART: f64 = 96.0;
    let mut at = x;
    let mut drawn = String::new();
    for &series in series {
        drawn += &mark(series, at, y - 5.0);
        drawn += &text("", at + 12.0, y, NAMES[series]);
        at += APART;
    }
    drawn
}

fn text(class: &str, x: f64, y: f64, words: &str) -> String {
    format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>\n")
}

fn line(class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> String {
    format!("<path class=\"{class}\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_pictures_are_those_of_the_tables() -> Result<()> {
        let root = repository::root()?;
        let page = fs::read_to_string(root.join(PAGE))?;
        for (which, name) in [(Which::Learning, "learning"), (Which::Apart, "apart")] {
            let path = format!("docs/pictures/{name}.svg");
            let kept = fs::read_to_string(root.join(&path)).with_context(|| path.clone())?;
            assert!(kept == draw(which, &page)?, "{path} is not that of the tables: `cargo xtask picture {name} > {path}`");
            assert!(page.contains(&format!("(pictures/{name}.svg)")), "{PAGE} does not show {path}");
        }
        Ok(())
    }

    #[test]
    fn a_page_without_the_figures_is_told() {
        for which in [Which::Learning, Which::Apart] {
            let told = draw(which, "# A page\n").err().map(|fault| fault.to_string()).unwrap_or_default();
            assert!(told.contains("no table that begins with"), "{told}");
        }
    }
}
