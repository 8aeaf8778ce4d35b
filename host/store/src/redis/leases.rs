//! Leases. They lapse by Redis' own expiry, and their tokens only ever grow, whichever of an owner's leases they are given with.

use std::time::Duration;

use super::keys::Keys;
use super::link::Link;
use super::scripts::{ACQUIRE, Call, RELEASE, RENEW};
use crate::{Lease, Name, StoreError, bounds};

/// Redis would take a lifetime of nothing for the end.
pub(super) fn milliseconds(lifetime: Duration) -> u64 {
    // Beyond some centuries, Redis refuses an expiry.
    u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX).clamp(1, 1 << 53)
}

pub(super) async fn acquire(
    link: &Link,
    keys: &Keys,
    name: &Name,
    holder: &str,
    lifetime: Duration,
) -> Result<Option<Lease>, StoreError> {
    bounds::holder(holder)?;
    let call = Call::new(&ACQUIRE, vec![keys.lease(name), keys.token(name.owner)]);
    let token: Option<u64> = link.script(&call.arg(holder).arg(milliseconds(lifetime))).await?;
    Ok(token.map(|token| Lease { name: name.clone(), holder: holder.to_owned(), token }))
}

pub(super) async fn renew(link: &Link, keys: &Keys, lease: &Lease, lifetime: Duration) -> Result<bool, StoreError> {
    let call = Call::new(&RENEW, vec![keys.lease(&lease.name)]);
    link.script(&call.arg(lease.token).arg(milliseconds(lifetime))).await
}

pub(super) async fn release(link: &Link, keys: &Keys, lease: &Lease) -> Result<(), StoreError> {
    let call = Call::new(&RELEASE, vec![keys.lease(&lease.name)]);
    link.script::<i64>(&call.arg(lease.token)).await.map(drop)
}

pub(super) async fn held(link: &Link, keys: &Keys, name: &Name) -> Result<Option<Lease>, StoreError> {
    let mut command = redis::cmd("HMGET");
    command.arg(keys.lease(name)).arg("holder").arg("token");
    let (holder, token): (Option<String>, Option<u64>) = link.command(&command).await?;
    Ok(holder.zip(token).map(|(holder, token)| Lease { name: name.clone(), holder, token }))
}
