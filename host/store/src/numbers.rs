//! Whose a telephone number is.
//!
//! The installation has one entry for each number, `phone_number:{number}`, and it names the one owner that may have a document of the
//! number. It is written before that document and removed after it: a number never has two owners, whoever dies in between.

use serde_json::{Value, json};
use strowger_model::phone_number::{E164, PhoneNumber};
use strowger_model::{Owner, time};

use crate::{Document, Expect, Key, Kind, Revision, Store, StoreError, Write};

/// What an entry says where the number belongs to the installation's own pool. No account is spelled so.
const POOL: &str = "system";

/// Seconds in which a number's document is written that was taken without a bulk job.
const TIME_TO_WRITE: i64 = 60;

/// What the entry of a number says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Whose the number is.
    pub owner: Owner,
    /// The bulk job that took it. While that job is not over it may still be about to write the number's document.
    pub job: Option<String>,
}

impl Holder {
    /// What an entry says; none where it is damaged.
    #[must_use]
    pub fn of(entry: &Document) -> Option<Self> {
        let text = |field: &str| entry.body.get(field).and_then(Value::as_str);
        let owner = match text("to")? {
            POOL => Owner::System,
            account => account.parse().ok().map(Owner::Account)?,
        };
        Some(Self { owner, job: text("job").map(str::to_owned) })
    }

    /// The write by which it takes a number.
    #[must_use]
    pub fn take(&self, number: &E164, expect: Expect) -> Write {
        let to = self.owner.account().map_or_else(|| POOL.to_owned(), |account| account.hex());
        let body = match &self.job {
            Some(job) => json!({"to": to, "job": job}),
            None => json!({"to": to, "since": time::unix_now()}),
        };
        Write::put(entry(number), body, expect)
    }
}

/// Whether the number's document would be there by now, if whoever took the number without a bulk job was going to write it.
#[must_use]
pub fn is_settled(entry: &Document) -> bool {
    let since = entry.body.get("since").and_then(Value::as_i64).unwrap_or_default();
    time::unix_now().saturating_sub(since) >= TIME_TO_WRITE
}

/// Where the entry of a number lies.
#[must_use]
pub fn entry(number: &E164) -> Key {
    entry_of(number.as_str())
}

pub(crate) fn entry_of(number: &str) -> Key {
    Key::new(Owner::System, Kind::Index, format!("phone_number:{number}"))
}

/// Where the document of a number lies.
pub fn document(owner: impl Into<Owner>, number: &E164) -> Key {
    Key::new(owner, Kind::PhoneNumber, number.as_str())
}

/// A number that is somebody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// Whose; the installation's own pool is nobody else's.
    pub owner: Owner,
    /// What is known of it, the carrier resource that it came from among it.
    pub number: PhoneNumber,
    /// The revision of its document.
    pub revision: Revision,
}

/// Whose a number is, in two reads however many numbers there are.
///
/// # Errors
/// Those of [`Store::get`].
pub async fn find(store: &dyn Store, number: &E164) -> Result<Option<Assigned>, StoreError> {
    let Some(holder) = store.get(&entry(number)).await?.as_ref().and_then(Holder::of) else { return Ok(None) };
    let Some(found) = store.get(&document(holder.owner, number)).await? else { return Ok(None) };
    Ok(Some(Assigned { owner: holder.owner, number: found.decode()?, revision: found.revision }))
}

#[cfg(test)]
mod tests {
    use strowger_model::AccountId;
    use strowger_model::phone_number::{NumberModule, NumberState};

    use super::*;
    use crate::{MemoryStore, StoreExt};

    fn number() -> E164 {
        "+14158867900".parse().unwrap()
    }

    fn told() -> PhoneNumber {
        let (id, resource_id) = (number(), Some("r".to_owned()));
        let (state, module_name) = (NumberState::Reserved, NumberModule::Local);
        PhoneNumber {
            id,
            state,
            resource_id,
            module_name,
            created: 1,
            modified: 1,
            job: None,
            application: None,
            provider: None,
        }
    }

    #[tokio::test]
    async fn a_number_is_found_once_entry_and_document_are_there() {
        let store = MemoryStore::new();
        for owner in [Owner::Account(AccountId::random()), Owner::System] {
            assert_eq!(find(&*store, &number()).await.unwrap(), None);
            let holder = Holder { owner, job: Some("202611-ab".into()) };
            store.commit(vec![holder.take(&number(), Expect::Absent)]).await.unwrap();
            assert_eq!(find(&*store, &number()).await.unwrap(), None, "it is about to be added");
            let body = told().to_body(owner);
            store.put(document(owner, &number()), body, Expect::Absent).await.unwrap();
            let found = find(&*store, &number()).await.unwrap().unwrap();
            assert_eq!((found.owner, found.number), (owner, told()));
            assert_eq!(Holder::of(&store.get(&entry(&number())).await.unwrap().unwrap()), Some(holder));
            store.delete(entry(&number()), Expect::Present).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_number_has_one_holder() {
        let store = MemoryStore::new();
        let holder = || Holder { owner: AccountId::random().into(), job: None };
        store.commit(vec![holder().take(&number(), Expect::Absent)]).await.unwrap();
        let second = store.commit(vec![holder().take(&number(), Expect::Absent)]).await;
        assert!(matches!(second, Err(StoreError::Conflict(_))));
    }
}
