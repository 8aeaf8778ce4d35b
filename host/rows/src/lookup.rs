//! Looking rows up for a call. Nothing is allocated for a row of the parts; a carrier is told by its number in its part, so that whoever
//! asks can keep a list of what those numbers mean to him.

use std::collections::BTreeSet;

use strowger_model::selector_row::SelectorRow;

use crate::base::Place;
use crate::part::{self, Group, Part, Window, number_of};
use crate::table::Table;

/// Whose row it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier<'t> {
    /// The carrier of that number in that part: see [`Table::carriers`].
    Numbered {
        /// The part.
        part: usize,
        /// The number.
        number: u32,
    },
    /// The carrier of that id.
    Named(&'t str),
}

/// A row that was found and counts at the time that was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit<'t> {
    /// Whose row it is.
    pub carrier: Carrier<'t>,
    /// Bytes of its selector.
    pub length: usize,
    /// Its value, NaN where it is no number.
    pub value: f64,
}

/// What is done with each row that is found.
pub type Visit<'v> = dyn FnMut(Hit<'_>) + 'v;

/// Look-ups; `at` is in Gregorian seconds.
impl Table {
    /// The carriers of each part, in the order of their numbers.
    pub fn carriers(&self) -> impl Iterator<Item = Vec<&str>> {
        self.base.parts.iter().map(|stored| stored.part.resources().collect())
    }

    /// Whether two versions have the same parts, and so the same [`Table::carriers`].
    #[must_use]
    pub fn has_parts_of(&self, other: &Self) -> bool {
        std::sync::Arc::ptr_eq(&self.base, &other.base)
    }

    /// Each carrier and validity that there are rows of, and their lowest value.
    pub fn each_sum(&self) -> impl Iterator<Item = (&str, Window, f64)> {
        self.sums().iter().map(|((resource, window), sum)| (&**resource, *window, sum.lowest))
    }

    /// Rows of that selector.
    pub fn exact(&self, selector: &str, at: i64, visit: &mut Visit<'_>) {
        let selector = selector.as_bytes();
        for number in 0..self.base.parts.len() {
            if let Some((part, group)) = self.base.part(number).and_then(|part| Some((part, part.group(selector)?))) {
                self.group(number, part, group, selector, at, visit);
            }
        }
        self.laid(selector, at, visit);
    }

    /// Rows whose selector a text begins with: one walk of each part that may have any, and a look into the overlay for each character.
    pub fn prefixes(&self, text: &str, at: i64, visit: &mut Visit<'_>) {
        let text = text.as_bytes();
        for (number, part) in self.base.parts.iter().map(|stored| &stored.part).enumerate() {
            if part.may_have_prefix(text) {
                part.each_prefix(text, &mut |length, group| {
                    let selector = text.get(..length).unwrap_or_default();
                    self.group(number, part, group, selector, at, visit);
                });
            }
        }
        for length in 1..=text.len() {
            let selector = text.get(..length).unwrap_or_default();
            let next = self.overlay.from(selector).next();
            if next.is_none_or(|(key, _)| !key.bytes().starts_with(selector)) {
                break;
            }
            self.laid(selector, at, visit);
        }
    }

    /// Rows whose selector is an expression that `is_match` says matches, or text that the text contains.
    pub fn matching(&self, text: &str, at: i64, is_match: &mut dyn FnMut(&str) -> bool, visit: &mut Visit<'_>) {
        for (number, part) in self.base.parts.iter().map(|stored| &stored.part).enumerate() {
            let mut groups: BTreeSet<u32> = BTreeSet::new();
            let starts = text.char_indices().filter_map(|(start, _)| text.get(start..));
            starts.for_each(|rest| {
                part.each_prefix(rest.as_bytes(), &mut |_, group| {
                    groups.insert(group.start);
                });
            });
            let expressions = part.expressions();
            groups.retain(|start| expressions.binary_search(start).is_err());
            let mut selector = Vec::new();
            for start in expressions {
                selector.clear();
                let read = part.selector_of(*start, &mut selector).and_then(|()| std::str::from_utf8(&selector).ok());
                if read.is_some_and(&mut *is_match) {
                    groups.insert(*start);
                }
            }
            for start in groups {
                selector.clear();
                if part.selector_of(start, &mut selector).is_some() {
                    self.group(number, part, part.group_at(start), &selector, at, visit);
                }
            }
        }
        for row in self.overlay.iter().filter_map(|(_, entry)| entry.row.as_ref()) {
            let is_expression = part::is_expression(row.selector.as_bytes());
            if if is_expression { is_match(&row.selector) } else { text.contains(&row.selector) } {
                tell(row, at, visit);
            }
        }
    }

    /// The selectors of a carrier's rows, ascending. Costs a pass of the parts that have any.
    #[must_use]
    pub fn selectors_of(&self, resource: &str, at: i64) -> Vec<String> {
        let rows = self.base.beyond(None, strowger_store::Direction::Ascending, Some(resource));
        let current = rows.filter(|place| {
            let window = self.base.part(place.part).and_then(|part| part.window_of(place.row));
            window.is_some_and(|window| window.covers(at)) && !self.is_hidden(*place)
        });
        let below = current.filter_map(|place| Some(self.base.key(place)?.selector().to_owned()));
        let laid = self.overlay.iter().filter_map(|(_, entry)| entry.row.as_ref());
        let laid = laid.filter(|row| row.resource == resource && row.is_current(at)).map(|row| row.selector.clone());
        let mut selectors: Vec<String> = below.chain(laid).collect();
        selectors.sort_unstable();
        selectors.dedup();
        selectors
    }

    fn is_hidden(&self, place: Place) -> bool {
        !self.overlay.is_empty() && self.base.key(place).is_some_and(|key| self.overlay.get(&key).is_some())
    }

    fn group(&self, number: usize, part: &Part, group: Group, selector: &[u8], at: i64, visit: &mut Visit<'_>) {
        // Most selectors have nothing laid over them; only where one has, each row is asked for.
        let is_touched = !self.overlay.is_empty() && self.overlay.of_selector(selector).next().is_some();
        for row in group.start..group.end {
            let is_current = part.window_of(row).is_some_and(|window| window.covers(at));
            if !is_current || is_touched && self.is_hidden(Place { part: number, row }) {
                continue;
            }
            if let Some(resource) = part.resource_of(row) {
                let carrier = Carrier::Numbered { part: number, number: resource };
                visit(Hit { carrier, length: selector.len(), value: part.value_of(row) });
            }
        }
    }

    fn laid(&self, selector: &[u8], at: i64, visit: &mut Visit<'_>) {
        if !self.overlay.is_empty() {
            let entries = self.overlay.of_selector(selector);
            entries.filter_map(|(_, entry)| entry.row.as_ref()).for_each(|row| tell(row, at, visit));
        }
    }
}

fn tell(row: &SelectorRow, at: i64, visit: &mut Visit<'_>) {
    if row.is_current(at) {
        let value = number_of(row.value.as_deref());
        visit(Hit { carrier: Carrier::Named(&row.resource), length: row.selector.len(), value });
    }
}
