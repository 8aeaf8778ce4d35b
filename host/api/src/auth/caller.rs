//! An authenticated caller.

use std::sync::Arc;

use strowger_model::api_key::Scope;
use strowger_model::user::Privilege;
use strowger_model::{AccountId, Rate, Sid};

use super::claims::Claims;
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
    /// How often the key may ask, where it says so itself.
    rate: Option<Rate>,
    privilege: Privilege,
    /// What the token says, where it is one that something was traded for.
    claims: Option<Arc<Claims>>,
}

impl Caller {
    pub(super) fn new(identity: Identity, scope: Scope, token: Token) -> Self {
        Self { identity, scope, token, rate: None, privilege: Privilege::Admin, claims: None }
    }

    pub(super) fn with_privilege(self, privilege: Privilege) -> Self {
        Self { privilege, ..self }
    }

    pub(super) fn with_claims(self, claims: Arc<Claims>) -> Self {
        Self { claims: Some(claims), ..self }
    }

    pub(super) fn with_rate(self, rate: Option<Rate>) -> Self {
        Self { rate, ..self }
    }

    pub(super) fn rate(&self) -> Option<Rate> {
        self.rate
    }

    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// Whether it may see keys and users, its own among them, and change anything at all.
    pub(crate) fn is_privileged(&self) -> bool {
        self.privilege == Privilege::Admin
    }

    /// What the token says, where it is one that something was traded for.
    pub(crate) fn claims(&self) -> Option<&Claims> {
        self.claims.as_deref()
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
