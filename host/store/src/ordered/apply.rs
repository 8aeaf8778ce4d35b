//! One atomic step: checked as a whole, then written.

use crate::clock::Moment;
use crate::{Revision, StoreError, record};

use super::expiry::Ends;
use super::prepare::Prepared;
use super::stage::{Staged, stage};
use super::{Table, Transaction, audit, chunks, expiry, feed, leases, listings};

pub(super) fn apply(
    transaction: &mut dyn Transaction,
    batch: Prepared,
    now: Moment,
) -> Result<Vec<Option<Revision>>, StoreError> {
    let Prepared { owner, writes, fence, author, keep, discard } = batch;
    if let Some(lease) = &fence {
        leases::check(transaction, lease, now)?;
    }
    let staged = stage(transaction, writes, now)?;
    chunks::check_kept(transaction, &keep, now)?;
    for write in &staged {
        replace(transaction, write)?;
    }
    let changes: Vec<&Staged> = staged.iter().filter(|write| write.changes()).collect();
    feed::record(transaction, owner, changes.iter().map(|write| (&write.key, write.revision())))?;
    if let Some(author) = author {
        audit::record(transaction, &author, &changes, now)?;
    }
    for upload in &keep {
        chunks::keep(transaction, upload)?;
    }
    for upload in &discard {
        chunks::discard(transaction, upload)?;
    }
    Ok(staged.iter().map(|write| write.revision().cloned()).collect())
}

fn replace(transaction: &mut dyn Transaction, write: &Staged) -> Result<(), StoreError> {
    if !write.changes() {
        return Ok(());
    }
    if let Some(found) = &write.found {
        listings::remove(transaction, &write.key, &found.listed)?;
        expiry::cancel(transaction, Ends::Document, &write.at, found.expires)?;
    }
    match &write.new {
        None => transaction.remove(Table::Documents, &write.at),
        Some((header, body)) => {
            transaction.put(Table::Documents, &write.at, &record::encode(header, body)?)?;
            listings::add(transaction, &write.key, &header.listed)?;
            expiry::schedule(transaction, Ends::Document, &write.at, header.expires)
        }
    }
}
