//! What the host knows while a plugin runs. Tests run on threads of their own, and so does the host.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::rows::Row;

/// One decision in progress.
#[derive(Debug, Clone, Default)]
pub(super) struct Decision {
    pub(super) request: Map<String, Value>,
    pub(super) rows: Vec<Row>,
    pub(super) number: String,
    pub(super) cid_number: Option<String>,
    pub(super) now: u64,
    pub(super) tracing: bool,
    pub(super) reasons: Vec<(u32, String)>,
    pub(super) logged: Vec<String>,
    /// By name of the rows and carrier: length and value of the longest prefix found.
    pub(super) longest: BTreeMap<String, BTreeMap<u32, (u32, f64)>>,
}

impl Decision {
    /// A field of the request; case does not count and `-` equals `_`.
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.request.iter().find(|(key, _)| fold(key) == fold(name)).map(|(_, value)| value)
    }

    /// Rows of that name that hold at the moment of the call.
    pub(super) fn current(&self, name: &str) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.name == name && row.holds_at(self.now))
    }
}

fn fold(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

thread_local! {
    static DECISION: RefCell<Decision> = RefCell::default();
}

/// Runs `plugin` with `decision` as what the host knows, and answers what has become of that.
pub(super) fn during<T>(decision: Decision, plugin: impl FnOnce() -> T) -> (T, Decision) {
    DECISION.set(decision);
    let answer = plugin();
    (answer, DECISION.take())
}

pub(super) fn with<T>(service: impl FnOnce(&mut Decision) -> T) -> T {
    DECISION.with_borrow_mut(service)
}
