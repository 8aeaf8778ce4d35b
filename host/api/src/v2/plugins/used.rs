//! What a plugin has used on a node, in the form in which nodes tell one another.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strowger_model::{AccountId, Owner};
use strowger_plugins::Plugins;
use strowger_sandbox::PluginUsage;

/// Versions that a node tells of, those that used most.
const VERSIONS: usize = 100;
/// Accounts, likewise.
const ACCOUNTS: usize = 200;

/// One version.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct VersionUsed {
    pub(super) total: PluginUsage,
    /// In the last minute, hour and day.
    #[serde(default)]
    pub(super) windows: BTreeMap<String, PluginUsage>,
}

/// One plugin.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Used {
    pub(super) versions: BTreeMap<String, VersionUsed>,
    /// By accounts that do not own it.
    pub(super) accounts: BTreeMap<AccountId, PluginUsage>,
    /// Lines that were left out of the log.
    pub(super) dropped: u64,
}

impl Used {
    /// On this node; by one account only, where one is named.
    pub(super) fn here(plugins: &Plugins, owner: Owner, plugin: &str, by: Option<AccountId>) -> Self {
        let shares = plugins.sandbox().shares(owner, plugin);
        if let Some(account) = by {
            let own = shares.into_iter().filter(|(of, ..)| *of == Owner::Account(account));
            let version = |(_, plugin, total): (_, strowger_sandbox::PluginId, _)| {
                (plugin.version, VersionUsed { total, windows: BTreeMap::new() })
            };
            return Self { versions: own.map(version).take(VERSIONS).collect(), ..Self::default() };
        }
        let mut accounts: BTreeMap<AccountId, PluginUsage> = BTreeMap::new();
        for (of, _, usage) in shares {
            if let Owner::Account(account) = of {
                accounts.entry(account).or_default().add(&usage);
            }
        }
        let mut versions = plugins.usage(owner, plugin);
        versions.sort_by_key(|used| std::cmp::Reverse(used.total.fuel));
        let version = |used: strowger_plugins::VersionUsage| {
            let windows = used.windows.into_iter().map(|(name, used)| (name.to_owned(), used)).collect();
            (used.version, VersionUsed { total: used.total, windows })
        };
        Self {
            versions: versions.into_iter().take(VERSIONS).map(version).collect(),
            accounts: most(accounts).into_iter().take(ACCOUNTS).collect(),
            dropped: plugins.logs().dropped(owner, plugin),
        }
    }

    /// Adds what was used on another node.
    pub(super) fn add(&mut self, other: Self) {
        for (version, used) in other.versions {
            let sum = self.versions.entry(version).or_default();
            sum.total.add(&used.total);
            used.windows.into_iter().for_each(|(name, used)| sum.windows.entry(name).or_default().add(&used));
        }
        for (account, used) in other.accounts {
            self.accounts.entry(account).or_default().add(&used);
        }
        self.dropped = self.dropped.saturating_add(other.dropped);
    }
}

/// Those that used most fuel first.
pub(super) fn most(accounts: BTreeMap<AccountId, PluginUsage>) -> Vec<(AccountId, PluginUsage)> {
    let mut accounts: Vec<_> = accounts.into_iter().collect();
    accounts.sort_by_key(|(_, used)| std::cmp::Reverse(used.fuel));
    accounts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_nodes_used_is_told_as_one() {
        let account = AccountId::random();
        let usage = |calls| {
            let mut usage = PluginUsage::default();
            usage.calls = calls;
            usage
        };
        let node = |version: &str, calls| Used {
            versions: BTreeMap::from([(
                version.to_owned(),
                VersionUsed { total: usage(calls), windows: BTreeMap::from([("hour".to_owned(), usage(calls))]) },
            )]),
            accounts: BTreeMap::from([(account, usage(calls))]),
            dropped: 1,
        };
        let mut all = node("1", 2);
        all.add(node("1", 3));
        all.add(node("2", 4));
        assert_eq!((all.versions["1"].total.calls, all.versions["1"].windows["hour"].calls), (5, 5));
        assert_eq!((all.versions["2"].total.calls, all.dropped), (4, 3));
        assert_eq!(all.accounts[&account].calls, 9);
    }
}
