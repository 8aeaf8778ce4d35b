//! What the API is told by the configuration.

use std::sync::Arc;

use strowger_api::{AuthConfig, Limits, LiveNodes, PasswordCost, RequestLimits, RequestRates};
use strowger_jobs::numbers::TidyNumberJobs;
use strowger_jobs::tasks::TaskLimits;
use strowger_model::Rate;
use strowger_nodes::Membership;

use crate::config::Config;
use crate::wiring::count;

/// Bounds of a request.
pub fn request_limits(config: &Config) -> RequestLimits {
    RequestLimits { body_bytes: count(config.http.max_body), body_timeout: config.http.body_timeout_s }
}

/// Bounds of the listener.
pub fn connection_limits(config: &Config) -> Limits {
    Limits {
        connections: count(config.http.max_connections),
        header_timeout: config.http.idle_timeout_s,
        ..Limits::default()
    }
}

/// Bounds of tasks.
pub fn task_limits(config: &Config) -> TaskLimits {
    let tasks = &config.tasks;
    TaskLimits { max_file_bytes: tasks.max_file_bytes.into(), kept: count(tasks.kept), retention: tasks.retention_s }
}

/// How long bulk jobs are kept.
pub fn tidy_number_jobs(config: &Config) -> TidyNumberJobs {
    TidyNumberJobs { retention: config.tasks.number_jobs_retention_s, ..TidyNumberJobs::default() }
}

/// How often callers may ask; a rate of 0 is none.
pub fn rates(config: &Config) -> RequestRates {
    let limits = &config.limits;
    RequestRates {
        per_key: Rate::new(limits.key_rate, limits.key_burst),
        per_account: Rate::new(limits.account_rate, limits.account_burst),
        failures: Rate::new(limits.failure_rate, limits.failure_burst),
    }
}

/// Keys, tokens and passwords.
pub fn auth(config: &Config) -> AuthConfig {
    let auth = &config.auth;
    AuthConfig {
        token_lifetime: auth.token_lifetime_s,
        signing_key_lifetime: auth.signing_key_lifetime_s,
        shortest_password: count(auth.shortest_password),
        password_cost: PasswordCost { memory_kib: auth.password_memory_kib, passes: auth.password_passes },
        concurrent_hashes: count(auth.concurrent_hashes),
        failed_logins: config.limits.failed_logins,
    }
}

/// Each node lets its share of a rate through.
pub fn live_nodes(nodes: &Arc<Membership>) -> LiveNodes {
    let nodes = Arc::clone(nodes);
    Arc::new(move || nodes.live().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Options, build};

    #[test]
    fn the_defaults_are_those_of_the_parts() {
        let config = build(None, &[], &Options::default()).ok().unwrap().config;
        assert_eq!(format!("{:?}", request_limits(&config)), format!("{:?}", RequestLimits::default()));
        assert_eq!(format!("{:?}", task_limits(&config)), format!("{:?}", TaskLimits::default()));
        assert_eq!(tidy_number_jobs(&config).retention, TidyNumberJobs::default().retention);
        assert_eq!(format!("{:?}", connection_limits(&config)), format!("{:?}", Limits::default()));
        assert_eq!(format!("{:?}", rates(&config)), format!("{:?}", RequestRates::default()));
        assert_eq!(format!("{:?}", auth(&config)), format!("{:?}", AuthConfig::default()));
    }
}
