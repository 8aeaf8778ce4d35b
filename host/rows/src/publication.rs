//! What a bulk change is asked to do, and what it did.

use serde::{Deserialize, Serialize};
use strowger_store::{Author, Lease};

use crate::stage::StagedRun;

/// What the staged rows do to the rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Each takes the place of the one of its identity, or is added.
    Upsert,
    /// All rows of every name that occurs among them go; they are what the name has from then on.
    Replace,
    /// They are not added: every row of their name, resource and selector goes, whatever its times.
    Delete,
}

/// A bulk change, visible at once.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Its id: publishing it twice does it once.
    pub id: String,
    /// The rows. Of two that mean the same, the later one counts.
    pub runs: Vec<StagedRun>,
    /// What they do.
    pub mode: Mode,
    /// Refused unless this lease of the same owner still holds.
    pub fence: Option<Lease>,
    /// Who is written down for it.
    pub author: Option<Author>,
}

impl Publication {
    /// One that nothing remembers.
    pub(crate) fn unnamed(mode: Mode, author: Option<Author>) -> Self {
        Self { id: String::new(), runs: Vec::new(), mode, fence: None, author }
    }
}

/// How many rows a publication touched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Rows that were not there before.
    pub added: u64,
    /// Rows that say something else than before.
    pub changed: u64,
    /// Rows that are gone.
    pub removed: u64,
}
