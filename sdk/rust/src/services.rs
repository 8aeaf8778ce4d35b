//! What the host offers, interface by interface as `wit/` defines and explains it. In a component these are its imports; natively
//! they are played by [`testing`](crate::testing).

#[cfg(target_arch = "wasm32")]
use crate::bindings::imports as host;
#[cfg(not(target_arch = "wasm32"))]
use crate::testing::imports as host;

/// Lines for the account's plugin log.
pub mod log {
    pub use super::host::log::{Level, log};
}

/// Sets of regular expressions, compiled by the host.
pub mod regex {
    pub use super::host::regex::{PatternFault, RegexSet};
}

/// Telephone numbers as the account's dial plan sees them.
pub mod numbers {
    pub use super::host::numbers::{Classifier, Format, classifiers, classify, convert};
}

/// The call to be routed.
pub(crate) mod call {
    pub(crate) use super::host::call::{cid_number, number, time};
}

/// The account's selector rows, joined to the pool.
pub mod rows {
    pub use super::host::rows::{Hits, exact, matching, prefixes, present, selectors, values};
}

/// Fields of the call's request.
pub mod request {
    pub use super::host::request::{field, text, texts};
}

/// Reasons for a decision.
pub mod explain {
    pub use super::host::explain::tracing;

    /// The trace of one decision; most decisions have none.
    #[derive(Debug, Clone, Copy)]
    pub struct Trace {
        wanted: bool,
    }

    impl Trace {
        /// Asks once whether anybody is tracing, so that a thousand reasons that nobody reads cost no host call each.
        #[must_use]
        pub fn of_decision() -> Self {
            Self { wanted: tracing() }
        }

        /// Whether anybody is tracing.
        #[must_use]
        pub fn is_wanted(self) -> bool {
            self.wanted
        }

        /// Says why this row of the pool was dropped, kept or moved. `text` is made only when somebody is tracing.
        pub fn reason(self, row: u32, text: impl FnOnce() -> String) {
            if self.wanted {
                super::host::explain::reason(row, &text());
            }
        }
    }
}
