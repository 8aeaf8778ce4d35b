//! Messages and providers in the store.

use strowger_model::{AccountId, Message, Sid};
use strowger_store::{Direction, Expect, Key, Kind, Listing, Scan, Store, StoreError, Write};

/// Longest id of a provider's that a message is found by.
const LONGEST_ID: usize = 256;

/// Messages that are read at once.
const BATCH: usize = 256;

/// Where a message lies.
#[must_use]
pub fn key(account: AccountId, message: Sid) -> Key {
    Key::new(account, Kind::Message, message.to_string())
}

/// Where a message provider lies.
#[must_use]
pub fn provider_key(account: AccountId, provider: Sid) -> Key {
    Key::new(account, Kind::MessageProvider, provider.to_string())
}

/// By which a message is found that a provider tells of; none where its id is too long to be one.
pub(crate) fn entry(account: AccountId, provider: Sid, id: &str) -> Option<Key> {
    (id.len() <= LONGEST_ID).then(|| Key::new(account, Kind::Index, format!("message:{provider}:{id}")))
}

pub(crate) fn put(message: &Message, expect: Expect) -> Result<Write, StoreError> {
    let body = serde_json::to_value(message).map_err(|error| StoreError::Fault(error.to_string()))?;
    Ok(Write::put(key(message.account_sid, message.message_sid), body, expect))
}

/// A page of the account's messages, the latest first, and whether older ones follow.
///
/// # Errors
/// Those of the store.
pub async fn page_of(
    store: &dyn Store,
    account: AccountId,
    skip: usize,
    limit: usize,
) -> Result<(Vec<Message>, bool), StoreError> {
    let mut scan = Scan::of(account, Kind::Message).by(Listing::Created).direction(Direction::Descending).limit(BATCH);
    let (mut passed, mut messages) = (0, Vec::new());
    loop {
        let page = store.scan(&scan).await?;
        for document in &page.documents {
            if passed < skip {
                passed += 1;
            } else if messages.len() == limit {
                return Ok((messages, true));
            } else {
                messages.push(document.decode()?);
            }
        }
        match page.next {
            Some(next) => scan.after = Some(next),
            None => return Ok((messages, false)),
        }
    }
}
