//! Whether a store is whole.

mod blobs;
mod documents;
mod ids;
mod index;
mod listings;
mod numbers;
mod report;

use std::sync::Arc;

use strowger_model::Owner;

use crate::walk::Owners;
use crate::{Kind, Store, StoreError};

pub use report::{Problem, Report};

/// What is done about what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// Nothing.
    No,
    /// Index entries that lead nowhere are removed, documents that are listed wrongly are listed anew, and a telephone number that is in
    /// one owner's documents and has no entry gets one. For a store that is not in use: an entry whose object is about to be written leads
    /// nowhere for a moment.
    Yes,
}

/// Reads everything and says what is wrong: documents that cannot be read or lie under another id than theirs, listings that do not
/// follow from the documents, index entries that lead nowhere, telephone numbers without an entry, blobs that are not whole. What is written meanwhile may be told as wrong.
///
/// # Errors
/// Where the store cannot be reached. A fault of the store is in the report.
pub async fn check(store: &Arc<dyn Store>, repair: Repair) -> Result<Report, StoreError> {
    let mut report = Report { unfinished: super::is_unfinished(&**store).await?, ..Report::default() };
    let mut owners = Owners::of(&**store);
    while let Some(owner) = owners.next().await? {
        for kind in Kind::ALL {
            one_kind(store, owner, kind, repair, &mut report).await?;
        }
    }
    Ok(report)
}

async fn one_kind(
    store: &Arc<dyn Store>,
    owner: Owner,
    kind: Kind,
    repair: Repair,
    report: &mut Report,
) -> Result<(), StoreError> {
    let listed = documents::check(store, owner, kind, repair, report).await?;
    listings::check(&**store, owner, kind, &listed, repair, report).await
}

/// Whether an error is about what is stored. Others end the check.
fn is_fault(error: &StoreError) -> bool {
    matches!(error, StoreError::Fault(_))
}
