//! When to ask again: `#rc=COUNT&rp=POLICIES` in the URL's fragment. Without it, never.

use std::time::Duration;

use strowger_plugin_http::{Attempt, Failure};

const MOST: usize = 5;
const STEP: Duration = Duration::from_secs(2);

/// Which failures are worth another attempt, and how many.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Policy {
    count: usize,
    connect: bool,
    response: bool,
    client_errors: bool,
    server_errors: bool,
}

impl Policy {
    /// A part that is not understood is passed over: fragments have other uses.
    pub(crate) fn of_fragment(fragment: &str) -> Self {
        let mut policy = Self::default();
        let mut policies = "ct";
        for (key, value) in fragment.split('&').filter_map(|part| part.split_once('=')) {
            match key {
                "rc" => policy.count = value.parse().unwrap_or(0).min(MOST),
                "rp" => policies = value,
                _ => {}
            }
        }
        let has = |name: &str| policies.split(',').any(|policy| policy == name || policy == "all");
        policy.connect = has("ct");
        policy.response = has("rt");
        policy.client_errors = has("4xx");
        policy.server_errors = has("5xx");
        policy
    }

    /// Whether that outcome is one to try again on.
    pub(crate) fn retries(&self, outcome: &Attempt) -> bool {
        match outcome {
            Ok(response) => match response.status {
                400..500 => self.client_errors,
                500..600 => self.server_errors,
                _ => false,
            },
            Err(error) => match error.failure {
                Failure::Connect => self.connect,
                Failure::Response => self.response,
                Failure::Permanent => false,
            },
        }
    }

    /// Half a second, doubled up to two seconds, and from there two seconds more each time.
    pub(crate) fn waits(&self) -> impl Iterator<Item = Duration> {
        let next = |wait: &Duration| Some(if *wait < STEP { *wait * 2 } else { *wait + STEP });
        std::iter::successors(Some(Duration::from_millis(500)), next).take(self.count)
    }
}

/// What went wrong, for the log.
pub(crate) fn told(outcome: &Attempt) -> String {
    match outcome {
        Ok(response) => format!("webhook answered {}", response.status),
        Err(error) => format!("webhook {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_tried_again_unless_the_url_says_so() {
        assert_eq!(Policy::of_fragment("").waits().count(), 0);
        assert_eq!(Policy::of_fragment("section-2").waits().count(), 0);
    }

    #[test]
    fn failed_connections_are_what_is_tried_again_by_default() {
        let policy = Policy::of_fragment("rc=1");
        assert!(policy.connect && !policy.response && !policy.client_errors && !policy.server_errors);
        let policy = Policy::of_fragment("rc=1&rp=rt,5xx");
        assert!(!policy.connect && policy.response && !policy.client_errors && policy.server_errors);
        let policy = Policy::of_fragment("rc=1&rp=all");
        assert!(policy.connect && policy.response && policy.client_errors && policy.server_errors);
    }

    #[test]
    fn waits_grow_and_are_five_at_most() {
        let waits: Vec<u128> = Policy::of_fragment("rc=99").waits().map(|wait| wait.as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 6000]);
    }
}
