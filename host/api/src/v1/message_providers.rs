//! `/Accounts/{sid}/MessageProviders`: whom an account's messages go through.

use serde_json::Value;
use strowger_messages::{ProviderError, provider_key};
use strowger_model::{AccountId, MessageProvider, Sid};
use strowger_store::{Expect, Key, Kind, StoreExt, Write};

use super::error::Error;
use super::objects;
use super::reply::Reply;
use super::request::Request;
use crate::index::Index;

/// Providers of one account.
const MOST: usize = 100;

fn place(request: &Request) -> Result<Key, Error> {
    let provider: Sid = request.id("message_provider")?;
    Ok(provider_key(request.id("account")?, provider))
}

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let account: AccountId = request.id("account")?;
    let provider = MessageProvider::from_request(&request.body, account)?;
    request.state.messages().check(&provider).await?;
    if request.state.store().all(account.into(), Kind::MessageProvider).await?.len() >= MOST {
        return Err(Error::unprocessable(format!("an account has at most {MOST} message providers")));
    }
    let sid = provider.message_provider_sid;
    let writes = vec![
        objects::fresh(provider_key(account, sid), &provider)?,
        Index::MessageProviderName.claim(account, &provider.name, &sid.to_string()),
    ];
    objects::commit(&request, None, writes).await?;
    Ok(Reply::created(sid))
}

/// Without their parameters: what is secret among them only the plugin knows.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let account: AccountId = request.id("account")?;
    let documents = request.state.store().all(account.into(), Kind::MessageProvider).await?;
    let mut rows = Vec::with_capacity(documents.len());
    for document in documents {
        let mut row = objects::json(&document.decode::<MessageProvider>()?)?;
        if let Value::Object(fields) = &mut row {
            fields.shift_remove("parameters");
        }
        rows.push(row);
    }
    Ok(Reply::Ok(Value::Array(rows)))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let provider: Option<MessageProvider> = objects::find(&request.state, &place(&request)?).await?;
    Ok(Reply::Ok(objects::json(&provider.ok_or(Error::NotFound)?)?))
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let place = place(&request)?;
    let mut wanted: MessageProvider = objects::find(&request.state, &place).await?.ok_or(Error::NotFound)?;
    wanted.update(&request.body)?;
    request.state.messages().check(&wanted).await?;
    let change = |provider: &mut MessageProvider| {
        let before = provider.name.clone();
        provider.update(&request.body)?;
        let sid = provider.message_provider_sid.to_string();
        Ok(Index::MessageProviderName.rename(place.owner, Some(&before), Some(&provider.name), &sid))
    };
    objects::update(&request, None, &place, change).await?;
    Ok(Reply::NoContent)
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let place = place(&request)?;
    let provider: MessageProvider = objects::find(&request.state, &place).await?.ok_or(Error::NotFound)?;
    let release = Index::MessageProviderName.release(place.owner, &provider.name);
    objects::commit(&request, None, vec![Write::delete(place, Expect::Present), release]).await?;
    Ok(Reply::NoContent)
}

impl From<ProviderError> for Error {
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::Store(error) => error.into(),
            error => Self::bad_request(error.to_string()),
        }
    }
}
