//! Which row of the pool each carrier of a table is. Found once for each version of a table, and for the parts once for all versions that
//! share them: what a call costs does not depend on the number of rows.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use strowger_rows::{Carrier, Table, Window};

use super::expressions::Expressions;
use crate::pool::Pool;

/// One version of a table over one pool.
pub(crate) struct Join {
    pub(super) table: Arc<Table>,
    /// By part, by the carrier's number in it.
    carriers: Arc<Vec<Vec<Option<u32>>>>,
    /// The carriers of the pool that have rows, when, and their lowest value.
    sums: Vec<(u32, Window, f64)>,
    /// Carriers of its rows that are not in the pool, the first few.
    strangers: BTreeSet<String>,
}

/// Carriers without a place in the pool that are told of.
const MOST_STRANGERS: usize = 16;

impl Join {
    fn new(table: &Arc<Table>, pool: &Pool, older: Option<&Self>) -> Self {
        let carriers = match older {
            Some(older) if older.table.has_parts_of(table) => Arc::clone(&older.carriers),
            _ => {
                let part = |ids: Vec<&str>| ids.into_iter().map(|id| pool.row_of(id)).collect();
                Arc::new(table.carriers().map(part).collect())
            }
        };
        let sums = table.each_sum().filter_map(|(id, window, value)| Some((pool.row_of(id)?, window, value)));
        let strangers = table.each_sum().map(|(id, _, _)| id).filter(|id| pool.row_of(id).is_none());
        let mut told = BTreeSet::new();
        for id in strangers {
            if told.len() >= MOST_STRANGERS {
                break;
            }
            told.insert(id.to_owned());
        }
        Self { table: Arc::clone(table), carriers, sums: sums.collect(), strangers: told }
    }

    /// That there are rows which nothing comes of.
    pub(super) fn note(&self, name: &str) -> Option<String> {
        if self.strangers.is_empty() {
            return None;
        }
        let more = if self.strangers.len() < MOST_STRANGERS { "" } else { ", and perhaps more" };
        let ids: Vec<&str> = self.strangers.iter().map(String::as_str).collect();
        Some(format!("selector rows {name}: not among the call's carriers: {}{more}", ids.join(", ")))
    }

    pub(super) fn row(&self, carrier: Carrier<'_>, pool: &Pool) -> Option<u32> {
        match carrier {
            Carrier::Named(id) => pool.row_of(id),
            Carrier::Numbered { part, number } => *self.carriers.get(part)?.get(usize::try_from(number).ok()?)?,
        }
    }

    /// The carriers that have rows at that second, and the lowest value of each; one may come more than once.
    pub(super) fn lowest(&self, at: i64) -> Vec<(u32, f64)> {
        let current = self.sums.iter().filter(|(_, window, _)| window.covers(at));
        current.map(|(row, _, value)| (*row, *value)).collect()
    }
}

/// The joins of one pool.
#[derive(Default)]
pub(crate) struct Joins {
    /// By name, one of each book: a chain asks for few names, and a book has a bounded number of them.
    names: Mutex<HashMap<String, [Option<Arc<Join>>; 2]>>,
    pub(crate) expressions: Expressions,
}

impl Joins {
    pub(super) fn get(&self, book: usize, name: &str, table: &Arc<Table>, pool: &Pool) -> Arc<Join> {
        let older = self.names.lock().get(name).and_then(|joins| joins.get(book)?.clone());
        if let Some(join) = older.as_ref().filter(|join| Arc::ptr_eq(&join.table, table)) {
            return Arc::clone(join);
        }
        let join = Arc::new(Join::new(table, pool, older.as_deref()));
        let mut names = self.names.lock();
        if let Some(place) = names.entry(name.to_owned()).or_default().get_mut(book) {
            *place = Some(Arc::clone(&join));
        }
        join
    }
}
