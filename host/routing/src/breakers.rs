//! The breakers of all accounts, found when a chain is resolved and never during a call.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_sandbox::PluginId;

use crate::breaker::Breaker;

/// Breakers that are known before those are dropped that no chain has any more.
const MANY: usize = 10_000;

/// The breakers that chains in memory have.
#[derive(Default)]
pub(crate) struct Breakers(Mutex<HashMap<(Owner, PluginId), Weak<Breaker>>>);

impl Breakers {
    /// The breaker of a plugin version for the calls of `owner`. It outlives a change of the chain: the version is the same.
    pub(crate) fn of(&self, owner: Owner, plugin: &PluginId) -> Arc<Breaker> {
        let mut known = self.0.lock();
        if known.len() >= MANY {
            known.retain(|_, breaker| breaker.strong_count() > 0);
        }
        let place = known.entry((owner, plugin.clone())).or_default();
        place.upgrade().unwrap_or_else(|| {
            let breaker = Arc::default();
            *place = Arc::downgrade(&breaker);
            breaker
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_and_a_version_have_one_as_long_as_a_chain_has_it() {
        let (breakers, plugin) = (Breakers::default(), PluginId::system("a", "1"));
        let one = breakers.of(Owner::System, &plugin);
        assert!(Arc::ptr_eq(&one, &breakers.of(Owner::System, &plugin)));
        assert!(!Arc::ptr_eq(&one, &breakers.of(Owner::System, &PluginId::system("a", "2"))));
        assert!(!Arc::ptr_eq(&one, &breakers.of(strowger_model::AccountId::random().into(), &plugin)));
    }
}
