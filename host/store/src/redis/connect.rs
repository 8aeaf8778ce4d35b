//! Connections, as the configuration says. Not one of them ever sends a command that blocks.

use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use redis::{
    AsyncConnectionConfig, Client, ClientTlsConfig, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, IntoConnectionInfo,
    Pipeline, ProtocolVersion, PushInfo, RedisConnectionInfo, RedisError, RedisFuture, TlsCertificates, Value,
};

use super::config::{Login, Node, RedisConfig, Tls, Topology};
use super::sentinel;
use crate::StoreError;

/// How long a connection may take to come about.
pub(super) const CONNECTING: Duration = Duration::from_secs(3);

/// How long it may take until it can be used. A server that accepts and then says nothing is given up, and tried again.
const READY: Duration = Duration::from_secs(5);

/// Longer than any answer is waited for: each request has a limit of its own.
const ANSWER: Duration = Duration::from_secs(120);

/// Retries within the cluster's client, which follows slots that have moved; the rest is retried above it.
const REDIRECTIONS: u32 = 3;

/// A connection for commands: to one server, or to all of a cluster.
#[derive(Clone)]
pub(super) enum Wire {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Wire {
    /// The client of a cluster follows its nodes by itself.
    pub(super) fn heals_itself(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }
}

impl ConnectionLike for Wire {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One(connection) => connection.req_packed_command(command),
            Self::Cluster(connection) => connection.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::One(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::One(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}

/// Makes connections.
pub(super) struct Connector {
    pub(super) config: RedisConfig,
    certificates: Option<TlsCertificates>,
}

impl Connector {
    /// Reads the certificates.
    pub(super) fn new(config: RedisConfig) -> Result<Self, StoreError> {
        let certificates = config.tls.as_ref().map(read).transpose()?;
        if certificates.is_some() {
            // Fails where the process has chosen its cryptography already.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        Ok(Self { config, certificates })
    }

    /// A connection for commands.
    pub(super) async fn wire(&self) -> Result<Wire, RedisError> {
        match &self.config.topology {
            Topology::Cluster => self.cluster().await.map(Wire::Cluster),
            Topology::Single | Topology::Sentinel { .. } => {
                let nodes = self.masters().await?;
                let node = nodes.first().ok_or_else(no_nodes)?;
                self.one(node, answers(AsyncConnectionConfig::new())).await.map(Wire::One)
            }
        }
    }

    /// A connection to one server that tells what the server pushes.
    pub(super) async fn listening(
        &self,
        node: &Node,
        pushed: impl Fn(PushInfo) -> Result<(), ()> + Send + Sync + 'static,
    ) -> Result<MultiplexedConnection, RedisError> {
        self.one(node, answers(AsyncConnectionConfig::new()).set_push_sender(pushed)).await
    }

    /// The servers that take writes, as far as they are known without a connection: some of a cluster's, the one of the others.
    pub(super) async fn masters(&self) -> Result<Vec<Node>, RedisError> {
        match &self.config.topology {
            Topology::Sentinel { master } => Ok(vec![sentinel::master(self, master).await?]),
            Topology::Single | Topology::Cluster => Ok(self.config.nodes.clone()),
        }
    }

    async fn one(&self, node: &Node, config: AsyncConnectionConfig) -> Result<MultiplexedConnection, RedisError> {
        let client = self.client(node, self.config.login.as_ref(), self.config.database)?;
        let connecting = client.get_multiplexed_async_connection_with_config(&config);
        let silent = |_| RedisError::from((ErrorKind::Io, "the server does not answer"));
        let connection = tokio::time::timeout(READY, connecting).await.map_err(silent)??;
        if matches!(self.config.topology, Topology::Sentinel { .. }) {
            sentinel::check_role(&mut connection.clone()).await?;
        }
        Ok(connection)
    }

    async fn cluster(&self) -> Result<ClusterConnection, RedisError> {
        let nodes = self.config.nodes.iter().map(|node| self.info(node, self.config.login.as_ref(), 0));
        let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
        let mut builder = ClusterClientBuilder::new(nodes)
            .retries(REDIRECTIONS)
            .min_retry_wait(10)
            .max_retry_wait(200)
            .connection_timeout(CONNECTING)
            .response_timeout(ANSWER)
            .overall_response_timeout(None);
        if let Some(certificates) = &self.certificates {
            builder = builder.certs(certificates.clone());
        }
        builder.build()?.get_async_connection().await
    }

    pub(super) fn client(&self, node: &Node, login: Option<&Login>, database: u32) -> Result<Client, RedisError> {
        let info = self.info(node, login, database)?;
        match &self.certificates {
            Some(certificates) => Client::build_with_tls(info, certificates.clone()),
            None => Client::open(info),
        }
    }

    fn info(&self, node: &Node, login: Option<&Login>, database: u32) -> Result<ConnectionInfo, RedisError> {
        let host = node.host.clone();
        let address = match &self.certificates {
            Some(_) => ConnectionAddr::TcpTls { host, port: node.port, insecure: false, tls_params: None },
            None => ConnectionAddr::Tcp(host, node.port),
        };
        let mut entry = RedisConnectionInfo::default()
            .set_protocol(ProtocolVersion::RESP3)
            .set_skip_set_lib_name()
            .set_db(database.into());
        if let Some(login) = login {
            entry = entry.set_password(login.password.expose());
            if let Some(username) = &login.username {
                entry = entry.set_username(username);
            }
        }
        Ok(address.into_connection_info()?.set_redis_settings(entry))
    }
}

fn answers(config: AsyncConnectionConfig) -> AsyncConnectionConfig {
    config.set_connection_timeout(Some(CONNECTING)).set_response_timeout(Some(ANSWER))
}

pub(super) fn no_nodes() -> RedisError {
    (ErrorKind::InvalidClientConfig, "no address is configured").into()
}

fn read(tls: &Tls) -> Result<TlsCertificates, StoreError> {
    let file = |path: &std::path::PathBuf| {
        std::fs::read(path).map_err(|error| StoreError::Fault(format!("{}: {error}", path.display())))
    };
    let client_tls = match &tls.client {
        None => None,
        Some((certificate, key)) => Some(ClientTlsConfig { client_cert: file(certificate)?, client_key: file(key)? }),
    };
    Ok(TlsCertificates { client_tls, root_cert: tls.ca.as_ref().map(file).transpose()? })
}
