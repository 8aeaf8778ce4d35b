//! Rows to test with.

use std::sync::Arc;

use serde_json::Map;
use strowger_model::{AccountId, Owner};
use strowger_store::{MemoryStore, Store};

use crate::publication::{Mode, Publication, Published};
use crate::{RowLimits, RowsError, SelectorRow, SelectorRows};

/// Everything comes in small pieces: a few rows are as many parts, sections and rounds of merging as millions are otherwise.
pub(super) const SMALL: RowLimits =
    RowLimits { names: 1_000, rows: 1_000_000, memory: 1 << 30, part_rows: 8, section_rows: 3, merged_runs: 2 };

pub(super) fn row(name: &str, selector: &str, resource: &str, value: &str) -> SelectorRow {
    SelectorRow {
        name: name.into(),
        selector: selector.into(),
        resource: resource.into(),
        value: Some(value.into()),
        start_time: None,
        stop_time: None,
        extra: Map::new(),
    }
}

pub(super) struct World {
    pub(super) store: Arc<dyn Store>,
    pub(super) rows: SelectorRows,
    pub(super) owner: Owner,
}

impl World {
    pub(super) fn new() -> Self {
        Self::over(MemoryStore::new())
    }

    pub(super) fn over(store: Arc<dyn Store>) -> Self {
        Self::within(store, RowLimits::default())
    }

    pub(super) fn within(store: Arc<dyn Store>, limits: RowLimits) -> Self {
        let rows = SelectorRows::with_limits(Arc::clone(&store), limits);
        Self { store, rows, owner: AccountId::random().into() }
    }

    pub(super) async fn publish(
        &self,
        id: &str,
        mode: Mode,
        runs: Vec<Vec<SelectorRow>>,
    ) -> Result<Published, RowsError> {
        let mut staged = Vec::new();
        for run in runs {
            staged.push(self.rows.stage(self.owner, run).await?);
        }
        let publication = Publication { id: id.into(), runs: staged, mode, fence: None, author: None };
        self.rows.publish(self.owner, publication).await
    }

    /// The selectors of a name, in order.
    pub(super) async fn selectors(&self, name: &str) -> Vec<String> {
        let book = self.rows.book(self.owner).await.unwrap();
        let filter = crate::RowFilter { name: Some(name.into()), resource: None };
        let page = book.page(&filter, None, strowger_store::Direction::Ascending, 1_000);
        page.into_iter().map(|stored| stored.row.selector).collect()
    }
}
