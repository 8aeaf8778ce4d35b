//! `/Accounts/{sid}/Alerts`, and the same below a service provider: what went wrong with hooks.

use strowger_calls::KeptAlerts;
use strowger_model::AccountId;

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::window::{self, Window};
use super::{listing, objects};

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    page(&request, &[request.id("account")?]).await
}

pub(super) async fn list_of_provider(request: Request) -> Result<Reply, Error> {
    page(&request, &window::below(&request).await?).await
}

async fn page(request: &Request, accounts: &[AccountId]) -> Result<Reply, Error> {
    let window = Window::of(&request.query)?;
    let wanted = KeptAlerts { past: window.past(accounts), about: listing::one_of(&request.query, "alert_type")? };
    let found = wanted.read(request.state.store()).await?;
    let rows = found.entries.iter().map(objects::json).collect::<Result<_, _>>()?;
    Ok(window.page(&found, rows))
}
