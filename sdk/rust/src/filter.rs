//! Words that filters share in a chain.

use serde::Deserialize;

/// What a filter does with the carriers that fit.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// They stay and the others go.
    Keep,
    /// They go and the others stay.
    Drop,
}

/// What becomes of a carrier that has nothing to compare with, whatever the action.
#[derive(Deserialize, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It stays.
    EmptyOk,
    /// It goes.
    #[default]
    EmptyFail,
}
