//! What all plugins together may use at once for one account on this node. Who is over it is refused at once: nothing here waits, so no
//! account waits for another one.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use strowger_model::Owner;

use crate::fault::{FaultKind, Phase};
use crate::lane::Lane;
use crate::tally::Tally;

/// What one account's plugins may use at once on a node.
#[derive(Debug, Clone, Copy)]
pub struct AccountLimits {
    /// Live instances, prepared steps among them.
    pub instances: u32,
    /// Bytes of linear memory, summed over live instances.
    pub memory_bytes: usize,
    /// Units of fuel in a second, in the long run; 0 is no limit. Ten seconds' worth may be used at once after a pause.
    pub fuel_per_second: u64,
}

impl Default for AccountLimits {
    fn default() -> Self {
        Self { instances: 500, memory_bytes: 2 << 30, fuel_per_second: 10_000_000_000 }
    }
}

/// Seconds whose fuel may be used at once.
const BURST_S: u64 = 10;
/// Accounts whose state is kept before idle ones are looked for.
const MANY: usize = 10_000;

/// What there is not enough of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Scarce {
    /// Instances of this node.
    #[error("the node has no free instance")]
    NodeInstances,
    /// Instances of one plugin.
    #[error("the plugin has its {0} instances in use")]
    PluginInstances(u32),
    /// Instances of the account.
    #[error("the account has its {0} instances in use")]
    AccountInstances(u32),
    /// Memory of the account.
    #[error("the account has its {0} bytes of memory in use")]
    AccountMemory(usize),
    /// Turns of the account's slow invocations.
    #[error("{0} slow invocations of the account wait for their turn")]
    AccountTurns(u32),
    /// Fuel of the account.
    #[error("the account has used up its {0} fuel units a second")]
    AccountFuel(u64),
}

impl Scarce {
    /// A stable word for metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NodeInstances => "node_instances",
            Self::PluginInstances(_) => "plugin_instances",
            Self::AccountInstances(_) => "account_instances",
            Self::AccountMemory(_) => "account_memory",
            Self::AccountTurns(_) => "account_turns",
            Self::AccountFuel(_) => "account_fuel",
        }
    }
}

/// What an account's plugins use just now on this node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountUsage {
    /// Live instances.
    pub instances: u32,
    /// Bytes of their linear memory.
    pub memory_bytes: u64,
    /// Units of fuel since this node knows the account.
    pub fuel: u64,
    /// Invocations that were refused for want of one of the account's budgets.
    pub rejected: u64,
}

/// All accounts of this node.
#[derive(Debug)]
pub(crate) struct Accounts {
    limits: AccountLimits,
    node: Arc<Node>,
    known: Mutex<HashMap<Owner, Arc<Account>>>,
}

#[derive(Debug)]
struct Node {
    most: u32,
    instances: AtomicU32,
}

/// One account's share. The installation's own work has no limit but the node's.
#[derive(Debug)]
pub(crate) struct Account {
    limits: Option<AccountLimits>,
    since: Instant,
    node: Arc<Node>,
    instances: AtomicU32,
    memory: AtomicUsize,
    fuel: AtomicU64,
    rejected: AtomicU64,
    lane: Lane,
    /// Nanoseconds after `since` until which fuel that was used is paid for (generic cell rate algorithm). Fuel is known only after it was
    /// used, so an invocation is let in while the debt is within the burst, and pays afterwards.
    paid_until: AtomicU64,
}

impl Accounts {
    pub(crate) fn new(limits: AccountLimits, instances: u32) -> Self {
        let node = Arc::new(Node { most: instances, instances: AtomicU32::new(0) });
        Self { limits, node, known: Mutex::default() }
    }

    pub(crate) fn get(&self, owner: Owner) -> Arc<Account> {
        let mut known = self.known.lock();
        if known.len() >= MANY && !known.contains_key(&owner) {
            known.retain(|_, account| Arc::strong_count(account) > 1 || account.is_in_debt());
        }
        let new = || Arc::new(Account::new((owner != Owner::System).then_some(self.limits), Arc::clone(&self.node)));
        Arc::clone(known.entry(owner).or_insert_with(new))
    }

    pub(crate) fn limits(&self) -> AccountLimits {
        self.limits
    }

    pub(crate) fn usage(&self, owner: Owner) -> AccountUsage {
        self.known.lock().get(&owner).map(|account| account.usage()).unwrap_or_default()
    }
}

impl Account {
    fn new(limits: Option<AccountLimits>, node: Arc<Node>) -> Self {
        Self {
            limits,
            since: Instant::now(),
            node,
            instances: AtomicU32::new(0),
            memory: AtomicUsize::new(0),
            fuel: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            lane: Lane::default(),
            paid_until: AtomicU64::new(0),
        }
    }

    fn usage(&self) -> AccountUsage {
        AccountUsage {
            instances: self.instances.load(Ordering::Relaxed),
            memory_bytes: self.memory.load(Ordering::Relaxed) as u64,
            fuel: self.fuel.load(Ordering::Relaxed),
            rejected: self.rejected.load(Ordering::Relaxed),
        }
    }

    /// Whether what is slow runs beside the workers: the installation's own has its place on them.
    pub(crate) fn has_lane(&self) -> bool {
        self.limits.is_some()
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn is_in_debt(&self) -> bool {
        self.paid_until.load(Ordering::Relaxed) > self.now()
    }

    fn refuse(&self, scarce: Scarce) -> Scarce {
        self.rejected.fetch_add(1, Ordering::Relaxed);
        scarce
    }

    /// Whether another invocation may begin.
    fn admit_at(&self, now: u64) -> Result<(), Scarce> {
        let Some(limits) = self.limits.filter(|limits| limits.fuel_per_second > 0) else { return Ok(()) };
        let debt = self.paid_until.load(Ordering::Relaxed).saturating_sub(now);
        if debt < BURST_S * 1_000_000_000 {
            Ok(())
        } else {
            Err(self.refuse(Scarce::AccountFuel(limits.fuel_per_second)))
        }
    }

    fn pay_at(&self, now: u64, fuel: u64) {
        self.fuel.fetch_add(fuel, Ordering::Relaxed);
        let Some(limits) = self.limits.filter(|limits| limits.fuel_per_second > 0) else { return };
        let nanos = u128::from(fuel) * 1_000_000_000 / u128::from(limits.fuel_per_second);
        let nanos = u64::try_from(nanos).unwrap_or(u64::MAX);
        let pay = |paid: u64| Some(paid.max(now).saturating_add(nanos));
        // The closure always answers, so this cannot fail.
        let _ = self.paid_until.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay);
    }
}

/// The place of one live instance, given back when the instance is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    account: Arc<Account>,
    tally: Arc<Tally>,
    /// The account's, where the plugin is not its own.
    share: Option<Arc<Tally>>,
    memory: usize,
}

impl Seat {
    /// Takes a place for an instance of a plugin of which `most` may live at once.
    pub(crate) fn take(account: Arc<Account>, tally: Arc<Tally>, most: u32) -> Result<Self, Scarce> {
        let of_account = account.limits.map_or(u32::MAX, |limits| limits.instances);
        if !up(&account.node.instances, account.node.most) {
            return Err(account.refuse(Scarce::NodeInstances));
        }
        if !up(&account.instances, of_account) {
            account.node.instances.fetch_sub(1, Ordering::Relaxed);
            return Err(account.refuse(Scarce::AccountInstances(of_account)));
        }
        if !up(&tally.live, most) {
            account.instances.fetch_sub(1, Ordering::Relaxed);
            account.node.instances.fetch_sub(1, Ordering::Relaxed);
            return Err(account.refuse(Scarce::PluginInstances(most)));
        }
        Ok(Self { account, tally, share: None, memory: 0 })
    }

    /// Also counts what the account uses of a plugin that is not its own.
    pub(crate) fn sharing(mut self, share: Option<Arc<Tally>>) -> Self {
        if let Some(share) = &share {
            share.live.fetch_add(1, Ordering::Relaxed);
        }
        self.share = share;
        self
    }

    fn tallies(&self) -> impl Iterator<Item = &Tally> {
        std::iter::once(&*self.tally).chain(self.share.as_deref())
    }

    /// Counts an invocation for the account, and charges what it used.
    pub(crate) fn invoked(&self, phase: Phase, elapsed: Duration, fuel: u64) {
        if let Some(share) = &self.share {
            share.count(phase, elapsed, fuel);
        }
        self.pay(fuel);
    }

    /// Counts a fault for the account.
    pub(crate) fn failed(&self, phase: Phase, kind: &FaultKind) {
        if let Some(share) = &self.share {
            share.fault(phase, kind.name());
        }
    }

    /// Charges memory to the account before the instance has it.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Scarce> {
        let most = self.account.limits.map_or(usize::MAX, |limits| limits.memory_bytes);
        let more = |used: usize| used.checked_add(bytes).filter(|used| *used <= most);
        let grown = self.account.memory.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        grown.map_err(|_| self.account.refuse(Scarce::AccountMemory(most)))?;
        self.memory = self.memory.saturating_add(bytes);
        self.tallies().for_each(|tally| tally.grow(bytes, self.memory));
        Ok(())
    }

    /// Runs what may be slow where it delays nobody else. What the installation does for itself has its place on every thread.
    pub(crate) fn beside<T>(account: &Account, is_refusable: bool, work: impl FnOnce() -> T) -> Result<T, Scarce> {
        if !account.has_lane() {
            return Ok(work());
        }
        account.lane.run(is_refusable, work).map_err(|scarce| account.refuse(scarce))
    }

    /// The account that it is of.
    pub(crate) fn account(&self) -> Arc<Account> {
        Arc::clone(&self.account)
    }

    /// Whether the account may begin another invocation.
    pub(crate) fn admit(&self) -> Result<(), Scarce> {
        self.account.admit_at(self.account.now())
    }

    /// Charges what an invocation used.
    fn pay(&self, fuel: u64) {
        self.account.pay_at(self.account.now(), fuel);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.account.memory.fetch_sub(self.memory, Ordering::Relaxed);
        for tally in self.tallies() {
            tally.shrink(self.memory);
            tally.live.fetch_sub(1, Ordering::Relaxed);
        }
        self.account.instances.fetch_sub(1, Ordering::Relaxed);
        self.account.node.instances.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One more, unless there are as many as there may be.
fn up(count: &AtomicU32, most: u32) -> bool {
    let more = |count: u32| (count < most).then_some(count + 1);
    count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
}

#[cfg(test)]
mod tests;
