//! Values as places, so that a call is sorted by counting: a thousand carriers are in order after two passes over them.

/// Which values come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// Which place each carrier's value takes among all values, in one direction. Equal values share a place.
pub(crate) struct Ranks {
    /// By row; a row beyond the end has the last place.
    places: Vec<u32>,
    /// The place of those without a value.
    last: u32,
}

impl Ranks {
    /// Ranks rows by their values; NaN is none.
    pub(crate) fn of(values: impl Iterator<Item = (u32, f64)>, direction: Direction) -> Self {
        let mut values: Vec<(f64, u32)> =
            values.filter(|(_, value)| !value.is_nan()).map(|(row, value)| (value, row)).collect();
        values.sort_unstable_by(|(a, _), (b, _)| match direction {
            Direction::Ascending => a.total_cmp(b),
            Direction::Descending => b.total_cmp(a),
        });
        let rows = values.iter().map(|(_, row)| *row as usize + 1).max().unwrap_or(0);
        let mut ranked = Vec::with_capacity(values.len());
        let mut last = 0;
        for group in values.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
            ranked.extend(group.iter().map(|(_, row)| (*row as usize, last)));
            last += 1;
        }
        let mut places = vec![last; rows];
        for (row, place) in ranked {
            places.get_mut(row).into_iter().for_each(|slot| *slot = place);
        }
        Self { places, last }
    }

    /// Sorts rows by place, stable; so those without a value come last in both directions.
    pub(crate) fn sort(&self, rows: &[u32]) -> Vec<u32> {
        let mut next = vec![0_u32; self.last as usize + 1];
        for &row in rows {
            if let Some(count) = next.get_mut(self.place(row)) {
                *count += 1;
            }
        }
        let mut start = 0;
        for slot in &mut next {
            start += std::mem::replace(slot, start);
        }
        let mut sorted = vec![0; rows.len()];
        for &row in rows {
            let Some(next) = next.get_mut(self.place(row)) else { continue };
            if let Some(slot) = sorted.get_mut(*next as usize) {
                *slot = row;
            }
            *next += 1;
        }
        sorted
    }

    #[inline]
    fn place(&self, row: u32) -> usize {
        self.places.get(row as usize).copied().unwrap_or(self.last) as usize
    }
}
