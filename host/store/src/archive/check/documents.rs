//! Every document of an owner and kind, in the order of their ids.

use std::collections::BTreeMap;
use std::sync::Arc;

use strowger_model::Owner;

use super::{Problem, Repair, Report, blobs, ids, index, is_fault, numbers};
use crate::walk::Pages;
use crate::{Document, Kind, Listing, Scan, Store, StoreError, listing};

/// How many documents belong in each listing; none where not all could be read.
pub(super) type Listed = Option<BTreeMap<Listing, u64>>;

pub(super) async fn check(
    store: &Arc<dyn Store>,
    owner: Owner,
    kind: Kind,
    repair: Repair,
    report: &mut Report,
) -> Result<Listed, StoreError> {
    let mut listed = BTreeMap::new();
    let mut pages = Pages::of(&**store, owner, kind);
    let mut after = None;
    loop {
        let documents = match pages.next().await {
            Ok(Some(documents)) => documents,
            Ok(None) => return Ok(Some(listed)),
            Err(error) if is_fault(&error) => {
                let after = furthest(&**store, owner, kind, after).await;
                report.add(Problem::Unreadable { owner, kind, listing: None, after, reason: error.to_string() });
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        after = documents.last().map(|document| document.key.id.clone()).or(after);
        for document in documents {
            for entry in listing::entries(kind, &document.body) {
                let count: &mut u64 = listed.entry(entry.listing).or_default();
                *count = count.saturating_add(1);
            }
            one(store, document, repair, report).await?;
        }
    }
}

/// The last document that can be read together with the one behind it, from one that can: a page fails as a whole.
async fn furthest(store: &dyn Store, owner: Owner, kind: Kind, mut last: Option<String>) -> Option<String> {
    loop {
        // NUL makes it the least id above.
        let scan = Scan { from: last.as_ref().map(|id| format!("{id}\0")), ..Scan::of(owner, kind).limit(1) };
        let page = store.scan(&scan).await.ok();
        match page.and_then(|page| page.documents.into_iter().next()) {
            Some(document) => last = Some(document.key.id),
            None => return last,
        }
    }
}

async fn one(
    store: &Arc<dyn Store>,
    document: Document,
    repair: Repair,
    report: &mut Report,
) -> Result<(), StoreError> {
    report.documents = report.documents.saturating_add(1);
    if let Some(field) = ids::misplaced(&document) {
        report.add(Problem::Misplaced { key: document.key.clone(), field });
    }
    match document.key.kind {
        Kind::Index => index::check(&**store, document, repair, report).await,
        Kind::Blob => blobs::check(store, document, report).await,
        Kind::PhoneNumber => numbers::check(&**store, &document.key, repair, report).await,
        _ => Ok(()),
    }
}
