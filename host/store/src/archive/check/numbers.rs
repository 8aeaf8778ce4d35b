//! Telephone numbers: the installation's entry of each names the owner of its document, or nobody finds it and another may take it.

use strowger_model::phone_number::E164;

use super::{Problem, Repair, Report, is_fault};
use crate::numbers::{Holder, entry_of};
use crate::{Expect, Key, Store, StoreError, StoreExt};

pub(super) async fn check(
    store: &dyn Store,
    document: &Key,
    repair: Repair,
    report: &mut Report,
) -> Result<(), StoreError> {
    let found = match store.get(&entry_of(&document.id)).await {
        Ok(found) => found,
        // An entry that cannot be read is told where entries are read.
        Err(error) if is_fault(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    if found.as_ref().and_then(Holder::of).is_some_and(|holder| holder.owner == document.owner) {
        return Ok(());
    }
    report.add(Problem::Unclaimed { key: document.clone() });
    // Where the entry names another owner, nobody but the two can say whose the number is.
    let number: Option<E164> = document.id.parse().ok().filter(|number: &E164| number.as_str() == document.id);
    if let (Repair::Yes, Some(number), None) = (repair, number, found) {
        let holder = Holder { owner: document.owner, job: None };
        match store.commit(vec![holder.take(&number, Expect::Absent)]).await {
            Ok(_) => report.repaired(),
            // Somebody has taken it since.
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
