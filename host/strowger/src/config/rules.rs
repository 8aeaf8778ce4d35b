//! Rules between settings.

use super::error::Problem;
use super::settings::{Config, Redis};

/// The rules that the configuration breaks.
pub fn broken(config: &Config) -> Vec<Problem> {
    let Config { auth, redis, secrets, .. } = config;
    let pairs = [
        ("auth.admin_key", auth.admin_key.is_some(), "auth.admin_key_file", auth.admin_key_file.is_some()),
        ("redis.password", redis.password.is_some(), "redis.password_file", redis.password_file.is_some()),
        (
            "redis.sentinel_password",
            redis.sentinel_password.is_some(),
            "redis.sentinel_password_file",
            redis.sentinel_password_file.is_some(),
        ),
        ("secrets.keys", secrets.keys.is_some(), "secrets.key_file", secrets.key_file.is_some()),
    ];
    let both = pairs.into_iter().filter(|(_, one, _, other)| *one && *other);
    let both = both.map(|(one, _, other, _)| format!("`{one}` and `{other}` are both given: leave one out"));
    let halves = halves(redis).into_iter().filter(|(_, given, _, needed)| *given && !*needed);
    let halves = halves.map(|(given, _, needed, _)| format!("`{given}` is given without `{needed}`"));
    both.chain(halves).chain(unreachable(config)).map(Problem::general).collect()
}

/// SDP cannot offer "any address".
fn unreachable(config: &Config) -> Option<String> {
    let is_any = config.sip.listen.ip().is_unspecified() && config.rtp_advertised().is_none();
    is_any.then(|| "`sip.listen` is every address of this machine: `sip.advertised` or `rtp.advertised` must say which one carriers are told".to_owned())
}

/// Settings that mean nothing without another one.
fn halves(redis: &Redis) -> Vec<(&'static str, bool, &'static str, bool)> {
    let password = redis.password.is_some() || redis.password_file.is_some();
    let sentinel = redis.sentinel_password.is_some() || redis.sentinel_password_file.is_some();
    vec![
        ("redis.username", redis.username.is_some(), "redis.password", password),
        ("redis.sentinel_username", redis.sentinel_username.is_some(), "redis.sentinel_password", sentinel),
        ("redis.cert_file", redis.cert_file.is_some(), "redis.cert_key_file", redis.cert_key_file.is_some()),
        ("redis.cert_key_file", redis.cert_key_file.is_some(), "redis.cert_file", redis.cert_file.is_some()),
    ]
}
