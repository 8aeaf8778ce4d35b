//! What a store keeps.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strowger_model::Owner;

/// The type of a document; each has its own key range below its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A service provider (system).
    ServiceProvider,
    /// An account (system).
    Account,
    /// An API key by the hash of its token (system).
    ApiKey,
    /// A carrier resource.
    Resource,
    /// The routing chain; the one id is `resource_selector_rules`.
    SelectorRules,
    /// A selector row.
    SelectorRow,
    /// An application.
    Application,
    /// A call record.
    Call,
    /// Installation settings (system).
    Setting,
    /// A unique name, or where an object lies: `sip_realm:example.com`, `application:{sid}`.
    Index,
}

impl Kind {
    /// The name that keys and errors use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceProvider => "service_provider",
            Self::Account => "account",
            Self::ApiKey => "api_key",
            Self::Resource => "resource",
            Self::SelectorRules => "selector_rules",
            Self::SelectorRow => "selector_row",
            Self::Application => "application",
            Self::Call => "call",
            Self::Setting => "setting",
            Self::Index => "index",
        }
    }
}

/// Where a document lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Whose it is.
    pub owner: Owner,
    /// What it is.
    pub kind: Kind,
    /// Its id, unique within owner and kind.
    pub id: String,
}

impl Key {
    /// The key of a document.
    pub fn new(owner: impl Into<Owner>, kind: Kind, id: impl Into<String>) -> Self {
        Self { owner: owner.into(), kind, id: id.into() }
    }
}

/// A revision: `{count}-{digest of the body}`, new with every write.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub String);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A stored document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Where it lies.
    pub key: Key,
    /// Its newest revision.
    pub revision: Revision,
    /// Its JSON.
    pub body: Value,
}

/// What must hold of the stored document for a write to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// Nothing.
    Anything,
    /// It does not exist.
    Absent,
    /// It exists, whatever its revision.
    Present,
    /// It has this revision.
    Revision(Revision),
}

/// One write of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// What is written.
    pub key: Key,
    /// Its new body; `None` removes it.
    pub body: Option<Value>,
    /// The condition.
    pub expect: Expect,
}

impl Write {
    /// Stores a body.
    #[must_use]
    pub fn put(key: Key, body: Value, expect: Expect) -> Self {
        Self { key, body: Some(body), expect }
    }

    /// Removes a document.
    #[must_use]
    pub fn delete(key: Key, expect: Expect) -> Self {
        Self { key, body: None, expect }
    }
}

/// The order of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// By id, smallest first.
    Ascending,
    /// By id, largest first.
    Descending,
}

/// Where a scan goes on: the last id that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

/// One page of a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The documents, in scan order.
    pub documents: Vec<Document>,
    /// Set where more follow.
    pub next: Option<Cursor>,
}

/// A committed change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Position in the feed, ascending.
    pub sequence: u64,
    /// What changed.
    pub key: Key,
    /// The new revision; `None` where it was removed.
    pub revision: Option<Revision>,
}
