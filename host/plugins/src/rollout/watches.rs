//! What this node watches: the figures of every rollout that it has seen running.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use strowger_model::Owner;
use strowger_sandbox::PluginId;

use super::figures::{Figures, Seen};

/// Rollouts that are watched before those are dropped that no chain has any more.
const MANY: usize = 10_000;
/// Versions that metrics tell one by one; those beyond are told together.
const LISTED: usize = 500;

/// One rollout as this node sees it.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(super) id: String,
    /// It was found too bad here: from that moment on this node asks it nothing more.
    over: AtomicBool,
    pub(super) seen: Mutex<Seen>,
    /// Why, as long as that is not in the store.
    unsaved: Mutex<Option<String>>,
}

impl Watch {
    fn new(id: &str) -> Self {
        Self { id: id.to_owned(), over: AtomicBool::new(false), seen: Mutex::default(), unsaved: Mutex::default() }
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Ends it on this node; whether it went on until now.
    pub(super) fn end(&self, reason: &str) -> bool {
        let is_first = !self.over.swap(true, Ordering::AcqRel);
        if is_first {
            *self.unsaved.lock() = Some(reason.to_owned());
        }
        is_first
    }

    pub(super) fn unsaved(&self) -> Option<String> {
        self.unsaved.lock().clone()
    }

    pub(super) fn saved(&self) {
        *self.unsaved.lock() = None;
    }

    pub(super) fn figures(&self) -> Figures {
        self.seen.lock().figures.clone()
    }
}

/// All of them, by owner and name of the plugin.
#[derive(Debug, Default)]
pub(crate) struct Watches {
    known: Mutex<HashMap<(Owner, String), Arc<Watch>>>,
    listed: Mutex<HashSet<PluginId>>,
}

impl Watches {
    /// The watch over a rollout: a new one where it is another rollout than before.
    pub(super) fn of(&self, owner: Owner, plugin: &str, id: &str) -> Arc<Watch> {
        let mut known = self.known.lock();
        if known.len() >= MANY {
            known.retain(|_, watch| Arc::strong_count(watch) > 1 || watch.unsaved().is_some());
        }
        let place = known.entry((owner, plugin.to_owned())).or_insert_with(|| Arc::new(Watch::new(id)));
        if place.id != id {
            *place = Arc::new(Watch::new(id));
        }
        Arc::clone(place)
    }

    /// Owner, name and version, as metrics tell them.
    pub(super) fn labels(&self, version: &PluginId) -> [String; 3] {
        let mut listed = self.listed.lock();
        if !listed.contains(version) && listed.len() >= LISTED {
            return ["other", "other", "other"].map(ToOwned::to_owned);
        }
        listed.insert(version.clone());
        [version.owner.to_string(), version.name.clone(), version.version.clone()]
    }

    pub(super) fn forget(&self, owner: Owner, plugin: &str) {
        self.known.lock().remove(&(owner, plugin.to_owned()));
    }

    /// Those that were ended here and are not in the store yet.
    pub(super) fn unsaved(&self) -> Vec<(Owner, String, Arc<Watch>)> {
        let known = self.known.lock();
        let unsaved = known.iter().filter(|(_, watch)| watch.unsaved().is_some());
        unsaved.map(|((owner, plugin), watch)| (*owner, plugin.clone(), Arc::clone(watch))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_rollout_of_the_same_plugin_begins_anew() {
        let watches = Watches::default();
        let first = watches.of(Owner::System, "mine", "1");
        assert!(first.end("bad") && !first.end("worse"));
        assert!(watches.of(Owner::System, "mine", "1").is_over());
        assert_eq!(watches.unsaved().len(), 1);
        assert!(!watches.of(Owner::System, "mine", "2").is_over());
        assert!(watches.unsaved().is_empty(), "nobody wants to know of the first one any more");
    }
}
