//! One owner's book in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::book::RowBook;

/// One owner's place in the table of books.
#[derive(Default)]
pub(crate) struct Place {
    current: Mutex<Option<Arc<RowBook>>>,
    /// Held by whoever reads: a change is followed by one reading, however many wait for it.
    pub(crate) reading: tokio::sync::Mutex<()>,
    /// Held by whoever publishes: two that rewrite the same parts would do the work twice.
    pub(crate) publishing: tokio::sync::Mutex<()>,
    /// Whether parts are being read, which takes a while.
    is_loading: AtomicBool,
    began: Notify,
    pub(crate) last_used: AtomicU64,
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

    pub(crate) fn begin_loading(&self) -> Loading<'_> {
        self.is_loading.store(true, Ordering::Release);
        self.began.notify_waiters();
        Loading(self)
    }

    /// Waits until parts are being read.
    pub(crate) async fn loading(&self) {
        let began = self.began.notified();
        if !self.is_loading.load(Ordering::Acquire) {
            began.await;
        }
    }
}

/// Parts are being read.
pub(crate) struct Loading<'p>(&'p Place);

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        self.0.is_loading.store(false, Ordering::Release);
    }
}
