//! The connections of one account.

use std::sync::Arc;

use arc_swap::ArcSwap;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use rustls::client::Resumption;
use tokio::sync::Semaphore;
use wasmtime_wasi_http::WasiBody;

use super::connector::Connector;
use super::resolver::{GuardedResolver, Resolve};
use super::{CONNECTIONS, IDLE_PER_HOST, IDLE_TIMEOUT, MAX_RESPONSE_HEAD};
use crate::guard::AddressPolicy;

/// TLS sessions that are kept to be resumed; each account has its own.
const TLS_SESSIONS: usize = 64;

type HttpClient = Client<HttpsConnector<Connector>, WasiBody>;

pub(super) struct Pool {
    connector: HttpsConnector<Connector>,
    client: ArcSwap<HttpClient>,
    connections: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn new(policy: Arc<AddressPolicy>, resolver: Arc<dyn Resolve>, mut tls: ClientConfig) -> Self {
        let connections = Arc::new(Semaphore::new(CONNECTIONS));
        let connector = Connector::new(GuardedResolver { policy, resolver }, Arc::clone(&connections));
        tls.resumption = Resumption::in_memory_sessions(TLS_SESSIONS);
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(connector);
        let client = ArcSwap::from_pointee(client(&connector));
        Self { connector, client, connections }
    }

    /// The client to send with. Where all connections are taken, those that are idle are given up with the client that holds them.
    pub(super) fn client(&self) -> Arc<HttpClient> {
        if self.connections.available_permits() == 0 {
            self.client.store(Arc::new(client(&self.connector)));
        }
        self.client.load_full()
    }
}

fn client(connector: &HttpsConnector<Connector>) -> HttpClient {
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .http1_max_buf_size(MAX_RESPONSE_HEAD)
        .build(connector.clone())
}
