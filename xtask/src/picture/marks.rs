//! How the part kept apart is understood: each figure that something is to be reached in, by language, beside it.

use super::{SERIES, legend, line, mark, picture, table::Table, table::figure, text};
use anyhow::{Context, Result};

const WIDTH: f64 = 960.0;
/// Where 0 and 100 per cent are.
const LEFT: f64 = 470.0;
const RIGHT: f64 = 920.0;
const TOP: f64 = 72.0;
const ROW: f64 = 46.0;
/// Half of what is tinted, and how far the marks of two languages are apart: none hides another.
const HALF: f64 = 19.0;
const APART: f64 = 11.0;
/// All languages together say nothing that they do not say themselves.
const LANGUAGES: [usize; 3] = [0, 1, 2];

/// What is to be reached.
enum Goal {
    Least(f64),
    Most(f64),
}

impl Goal {
    fn read(cell: &str) -> Result<Self> {
        if let Some(least) = cell.strip_suffix(" or more") {
            return Ok(Self::Least(figure(least)?));
        }
        let most = cell.strip_suffix(" or less").with_context(|| format!("{cell:?} says neither \"or more\" nor \"or less\""))?;
        Ok(Self::Most(figure(most)?))
    }

    /// From and to which per cent it is reached.
    fn span(&self) -> (f64, f64) {
        match self {
            Self::Least(least) => (*least, 100.0),
            Self::Most(most) => (0.0, *most),
        }
    }
}

pub fn draw(page: &str) -> Result<String> {
    let table = Table::find(page, "per cent")?;
    let goals = table.column("to reach")?;
    let wanted: Vec<&Vec<String>> = table.rows.iter().filter(|row| !row[goals].is_empty()).collect();
    #[allow(clippy::cast_precision_loss)] // rows of a table
    let bottom = TOP + ROW * wanted.len() as f64;
    let mut drawn = text("head", 24.0, 30.0, "The part kept apart, in per cent; where the ground is tinted it is reached");
    drawn += &legend(&LANGUAGES, 640.0, 30.0);
    for percent in [0, 20, 40, 60, 80, 100] {
        let x = x_of(f64::from(percent));
        drawn += &line("grid", (x, TOP), (x, bottom));
        drawn += &text("quiet middle", x, bottom + 22.0, &percent.to_string());
    }
    let mut y = TOP + ROW / 2.0;
    for row in wanted {
        let (from, to) = Goal::read(&row[goals])?.span();
        drawn += &text("end", LEFT - 16.0, y + 5.0, &format!("{} <tspan class=\"quiet\">({})</tspan>", row[0], row[goals]));
        let (x, width) = (x_of(from), x_of(to) - x_of(from));
        drawn +=
            &format!("<rect class=\"reached\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\"/>\n", y - HALF, 2.0 * HALF);
        for (series, above) in LANGUAGES.into_iter().zip([-APART, 0.0, APART]) {
            drawn += &mark(series, x_of(figure(&row[table.column(SERIES[series])?])?), y + above);
        }
        y += ROW;
    }
    let about = "For each figure a row with a mark per language on a scale from 0 to 100 per cent, and the range in which what is \
                 wanted is reached. The figures stand in the table beside.";
    Ok(picture(WIDTH, bottom + 40.0, "How the part kept apart is understood, beside what is to be reached", about, &drawn))
}

fn x_of(percent: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * percent / 100.0
}
