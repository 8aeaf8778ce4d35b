//! Why cases cannot be run: mistakes in a file, each with its place.

use std::fmt;

use serde_json::Value;
use strowger_model::Violations;
use strowger_rows::RowsError;

use crate::error::RouteError;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, from the outside in: `cases[3] "by night": request.To-DID`.
    pub place: String,
    /// What is wrong.
    pub reason: String,
}

/// Every mistake of a file that could be found at once; never empty when returned as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

/// Why cases cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum CasesError {
    /// The file's name ends in neither of the two formats.
    #[error("a file of cases ends in .toml or .json")]
    Format,
    /// The file is larger than is read.
    #[error("a file of cases has at most {0} bytes")]
    TooLarge(usize),
    /// It is no TOML or no JSON.
    #[error("{0}")]
    Syntax(String),
    /// It is, and says something that it cannot.
    #[error(transparent)]
    Problems(#[from] Problems),
    /// The engine cannot route at all.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// The rows cannot be kept.
    #[error(transparent)]
    Rows(#[from] RowsError),
}

impl Problems {
    pub(super) fn push(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        self.0.push(Problem { place: place.into(), reason: reason.into() });
    }

    /// Every rule that a document at `place` breaks.
    pub(super) fn extend(&mut self, place: &str, broken: Violations) {
        self.0.extend(broken.0.into_iter().map(|violation| Problem {
            place: if violation.path.is_empty() { place.to_owned() } else { format!("{place}: {}", violation.path) },
            reason: violation.message,
        }));
    }

    pub(super) fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// An item of a list by its index and by the name that its author knows it by.
pub(super) fn item(list: &str, index: usize, name: Option<&Value>) -> String {
    match name.and_then(Value::as_str) {
        Some(name) => format!("{list}[{index}] \"{name}\""),
        None => format!("{list}[{index}]"),
    }
}
