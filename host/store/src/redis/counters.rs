//! Counters.

use std::time::Duration;

use super::head::REMEMBERED;
use super::keys::Keys;
use super::leases::milliseconds;
use super::link::Link;
use super::scripts::{COUNT, Call};
use crate::{Name, StoreError};

pub(super) async fn count(
    link: &Link,
    keys: &Keys,
    id: &str,
    counter: &Name,
    by: i64,
    lifetime: Option<Duration>,
) -> Result<i64, StoreError> {
    let call = Call::new(&COUNT, vec![keys.counter(counter), keys.answer(counter.owner, id)]);
    let lifetime = lifetime.map_or(0, milliseconds);
    link.script(&call.arg(by).arg(lifetime).arg(REMEMBERED)).await
}
