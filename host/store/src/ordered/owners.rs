//! Who has anything in the store.

use std::ops::ControlFlow;

use strowger_model::Owner;

use crate::{Direction, MAX_PAGE, StoreError};

use super::{Read, Table, keys};

/// The tables whose keys begin with an owner and which hold something of each that has anything.
const TABLES: [Table; 6] =
    [Table::Documents, Table::Counters, Table::Streams, Table::Feed, Table::Uploads, Table::Meta];

pub(super) fn owners(read: &dyn Read, after: Option<Owner>, limit: usize) -> Result<Vec<Owner>, StoreError> {
    let mut owners = Vec::new();
    let beyond = |owner| keys::beginning(keys::owner(owner)).end;
    let mut start = after.map(beyond).unwrap_or_default();
    while owners.len() < limit.min(MAX_PAGE)
        && let Some(owner) = next(read, &start)?
    {
        owners.push(owner);
        start = beyond(owner);
    }
    Ok(owners)
}

fn next(read: &dyn Read, start: &[u8]) -> Result<Option<Owner>, StoreError> {
    let mut least: Option<Owner> = None;
    for table in TABLES {
        read.visit(table, start.to_vec()..vec![u8::MAX], Direction::Ascending, &mut |key, _| {
            let (owner, _) = keys::parse_owner(key)?;
            least = Some(least.map_or(owner, |least| least.min(owner)));
            Ok(ControlFlow::Break(()))
        })?;
    }
    Ok(least)
}
