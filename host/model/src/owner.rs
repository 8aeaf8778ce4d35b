//! Whose a document is.

use std::fmt;

use crate::AccountId;

/// The owner of a document: the installation itself (global resources, service providers, keys, accounts) or one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The installation: what `/v2/resources` without an account means.
    System,
    /// One account.
    Account(AccountId),
}

impl Owner {
    /// The account, if it is one.
    #[must_use]
    pub fn account(self) -> Option<AccountId> {
        match self {
            Self::System => None,
            Self::Account(id) => Some(id),
        }
    }
}

impl From<AccountId> for Owner {
    fn from(id: AccountId) -> Self {
        Self::Account(id)
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Account(id) => id.fmt(f),
        }
    }
}
