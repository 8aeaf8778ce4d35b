//! What is looked at before a Redis is used.

use std::collections::HashMap;

use redis::aio::MultiplexedConnection;
use redis::{InfoDict, RedisError};

use super::config::{Node, Topology};
use super::connect::Connector;
use super::faults::{at_start, unexpected};
use super::keys::Keys;
use super::link::Link;
use crate::StoreError;

/// The layout of the keys.
const FORMAT: u32 = 1;

/// The least version of Redis; Valkey began with 7.2.
const VERSION: u32 = 7;

/// Refuses servers that cannot do what is needed, and warns of those that may lose what they have acknowledged.
pub(super) async fn check(connector: &Connector) -> Result<(), StoreError> {
    let place = connector.config.describe();
    let nodes = connector.masters().await.map_err(|error| at_start(&place, &error))?;
    let mut failed = None;
    let mut is_checked = false;
    for node in &nodes {
        match info(connector, node).await {
            Ok(info) => {
                check_one(&connector.config.topology, node, &info)?;
                is_checked = true;
            }
            Err(error) => failed = Some(at_start(&place, &error)),
        }
    }
    match failed {
        // Some nodes of a cluster may be away.
        Some(error) if !is_checked => Err(error),
        _ => Ok(()),
    }
}

async fn info(connector: &Connector, node: &Node) -> Result<HashMap<String, String>, RedisError> {
    let mut connection: MultiplexedConnection = connector.listening(node, |_| Ok(())).await?;
    let info: InfoDict = redis::cmd("INFO").query_async(&mut connection).await?;
    let fields = ["redis_version", "cluster_enabled", "aof_enabled", "maxmemory_policy"];
    Ok(fields.iter().filter_map(|field| Some(((*field).to_owned(), info.get::<String>(field)?))).collect())
}

fn check_one(topology: &Topology, node: &Node, info: &HashMap<String, String>) -> Result<(), StoreError> {
    let field = |name: &str| info.get(name).map_or("", String::as_str);
    let version = field("redis_version");
    let major: u32 = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    if major < VERSION {
        return Err(StoreError::Fault(format!("{node} has Redis {version}; {VERSION}.0 or newer is needed")));
    }
    let is_cluster = field("cluster_enabled") == "1";
    if is_cluster && *topology != Topology::Cluster {
        return Err(StoreError::Fault(format!("{node} is of a Redis Cluster: its URL begins with redis+cluster://")));
    }
    if !is_cluster && *topology == Topology::Cluster {
        return Err(StoreError::Fault(format!("{node} is of no Redis Cluster: its URL begins with redis://")));
    }
    if field("aof_enabled") == "0" {
        tracing::warn!(%node, "appendonly is off: what was acknowledged is lost when this Redis ends");
    }
    let policy = field("maxmemory_policy");
    if policy.starts_with("allkeys") || policy.starts_with("volatile") {
        tracing::warn!(%node, policy, "maxmemory-policy lets this Redis drop what was acknowledged; set it to noeviction");
    }
    Ok(())
}

/// Notes the layout of the keys, or finds the one that was noted.
pub(super) async fn check_format(link: &Link, keys: &Keys) -> Result<(), StoreError> {
    let mut note = redis::cmd("SET");
    note.arg(keys.format()).arg(FORMAT).arg("NX");
    link.command::<redis::Value>(&note).await?;
    let mut read = redis::cmd("GET");
    read.arg(keys.format());
    let found: Option<String> = link.command(&read).await?;
    match found.ok_or_else(|| unexpected("no format"))? {
        found if found == FORMAT.to_string() => Ok(()),
        found => Err(StoreError::Fault(format!("the keys in Redis have format {found}, not {FORMAT}"))),
    }
}
