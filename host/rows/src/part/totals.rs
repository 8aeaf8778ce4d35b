//! What a part adds up to, by carrier and validity.

use std::collections::HashMap;

use super::{Part, Window};

/// Rows of one carrier that count at the same times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Total {
    /// The carrier, by its place in the part.
    pub(crate) resource: u32,
    pub(crate) window: Window,
    pub(crate) rows: u32,
    /// The lowest value, NaN where none has one.
    pub(crate) lowest: f64,
}

/// One pass over the columns.
pub(super) fn of(part: &Part) -> Vec<Total> {
    let (resources, windows) = part.packed();
    let mut totals: HashMap<(u32, u32), (u32, f64)> = HashMap::new();
    for row in 0..part.rows() {
        let (Some(resource), Some(window)) = (resources.get(row), windows.get(row)) else { continue };
        let total = totals.entry((resource, window)).or_insert((0, f64::NAN));
        total.0 += 1;
        // The lower of the two; of a number and NaN the number.
        total.1 = total.1.min(part.value_of(row));
    }
    let mut totals: Vec<((u32, u32), (u32, f64))> = totals.into_iter().collect();
    totals.sort_unstable_by_key(|(at, _)| *at);
    let total = |((resource, window), (rows, lowest)): ((u32, u32), (u32, f64))| {
        let window = part.windows.get(usize::try_from(window).ok()?).copied()?;
        Some(Total { resource, window, rows, lowest })
    };
    totals.into_iter().filter_map(total).collect()
}
