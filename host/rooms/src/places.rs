//! The places of calls.

use serde::de::DeserializeOwned;
use serde_json::Value;
use strowger_model::{AccountId, CallRecord, Sid};
use strowger_store::{Document, Expect, Key, Kind, Listing, Scan, Store, StoreError, StoreExt, Write};

use crate::error::RoomError;

pub(crate) fn place(account: AccountId, kind: Kind, call: Sid) -> Key {
    Key::new(account, kind, call.to_string())
}

/// The writes by which a call leaves wherever it is; belongs into the batch that ends its record.
#[must_use]
pub fn leaving(account: AccountId, call: Sid) -> [Write; 2] {
    [Kind::QueuedCall, Kind::Participant].map(|kind| Write::delete(place(account, kind, call), Expect::Anything))
}

/// Every place in the room of that name.
pub(crate) async fn in_room<T: DeserializeOwned>(
    store: &dyn Store,
    account: AccountId,
    kind: Kind,
    room: &str,
    is_in: impl Fn(&T) -> bool,
) -> Result<Vec<T>, StoreError> {
    let documents = store.collect(Scan::of(account, kind).by(Listing::Holder).only(room)).await?;
    let read: Vec<T> = documents.iter().map(Document::decode).collect::<Result<_, _>>()?;
    // The listing cuts long names.
    Ok(read.into_iter().filter(|place| is_in(place)).collect())
}

/// The write that holds a call's record as it is: the batch is a conflict where the call ends meanwhile.
pub(crate) async fn while_live(store: &dyn Store, account: AccountId, call: Sid) -> Result<Write, RoomError> {
    let key = Key::new(account, Kind::Call, call.to_string());
    let document = store.get(&key).await?.ok_or(RoomError::NotLive(call))?;
    let record: CallRecord = document.decode()?;
    if record.call_status.is_final() {
        return Err(RoomError::NotLive(call));
    }
    let body: Value = document.body;
    Ok(Write { expires: document.expires, ..Write::put(key, body, Expect::Revision(document.revision)) })
}
