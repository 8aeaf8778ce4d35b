//! Append-only streams.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// Most entries that one read answers.
pub const MAX_ENTRIES: usize = 1_000;

/// Where an entry stands in its stream: the millisecond it was appended in, and a number within that. Ascending in each stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Unix milliseconds by the store's clock.
    pub millisecond: u64,
    /// Number within the millisecond.
    pub number: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.millisecond, self.number)
    }
}

/// Text that is no position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a position is MILLISECOND-NUMBER")]
pub struct InvalidPosition;

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        let (millisecond, number) = text.split_once('-').ok_or(InvalidPosition)?;
        let parsed = |text: &str| text.parse().map_err(|_| InvalidPosition);
        Ok(Self { millisecond: parsed(millisecond)?, number: parsed(number)? })
    }
}

/// An entry of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Where it stands.
    pub position: Position,
    /// What it says.
    pub body: Value,
}
