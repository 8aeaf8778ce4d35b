//! The books in memory: read when first asked for, dropped when the feed tells of a change.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_store::{Changes, Kind, Notice, Store, StoreError};

use crate::book::Book;

/// Owners whose plugins stay in memory.
const MAX_BOOKS: usize = 1_000;

pub(crate) struct Books {
    store: Arc<dyn Store>,
    heard: Mutex<Heard>,
}

struct Heard {
    feed: Changes,
    books: HashMap<Owner, Arc<Book>>,
    /// Counts what was dropped: a book that was read while something changed is not kept.
    dropped: u64,
}

impl Heard {
    /// The store announces a change before it acknowledges it: whoever drains the feed first sees every acknowledged change.
    fn drain(&mut self) {
        while let Some(notice) = self.feed.try_next() {
            match notice {
                Notice::Changed(change) if is_ours(change.key.kind) => self.drop_book(change.key.owner),
                Notice::Many { owner, kinds, .. } if kinds.iter().copied().any(is_ours) => self.drop_book(owner),
                Notice::Missed(Some(owner)) => self.drop_book(owner),
                Notice::Missed(None) => {
                    self.books.clear();
                    self.dropped += 1;
                }
                Notice::Changed(_) | Notice::Many { .. } => {}
            }
        }
    }

    fn drop_book(&mut self, owner: Owner) {
        self.books.remove(&owner);
        self.dropped += 1;
    }
}

fn is_ours(kind: Kind) -> bool {
    matches!(kind, Kind::Plugin | Kind::PluginVersion)
}

impl Books {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        let heard = Heard { feed: store.changes(), books: HashMap::new(), dropped: 0 };
        Self { store, heard: Mutex::new(heard) }
    }

    /// The owner's plugins with every change that was acknowledged before.
    pub(crate) async fn get(&self, owner: Owner) -> Result<Arc<Book>, StoreError> {
        let before = {
            let mut heard = self.heard.lock();
            heard.drain();
            if let Some(book) = heard.books.get(&owner) {
                return Ok(Arc::clone(book));
            }
            heard.dropped
        };
        let book = Arc::new(Book::read(&*self.store, owner).await?);
        let mut heard = self.heard.lock();
        heard.drain();
        if heard.dropped == before {
            if heard.books.len() >= MAX_BOOKS {
                heard.books.clear();
            }
            heard.books.insert(owner, Arc::clone(&book));
        }
        Ok(book)
    }
}
