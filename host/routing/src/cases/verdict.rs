//! What became of a case.

use serde::Serialize;
use serde_json::Value;

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The case's name.
    pub case: String,
    /// How it came out otherwise than expected; nothing where it passed.
    pub differences: Vec<Difference>,
    /// Every carrier that a step dropped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<DroppedBy>,
    /// What was left out of the endpoints, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Verdict {
    /// Whether everything came out as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

/// A carrier that a step dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DroppedBy {
    /// The carrier's id.
    pub carrier: String,
    /// Index of the step in the chain.
    pub step: usize,
    /// The step's module.
    pub module: String,
    /// Why, in its words.
    pub reason: String,
}

/// One thing that came out otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Difference {
    /// Other carriers, or another order.
    Carriers {
        /// As the case has them.
        expected: Vec<String>,
        /// As they came out.
        got: Vec<String>,
    },
    /// More endpoints, or fewer.
    Endpoints {
        /// Routes as the case has them, where it says; else carriers.
        expected: Vec<String>,
        /// Routes as they came out.
        got: Vec<String>,
    },
    /// A field of an endpoint.
    Field {
        /// Index of the endpoint.
        endpoint: usize,
        /// The field's name.
        field: String,
        /// Its value in the case; null where it must be absent.
        expected: Value,
        /// Its value; null where it is absent.
        got: Value,
    },
    /// A carrier was not dropped, or for another reason.
    Dropped {
        /// The carrier's id.
        carrier: String,
        /// What the reason must say.
        expected: String,
        /// The reasons; none where no step dropped it.
        got: Vec<String>,
    },
    /// Short-dial correction.
    Number {
        /// The corrected number; null where it must not be corrected.
        expected: Option<String>,
        /// The corrected number; null where it was not corrected.
        got: Option<String>,
    },
    /// The chain failed otherwise than expected, or did not.
    Error {
        /// The kind of failure.
        expected: Option<String>,
        /// What happened.
        got: Option<String>,
    },
    /// The chain can be saved, and should not be.
    Accepted,
}
