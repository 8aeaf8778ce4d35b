//! Rows to test with.

use std::sync::Arc;

use serde_json::Map;
use strowger_model::{AccountId, Owner};
use strowger_store::{MemoryStore, Store};

use crate::publication::{Mode, Publication, Published};
use crate::{RowsError, SelectorRow, SelectorRows};

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
        let rows = SelectorRows::new(Arc::clone(&store));
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
