//! Reading documents: one, or a page in some order.

use std::ops::{ControlFlow, Range};

use crate::clock::Moment;
use crate::record::decode;
use crate::{Cursor, Direction, Document, Key, MAX_PAGE, Order, Page, Scan, StoreError};

use super::{Read, Table, keys};

/// A page ends early where its records have as many bytes: it is held in memory as a whole.
const PAGE_BYTES: usize = 32 << 20;

pub(super) fn get(read: &dyn Read, key: &Key, now: Moment) -> Result<Option<Document>, StoreError> {
    let record = read.get(Table::Documents, &keys::document(key))?;
    Ok(record.map(|record| decode(key.clone(), &record, now)).transpose()?.flatten())
}

pub(super) fn scan(read: &dyn Read, scan: &Scan, now: Moment) -> Result<Page, StoreError> {
    let mut reading = Reading { scan, now, page: Page { documents: Vec::new(), next: None }, bytes: 0, last: None };
    match scan.order {
        Order::Id => {
            let prefix = keys::documents(scan.owner, scan.kind);
            read.visit(Table::Documents, range(&prefix, scan), scan.direction, &mut |key, record| {
                let id = keys::text(keys::after(&prefix, key)?)?;
                reading.take(id, record, id)
            })?;
        }
        Order::Listing(listing) => {
            let prefix = keys::listing(scan.owner, scan.kind, listing);
            read.visit(Table::Listings, range(&prefix, scan), scan.direction, &mut |key, _| {
                let place = keys::after(&prefix, key)?;
                let (_, id) = keys::parse_listed(place)?;
                let at = keys::document(&Key::new(scan.owner, scan.kind, id));
                let record = read.get(Table::Documents, &at)?.ok_or_else(keys::damaged)?;
                reading.take(id, &record, keys::text(place)?)
            })?;
        }
    }
    Ok(reading.page)
}

/// A page that is being filled.
struct Reading<'s> {
    scan: &'s Scan,
    now: Moment,
    page: Page,
    bytes: usize,
    last: Option<Cursor>,
}

impl Reading<'_> {
    /// Takes a document unless it has expired; breaks at the first one that has no room.
    fn take(&mut self, id: &str, record: &[u8], place: &str) -> Result<ControlFlow<()>, StoreError> {
        let is_full = self.page.documents.len() >= self.scan.limit.min(MAX_PAGE) || self.bytes >= PAGE_BYTES;
        let key = Key::new(self.scan.owner, self.scan.kind, id);
        let Some(document) = decode(key, record, self.now)? else { return Ok(ControlFlow::Continue(())) };
        if is_full {
            self.page.next = self.last.take();
            return Ok(ControlFlow::Break(()));
        }
        self.page.documents.push(document);
        self.bytes += record.len();
        self.last = Some(Cursor(place.to_owned()));
        Ok(ControlFlow::Continue(()))
    }
}

/// The keys that a scan reads. A bound or cursor is what follows the prefix, so that one of a sort key includes no whole entry: the
/// sort keys that are equal to it go on with a NUL.
fn range(prefix: &[u8], scan: &Scan) -> Range<Vec<u8>> {
    let at = |place: &str| [prefix, place.as_bytes()].concat();
    let all = keys::beginning(prefix.to_vec());
    let mut start = scan.from.as_deref().map_or(all.start, at);
    let mut end = scan.until.as_deref().map_or(all.end, at);
    if let Some(Cursor(place)) = &scan.after {
        match scan.direction {
            Direction::Ascending => start = start.max(keys::above(at(place))),
            Direction::Descending => end = end.min(at(place)),
        }
    }
    start..end
}
