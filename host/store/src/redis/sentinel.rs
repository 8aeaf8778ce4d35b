//! Finding the master by asking sentinels, each time anew: the one that was is not always the one that is.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ErrorKind, RedisError, Value};

use super::config::Node;
use super::connect::{CONNECTING, Connector};

/// The first answer of a sentinel that knows the master.
pub(super) async fn master(connector: &Connector, name: &str) -> Result<Node, RedisError> {
    let mut last = None;
    for sentinel in &connector.config.nodes {
        match ask(connector, sentinel, name).await {
            Ok(Some(node)) => return Ok(node),
            Ok(None) => {}
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| (ErrorKind::MasterNameNotFoundBySentinel, "no sentinel knows the master").into()))
}

async fn ask(connector: &Connector, sentinel: &Node, name: &str) -> Result<Option<Node>, RedisError> {
    let client = connector.client(sentinel, connector.config.sentinel_login.as_ref(), 0)?;
    let limits =
        AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECTING)).set_response_timeout(Some(CONNECTING));
    let mut connection = client.get_multiplexed_async_connection_with_config(&limits).await?;
    let mut question = redis::cmd("SENTINEL");
    question.arg("GET-MASTER-ADDR-BY-NAME").arg(name);
    let answer: Option<(String, u16)> = question.query_async(&mut connection).await?;
    Ok(answer.map(|(host, port)| Node { host, port }))
}

/// A sentinel may still name a server that has stepped down.
pub(super) async fn check_role(connection: &mut MultiplexedConnection) -> Result<(), RedisError> {
    let role: Vec<Value> = redis::cmd("ROLE").query_async(connection).await?;
    let is_master = match role.into_iter().next() {
        Some(role) => redis::from_redis_value::<String>(role)? == "master",
        None => false,
    };
    if is_master { Ok(()) } else { Err((ErrorKind::Io, "the server that the sentinels name is no master").into()) }
}
