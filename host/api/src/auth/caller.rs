//! An authenticated caller.

use strowger_model::api_key::Scope;
use strowger_model::{AccountId, Sid};

use super::token::Token;

/// What a token belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    /// An API key, by its id.
    Key(Sid),
    /// A user, who has logged in.
    User(Sid),
}

/// Who asks, and with which token.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    identity: Identity,
    scope: Scope,
    token: Token,
}

impl Caller {
    pub(super) fn new(identity: Identity, scope: Scope, token: Token) -> Self {
        Self { identity, scope, token }
    }

    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.scope == Scope::Admin
    }

    /// The account whose key it is.
    pub(crate) fn account(&self) -> Option<AccountId> {
        match self.scope {
            Scope::Account(account) => Some(account),
            Scope::Admin | Scope::ServiceProvider(_) => None,
        }
    }

    /// The service provider whose key it is.
    pub(crate) fn service_provider(&self) -> Option<Sid> {
        match self.scope {
            Scope::ServiceProvider(provider) => Some(provider),
            Scope::Admin | Scope::Account(_) => None,
        }
    }

    pub(crate) fn token(&self) -> &str {
        self.token.expose()
    }
}
