//! `/Accounts/{sid}/WebhookSecret`: what the account's webhooks are signed with.

use serde_json::json;
use strowger_model::{Account, AccountId};

use super::error::{Error, INSUFFICIENT};
use super::objects;
use super::reply::Reply;
use super::request::Request;
use crate::auth::Spelling;
use crate::table::Verb;
use crate::tenants::{self, Move};

/// The documents let a GET replace it, with `regenerate`. That is a change, and for those who may change the account.
pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let account: AccountId = request.id("account")?;
    if request.query.get("regenerate").is_some_and(is_wanted) {
        let path = format!("/v1/accounts/{}", account.hyphenated());
        if !request.state.auth().permits(&request.caller, Verb::Put, &path, Spelling::Folded).await? {
            return Err(INSUFFICIENT);
        }
        let rotate = |account: &mut Account| {
            account.rotate_webhook_secret();
            Ok::<(), Error>(())
        };
        Move { account, to: None }.apply(request.by(), |_| Ok(()), rotate).await?;
    }
    let key = tenants::account_key(account);
    let account: Account = objects::find(&request.state, &key).await?.ok_or(Error::NotFound)?;
    Ok(Reply::Ok(json!({"webhook_secret": account.webhook_secret.expose()})))
}

fn is_wanted(value: &str) -> bool {
    !["", "0", "false"].contains(&value)
}
