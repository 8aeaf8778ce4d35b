//! Giving one number to somebody, and from one to another, without a bulk job.

use strowger_model::Owner;
use strowger_model::phone_number::{E164, PhoneNumber};
use strowger_store::numbers::{Assigned, Holder, document, entry};
use strowger_store::{Author, Batch, Document, Expect, Revision, Store, StoreError, Write};

use super::claim::is_over;

/// Times that a number is looked at again which others take meanwhile.
const TRIES: usize = 8;

/// Adds a number. Answers whether that was possible: false where somebody has it.
///
/// # Errors
/// Those of the store.
pub async fn add(store: &dyn Store, owner: Owner, number: &PhoneNumber, author: Author) -> Result<bool, StoreError> {
    let Some(held) = take(store, owner, &number.id).await? else { return Ok(false) };
    match write(store, owner, number, author).await {
        Ok(()) => Ok(true),
        Err(error) => {
            let release = Write::delete(entry(&number.id), Expect::Revision(held));
            if let Err(error) = store.apply(Batch::of(vec![release])).await {
                tracing::warn!(%error, number = %number.id, "the entry of a number that was not added stays for now");
            }
            Err(error)
        }
    }
}

/// Changes a number that stays with its owner.
///
/// # Errors
/// Those of the store, a conflict where the number was changed meanwhile.
pub async fn change(
    store: &dyn Store,
    before: &Assigned,
    number: &PhoneNumber,
    author: Author,
) -> Result<(), StoreError> {
    let expect = Expect::Revision(before.revision.clone());
    let put = Write::put(document(before.owner, &number.id), number.to_body(before.owner), expect);
    store.apply(Batch::of(vec![put]).by(Some(author))).await.map(drop)
}

/// Gives a number to another owner. A crash on the way leaves it to nobody, never to two.
///
/// # Errors
/// Those of the store, a conflict where the number was changed meanwhile; the number is where it was then.
pub async fn hand_over(
    store: &dyn Store,
    before: &Assigned,
    to: Owner,
    number: &PhoneNumber,
    author: impl Fn(Owner) -> Author,
) -> Result<(), StoreError> {
    let key = entry(&number.id);
    let held = store.get(&key).await?.filter(|held| Holder::of(held).is_some_and(|held| held.owner == before.owner));
    let held = held.ok_or_else(|| StoreError::Conflict(Box::new(key.clone())))?;
    // From here on there is time to write; nobody else takes the number meanwhile.
    let held = put_entry(store, before.owner, &number.id, held.revision).await?;
    let delete = Write::delete(document(before.owner, &number.id), Expect::Revision(before.revision.clone()));
    store.apply(Batch::of(vec![delete]).by(Some(author(before.owner)))).await?;
    let outcome = match put_entry(store, to, &number.id, held).await {
        Ok(_) => write(store, to, number, author(to)).await,
        Err(error) => Err(error),
    };
    if outcome.is_err() {
        restore(store, before, &author).await;
    }
    outcome
}

async fn restore(store: &dyn Store, before: &Assigned, author: impl Fn(Owner) -> Author) {
    let number = &before.number.id;
    let back = async {
        let held = store.get(&entry(number)).await?.map_or(Expect::Absent, |held| Expect::Revision(held.revision));
        let holder = Holder { owner: before.owner, job: None };
        store.apply(Batch::of(vec![holder.take(number, held)])).await?;
        write(store, before.owner, &before.number, author(before.owner)).await
    };
    if let Err(error) = back.await {
        tracing::warn!(%error, %number, "a number that could not be given to another account is nobody's");
    }
}

async fn write(store: &dyn Store, owner: Owner, number: &PhoneNumber, author: Author) -> Result<(), StoreError> {
    let put = Write::put(document(owner, &number.id), number.to_body(owner), Expect::Absent);
    store.apply(Batch::of(vec![put]).by(Some(author))).await.map(drop)
}

/// Takes a number that is nobody's. Answers the revision of its entry.
async fn take(store: &dyn Store, owner: Owner, number: &E164) -> Result<Option<Revision>, StoreError> {
    let holder = Holder { owner, job: None };
    for _ in 0..TRIES {
        let expect = match store.get(&entry(number)).await? {
            None => Expect::Absent,
            Some(found) if is_free(store, &found, number).await? => Expect::Revision(found.revision),
            Some(_) => return Ok(None),
        };
        match store.apply(Batch::of(vec![holder.take(number, expect)])).await {
            Ok(revisions) => return revision(revisions).map(Some),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

async fn is_free(store: &dyn Store, found: &Document, number: &E164) -> Result<bool, StoreError> {
    let Some(holder) = Holder::of(found) else { return Ok(true) };
    // In this order: once it is over no document is written any more.
    let over = is_over(store, &holder, found).await?;
    Ok(over && store.get(&document(holder.owner, number)).await?.is_none())
}

async fn put_entry(store: &dyn Store, owner: Owner, number: &E164, held: Revision) -> Result<Revision, StoreError> {
    let take = Holder { owner, job: None }.take(number, Expect::Revision(held));
    revision(store.apply(Batch::of(vec![take])).await?)
}

fn revision(revisions: Vec<Option<Revision>>) -> Result<Revision, StoreError> {
    revisions.into_iter().next().flatten().ok_or_else(|| StoreError::Fault("a write answered no revision".into()))
}
