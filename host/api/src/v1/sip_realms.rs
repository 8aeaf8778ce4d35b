//! `/Accounts/{sid}/SipRealms/{realm}` and who is registered there.

use serde_json::{Value, json};
use strowger_model::{Account, AccountId};

use super::error::Error;
use super::objects;
use super::reply::Reply;
use super::request::Request;
use crate::tenants::{self, Move};

/// Gives the account its SIP domain.
pub(super) async fn set(request: Request) -> Result<Reply, Error> {
    let account: AccountId = request.id("account")?;
    if let Some(field) = request.body.as_object().and_then(|fields| fields.keys().next()) {
        return Err(Error::bad_request(format!("unknown field {field}: the path says it all")));
    }
    let body = json!({"sip_realm": request.id::<String>("sip_realm")?});
    let change = |account: &mut Account| account.update(&body).map_err(Error::from);
    Move { account, to: None }.apply(request.by(), |_| Ok(()), change).await?;
    Ok(Reply::NoContent)
}

/// Nobody can register yet, so nobody is registered.
pub(super) async fn registered(request: Request) -> Result<Reply, Error> {
    let key = tenants::account_key(request.id("account")?);
    let account: Account = objects::find(&request.state, &key).await?.ok_or(Error::NotFound)?;
    match account.sip_realm {
        None => Err(Error::bad_request("account does not have sip_realm configuration")),
        Some(_) => Ok(Reply::Ok(Value::Array(Vec::new()))),
    }
}
