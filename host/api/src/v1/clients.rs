//! `/Clients`: the SIP users of accounts.

use serde_json::Value;
use strowger_model::Client;
use strowger_store::{Expect, Kind, StoreExt, Write};

use super::error::Error;
use super::index::Index;
use super::owned::{self, CLIENT};
use super::reply::Reply;
use super::request::Request;
use super::{accounts, objects};

/// Clients of one account.
const MOST: usize = 10_000;

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let account = owned::account_of_new(&request, Client::requested_account(&request.body)?).await?;
    let client = Client::from_request(&request.body, account)?;
    if request.state.store().all(account.into(), Kind::Client).await?.len() >= MOST {
        return Err(Error::unprocessable(format!("an account has at most {MOST} clients")));
    }
    let sid = client.client_sid;
    let writes = vec![
        objects::fresh(CLIENT.key(account, sid), &client)?,
        Index::ClientUsername.claim(account, &folded(&client), &sid.to_string()),
    ];
    CLIENT.add(&request, account, sid, writes).await.map_err(username_taken)?;
    Ok(Reply::created(sid))
}

/// A name that a telephone shows in another case is the same one.
fn folded(client: &Client) -> String {
    client.username.to_ascii_lowercase()
}

fn username_taken(error: Error) -> Error {
    match error {
        Error::Unprocessable(_) => Error::bad_request("the client's username already exists"),
        error => error,
    }
}

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let mut rows = Vec::new();
    for account in accounts::within_reach(&request).await? {
        for document in request.state.store().all(account.into(), Kind::Client).await? {
            rows.push(objects::json(&document.decode::<Client>()?.shown())?);
        }
    }
    Ok(Reply::Ok(Value::Array(rows)))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let place = CLIENT.place(&request).await?.ok_or(Error::NotFound)?;
    let client: Client = objects::find(&request.state, &place).await?.ok_or(Error::NotFound)?;
    Ok(Reply::Ok(objects::json(&client.shown())?))
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let place = CLIENT.place(&request).await?.ok_or(Error::NotFound)?;
    let change = |client: &mut Client| {
        let before = folded(client);
        client.update(&request.body)?;
        let sid = client.client_sid.to_string();
        Ok(Index::ClientUsername.rename(place.owner, Some(&before), Some(&folded(client)), &sid))
    };
    objects::update(&request, None, &place, change).await.map_err(username_taken)?;
    Ok(Reply::NoContent)
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let place = CLIENT.place(&request).await?.ok_or(Error::NotFound)?;
    let client: Client = objects::find(&request.state, &place).await?.ok_or(Error::NotFound)?;
    let name = Index::ClientUsername.release(place.owner, &folded(&client));
    objects::commit(&request, None, vec![name, Write::delete(place, Expect::Present)]).await?;
    CLIENT.release(&request, client.client_sid).await;
    Ok(Reply::NoContent)
}
