//! The entries of secondary listings. Each is a key: owner, kind, listing, sort key, id.

use crate::listing::ListingEntry;
use crate::{Key, StoreError};

use super::{Table, Transaction, keys};

pub(super) fn add(transaction: &mut dyn Transaction, key: &Key, entries: &[ListingEntry]) -> Result<(), StoreError> {
    for entry in entries {
        transaction.put(Table::Listings, &keys::listed(key, entry.listing, &entry.sort), &[])?;
    }
    Ok(())
}

pub(super) fn remove(transaction: &mut dyn Transaction, key: &Key, entries: &[ListingEntry]) -> Result<(), StoreError> {
    for entry in entries {
        transaction.remove(Table::Listings, &keys::listed(key, entry.listing, &entry.sort))?;
    }
    Ok(())
}
