//! The carriers' side of the comparison: numbered once from the pool, or looked up in the selector rows.

use std::collections::BTreeSet;

use strowger_sdk::filter;
use strowger_sdk::interned::{Interned, PerList};
use strowger_sdk::reference::CarrierValue;
use strowger_sdk::selector::Carrier;
use strowger_sdk::{PluginError, rows};

use crate::relation::Overlap;

/// Each carrier's list.
pub(crate) enum Lists {
    /// Fields of the carriers; named for reasons.
    Field { name: &'static str, lists: Interned },
    /// The selectors of the carriers' rows of that name.
    Database(String),
}

impl Lists {
    pub(crate) fn of(value: CarrierValue, pool: &[Carrier]) -> Result<Self, PluginError> {
        let field = |name, list: fn(&Carrier) -> &Vec<String>| Self::Field {
            name,
            lists: Interned::new(pool.iter().map(|carrier| list(carrier).as_slice())),
        };
        match value {
            CarrierValue::Flags => Ok(field("flags", |carrier| &carrier.flags)),
            CarrierValue::Rules => Ok(field("rules", |carrier| &carrier.rules)),
            CarrierValue::CidRules => Ok(field("cid_rules", |carrier| &carrier.cid_rules)),
            CarrierValue::Database(name) => Ok(Self::Database(name)),
            CarrierValue::WeightCost => {
                Err(PluginError::bad_parameter("value_b", "pattern", "resource:weight_cost is no list"))
            }
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Field { name, .. } => name,
            Self::Database(name) => name,
        }
    }

    /// `wanted` is free of repetitions.
    pub(crate) fn compare<'c>(&'c self, wanted: &'c [String]) -> Compared<'c> {
        match self {
            Self::Field { lists, .. } => Compared::Field { lists, wanted, common: common(lists, wanted) },
            Self::Database(name) => Compared::Database { name, wanted, found: found(name, wanted) },
        }
    }
}

/// How many of the wanted texts each distinct list has.
fn common<'c>(lists: &'c Interned, wanted: &[String]) -> PerList<'c, u32> {
    let mut common = PerList::new(lists, 0);
    let numbers = wanted.iter().filter_map(|text| lists.number(text));
    for holder in numbers.flat_map(|number| lists.holders(number)) {
        common.of_list_mut(holder.list).into_iter().for_each(|count| *count += 1);
    }
    common
}

/// Whether each distinct list passes. Where a list has nothing in common with what is wanted, only whether it is empty counts; so the
/// cost goes by what is wanted and who has it.
fn passing<'c>(
    lists: &'c Interned,
    wanted: &[String],
    common: &PerList<'c, u32>,
    passes: impl Fn(Overlap) -> bool,
) -> PerList<'c, bool> {
    let apart = |had| passes(Overlap { wanted: wanted.len(), had, common: 0 });
    let mut passing = PerList::new(lists, apart(1));
    passing.of_list_mut(Interned::EMPTY).into_iter().for_each(|slot| *slot = apart(0));
    for holder in wanted.iter().filter_map(|text| lists.number(text)).flat_map(|number| lists.holders(number)) {
        let overlap = Overlap {
            wanted: wanted.len(),
            had: lists.numbered(holder.list).len(),
            common: common.of_list(holder.list) as usize,
        };
        passing.of_list_mut(holder.list).into_iter().for_each(|slot| *slot = passes(overlap));
    }
    passing
}

/// Pairs of a carrier and the index of a wanted text that one of its rows has.
fn found(name: &str, wanted: &[String]) -> BTreeSet<(u32, usize)> {
    let hits = wanted.iter().enumerate().map(|(index, key)| (index, rows::exact(name, key)));
    hits.flat_map(|(index, hits)| hits.rows.into_iter().map(move |row| (row, index))).collect()
}

/// The carriers' lists beside one list of a call.
pub(crate) enum Compared<'c> {
    Field { lists: &'c Interned, wanted: &'c [String], common: PerList<'c, u32> },
    Database { name: &'c str, wanted: &'c [String], found: BTreeSet<(u32, usize)> },
}

impl Compared<'_> {
    pub(crate) fn overlap(&self, row: u32) -> Overlap {
        match self {
            Self::Field { lists, wanted, common } => {
                Overlap { wanted: wanted.len(), had: lists.list(row).len(), common: common.of_row(row) as usize }
            }
            Self::Database { name, wanted, found } => {
                let common = found.range((row, 0)..=(row, usize::MAX)).count();
                Overlap { wanted: wanted.len(), had: selectors(name, row), common }
            }
        }
    }

    /// Keeps the rows whose overlap passes; `why` tells of one that does not.
    pub(crate) fn retain(&self, rows: &mut Vec<u32>, passes: impl Fn(Overlap) -> bool, why: impl Fn(u32) -> String) {
        match self {
            Self::Field { lists, wanted, common } => {
                let passing = passing(lists, wanted, common, passes);
                filter::retain(rows, |row| passing.of_row(row), why);
            }
            Self::Database { .. } => filter::retain(rows, |row| passes(self.overlap(row)), why),
        }
    }

    pub(crate) fn has(&self, row: u32, text: &str) -> bool {
        match self {
            Self::Field { lists, .. } => lists.number(text).is_some_and(|number| lists.list(row).contains(&number)),
            Self::Database { name, .. } => rows::selectors(name, row).iter().any(|selector| selector == text),
        }
    }
}

fn selectors(name: &str, row: u32) -> usize {
    rows::selectors(name, row).into_iter().collect::<BTreeSet<_>>().len()
}
