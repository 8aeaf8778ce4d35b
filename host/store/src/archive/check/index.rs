//! Index entries: each leads to an object that exists.

use serde_json::Value;
use strowger_model::{AccountId, Owner};

use super::{Problem, Repair, Report};
use crate::{Document, Expect, Key, Kind, Store, StoreError, StoreExt};

/// Where an entry leads, by what is before the colon of its id; none where this version does not know such entries.
fn target(entry: &Document) -> Option<Result<Key, ()>> {
    let (about, of) = entry.key.id.split_once(':')?;
    let owner = entry.key.owner;
    let (owner, kind, id) = match about {
        "service_provider_name" => (Owner::System, Kind::ServiceProvider, to(entry)),
        "service_provider_open" => (Owner::System, Kind::ServiceProvider, Some(of)),
        "sip_realm" => (Owner::System, Kind::Account, to(entry)),
        "api_key" => (Owner::System, Kind::ApiKey, to(entry)),
        "application_name" => (owner, Kind::Application, to(entry)),
        "username" | "credentials" => (owner, Kind::User, to(entry)),
        "application" => match to(entry).and_then(|account| account.parse::<AccountId>().ok()) {
            Some(account) => (account.into(), Kind::Application, Some(of)),
            None => return Some(Err(())),
        },
        "phone_number" => match crate::numbers::Holder::of(entry) {
            Some(holder) => (holder.owner, Kind::PhoneNumber, Some(of)),
            None => return Some(Err(())),
        },
        _ => return None,
    };
    Some(id.map(|id| Key::new(owner, kind, id)).ok_or(()))
}

fn to(entry: &Document) -> Option<&str> {
    entry.body.get("to").and_then(Value::as_str)
}

pub(super) async fn check(
    store: &dyn Store,
    entry: Document,
    repair: Repair,
    report: &mut Report,
) -> Result<(), StoreError> {
    match target(&entry) {
        None => return Ok(()),
        // An object that cannot be read is told where its kind is read.
        Some(Ok(target)) => match store.get(&target).await {
            Ok(None) => {}
            Ok(Some(_)) => return Ok(()),
            Err(error) if super::is_fault(&error) => return Ok(()),
            Err(error) => return Err(error),
        },
        Some(Err(())) => {}
    }
    report.add(Problem::Dangling { key: entry.key.clone() });
    if repair == Repair::Yes {
        match store.delete(entry.key, Expect::Revision(entry.revision)).await {
            Ok(()) => report.repaired(),
            // Somebody is using it.
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
