//! What is run: a world of carriers, rows and chains, and the cases that are tried in it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use strowger_model::Owner;
use strowger_model::account::Hunt;
use strowger_model::chain::RouteBy;
use strowger_rows::SelectorRow;

/// Cases that are routed over the same carriers.
#[derive(Debug, Clone)]
pub struct Suite {
    pub(super) world: World,
    /// What is tried, in order.
    pub cases: Vec<Case>,
}

/// What the cases of a suite are routed over.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// Whose calls they are.
    pub(super) caller: Owner,
    /// What the account has; nothing where the installation itself calls.
    pub(super) account: Documents,
    pub(super) settings: Settings,
    /// What the installation has.
    pub(super) global: Documents,
    pub(super) checks: Checks,
}

/// How much of a case's own chain is checked before it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checks {
    /// All that is checked of one that is saved.
    Saved,
    /// What is checked of one that is tried: parameters are left to the steps, which fail then.
    Tried,
}

/// What one owner has.
#[derive(Debug, Clone, Default)]
pub(super) struct Documents {
    /// Bodies by id.
    pub(super) carriers: Vec<(String, Value)>,
    pub(super) rows: Vec<SelectorRow>,
    /// A `rules` array.
    pub(super) chain: Option<Value>,
}

/// How the account is routed, where it says so; in the words of its own document.
#[derive(Debug, Clone, Copy, Default, Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) route_by: Option<RouteBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hunt: Option<Hunt>,
}

/// One request and what is expected of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// What its author calls it.
    pub name: String,
    pub(super) request: Map<String, Value>,
    pub(super) route_by: Option<RouteBy>,
    /// When the call is, in Unix seconds; whenever the case is run where it does not say.
    pub(super) time: Option<u64>,
    /// A `rules` array that is tried instead of the saved one.
    pub(super) chain: Option<Value>,
    pub(super) expect: Expect,
}

/// What must come of a request.
#[derive(Debug, Clone)]
pub(super) enum Expect {
    /// The chain cannot be saved.
    Refused,
    /// It is routed.
    Routed(Expected),
}

/// What a route must be; `None` is whatever it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Expected {
    pub(super) carriers: Option<Vec<String>>,
    pub(super) endpoints: Option<Vec<Map<String, Value>>>,
    /// Parts of reasons by carrier.
    pub(super) dropped: BTreeMap<String, String>,
    /// The number after short-dial correction; none where it must not be corrected.
    pub(super) number: Option<Option<String>>,
    pub(super) error: ExpectedError,
}

/// How the chain must end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum ExpectedError {
    /// As it should.
    #[default]
    None,
    /// By a failure of that kind.
    Kind(String),
    /// In either way.
    Whichever,
}

impl Case {
    pub(super) fn new(name: String, request: Map<String, Value>, expect: Expect) -> Self {
        Self { name, request, route_by: None, time: None, chain: None, expect }
    }
}
