//! What is asked of the router.

use serde_json::{Map, Value};
use strowger_model::Owner;
use strowger_model::chain::{Chain, RouteBy};

/// A request to be routed.
#[derive(Debug, Clone)]
pub struct RouteRequest {
    /// Whose call it is: an account, or the installation for a global route.
    pub owner: Owner,
    /// The off-net request by its documented field names: `To-DID`, `Outbound-Caller-ID-Number`, `Flags`, …
    pub fields: Map<String, Value>,
    /// Overrides the owner's way of routing.
    pub route_by: Option<RouteBy>,
    /// A chain to try instead of the saved one.
    pub rules: Option<Chain>,
    /// When the call is, in Unix seconds; now where it is not said. Selector rows are valid at some times only.
    pub time: Option<u64>,
    /// Whether the decision is explained: every dropped carrier with its reason, every endpoint. A call has use for the first ones only.
    pub explain: bool,
    /// The call that is decided, where the decision is to be recorded.
    pub call: Option<String>,
}

/// Endpoints that a call may get.
const CALL_ENDPOINTS: usize = 64;

impl RouteRequest {
    pub(crate) fn endpoint_limit(&self) -> usize {
        if self.explain { usize::MAX } else { CALL_ENDPOINTS }
    }

    /// A call to be placed: the owner's own way of routing, nothing told.
    #[must_use]
    pub fn call(owner: impl Into<Owner>, fields: Map<String, Value>) -> Self {
        Self { owner: owner.into(), fields, route_by: None, rules: None, time: None, explain: false, call: None }
    }
}
