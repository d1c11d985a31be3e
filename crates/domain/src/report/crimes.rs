//! Crime codes, which change every year: what each is called, and when it may be used.

use crate::{
    place::Table,
    plan::{Fault, Source},
};
use jiff::civil::Date;

/// One code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crime {
    pub code: String,
    /// None: since before the table began, and until further notice.
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    /// The authority's own word for a kind of crimes ("violence").
    pub group: String,
    pub name: String,
}

impl Crime {
    /// Whether what happened on this day may have the code.
    #[must_use]
    pub fn is_valid(&self, on: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= on) && self.valid_to.is_none_or(|to| on <= to)
    }
}

/// The table of codes. One code may stand there several times, for different times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crimes(Vec<Crime>);

impl Crimes {
    /// The table `crimes.csv`.
    ///
    /// # Errors
    /// Every fault, with its line.
    pub fn read(source: &Source<'_>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let rows = Table::read(source, ["code", "valid_from", "valid_to", "group", "name"], &mut faults);
        let mut crimes = Vec::with_capacity(rows.len());
        for row in rows {
            let mut date = |text: &str| match text {
                "" => None,
                text => {
                    let read = text.parse::<Date>().ok();
                    if read.is_none() {
                        faults.push(Fault::new(
                            source.file,
                            row.line,
                            format!("\"{text}\" is no date"),
                            "write it as 2026-01-31, or nothing",
                        ));
                    }
                    read
                }
            };
            let [code, from, to, group, name] = row.cells;
            let (valid_from, valid_to) = (date(from), date(to));
            if code.is_empty() || name.is_empty() {
                faults.push(Fault::new(source.file, row.line, "a crime has no code or no name", "write both"));
            }
            if valid_from.zip(valid_to).is_some_and(|(from, to)| to < from) {
                faults.push(Fault::new(source.file, row.line, format!("{code} ends before it begins"), "change one of the two dates"));
            }
            crimes.push(Crime { code: code.to_owned(), valid_from, valid_to, group: group.to_owned(), name: name.to_owned() });
        }
        if faults.is_empty() { Ok(Self(crimes)) } else { Err(faults) }
    }

    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.0.iter().any(|crime| crime.code == code)
    }

    /// A code as it was used last.
    #[must_use]
    pub fn named(&self, code: &str) -> Option<&Crime> {
        self.0.iter().rfind(|crime| crime.code == code)
    }

    /// What a code was called on a day; none when it could not be used then.
    #[must_use]
    pub fn on(&self, code: &str, day: Date) -> Option<&Crime> {
        self.0.iter().find(|crime| crime.code == code && crime.is_valid(day))
    }

    /// The codes that may be used for what happened on a day.
    pub fn valid(&self, on: Date) -> impl Iterator<Item = &Crime> {
        self.0.iter().filter(move |crime| crime.is_valid(on))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_of_their_time() {
        let read = |rows: &str| {
            let text = format!("code;valid_from;valid_to;group;name\n{rows}\n");
            Crimes::read(&Source { file: "crimes.csv", text: &text })
        };
        let crimes = read("0845;;2024-12-31;theft;Stöld av cykel\n9830;2025-01-01;;theft;Stöld av cykel").expect("it is whole");
        assert!(crimes.on("0845", Date::constant(2024, 12, 31)).is_some());
        assert!(crimes.on("0845", Date::constant(2025, 1, 1)).is_none());
        assert_eq!(crimes.valid(Date::constant(2026, 1, 1)).map(|crime| crime.code.as_str()).collect::<Vec<_>>(), ["9830"]);
        assert_eq!(read("1;31/1;;a;b").expect_err("no date")[0].line, 2);
    }
}
