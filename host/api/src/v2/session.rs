//! What a client is told of whoever has a token.

use serde_json::{Map, Value, json};
use strowger_model::api_key::Scope;
use strowger_model::{Account, ServiceProvider};

use super::error::Error;
use crate::auth::Claims;
use crate::state::ApiState;
use crate::tenants;

/// The language of accounts that do not say theirs.
const LANGUAGE: &str = "en-us";

/// The documented description: whose token it is. `claims` are those of a token that something was traded for.
pub(super) async fn described(state: &ApiState, scope: Scope, claims: Option<&Claims>) -> Result<Value, Error> {
    let node = node(state, scope).await?;
    let field = |name: &str| node.get(name).cloned().unwrap_or_default();
    let language = node.get("language").filter(|language| language.is_string());
    let mut data = json!({
        "account_id": field("id"),
        "account_name": field("name"),
        "reseller_id": field("reseller_id"),
        "is_reseller": !matches!(scope, Scope::Account(_)),
        "is_master_account": scope == Scope::Admin,
        "language": language.cloned().unwrap_or_else(|| json!(LANGUAGE)),
        "apps": [],
    });
    if let (Value::Object(data), Some(claims)) = (&mut data, claims) {
        data.extend(claims.owner_id.as_ref().map(|owner| ("owner_id".to_owned(), json!(owner))));
        data.insert("iat".into(), json!(claims.iat));
        data.insert("exp".into(), json!(claims.exp));
        data.extend(claims.restrictions.as_ref().map(|limits| ("restrictions".to_owned(), json!(limits))));
    }
    Ok(data)
}

/// The node of the tree that the token is of. The installation itself is none.
async fn node(state: &ApiState, scope: Scope) -> Result<Map<String, Value>, Error> {
    let key = match scope {
        Scope::Admin => return Ok(Map::new()),
        Scope::ServiceProvider(provider) => tenants::provider_key(provider),
        Scope::Account(account) => tenants::account_key(account),
    };
    let Some(document) = state.store().get(&key).await? else { return Ok(Map::new()) };
    Ok(match scope {
        Scope::Account(_) => document.decode::<Account>()?.node(),
        _ => document.decode::<ServiceProvider>()?.node(),
    })
}
