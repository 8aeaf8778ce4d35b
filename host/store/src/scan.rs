//! Reading many documents of one owner in order, page by page.

use strowger_model::Owner;

use crate::{Document, Kind, Listing, MAX_PAGE, listing};

/// The direction of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Where a scan goes on: the position of the last document that was read. Only the store reads anything into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// What a scan sorts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The documents' ids.
    Id,
    /// A secondary listing, then the ids. Documents that are not in the listing are left out.
    Listing(Listing),
}

/// One page of documents to read. The bounds are of the sort key: the id, or what the listing sorts by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Whose documents.
    pub owner: Owner,
    /// Of which kind.
    pub kind: Kind,
    /// Sorted by what.
    pub order: Order,
    /// In which direction.
    pub direction: Direction,
    /// Least sort key, inclusive.
    pub from: Option<String>,
    /// Sort key that is beyond the last, exclusive.
    pub until: Option<String>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// Most documents of the page; never more than [`MAX_PAGE`].
    pub limit: usize,
}

impl Scan {
    /// All documents of one owner and kind, ascending by id, in pages of [`MAX_PAGE`].
    pub fn of(owner: impl Into<Owner>, kind: Kind) -> Self {
        Self {
            owner: owner.into(),
            kind,
            order: Order::Id,
            direction: Direction::Ascending,
            from: None,
            until: None,
            after: None,
            limit: MAX_PAGE,
        }
    }

    /// Sorted by a secondary listing.
    #[must_use]
    pub fn by(self, listing: Listing) -> Self {
        Self { order: Order::Listing(listing), ..self }
    }

    /// In that direction.
    #[must_use]
    pub fn direction(self, direction: Direction) -> Self {
        Self { direction, ..self }
    }

    /// Only sort keys from `least` on.
    #[must_use]
    pub fn from(self, least: impl Into<String>) -> Self {
        Self { from: Some(least.into()), ..self }
    }

    /// Only sort keys before `beyond`.
    #[must_use]
    pub fn until(self, beyond: impl Into<String>) -> Self {
        Self { until: Some(beyond.into()), ..self }
    }

    /// Only that sort key. Sort keys hold no control characters, so that nothing else lies before the first one after it.
    #[must_use]
    pub fn only(self, key: &str) -> Self {
        self.from(key).until(format!("{key}\u{1}"))
    }

    /// Only sort keys that begin with `prefix`. Sort keys hold no control characters, so that the character after the largest
    /// other one bounds them.
    #[must_use]
    pub fn prefix(self, prefix: &str) -> Self {
        self.from(prefix).until(format!("{prefix}{}", char::MAX))
    }

    /// Going on where another page ended.
    #[must_use]
    pub fn after(self, cursor: Option<Cursor>) -> Self {
        Self { after: cursor, ..self }
    }

    /// Where the scan goes on after one of its documents; none where the document is not in the scan's listing.
    #[must_use]
    pub fn place_of(&self, document: &Document) -> Option<Cursor> {
        let id = &document.key.id;
        match self.order {
            Order::Id => Some(Cursor(id.clone())),
            Order::Listing(listing) => {
                let sort = listing::sort_key(document.key.kind, &document.body, listing)?;
                Some(Cursor(format!("{sort}\0{id}")))
            }
        }
    }

    /// At most that many documents.
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }
}

/// One page of a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The documents, in scan order.
    pub documents: Vec<Document>,
    /// Set where more follow.
    pub next: Option<Cursor>,
}
