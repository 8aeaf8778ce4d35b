//! The only way out for a plugin's HTTP: hosts by grant, resolved addresses checked by the [`AddressPolicy`], connections pooled per
//! account, sizes, times and numbers bound. Redirects are handed to the plugin like any other response: where it follows one, that is a
//! request of its own and checked as such.

mod connector;
mod fetch;
mod outgoing;
mod pool;
mod resolver;
mod response;
mod socket;
mod told;
mod trust;

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use rustls::ClientConfig;
use strowger_model::Owner;

pub use fetch::{FetchError, FetchRequest, Fetched};
pub(crate) use outgoing::Outgoing;
pub use resolver::{Resolve, SystemResolver};
pub use socket::{Received, SocketError, SocketRequest, WebSocket};
pub use trust::TrustError;
pub(crate) use trust::client_config;

use crate::guard::AddressPolicy;
use crate::http_client::pool::Pool;

/// From sending a request to the headers of its response, and from one piece of its body to the next.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
/// Waiting for a free connection, looking up the name, and connecting: each.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const IDLE_PER_HOST: usize = 16;
/// Connections of one account, idle ones included.
const CONNECTIONS: usize = 64;
/// Accounts whose connections are kept.
const POOLS: u64 = 2_000;
/// Bytes of a response's status line and headers.
const MAX_RESPONSE_HEAD: usize = 64 << 10;

/// One pool of connections for each account.
pub(crate) struct HttpClients {
    policy: Arc<AddressPolicy>,
    resolver: Arc<dyn Resolve>,
    tls: ClientConfig,
    pools: Cache<Owner, Arc<Pool>>,
}

impl HttpClients {
    pub(crate) fn new(policy: AddressPolicy, resolver: Arc<dyn Resolve>, tls: ClientConfig) -> Self {
        let pools = Cache::builder().max_capacity(POOLS).time_to_idle(IDLE_TIMEOUT * 2).build();
        Self { policy: Arc::new(policy), resolver, tls, pools }
    }

    /// The pool of an account. What is pooled was connected under the same policy, and a request's host is compared with the grant
    /// before it comes here.
    fn pool(&self, owner: Owner) -> Arc<Pool> {
        self.pools.get_with(owner, || {
            Arc::new(Pool::new(Arc::clone(&self.policy), Arc::clone(&self.resolver), self.tls.clone()))
        })
    }
}
