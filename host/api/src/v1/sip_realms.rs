//! `/Accounts/{sid}/SipRealms/{realm}` and who is registered there.

use serde_json::{Value, json};
use strowger_model::{Account, AccountId, Client, Sid};

use super::error::Error;
use super::index::Index;
use super::objects;
use super::owned::CLIENT;
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
    realm(&request).await?;
    Ok(Reply::Ok(Value::Array(Vec::new())))
}

/// A client of the account, and where it is registered.
pub(super) async fn registration(request: Request) -> Result<Reply, Error> {
    let (account, named): (AccountId, String) = (request.id("account")?, request.id("sip_user")?);
    let realm = realm(&request).await?;
    let entry = named.to_ascii_lowercase();
    let sid = Index::ClientUsername.find(request.state.store(), account, &entry).await?;
    let sid: Sid = sid.and_then(|sid| sid.parse().ok()).ok_or(Error::NotFound)?;
    let client: Client = objects::find(&request.state, &CLIENT.key(account, sid)).await?.ok_or(Error::NotFound)?;
    Ok(Reply::Ok(json!({
        "name": format!("{}@{realm}", client.username),
        "contact": null,
        "expiryTime": 0,
        "protocol": null,
        "proxy": null,
        "allow_direct_app_calling": u8::from(client.allow_direct_app_calling),
        "allow_direct_queue_calling": u8::from(client.allow_direct_queue_calling),
        "allow_direct_user_calling": u8::from(client.allow_direct_user_calling),
        "registered_status": "inactive",
    })))
}

/// The SIP domain of the path's account.
async fn realm(request: &Request) -> Result<String, Error> {
    let key = tenants::account_key(request.id("account")?);
    let account: Account = objects::find(&request.state, &key).await?.ok_or(Error::NotFound)?;
    account.sip_realm.ok_or_else(|| Error::bad_request("account does not have sip_realm configuration"))
}
