//! Giving a number back.

use strowger_model::Owner;
use strowger_model::phone_number::{E164, PhoneNumber};
use strowger_store::numbers::{Assigned, Holder, document, entry, find};
use strowger_store::{Author, Batch, Expect, Revision, Store, StoreError, Write};

/// Takes a number from its owner, unless `admit` has something against its revision; anybody may have it then. None where the owner has
/// no such number.
///
/// # Errors
/// What `admit` says; those of the store, a conflict where the number was changed meanwhile.
pub async fn remove<E: From<StoreError>>(
    store: &dyn Store,
    owner: Owner,
    number: &E164,
    author: Author,
    admit: impl Fn(&Revision) -> Result<(), E> + Send,
) -> Result<Option<(PhoneNumber, Revision)>, E> {
    let found = find(store, number).await?.filter(|found| found.owner == owner);
    let Some(Assigned { number: told, revision, .. }) = found else { return Ok(None) };
    admit(&revision)?;
    let held = store.get(&entry(number)).await?;
    let delete = Write::delete(document(owner, number), Expect::Revision(revision.clone()));
    store.apply(Batch::of(vec![delete]).by(Some(author))).await?;
    // An entry without a document is free for everybody, so that nothing is lost where this is not reached.
    if let Some(held) = held.filter(|held| Holder::of(held).is_some_and(|holder| holder.owner == owner)) {
        let delete = Write::delete(held.key, Expect::Revision(held.revision));
        match store.apply(Batch::of(vec![delete])).await {
            Ok(_) | Err(StoreError::Conflict(_)) => {}
            Err(error) => tracing::warn!(%error, %number, "the entry of a number that was given back stays for now"),
        }
    }
    Ok(Some((told, revision)))
}
