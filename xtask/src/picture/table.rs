//! The tables of a page in Markdown.

use anyhow::{Context, Result, ensure};

/// A table: its heads, and its rows with as many cells each.
pub struct Table {
    heads: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The first one on the page whose first head is this.
    ///
    /// # Errors
    /// There is none, or a row of it has another number of cells.
    pub fn find(page: &str, first_head: &str) -> Result<Self> {
        let begins = format!("| {first_head} |");
        let mut lines = page.lines().skip_while(|line| !line.starts_with(&begins));
        let heads = cells(lines.next().with_context(|| format!("the page has no table that begins with {begins:?}"))?);
        let rows: Vec<Vec<String>> = lines.skip(1).take_while(|line| line.starts_with('|')).map(cells).collect();
        ensure!(rows.iter().all(|row| row.len() == heads.len()), "a row of {begins:?} has more or fewer cells than heads");
        Ok(Self { heads, rows })
    }

    /// The place of the column under this head.
    pub fn column(&self, head: &str) -> Result<usize> {
        self.heads.iter().position(|found| found == head).with_context(|| format!("the table has no column {head:?}"))
    }
}

fn cells(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// A figure as it is written, with commas between thousands.
pub fn figure(cell: &str) -> Result<f64> {
    cell.replace(',', "").parse().with_context(|| format!("{cell:?} is no figure"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_found_by_its_first_head() -> Result<()> {
        let page = "| a | b |\n|---|---|\n| 1 | 2 |\n\n| c | d |\n|---|---|\n| 1,733 | x |\n|  | 4.5 |\nafter\n";
        let table = Table::find(page, "c")?;
        assert_eq!((table.column("d")?, table.rows.len()), (1, 2));
        assert_eq!((figure(&table.rows[0][0])?, figure(&table.rows[1][1])?), (1_733.0, 4.5));
        assert!(table.column("a").is_err() && figure("x").is_err() && figure("").is_err());
        assert!(Table::find(page, "e").is_err());
        assert!(Table::find("| a | b |\n|---|---|\n| 1 |\n", "a").is_err());
        Ok(())
    }
}
