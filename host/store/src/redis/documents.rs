//! Reading documents: one, or a page in some order.

use redis::Pipeline;

use super::faults::unexpected;
use super::keys::Keys;
use super::link::Link;
use super::record::decode;
use crate::{Cursor, Direction, Document, Key, MAX_PAGE, Order, Page, Scan, StoreError};

/// A page ends early where its records have as many bytes: it is held in memory as a whole.
const PAGE_BYTES: usize = 32 << 20;

/// Records that are asked for before their size is known.
const FIRST: usize = 64;

/// Records of one command.
const AT_ONCE: usize = 100;

pub(super) async fn get(link: &Link, keys: &Keys, key: &Key) -> Result<Option<Document>, StoreError> {
    let mut command = redis::cmd("HGET");
    command.arg(keys.documents(key.owner, key.kind)).arg(&key.id);
    let record: Option<Vec<u8>> = link.command(&command).await?;
    record.map(|record| decode(key.clone(), &record)).transpose().map(Option::flatten)
}

pub(super) async fn scan(link: &Link, keys: &Keys, scan: &Scan) -> Result<Page, StoreError> {
    let limit = scan.limit.min(MAX_PAGE);
    let mut reading = Reading { limit, documents: Vec::new(), last: None, bytes: 0, largest: 1 };
    let mut range = Range::of(keys, scan);
    loop {
        // One more than fit, to know whether any follow.
        let wanted = limit + 1 - reading.documents.len();
        let places = range.read(link, wanted).await?;
        let is_end = places.len() < wanted;
        if let Some(next) = reading.take(link, keys, scan, &places).await? {
            return Ok(Page { documents: reading.documents, next });
        }
        if is_end {
            return Ok(Page { documents: reading.documents, next: None });
        }
        range.go_on(places.last());
    }
}

/// A page that is being filled.
struct Reading {
    limit: usize,
    documents: Vec<Document>,
    last: Option<Cursor>,
    bytes: usize,
    largest: usize,
}

impl Reading {
    /// Takes what is still there of those places. Answers how to go on once there is a document that has no room.
    async fn take(
        &mut self,
        link: &Link,
        keys: &Keys,
        scan: &Scan,
        places: &[String],
    ) -> Result<Option<Option<Cursor>>, StoreError> {
        let mut rest = places;
        while !rest.is_empty() {
            let room = if self.largest == 1 { FIRST } else { (PAGE_BYTES / self.largest).max(1) };
            let (now, later) = rest.split_at(room.min(rest.len()));
            for (place, record) in now.iter().zip(records(link, keys, scan, now).await?) {
                // Gone since its place was read.
                let Some(record) = record else { continue };
                let key = Key::new(scan.owner, scan.kind, id_of(scan, place));
                let Some(document) = decode(key, &record)? else { continue };
                if self.documents.len() >= self.limit || self.bytes >= PAGE_BYTES {
                    return Ok(Some(self.last.take()));
                }
                self.documents.push(document);
                self.bytes += record.len();
                self.largest = self.largest.max(record.len());
                self.last = Some(Cursor(place.clone()));
            }
            rest = later;
        }
        Ok(None)
    }
}

async fn records(link: &Link, keys: &Keys, scan: &Scan, places: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let key = keys.documents(scan.owner, scan.kind);
    let mut pipeline = Pipeline::new();
    for some in places.chunks(AT_ONCE) {
        let ids: Vec<&str> = some.iter().map(|place| id_of(scan, place)).collect();
        pipeline.cmd("HMGET").arg(&key).arg(ids);
    }
    let records: Vec<Vec<Option<Vec<u8>>>> = link.pipeline(&pipeline).await?;
    let records: Vec<_> = records.into_iter().flatten().collect();
    if records.len() == places.len() { Ok(records) } else { Err(unexpected("an answer to HMGET")) }
}

/// A place is the id, or in a listing the sort key, NUL, id.
fn id_of<'p>(scan: &Scan, place: &'p str) -> &'p str {
    match scan.order {
        Order::Id => place,
        Order::Listing(_) => place.split_once('\0').map_or(place, |(_, id)| id),
    }
}

/// The part of a sorted set that is still to be read, as `BYLEX` writes its bounds.
struct Range {
    key: String,
    direction: Direction,
    least: String,
    beyond: String,
}

impl Range {
    fn of(keys: &Keys, scan: &Scan) -> Self {
        let key = match scan.order {
            Order::Id => keys.ids(scan.owner, scan.kind),
            Order::Listing(listing) => keys.listing(scan.owner, scan.kind, listing),
        };
        // A bound of a listing has no NUL, so that it lies before all places of its sort key.
        let least = scan.from.as_ref().map_or_else(|| "-".to_owned(), |from| format!("[{from}"));
        let beyond = scan.until.as_ref().map_or_else(|| "+".to_owned(), |until| format!("({until}"));
        let mut range = Self { key, direction: scan.direction, least, beyond };
        let Some(Cursor(place)) = &scan.after else { return range };
        let is_inside = match scan.direction {
            Direction::Ascending => scan.from.as_ref().is_none_or(|from| place >= from),
            Direction::Descending => scan.until.as_ref().is_none_or(|until| place <= until),
        };
        if is_inside {
            range.go_on(Some(place));
        }
        range
    }

    fn go_on(&mut self, last: Option<&String>) {
        let Some(last) = last else { return };
        match self.direction {
            Direction::Ascending => self.least = format!("({last}"),
            Direction::Descending => self.beyond = format!("({last}"),
        }
    }

    async fn read(&self, link: &Link, most: usize) -> Result<Vec<String>, StoreError> {
        let mut command = redis::cmd("ZRANGE");
        command.arg(&self.key);
        match self.direction {
            Direction::Ascending => command.arg(&self.least).arg(&self.beyond).arg("BYLEX"),
            Direction::Descending => command.arg(&self.beyond).arg(&self.least).arg("BYLEX").arg("REV"),
        };
        command.arg("LIMIT").arg(0).arg(most);
        link.command(&command).await
    }
}
