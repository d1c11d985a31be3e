//! Weights in a fraction of their room: a row of small whole numbers and the factor they share.

/// Rows of equal length.
#[derive(Clone, Default)]
pub(super) struct Table {
    pub width: usize,
    pub factors: Vec<f32>,
    pub cells: Vec<i8>,
}

impl Table {
    /// Rounds each weight to a whole number from `-steps` to `steps` of its row.
    pub fn of(weights: &[f32], width: usize, steps: i8) -> Self {
        let mut table = Self { width, factors: Vec::with_capacity(weights.len() / width), cells: Vec::with_capacity(weights.len()) };
        for row in weights.chunks_exact(width) {
            let largest = row.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
            let factor = if largest > 0.0 { largest / f32::from(steps) } else { 1.0 };
            table.factors.push(factor);
            #[allow(clippy::cast_possible_truncation)] // at most `steps` by the factor
            table.cells.extend(row.iter().map(|weight| (weight / factor).round() as i8));
        }
        table
    }

    /// Adds `share` of a row to the sums.
    pub fn add(&self, row: usize, share: f32, sums: &mut [f32]) {
        let share = share * self.factors[row];
        for (sum, cell) in sums.iter_mut().zip(&self.cells[row * self.width..(row + 1) * self.width]) {
            *sum += share * f32::from(*cell);
        }
    }
}
