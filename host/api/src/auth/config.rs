//! What an operator may choose about keys, tokens and passwords.

use std::time::Duration;

/// The cost of one password hash: Argon2id with one lane (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// KiB of memory.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// As OWASP's password storage cheat sheet advises.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// What an operator may choose about keys, tokens and passwords.
#[derive(Debug, Clone)]
pub struct AuthConfig {
    /// The time that a token is good for after a key or a log-in was traded for it.
    pub token_lifetime: Duration,
    /// The time that one key signs tokens.
    pub signing_key_lifetime: Duration,
    /// Least characters of a user's password.
    pub shortest_password: usize,
    /// What a hash costs of passwords in accounts that get their first user from now on; others keep the cost they began with.
    pub password_cost: PasswordCost,
    /// Password hashes that are computed at the same time; more log-ins are answered 503.
    pub concurrent_hashes: usize,
    /// Log-ins to one account that may fail in a minute; more are answered 429, right or wrong.
    pub failed_logins: u32,
}

impl Default for AuthConfig {
    fn default() -> Self {
        Self {
            token_lifetime: Duration::from_secs(3_600),
            signing_key_lifetime: Duration::from_secs(86_400),
            shortest_password: 8,
            password_cost: PasswordCost::default(),
            concurrent_hashes: 4,
            failed_logins: 30,
        }
    }
}
