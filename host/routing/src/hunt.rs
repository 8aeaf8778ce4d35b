//! Whose carriers an account is routed over.

use serde::{Deserialize, Serialize};

/// The account setting `hunt`. Without it: the account's own carriers where it has any enabled, else the global ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hunt {
    /// The account's own carriers only.
    Local,
    /// The global carriers only.
    Global,
    /// The account's own carriers and behind them the global ones.
    LocalThenGlobal,
}
