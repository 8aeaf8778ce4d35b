//! Values as ranks, so that a call is sorted by counting: a thousand carriers are in order after two passes over them.

/// Which place each carrier's value takes among all values. Equal values share a rank.
pub(crate) struct Ranks {
    /// By row; a row beyond the end has none.
    ranks: Vec<Option<usize>>,
    count: usize,
}

impl Ranks {
    /// Ranks rows by their values; NaN is none.
    pub(crate) fn of(values: impl Iterator<Item = (u32, f64)>) -> Self {
        let mut values: Vec<(f64, u32)> =
            values.filter(|(_, value)| !value.is_nan()).map(|(row, value)| (value, row)).collect();
        values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut ranks = Self { ranks: Vec::new(), count: 0 };
        let mut previous = f64::NAN;
        for (value, row) in values {
            ranks.count += usize::from(value.total_cmp(&previous).is_ne());
            previous = value;
            ranks.set(row as usize);
        }
        ranks
    }

    /// The last rank given out, for that row.
    fn set(&mut self, row: usize) {
        if row >= self.ranks.len() {
            self.ranks.resize(row + 1, None);
        }
        if let Some(rank) = self.ranks.get_mut(row) {
            *rank = self.count.checked_sub(1);
        }
    }

    /// Sorts rows by rank, stable; those without one come last in both directions.
    pub(crate) fn sort(&self, rows: &[u32], descending: bool) -> Vec<u32> {
        let mut places = vec![0; self.count + 1];
        for &row in rows {
            if let Some(place) = places.get_mut(self.place(row, descending)) {
                *place += 1;
            }
        }
        let mut next = 0;
        for place in &mut places {
            next += std::mem::replace(place, next);
        }
        let mut sorted = vec![0; rows.len()];
        for &row in rows {
            let Some(place) = places.get_mut(self.place(row, descending)) else { continue };
            if let Some(slot) = sorted.get_mut(*place) {
                *slot = row;
            }
            *place += 1;
        }
        sorted
    }

    fn place(&self, row: u32, descending: bool) -> usize {
        match self.ranks.get(row as usize).copied().flatten() {
            Some(rank) if descending => self.count - 1 - rank,
            Some(rank) => rank,
            None => self.count,
        }
    }
}
