//! What a table adds up to: that of its parts, changed by what lies over them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::{Base, Place, Sum, Sums};
use crate::overlay::Overlay;
use crate::part::{Part, Window, number_of};

/// The sums of parts and what lies over them. Costs a pass of the overlay; where a carrier's lowest value is hidden, also one of the parts
/// that have it.
pub(crate) fn over(base: &Base, overlay: &Overlay) -> Sums {
    let mut sums = base.sums().clone();
    let mut hidden: BTreeMap<(Arc<str>, Window), BTreeSet<Place>> = BTreeMap::new();
    for (place, at) in overlay.iter().filter_map(|(key, entry)| {
        let parts = key.parts()?;
        Some((entry.hides?, (Arc::from(parts.resource), Window { start: parts.start, stop: parts.stop })))
    }) {
        hidden.entry(at).or_default().insert(place);
    }
    for (at, places) in hidden {
        let Some(sum) = sums.get_mut(&at) else { continue };
        sum.rows = sum.rows.saturating_sub(places.len() as u64);
        let is_lowest =
            |place: &Place| base.part(place.part).is_some_and(|part| part.value_of(place.row) <= sum.lowest);
        if places.iter().any(is_lowest) {
            sum.lowest = lowest_without(base, &at.0, at.1, &places);
        }
    }
    for row in overlay.iter().filter_map(|(_, entry)| entry.row.as_ref()) {
        let window = Window { start: row.start_time, stop: row.stop_time };
        let sum = sums.entry((row.resource.as_str().into(), window)).or_insert(Sum { rows: 0, lowest: f64::NAN });
        sum.rows = sum.rows.saturating_add(1);
        sum.lowest = sum.lowest.min(number_of(row.value.as_deref()));
    }
    sums.retain(|_, sum| sum.rows > 0);
    sums
}

fn lowest_without(base: &Base, resource: &str, window: Window, hidden: &BTreeSet<Place>) -> f64 {
    let in_part = |(number, part): (usize, &Part)| {
        let total = part
            .totals()
            .iter()
            .find(|total| total.window == window && part.resource(total.resource) == Some(resource));
        let Some(total) = total else { return f64::NAN };
        let own = Place { part: number, row: 0 }..=Place { part: number, row: u32::MAX };
        let mut of_part = hidden.range(own).peekable();
        let untouched = of_part.all(|place| part.value_of(place.row) > total.lowest || total.lowest.is_nan());
        if untouched {
            return total.lowest;
        }
        let rows = (0..part.rows()).filter(|row| part.resource_of(*row) == Some(total.resource));
        let seen = rows.filter(|row| !hidden.contains(&Place { part: number, row: *row }));
        seen.filter(|row| part.window_of(*row) == Some(window)).map(|row| part.value_of(row)).fold(f64::NAN, f64::min)
    };
    let parts = base.parts.iter().map(|stored| &stored.part).enumerate();
    parts.map(in_part).fold(f64::NAN, f64::min)
}
