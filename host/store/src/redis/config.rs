//! Where the Redis is and how to enter it.

mod url;

use std::fmt;
use std::path::PathBuf;

use strowger_model::Secret;

/// The first part of every key and channel, unless another one is configured.
const PREFIX: &str = "strowger";

/// Longest prefix.
const MAX_PREFIX: usize = 64;

/// How the servers work together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topology {
    /// One server.
    Single,
    /// One master, found by asking sentinels.
    Sentinel {
        /// The name that the sentinels know the master by.
        master: String,
    },
    /// A Redis Cluster, found by asking any of its nodes.
    Cluster,
}

/// Certificates of the connections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// PEM file of the authorities that are trusted; the public ones, where none is given.
    pub ca: Option<PathBuf>,
    /// PEM files of the certificate to show the server, and its key.
    pub client: Option<(PathBuf, PathBuf)>,
}

/// A name and a password; the name may be left to the server's default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The ACL user.
    pub username: Option<String>,
    /// Its password.
    pub password: Secret,
}

/// One server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Name or address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Where the Redis is and how to enter it. Nothing of it prints a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisConfig {
    pub(super) topology: Topology,
    pub(super) nodes: Vec<Node>,
    pub(super) database: u32,
    pub(super) login: Option<Login>,
    pub(super) sentinel_login: Option<Login>,
    pub(super) tls: Option<Tls>,
    pub(super) prefix: String,
}

/// What is wrong with the configuration. Never says a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedisConfigError {
    /// The scheme is none of those that are known.
    #[error(
        "a Redis URL begins with redis://, rediss://, redis+sentinel://, rediss+sentinel://, redis+cluster:// or rediss+cluster://"
    )]
    Scheme,
    /// A host or port cannot be read.
    #[error(
        "a Redis URL names HOST or HOST:PORT, several of them separated by commas where there are sentinels or a cluster"
    )]
    Hosts,
    /// User name or password is not percent-encoded text.
    #[error("the user and password of a Redis URL are percent-encoded UTF-8")]
    Login,
    /// The path is not of the topology.
    #[error("a Redis URL ends in /DATABASE, with sentinels in /MASTER or /MASTER/DATABASE, with a cluster in nothing")]
    Path,
    /// The prefix of the keys would break the keys apart.
    #[error("the prefix of the keys is 1 to {MAX_PREFIX} letters, digits, '-', '_', '.' or ':'")]
    Prefix,
}

impl RedisConfig {
    /// Reads a URL: `redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]`, `redis+sentinel://…HOST:PORT,HOST:PORT/MASTER[/DATABASE]`,
    /// `redis+cluster://…HOST:PORT,HOST:PORT`; with TLS from `rediss` on.
    ///
    /// # Errors
    /// [`RedisConfigError`] says which part is wrong.
    pub fn parse(url: &str) -> Result<Self, RedisConfigError> {
        url::parse(url)
    }

    /// With another login than the URL's.
    #[must_use]
    pub fn login(self, username: Option<String>, password: Secret) -> Self {
        Self { login: Some(Login { username, password }), ..self }
    }

    /// With a login for the sentinels; without, they are asked without one.
    #[must_use]
    pub fn sentinel_login(self, username: Option<String>, password: Secret) -> Self {
        Self { sentinel_login: Some(Login { username, password }), ..self }
    }

    /// With TLS by these certificates.
    #[must_use]
    pub fn tls(self, tls: Tls) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// With another first part of every key and channel, so that several installations share one Redis.
    ///
    /// # Errors
    /// [`RedisConfigError::Prefix`].
    pub fn prefix(self, prefix: impl Into<String>) -> Result<Self, RedisConfigError> {
        let prefix = prefix.into();
        // Braces would move the hash tag, and with it an owner's keys to several slots.
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        match (1..=MAX_PREFIX).contains(&prefix.len()) && prefix.bytes().all(fits) {
            true => Ok(Self { prefix, ..self }),
            false => Err(RedisConfigError::Prefix),
        }
    }

    /// Where the connections go, for messages: topology and addresses, nothing secret.
    #[must_use]
    pub fn describe(&self) -> String {
        let nodes: Vec<String> = self.nodes.iter().map(ToString::to_string).collect();
        let nodes = nodes.join(",");
        match &self.topology {
            Topology::Single => format!("Redis at {nodes}"),
            Topology::Sentinel { master } => format!("Redis master {master} of the sentinels at {nodes}"),
            Topology::Cluster => format!("the Redis Cluster at {nodes}"),
        }
    }
}

#[cfg(test)]
mod tests;
