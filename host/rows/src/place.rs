//! One owner's book in memory.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::book::RowBook;

/// One owner's place in the table of books.
#[derive(Default)]
pub(crate) struct Place {
    current: Mutex<Option<Arc<RowBook>>>,
    /// Held by whoever reads: a change is followed by one reading, however many wait for it.
    pub(crate) reading: tokio::sync::Mutex<()>,
}

impl Place {
    pub(crate) fn current(&self) -> Option<Arc<RowBook>> {
        self.current.lock().clone()
    }

    pub(crate) fn keep(&self, book: RowBook) -> Arc<RowBook> {
        let book = Arc::new(book);
        *self.current.lock() = Some(Arc::clone(&book));
        book
    }
}
