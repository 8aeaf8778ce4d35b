//! The connection that hears: it subscribes to the notices and to the open mailboxes, and is kept up by a task of its own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use rand::seq::SliceRandom;
use redis::aio::MultiplexedConnection;
use redis::{PushKind, RedisError, Value};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, timeout};

use super::config::{Node, Topology};
use super::connect::Connector;
use super::hearing::Hearing;
use super::keys::Keys;
use super::link::pauses;
use crate::StoreError;

/// How often the connection is tried.
const BEAT: Duration = Duration::from_secs(1);

/// How long an answer on it is waited for.
const ANSWER: Duration = Duration::from_secs(3);

/// Most nodes of a cluster that are remembered.
const MAX_NODES: usize = 1_024;

/// A mailbox that is to be heard, and who waits for that.
pub(super) struct Open {
    pub(super) name: String,
    pub(super) heard: oneshot::Sender<()>,
}

/// The listening connection.
pub(super) struct Listener {
    connector: Arc<Connector>,
    hearing: Arc<Hearing>,
    keys: Keys,
    nodes: Vec<Node>,
    mailboxes: BTreeSet<String>,
    orders: mpsc::Receiver<Open>,
}

struct Connected {
    connection: MultiplexedConnection,
    lost: mpsc::Receiver<()>,
}

impl Listener {
    pub(super) fn new(
        connector: Arc<Connector>,
        hearing: Arc<Hearing>,
        keys: Keys,
        orders: mpsc::Receiver<Open>,
    ) -> Self {
        Self { connector, hearing, keys, nodes: Vec::new(), mailboxes: BTreeSet::new(), orders }
    }

    /// Hears for the first time, and answers what keeps hearing.
    pub(super) async fn start(mut self) -> Result<impl Future<Output = ()> + Send, RedisError> {
        let connected = self.connect().await?;
        self.hearing.up();
        Ok(self.run(connected))
    }

    async fn run(mut self, mut connected: Connected) {
        loop {
            self.listen(&mut connected).await;
            self.hearing.down();
            drop(connected);
            connected = self.reconnect().await;
            self.hearing.up();
            self.hearing.missed(None);
        }
    }

    async fn reconnect(&mut self) -> Connected {
        let mut pauses = pauses(BEAT);
        loop {
            match self.connect().await {
                Ok(connected) => return connected,
                Err(error) => tracing::debug!(%error, "no connection for the notices of other nodes"),
            }
            tokio::time::sleep(pauses.next().unwrap_or(BEAT)).await;
        }
    }

    /// Listens until the connection is lost.
    async fn listen(&mut self, connected: &mut Connected) {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let outcome = tokio::select! {
                _ = connected.lost.recv() => return,
                Some(open) = self.orders.recv() => self.open(&mut connected.connection, open).await,
                _ = beat.tick() => self.beat(&mut connected.connection).await,
            };
            if let Err(error) = outcome {
                tracing::warn!(%error, "the connection for the notices of other nodes is lost");
                return;
            }
        }
    }

    async fn open(&mut self, connection: &mut MultiplexedConnection, open: Open) -> Result<(), StoreError> {
        if self.mailboxes.insert(open.name.clone()) {
            answered(connection.subscribe(self.keys.mailbox(&open.name))).await?;
        }
        // Whoever waited may have gone.
        let _ = open.heard.send(());
        Ok(())
    }

    async fn beat(&mut self, connection: &mut MultiplexedConnection) -> Result<(), StoreError> {
        let closed: Vec<String> = self.mailboxes.iter().filter(|name| !self.hearing.is_wanted(name)).cloned().collect();
        for name in closed {
            answered(connection.unsubscribe(self.keys.mailbox(&name))).await?;
            self.mailboxes.remove(&name);
        }
        answered(redis::cmd("PING").query_async::<Value>(connection)).await.map(drop)
    }

    async fn connect(&mut self) -> Result<Connected, RedisError> {
        let mut nodes = self.connector.masters().await?;
        if self.connector.config.topology == Topology::Cluster {
            // Any node of a cluster tells everything; not all processes should ask the same one.
            nodes.extend(self.nodes.iter().cloned());
            nodes.shuffle(&mut rand::rng());
        }
        let mut last = None;
        for node in &nodes {
            match self.connect_to(node).await {
                Ok(connected) => return Ok(connected),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(super::connect::no_nodes))
    }

    async fn connect_to(&mut self, node: &Node) -> Result<Connected, RedisError> {
        let (report, lost) = mpsc::channel(1);
        let hearing = self.hearing.clone();
        let pushed = move |push: redis::PushInfo| {
            if push.kind == PushKind::Disconnection {
                // Where it is full, the loss is reported.
                let _ = report.try_send(());
            }
            hearing.push(&push);
            Ok(())
        };
        let mut connection = self.connector.listening(node, pushed).await?;
        let mailboxes = self.mailboxes.iter().map(|name| self.keys.mailbox(name));
        let channels: Vec<String> = std::iter::once(self.keys.changes()).chain(mailboxes).collect();
        connection.subscribe(channels).await?;
        if self.connector.config.topology == Topology::Cluster {
            self.nodes = nodes_of(&mut connection).await?;
        }
        Ok(Connected { connection, lost })
    }
}

async fn answered<T>(asked: impl Future<Output = Result<T, RedisError>>) -> Result<T, StoreError> {
    match timeout(ANSWER, asked).await {
        Ok(answer) => answer.map_err(|error| super::faults::fault(&error)),
        Err(_) => Err(StoreError::Unreachable("no answer in time".into())),
    }
}

/// Every node of the cluster, so that another one can be asked although all those that were configured are gone.
async fn nodes_of(connection: &mut MultiplexedConnection) -> Result<Vec<Node>, RedisError> {
    let ranges: Vec<Vec<Value>> = redis::cmd("CLUSTER").arg("SLOTS").query_async(connection).await?;
    let mut nodes: Vec<Node> = Vec::new();
    for node in ranges.into_iter().flat_map(|range| range.into_iter().skip(2)) {
        let mut fields = Vec::<Value>::from_iter(redis::from_redis_value::<Vec<Value>>(node)?).into_iter();
        let (Some(host), Some(port)) = (fields.next(), fields.next()) else { continue };
        let node = Node { host: redis::from_redis_value(host)?, port: redis::from_redis_value(port)? };
        if nodes.len() < MAX_NODES && !node.host.is_empty() && !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    Ok(nodes)
}
