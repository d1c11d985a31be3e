//! Known results of waiting lines against the closed forms: a table of figures comes in, the same figures
//! as reckoned here and their distance go out.
//!
//! The table is comma-separated with a heading; a field may stand in double quotes, and a line that begins
//! with `#` is a remark. Columns are found by their name, in any order; others are passed over.

use crate::queueing::{Line, Measures};

/// A table is not read beyond this many rows.
pub const ROWS_MAX: usize = 10_000;
/// The farthest that a closed form may be from its anchor, relative to it (absolute where it is below 1).
pub const DISTANCE_MAX: f64 = 1e-9;

/// One row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    pub id: String,
    pub model: String,
    /// None when no closed form is known here: such an anchor is for simulations.
    pub figures: Option<Vec<Figure>>,
}

/// One figure, as it is written and as it is reckoned.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub name: &'static str,
    pub expected: f64,
    pub found: f64,
}

impl Figure {
    /// Relative to the anchor, absolute where it is below 1.
    #[must_use]
    pub fn distance(&self) -> f64 {
        (self.found - self.expected).abs() / self.expected.abs().max(1.0)
    }
}

/// Why a table cannot be read: the line, from 1, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Unreadable {
    pub line: usize,
    pub what: String,
}

type Column = (&'static str, fn(&Measures) -> f64);

/// The figures of an anchor, by the column that holds them.
const FIGURES: [Column; 10] = [
    ("p_wait", |m| m.p_wait),
    ("wait_all_s", |m| m.mean_wait_s),
    ("asa_s", |m| m.mean_answer_s),
    ("sl_off", |m| m.in_time),
    ("sl_ans", |m| m.in_time / (1.0 - m.p_abandon - m.p_block)),
    ("sl_xshort", |m| m.in_time_of_rest),
    ("p_ab", |m| m.p_abandon),
    ("p_block", |m| m.p_block),
    ("occ", |m| m.occupancy),
    ("lq", |m| m.waiting),
];

/// Reads a table and reckons every anchor that has a closed form.
///
/// # Errors
/// The first line that cannot be read, or a heading without a column that is needed.
pub fn read(text: &str) -> Result<Vec<Anchor>, Unreadable> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let mut rows =
        lines.map(|(number, line)| fields(line).map(|fields| (number, fields)).ok_or_else(|| fault(number, "a quote is not closed")));
    let (number, heading) = rows.next().unwrap_or_else(|| Err(fault(1, "the table is empty")))?;
    for needed in ["id", "model", "lambda_per_h", "aht_s", "servers", "T_s", "patience_mean_s", "K"] {
        if !heading.iter().any(|name| name == needed) {
            return Err(fault(number, format!("no column is called \"{needed}\"")));
        }
    }
    let mut anchors = Vec::new();
    for row in rows {
        let (number, fields) = row?;
        if fields.len() != heading.len() {
            return Err(fault(number, format!("{} fields under a heading of {}", fields.len(), heading.len())));
        }
        if anchors.len() == ROWS_MAX {
            return Err(fault(number, format!("more than {ROWS_MAX} rows")));
        }
        anchors.push(Row { number, heading: &heading, fields: &fields }.anchor()?);
    }
    Ok(anchors)
}

fn fault(line: usize, what: impl Into<String>) -> Unreadable {
    Unreadable { line, what: what.into() }
}

/// The fields of a line; none when a quote is not closed.
fn fields(line: &str) -> Option<Vec<String>> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            _ => field.push(letter),
        }
    }
    fields.push(field);
    (!quoted).then_some(fields)
}

struct Row<'a> {
    number: usize,
    heading: &'a [String],
    fields: &'a [String],
}

impl Row<'_> {
    fn text(&self, name: &str) -> &str {
        let at = self.heading.iter().position(|column| column == name);
        at.and_then(|at| self.fields.get(at)).map_or("", |field| field.trim())
    }

    /// None when the field is empty.
    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Unreadable> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| fault(self.number, format!("{name} is \"{text}\", which is no such number")))
    }

    fn needed<T: std::str::FromStr>(&self, name: &str) -> Result<T, Unreadable> {
        self.number(name)?.ok_or_else(|| fault(self.number, format!("{name} is missing")))
    }

    fn anchor(&self) -> Result<Anchor, Unreadable> {
        let figures = match self.measures()? {
            Some(measures) => Some(self.figures(&measures)?),
            None => None,
        };
        Ok(Anchor { id: self.text("id").to_owned(), model: self.text("model").to_owned(), figures })
    }

    fn figures(&self, measures: &Measures) -> Result<Vec<Figure>, Unreadable> {
        let mut figures = Vec::new();
        for (name, of) in FIGURES {
            if let Some(expected) = self.number(name)? {
                figures.push(Figure { name, expected, found: of(measures) });
            }
        }
        Ok(figures)
    }

    /// By the closed form of the row's model, where there is one.
    fn measures(&self) -> Result<Option<Measures>, Unreadable> {
        let kind = self.text("model").split_whitespace().next().unwrap_or_default().to_owned();
        let plain = !self.text("model").contains("class");
        if !plain || !["M/M/c", "M/M/c/c", "M/M/c/K", "M/M/c+M"].contains(&kind.as_str()) {
            return Ok(None);
        }
        let line = Line {
            arrivals: self.needed::<f64>("lambda_per_h")? / 3_600.0,
            handling_s: self.needed("aht_s")?,
            operators: self.needed("servers")?,
        };
        let within_s: f64 = self.needed("T_s")?;
        Ok(match kind.as_str() {
            "M/M/c/c" => Some(line.without_waiting()),
            "M/M/c/K" => Some(line.with_room(self.needed("K")?, within_s)),
            "M/M/c+M" => Some(line.with_patience(self.needed("patience_mean_s")?, within_s)),
            _ => {
                let endless = line.with_endless_patience(within_s);
                Some(endless.ok_or_else(|| fault(self.number, "more callers come than can be answered, so nothing is the same for long"))?)
            }
        })
    }
}
