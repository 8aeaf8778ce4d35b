//! Who has anything in the store: a set that an owner is put into before anything of it is written.

use strowger_model::Owner;

use super::faults::unexpected;
use super::keys::{Keys, parse_owner};
use super::link::Link;
use super::streams::ascending;
use crate::StoreError;

/// The installation, before all accounts.
const SYSTEM: &str = "-";

fn member(owner: Owner) -> String {
    match owner {
        Owner::System => SYSTEM.into(),
        Owner::Account(id) => id.hex(),
    }
}

pub(super) async fn register(link: &Link, keys: &Keys, owner: Owner) -> Result<(), StoreError> {
    let mut command = redis::cmd("ZADD");
    command.arg(keys.owners()).arg(0).arg(member(owner));
    link.command::<i64>(&command).await.map(drop)
}

pub(super) async fn list(
    link: &Link,
    keys: &Keys,
    after: Option<Owner>,
    limit: usize,
) -> Result<Vec<Owner>, StoreError> {
    let members = ascending(link, keys.owners(), after.map(member).as_deref(), limit).await?;
    let owner = |text: String| if text == SYSTEM { Some(Owner::System) } else { parse_owner(&text) };
    members.into_iter().map(owner).collect::<Option<_>>().ok_or_else(|| unexpected("an owner"))
}
