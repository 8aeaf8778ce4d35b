//! A request to the running server, as its administrator.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper_util::client::legacy::Client as Connections;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use strowger_model::Secret;
use tokio::time::timeout;

use crate::Failure;
use crate::config::Config;

/// Time for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of an answer.
const LARGEST: usize = 1 << 20;

/// The server of a configuration.
pub struct Client {
    server: SocketAddr,
    key: Secret,
    connections: Connections<HttpConnector, Body>,
}

impl Client {
    /// The server that has the store of this configuration open.
    pub fn of(config: &Config) -> Result<Self, Failure> {
        let listen = config.http.listen;
        if listen.port() == 0 {
            return Err("a server has the store open, and `http.listen` does not say on which port it answers".into());
        }
        let missing = "a server has the store open, and is asked with an admin key: set `auth.admin_key` or `auth.admin_key_file`";
        let key = config.auth.admin_key()?.ok_or(missing)?;
        let server = SocketAddr::new(reachable(listen.ip()), listen.port());
        Ok(Self { server, key, connections: Connections::builder(TokioExecutor::new()).build_http() })
    }

    /// The `data` of the answer to a question; none where the server answers 404.
    pub async fn post(&self, path: &str, data: &Value) -> Result<Option<Value>, Failure> {
        let failed = |reason: String| format!("the server at {}: {reason}", self.server);
        let answer = timeout(PATIENCE, self.exchange(path, data)).await;
        let answer = answer.map_err(|_| failed(format!("no answer within {PATIENCE:?}")))?;
        let (status, body) = answer.map_err(|error| failed(error.to_string()))?;
        match status {
            StatusCode::OK => {
                let envelope: Value = serde_json::from_slice(&body)?;
                Ok(envelope.get("data").cloned())
            }
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(failed(status.to_string()).into()),
        }
    }

    async fn exchange(&self, path: &str, data: &Value) -> Result<(StatusCode, Bytes), Failure> {
        let request = Request::post(format!("http://{}{path}", self.server))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key.expose()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(json!({ "data": data }).to_string()))?;
        let (head, body) = self.connections.request(request).await?.into_parts();
        let body = Limited::new(body, LARGEST).collect().await.map_err(|error| error.to_string())?;
        Ok((head.status, body.to_bytes()))
    }
}

/// A server that listens on all addresses is reached on this machine's own.
fn reachable(listen: IpAddr) -> IpAddr {
    match listen {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_reached_on_this_machine() {
        for (listen, reached) in [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("192.0.2.1", "192.0.2.1")] {
            assert_eq!(reachable(listen.parse().unwrap()), reached.parse::<IpAddr>().unwrap());
        }
    }
}
