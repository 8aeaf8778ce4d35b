//! `/Webhooks`: hooks apart from what they belong to.

use strowger_model::{Hook, Sid};
use strowger_store::{Kind, StoreExt};

use super::error::Error;
use super::objects;
use super::owned::{self, WEBHOOK};
use super::reply::Reply;
use super::request::Request;

/// Hooks of one account.
const MOST: usize = 1_000;

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let mut fields = request.body.clone();
    let named = fields.as_object_mut().and_then(|fields| fields.shift_remove("account_sid"));
    let named = named.and_then(|account| account.as_str()?.parse().ok());
    let account = owned::account_of_new(&request, named).await?;
    let sid = Sid::random();
    let hook = Hook { webhook_sid: Some(sid), ..Hook::from_object("webhook", &fields)? };
    if request.state.store().all(account.into(), Kind::Webhook).await?.len() >= MOST {
        return Err(Error::unprocessable(format!("an account has at most {MOST} webhooks")));
    }
    let writes = vec![objects::fresh(WEBHOOK.key(account, sid), &hook)?];
    WEBHOOK.add(&request, account, sid, writes).await?;
    Ok(Reply::created(sid))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let place = WEBHOOK.place(&request).await?.ok_or(Error::NotFound)?;
    let webhook: Hook = objects::find(&request.state, &place).await?.ok_or(Error::NotFound)?;
    Ok(Reply::Ok(objects::json(&webhook)?))
}
