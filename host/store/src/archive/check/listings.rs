//! Listings say what the bodies say, in both directions.
//!
//! A listing whose documents all belong in it, in ascending order and as many as belong, has each of them once and where it belongs.
//! Only where that does not hold is every document looked up, so that a check needs no memory for the documents of a store.

use strowger_model::Owner;

use super::documents::Listed;
use super::{Problem, Repair, Report, is_fault};
use crate::walk::Pages;
use crate::{Batch, Document, Expect, Kind, Listing, Scan, Store, StoreError, Write, listing};

pub(super) async fn check(
    store: &dyn Store,
    owner: Owner,
    kind: Kind,
    expected: &Listed,
    repair: Repair,
    report: &mut Report,
) -> Result<(), StoreError> {
    for listing in Listing::ALL {
        let of = List { store, owner, kind, listing };
        let Some(found) = of.check(repair, report).await? else { continue };
        let Some(expected) = expected else { continue };
        if found != expected.get(&listing).copied().unwrap_or_default() {
            of.look_up_all(repair, report).await?;
        }
    }
    Ok(())
}

/// Where a document belongs in a listing.
fn sort(listing: Listing, document: &Document) -> Option<String> {
    let entries = listing::entries(document.key.kind, &document.body);
    entries.into_iter().find(|entry| entry.listing == listing).map(|entry| entry.sort)
}

struct List<'a> {
    store: &'a dyn Store,
    owner: Owner,
    kind: Kind,
    listing: Listing,
}

impl List<'_> {
    fn scan(&self) -> Scan {
        Scan::of(self.owner, self.kind).by(self.listing)
    }

    /// How many documents are in it rightly; none where it cannot be read.
    async fn check(&self, repair: Repair, report: &mut Report) -> Result<Option<u64>, StoreError> {
        let mut pages = Pages::scan(self.store, self.scan());
        let mut last: Option<(String, String)> = None;
        let mut found: u64 = 0;
        loop {
            let documents = match pages.next().await {
                Ok(Some(documents)) => documents,
                Ok(None) => return Ok(Some(found)),
                Err(error) if is_fault(&error) => {
                    report.add(self.unreadable(last, &error));
                    return Ok(None);
                }
                Err(error) => return Err(error),
            };
            for document in documents {
                let place = sort(self.listing, &document).map(|sort| (sort, document.key.id.clone()));
                if place.is_some() && place > last {
                    (last, found) = (place, found.saturating_add(1));
                    continue;
                }
                report.add(Problem::Listed { key: document.key.clone(), listing: self.listing });
                self.repair(document, repair, report).await?;
            }
        }
    }

    fn unreadable(&self, last: Option<(String, String)>, error: &StoreError) -> Problem {
        let (after, reason) = (last.map(|(_, id)| id), error.to_string());
        Problem::Unreadable { owner: self.owner, kind: self.kind, listing: Some(self.listing), after, reason }
    }

    async fn look_up_all(&self, repair: Repair, report: &mut Report) -> Result<(), StoreError> {
        let mut pages = Pages::of(self.store, self.owner, self.kind);
        while let Some(documents) = pages.next().await? {
            for document in documents {
                let Some(sort) = sort(self.listing, &document) else { continue };
                if !self.has(&sort, &document.key.id).await? {
                    report.add(Problem::Unlisted { key: document.key.clone(), listing: self.listing });
                    self.repair(document, repair, report).await?;
                }
            }
        }
        Ok(())
    }

    async fn has(&self, sort: &str, id: &str) -> Result<bool, StoreError> {
        // Sort keys have no control characters.
        let equals = self.scan().from(sort).until(format!("{sort}\u{1}"));
        let mut pages = Pages::scan(self.store, equals);
        while let Some(documents) = pages.next().await? {
            if documents.iter().any(|document| document.key.id == id) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes the document as it is, which lists it as it should be.
    async fn repair(&self, document: Document, repair: Repair, report: &mut Report) -> Result<(), StoreError> {
        if repair == Repair::No {
            return Ok(());
        }
        let Document { key, revision, body, expires } = document;
        let expect = Expect::Revision(revision.clone());
        let again = Write { key, body: Some(body), expect, expires, revision: Some(revision) };
        match self.store.apply(Batch::of(vec![again])).await {
            Ok(_) => report.repaired(),
            // Somebody has written it, which lists it, too.
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
