//! What is done every few seconds: ending what has expired, and looking for notices that were lost.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use strowger_model::Owner;
use tokio::time::{MissedTickBehavior, interval};

use super::head::Head;
use super::scripts::{Call, SWEEP};
use super::shared::Shared;
use super::{leases, owners};
use crate::{Kind, Name, StoreError};

/// How often expired documents are looked for.
const SWEEPING: Duration = Duration::from_secs(1);

/// How long the one process that sweeps may be silent before another one does.
const LEASE: Duration = Duration::from_secs(5);

/// Owners that one round looks at.
const OWNERS: usize = 256;

/// Documents that one step ends: few, since Redis does nothing else meanwhile.
const AT_ONCE: usize = 200;

/// How often lost notices are looked for: twice in a row, before one is taken for lost.
const RECONCILING: Duration = Duration::from_secs(2);

/// Ends what has expired, in one process at a time. It does no harm when two do it, which is why no fence is needed.
pub(super) async fn sweep(shared: Arc<Shared>, process: String) {
    let mut tick = interval(SWEEPING);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let lease = Name::new(Owner::System, "sweep");
    let mut after = None;
    loop {
        tick.tick().await;
        let round = async {
            if leases::acquire(&shared.link, &shared.keys, &lease, &process, LEASE).await?.is_none() {
                return Ok(None);
            }
            sweep_round(&shared, after).await
        };
        match round.await {
            Ok(next) => after = next,
            Err(error) => tracing::debug!(%error, "what has expired stays for now"),
        }
    }
}

async fn sweep_round(shared: &Shared, after: Option<Owner>) -> Result<Option<Owner>, StoreError> {
    let some = owners::list(&shared.link, &shared.keys, after, OWNERS).await?;
    for owner in &some {
        while is_due(shared, *owner).await? {
            shared.link.script::<i64>(&sweeping(shared, *owner)?).await?;
        }
    }
    Ok(some.last().copied().filter(|_| some.len() == OWNERS))
}

async fn is_due(shared: &Shared, owner: Owner) -> Result<bool, StoreError> {
    let mut command = redis::cmd("ZRANGE");
    command.arg(shared.keys.expiries(owner)).arg(0).arg(0).arg("WITHSCORES");
    let first: Vec<(String, f64)> = shared.link.command(&command).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(first.first().is_some_and(|(_, end)| Duration::try_from_secs_f64(end / 1_000.0).is_ok_and(|end| end <= now)))
}

fn sweeping(shared: &Shared, owner: Owner) -> Result<Call, StoreError> {
    let keys = &shared.keys;
    let fixed = [keys.expiries(owner), keys.sequence(owner), keys.feed(owner)];
    let names = fixed.into_iter().chain(Kind::ALL.into_iter().flat_map(|kind| keys.kind(owner, kind))).collect();
    let head = Head::new(keys, owner, "", &Kind::ALL).at_most(AT_ONCE).text()?;
    Ok(Call::new(&SWEEP, names).arg(head))
}

/// Compares what this process has heard of its owners with what Redis has: the bus of a cluster may lose a notice.
pub(super) async fn reconcile(shared: Arc<Shared>) {
    let mut tick = interval(RECONCILING);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut after = None;
    loop {
        tick.tick().await;
        let some = shared.hearing.watch.after(after, OWNERS);
        for (owner, told) in &some {
            // While Redis is away, there is nothing to compare with; the next notices begin with one that says so.
            let Ok(last) = shared.last(*owner).await else { break };
            if shared.hearing.watch.compare(*owner, *told, last) {
                tracing::warn!(%owner, "notices of changes were lost on their way");
                shared.hearing.missed(Some(*owner));
            }
        }
        after = some.last().map(|(owner, _)| *owner).filter(|_| some.len() == OWNERS);
    }
}
