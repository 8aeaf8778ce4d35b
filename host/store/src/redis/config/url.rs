//! Redis URLs. Lists of hosts are not in RFC 3986, so that its parsers refuse them.

use percent_encoding::percent_decode_str;
use strowger_model::Secret;

use super::{Login, Node, PREFIX, RedisConfig, RedisConfigError, Tls, Topology};

const PORT: u16 = 6_379;
const SENTINEL_PORT: u16 = 26_379;

/// Most addresses of one URL.
const MAX_NODES: usize = 64;

pub(super) fn parse(url: &str) -> Result<RedisConfig, RedisConfigError> {
    let (scheme, rest) = url.split_once("://").ok_or(RedisConfigError::Scheme)?;
    let (transport, shape) =
        scheme.split_once('+').map_or((scheme, None), |(transport, shape)| (transport, Some(shape)));
    let tls = match transport {
        "redis" => None,
        "rediss" => Some(Tls::default()),
        _ => return Err(RedisConfigError::Scheme),
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (topology, database) = place(shape, path)?;
    // A password may hold an `@`, although it should be encoded; a host never does.
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((user, hosts)) => (login(user)?, hosts),
        None => (None, authority),
    };
    let nodes = nodes(&topology, hosts)?;
    Ok(RedisConfig { topology, nodes, database, login, sentinel_login: None, tls, prefix: PREFIX.into() })
}

fn place(shape: Option<&str>, path: &str) -> Result<(Topology, u32), RedisConfigError> {
    let database = |text: &str| match text {
        "" => Ok(0),
        number => number.parse().map_err(|_| RedisConfigError::Path),
    };
    match shape {
        None => Ok((Topology::Single, database(path)?)),
        Some("cluster") if path.is_empty() => Ok((Topology::Cluster, 0)),
        Some("cluster") => Err(RedisConfigError::Path),
        Some("sentinel") => {
            let (master, number) = path.split_once('/').unwrap_or((path, ""));
            if master.is_empty() {
                return Err(RedisConfigError::Path);
            }
            Ok((Topology::Sentinel { master: master.into() }, database(number)?))
        }
        Some(_) => Err(RedisConfigError::Scheme),
    }
}

fn login(user: &str) -> Result<Option<Login>, RedisConfigError> {
    let decoded = |text| percent_decode_str(text).decode_utf8().map_err(|_| RedisConfigError::Login);
    let (username, password) = user.split_once(':').unwrap_or((user, ""));
    if password.is_empty() {
        // A user without a password cannot log in: more likely, the password was forgotten.
        return if username.is_empty() { Ok(None) } else { Err(RedisConfigError::Login) };
    }
    let username = Some(decoded(username)?.into_owned()).filter(|name| !name.is_empty());
    Ok(Some(Login { username, password: Secret::new(decoded(password)?) }))
}

fn nodes(topology: &Topology, hosts: &str) -> Result<Vec<Node>, RedisConfigError> {
    let port = if matches!(topology, Topology::Sentinel { .. }) { SENTINEL_PORT } else { PORT };
    let nodes = hosts.split(',').map(|host| node(host, port)).collect::<Result<Vec<_>, _>>()?;
    let most = if *topology == Topology::Single { 1 } else { MAX_NODES };
    if nodes.len() > most { Err(RedisConfigError::Hosts) } else { Ok(nodes) }
}

fn node(text: &str, default: u16) -> Result<Node, RedisConfigError> {
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = match bracketed {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':').ok_or(RedisConfigError::Hosts)?)),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if host.is_empty() || !host.bytes().all(named) {
        return Err(RedisConfigError::Hosts);
    }
    let port = port.map_or(Ok(default), |port| port.parse().map_err(|_| RedisConfigError::Hosts))?;
    Ok(Node { host: host.into(), port })
}
