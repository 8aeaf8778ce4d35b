//! `/Accounts/{sid}/RecentCalls`, and the same below a service provider: calls that are over, for longer than call control keeps them.

use strowger_calls::{RecentCalls, RecentFilter};
use strowger_model::{AccountId, RecentCall, Sid};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::window::{self, Window};
use super::{listing, objects};
use crate::transport::query::Query;

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    page(&request, &[request.id("account")?]).await
}

pub(super) async fn list_of_provider(request: Request) -> Result<Reply, Error> {
    page(&request, &window::below(&request).await?).await
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    one(&request, &[request.id("account")?]).await
}

pub(super) async fn read_of_provider(request: Request) -> Result<Reply, Error> {
    one(&request, &window::below(&request).await?).await
}

async fn page(request: &Request, accounts: &[AccountId]) -> Result<Reply, Error> {
    let window = Window::of(&request.query)?;
    let filter = filter(&request.query)?;
    let found = RecentCalls { past: window.past(accounts), filter: &filter }.read(request.state.store()).await?;
    let mut rows = Vec::with_capacity(found.entries.len());
    for call in &found.entries {
        rows.push(objects::with_provider(&request.state, call.account_sid, objects::json(call)?).await?);
    }
    Ok(window.page(&found, rows))
}

async fn one(request: &Request, accounts: &[AccountId]) -> Result<Reply, Error> {
    let call: Sid = request.id("call")?;
    for account in accounts {
        if let Some(found) = objects::find::<RecentCall>(&request.state, &RecentCalls::key(*account, call)).await? {
            return Ok(Reply::Ok(objects::with_provider(&request.state, *account, objects::json(&found)?).await?));
        }
    }
    Err(Error::NotFound)
}

fn filter(query: &Query) -> Result<RecentFilter, Error> {
    let text = |name| query.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(RecentFilter {
        trunk: text("trunk"),
        direction: listing::one_of(query, "direction")?,
        answered: answered(query)?,
        text: text("filter"),
    })
}

fn answered(query: &Query) -> Result<Option<bool>, Error> {
    match query.get("answered") {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(window::invalid("answered")),
    }
}
