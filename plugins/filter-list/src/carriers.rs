//! The carriers' side of the comparison: numbered once from the pool, or looked up in the selector rows.

use std::collections::BTreeSet;

use strowger_sdk::interned::{Interned, Marks};
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
        let source = match self {
            Self::Field { lists, .. } => {
                let marks = Marks::new(lists, wanted.iter().filter_map(|text| lists.number(text)));
                Source::Field { lists, marks }
            }
            Self::Database(name) => Source::Database { name, found: found(name, wanted) },
        };
        Compared { wanted: wanted.len(), source }
    }
}

/// Pairs of a carrier and the index of a wanted text that one of its rows has.
fn found(name: &str, wanted: &[String]) -> BTreeSet<(u32, usize)> {
    let hits = wanted.iter().enumerate().map(|(index, key)| (index, rows::exact(name, key)));
    hits.flat_map(|(index, hits)| hits.rows.into_iter().map(move |row| (row, index))).collect()
}

enum Source<'c> {
    Field { lists: &'c Interned, marks: Marks },
    Database { name: &'c str, found: BTreeSet<(u32, usize)> },
}

/// The carriers' lists beside one list of a call.
pub(crate) struct Compared<'c> {
    wanted: usize,
    source: Source<'c>,
}

impl Compared<'_> {
    pub(crate) fn overlap(&self, row: u32) -> Overlap {
        let (had, common) = match &self.source {
            Source::Field { lists, marks } => {
                let list = lists.list(row);
                (list.len(), marks.count(list))
            }
            Source::Database { name, found } => {
                let common = found.range((row, 0)..=(row, usize::MAX)).count();
                (selectors(name, row), common)
            }
        };
        Overlap { wanted: self.wanted, had, common }
    }

    pub(crate) fn has(&self, row: u32, text: &str) -> bool {
        match &self.source {
            Source::Field { lists, .. } => lists.number(text).is_some_and(|number| lists.list(row).contains(&number)),
            Source::Database { name, .. } => rows::selectors(name, row).iter().any(|selector| selector == text),
        }
    }
}

fn selectors(name: &str, row: u32) -> usize {
    rows::selectors(name, row).into_iter().collect::<BTreeSet<_>>().len()
}
