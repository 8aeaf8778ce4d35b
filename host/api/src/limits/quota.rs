//! What a client is told of its limit: draft-ietf-httpapi-ratelimit-headers-06, section 3.

use std::time::Duration;

use http::{HeaderName, HeaderValue, header};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    /// Requests at once.
    pub(crate) limit: u32,
    /// Those of them that are left.
    pub(crate) remaining: u32,
    /// Until all of them are there again; of a spent quota, until the next one is.
    pub(crate) reset: Duration,
}

impl Quota {
    pub(crate) fn headers(&self) -> [(HeaderName, HeaderValue); 3] {
        [(LIMIT, self.limit.into()), (REMAINING, self.remaining.into()), (RESET, whole_seconds(self.reset).into())]
    }
}

/// Too many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests")]
pub(crate) struct Exceeded {
    /// The limit, where the client may know it.
    pub(crate) quota: Option<Quota>,
    /// When a request will be heard again.
    pub(crate) wait: Duration,
}

impl Exceeded {
    /// The draft wants it to name the same moment as `RateLimit-Reset`.
    pub(crate) fn retry_after(&self) -> (HeaderName, HeaderValue) {
        (header::RETRY_AFTER, whole_seconds(self.wait).into())
    }
}

/// Rounded up: a client that comes back at that second is heard.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_rounded_up() {
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::from_secs(2)), 2);
        assert_eq!(whole_seconds(Duration::ZERO), 0);
    }
}
