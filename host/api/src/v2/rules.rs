//! `/resource_selectors/rules`: the chain that routes an account's calls.

use strowger_model::Violation;
use strowger_store::{Document, Kind};

use super::documents::{self, Target};
use super::error::Error;
use super::reply::Reply;
use super::request::Request;

/// The id of the one document.
const ID: &str = "resource_selector_rules";

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    documents::find(&request, Kind::SelectorRules, ID).await.map(documents::shown)
}

pub(super) async fn replace(mut request: Request) -> Result<Reply, Error> {
    let document = documents::incoming(std::mem::take(&mut request.envelope).into_object()?);
    let rules =
        document.get("rules").ok_or_else(|| Violation::new("rules", "required", "Field is required but missing"))?;
    request.state.routing().check_rules(request.owner, rules).await?;
    let change = |_| Ok(document.clone());
    let (fields, revision) = documents::write(&request, Kind::SelectorRules, ID, Target::Any, change).await?;
    Ok(Reply::ok(documents::with_id(fields, ID)).revision(revision))
}

/// Takes the owner's chain away: calls go by the installation's, or by the documented default where that has none either.
pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let Document { revision, body, .. } = documents::remove(&request, Kind::SelectorRules, ID).await?;
    Ok(Reply::ok(documents::as_deleted(&body, ID)).revision(revision))
}
