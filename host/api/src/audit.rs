//! Who changed what: each change that a request makes is written down beside it, in the same atomic step.

use std::sync::Arc;

use http::request::Parts;
use serde_json::{Map, Value, json};
use strowger_model::api_key::Scope;
use strowger_model::{AccountId, Owner};
use strowger_store::{Author, Name};

use crate::auth::{Caller, Identity};
use crate::state::ApiState;
use crate::transport::peer;
use crate::transport::request_id::RequestId;

/// Characters of a path that are written down.
const LONGEST_PATH: usize = 256;

const STREAM: &str = "audit";

/// Who made a request, from where: what the entries of its changes say in `by`.
#[derive(Debug, Clone)]
pub(crate) struct Origin(Arc<Value>);

impl Origin {
    /// `base` is the part of the path that the router has taken away.
    pub(crate) fn of(state: &ApiState, parts: &Parts, base: &str, id: &RequestId, caller: &Caller) -> Self {
        let mut by = holder(caller.scope());
        let (kind, holder) = match caller.identity() {
            Identity::Key(key) => ("key", key),
            Identity::User(user) => ("user", user),
        };
        by.insert(kind.into(), json!(holder));
        by.insert("address".into(), json!(peer::address(parts, state.trusted_proxies())));
        by.insert("request_id".into(), json!(id.as_str()));
        by.insert("method".into(), json!(parts.method.as_str()));
        let path: String = base.chars().chain(parts.uri.path().chars()).take(LONGEST_PATH).collect();
        by.insert("path".into(), json!(path));
        Self(Arc::new(Value::Object(by)))
    }

    /// The id of the request.
    pub(crate) fn request_id(&self) -> &str {
        self.0.get("request_id").and_then(Value::as_str).unwrap_or_default()
    }

    /// The author of changes to documents of `owner`. `about` is the account that the installation's own documents are about.
    pub(crate) fn author(&self, owner: Owner, about: Option<AccountId>) -> Author {
        Author { stream: stream(owner, about), by: Value::clone(&self.0) }
    }
}

fn holder(scope: Scope) -> Map<String, Value> {
    let by = match scope {
        Scope::Admin => json!({"scope": "admin"}),
        Scope::ServiceProvider(provider) => json!({"scope": "service_provider", "service_provider": provider}),
        Scope::Account(account) => json!({"scope": "account", "account": account.hex()}),
    };
    by.as_object().cloned().unwrap_or_default()
}

/// Where changes are written down: with the documents of an account, or with the installation's, apart for each account that they
/// are about.
pub(crate) fn stream(owner: Owner, about: Option<AccountId>) -> Name {
    match (owner, about) {
        (Owner::System, Some(account)) => Name::new(owner, format!("{STREAM}:{}", account.hex())),
        (Owner::System, None) | (Owner::Account(_), _) => Name::new(owner, STREAM),
    }
}
