//! Reads the small tables of a deployment: a header line, columns parted by `;`, no quotes. Columns
//! that nobody asks for are the authority's own notes.

use crate::plan::{Fault, Source, nearest_word};

/// More rows than any country has municipalities or area codes.
pub const ROWS_MAX: usize = 50_000;

pub(crate) struct Table<'a> {
    file: &'a str,
    rows: Vec<(usize, Vec<&'a str>)>,
}

pub(crate) struct Row<'t, const N: usize> {
    pub line: usize,
    pub cells: [&'t str; N],
}

impl<'a> Table<'a> {
    /// The columns asked for, in the order asked for.
    pub fn read<const N: usize>(source: &Source<'a>, columns: [&str; N], faults: &mut Vec<Fault>) -> Vec<Row<'a, N>> {
        let table = Self::split(source, faults);
        let Some((header, rows)) = table.rows.split_first() else {
            let mend = format!("begin with the line {}", columns.join(";"));
            faults.push(Fault::new(table.file, 0, "the file is empty", mend));
            return Vec::new();
        };
        let (header_line, header) = header;
        let mut places = [0; N];
        for (place, column) in places.iter_mut().zip(columns) {
            match header.iter().position(|name| *name == column) {
                Some(found) => *place = found,
                None => {
                    let near = nearest_word(column, header.iter().copied()).map_or(String::new(), |near| format!(" (is it \"{near}\"?)"));
                    let mend = format!("begin with the line {}", columns.join(";"));
                    faults.push(Fault::new(table.file, *header_line, format!("there is no column \"{column}\"{near}"), mend));
                    return Vec::new();
                }
            }
        }
        let mut read = Vec::with_capacity(rows.len());
        for (line, cells) in rows {
            if cells.len() == header.len() {
                read.push(Row { line: *line, cells: places.map(|place| cells[place]) });
            } else {
                let what = format!("the row has {} columns, the header {}", cells.len(), header.len());
                faults.push(Fault::new(table.file, *line, what, "part the columns by ; and write none in a text"));
            }
        }
        read
    }

    fn split(source: &Source<'a>, faults: &mut Vec<Fault>) -> Self {
        let text = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let mut rows: Vec<_> = lines.map(|(n, line)| (n + 1, line.split(';').map(str::trim).collect())).take(ROWS_MAX + 1).collect();
        if rows.len() > ROWS_MAX {
            faults.push(Fault::new(
                source.file,
                0,
                format!("the file has more than {ROWS_MAX} rows"),
                "give the file that holds the table",
            ));
            rows.truncate(ROWS_MAX);
        }
        Self { file: source.file, rows }
    }
}
