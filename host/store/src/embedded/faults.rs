//! redb's errors as the store's.

use crate::StoreError;

pub(super) fn fault(error: impl Into<redb::Error>) -> StoreError {
    StoreError::Fault(error.into().to_string())
}
