//! The part of the number that each carrier dials.

use std::collections::BTreeMap;

use strowger_sdk::patterns::Matches;
use strowger_sdk::selector::{Adjustment, Selection};

/// Sets what the first matching expression of each row captures, where that is less than the number. Expressions are asked once, and
/// those that capture the same share an adjustment.
pub(crate) fn set(rows: Vec<u32>, matches: &mut Matches<'_>) -> Selection {
    let mut groups: Vec<Vec<u32>> = Vec::new();
    let mut parts: BTreeMap<String, usize> = BTreeMap::new();
    let mut group_of = vec![Group::Unknown; matches.patterns()];
    for &row in &rows {
        let Some(pattern) = matches.first(row) else { continue };
        let Some(group) = group_of.get_mut(pattern as usize) else { continue };
        if let Group::Unknown = group {
            *group = matches.captured(pattern).map_or(Group::Unchanged, |part| {
                let next = groups.len();
                Group::Part(*parts.entry(part).or_insert(next))
            });
        }
        match *group {
            Group::Part(group) if group == groups.len() => groups.push(vec![row]),
            Group::Part(group) => groups.get_mut(group).into_iter().for_each(|rows| rows.push(row)),
            Group::Unknown | Group::Unchanged => {}
        }
    }
    let adjustment = |(part, group)| Adjustment {
        dialled: Some(part),
        ..Adjustment::of(groups.get_mut(group).map(std::mem::take).unwrap_or_default())
    };
    let adjustments = parts.into_iter().map(adjustment).collect();
    Selection { rows, adjustments }
}

/// The rows that an expression's carriers share their adjustment with.
#[derive(Debug, Clone, Copy)]
enum Group {
    /// The expression has not been asked.
    Unknown,
    /// It captures the whole number.
    Unchanged,
    Part(usize),
}
