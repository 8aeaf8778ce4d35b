//! How often something may be asked.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// A steady rate, and how much may come at once after a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Requests a second in the long run.
    pub requests_per_second: NonZeroU32,
    /// Requests at once.
    pub burst: NonZeroU32,
}

impl Rate {
    /// Highest value of either part; whoever needs more wants no limit.
    pub const HIGHEST: u32 = 1_000_000;

    /// The rate of these parts, none where one is 0 or above [`Rate::HIGHEST`].
    #[must_use]
    pub const fn new(requests_per_second: u32, burst: u32) -> Option<Self> {
        if requests_per_second > Self::HIGHEST || burst > Self::HIGHEST {
            return None;
        }
        match (NonZeroU32::new(requests_per_second), NonZeroU32::new(burst)) {
            (Some(requests_per_second), Some(burst)) => Some(Self { requests_per_second, burst }),
            _ => None,
        }
    }

    /// Whether both parts are within [`Rate::HIGHEST`].
    #[must_use]
    pub const fn is_sensible(self) -> bool {
        self.requests_per_second.get() <= Self::HIGHEST && self.burst.get() <= Self::HIGHEST
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::v1::Fields;

    #[test]
    fn a_request_names_both_parts_or_is_refused() {
        let read =
            |rate: serde_json::Value| Fields::of(&json!({"rate_limit": rate}), &[&["rate_limit"]])?.rate("rate_limit");
        assert_eq!(read(json!({"requests_per_second": 5, "burst": 10})), Ok(Rate::new(5, 10)));
        assert_eq!(read(json!(null)), Ok(None));
        for broken in [
            json!({"requests_per_second": 0, "burst": 10}),
            json!({"requests_per_second": 5}),
            json!({"requests_per_second": 5, "burst": 1_000_001}),
            json!({"requests_per_second": 5, "burst": 10, "per": "minute"}),
            json!(5),
        ] {
            assert!(read(broken.clone()).is_err(), "{broken}");
        }
    }
}
