//! What every request can reach.

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use strowger_jobs::tasks::Tasks;
use strowger_messages::Messages;
use strowger_nodes::Membership;
use strowger_plugins::Plugins;
use strowger_rows::SelectorRows;
use strowger_sandbox::Network;
use strowger_store::Store;
use tokio::sync::Semaphore;

use crate::auth::{AuthConfig, Authenticator};
use crate::limits::{LiveNodes, RateLimits, RequestRates};
use crate::ports::{Calls, Routing};
use crate::v2::CursorKey;

/// Files that are uploaded at once.
const UPLOADS: usize = 16;

/// What one request may take.
#[derive(Debug, Clone)]
pub struct RequestLimits {
    /// Bytes of a body; more are answered 413.
    pub body_bytes: usize,
    /// The time in which a body must have arrived.
    pub body_timeout: Duration,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self { body_bytes: 8_000_000, body_timeout: Duration::from_secs(30) }
    }
}

/// What the API is made of.
pub struct Parts {
    /// Where documents lie.
    pub store: Arc<dyn Store>,
    /// Decides which carriers take a call.
    pub routing: Arc<dyn Routing>,
    /// Places and controls calls.
    pub calls: Arc<dyn Calls>,
    /// Selector rows; the same instance routes.
    pub rows: SelectorRows,
    /// What is done with uploaded files.
    pub tasks: Tasks,
    /// Plugins; the same instance routes.
    pub plugins: Plugins,
    /// Sends and receives messages.
    pub messages: Messages,
    /// Renders `GET /metrics`.
    pub metrics: PrometheusHandle,
    /// Signs page keys; the same on every node, or a page key is good on one node only.
    pub cursor_secret: [u8; 32],
    /// Bounds of a request.
    pub limits: RequestLimits,
    /// How often each caller may ask.
    pub rates: RequestRates,
    /// Keys, tokens and passwords.
    pub auth: AuthConfig,
    /// The other processes that serve the store, to be asked; none where there is but this one.
    pub nodes: Option<Arc<Membership>>,
    /// How many processes serve the store.
    pub live_nodes: LiveNodes,
    /// The name of this process among those that serve the store; replies tell it.
    pub node: String,
    /// Networks of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Whether accounts may have peers: carriers whose calls are taken by their address alone.
    pub allow_peers: bool,
}

/// The state of the router; a clone is another handle on the same.
#[derive(Clone)]
pub struct ApiState(Arc<Inner>);

struct Inner {
    parts: Parts,
    auth: Arc<Authenticator>,
    cursors: CursorKey,
    rate_limits: RateLimits,
    uploads: Semaphore,
}

impl ApiState {
    /// Puts the parts together and follows the store's changes. Must be called within a tokio runtime.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let auth = Authenticator::following(Arc::clone(&parts.store), &parts.auth);
        let cursors = CursorKey::new(parts.cursor_secret);
        let rate_limits = RateLimits::new(parts.rates, Arc::clone(&parts.live_nodes));
        let state = Self(Arc::new(Inner { parts, auth, cursors, rate_limits, uploads: Semaphore::new(UPLOADS) }));
        crate::v2::offer(&state);
        state
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.0.parts.store
    }

    pub(crate) fn routing(&self) -> &dyn Routing {
        &*self.0.parts.routing
    }

    pub(crate) fn calls(&self) -> &dyn Calls {
        &*self.0.parts.calls
    }

    pub(crate) fn messages(&self) -> &Messages {
        &self.0.parts.messages
    }

    pub(crate) fn auth(&self) -> &Authenticator {
        &self.0.auth
    }

    pub(crate) fn cursors(&self) -> &CursorKey {
        &self.0.cursors
    }

    pub(crate) fn limits(&self) -> &RequestLimits {
        &self.0.parts.limits
    }

    pub(crate) fn nodes(&self) -> Option<&Membership> {
        self.0.parts.nodes.as_deref()
    }

    pub(crate) fn rows(&self) -> &SelectorRows {
        &self.0.parts.rows
    }

    pub(crate) fn tasks(&self) -> &Tasks {
        &self.0.parts.tasks
    }

    pub(crate) fn plugins(&self) -> &Plugins {
        &self.0.parts.plugins
    }

    /// Places for files that are uploaded at once.
    pub(crate) fn uploads(&self) -> &Semaphore {
        &self.0.uploads
    }

    pub(crate) fn rate_limits(&self) -> &RateLimits {
        &self.0.rate_limits
    }

    pub(crate) fn node(&self) -> &str {
        &self.0.parts.node
    }

    pub(crate) fn trusted_proxies(&self) -> &[Network] {
        &self.0.parts.trusted_proxies
    }

    pub(crate) fn allow_peers(&self) -> bool {
        self.0.parts.allow_peers
    }

    pub(crate) fn metrics(&self) -> &PrometheusHandle {
        &self.0.parts.metrics
    }
}
