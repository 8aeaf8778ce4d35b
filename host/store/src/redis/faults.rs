//! What an error of Redis means for the store.

use redis::{ErrorKind, RedisError};

use crate::StoreError;

/// Error codes that say "not now": another server has taken over, or this one has no memory, no replicas, no disk, no time.
const NOT_NOW: [&str; 12] = [
    "LOADING",
    "MOVED",
    "ASK",
    "TRYAGAIN",
    "CLUSTERDOWN",
    "MASTERDOWN",
    "READONLY",
    "OOM",
    "MISCONF",
    "NOREPLICAS",
    "BUSY",
    "UNBLOCKED",
];

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Try again on a new connection.
    Reconnect,
    /// Try again.
    Wait,
    /// Nothing helps.
    GiveUp,
}

pub(super) fn remedy(error: &RedisError) -> Remedy {
    match error.kind() {
        ErrorKind::Io
        | ErrorKind::Parse
        | ErrorKind::ClusterConnectionNotFound
        | ErrorKind::AuthenticationFailed
        | ErrorKind::MasterNameNotFoundBySentinel => Remedy::Reconnect,
        _ => match error.code() {
            Some("READONLY" | "MASTERDOWN") => Remedy::Reconnect,
            Some(code) if NOT_NOW.contains(&code) => Remedy::Wait,
            _ => Remedy::GiveUp,
        },
    }
}

/// The text of an error. The library never puts a password into one.
pub(super) fn reason(error: &RedisError) -> String {
    error.to_string()
}

pub(super) fn fault(error: &RedisError) -> StoreError {
    StoreError::Fault(format!("Redis: {}", reason(error)))
}

pub(super) fn unexpected(what: &str) -> StoreError {
    StoreError::Fault(format!("Redis holds or answers what it should not: {what}"))
}

/// An error at the start, where waiting does not help against a wrong password.
pub(super) fn at_start(place: &str, error: &RedisError) -> StoreError {
    let refused = error.kind() == ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("WRONGPASS" | "NOAUTH" | "NOPERM"));
    match (refused, remedy(error)) {
        (true, _) => StoreError::Fault(format!("{place} refuses the login or its permissions: {}", reason(error))),
        (false, Remedy::GiveUp) => StoreError::Fault(format!("{place}: {}", reason(error))),
        (false, _) => StoreError::Unreachable(format!("{place}: {}", reason(error))),
    }
}
