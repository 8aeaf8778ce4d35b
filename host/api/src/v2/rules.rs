//! `/resource_selectors/rules`: the chain that routes an account's calls.

use serde_json::{Map, Value};
use strowger_model::chain::Chain;
use strowger_model::{Violation, Violations};
use strowger_store::Kind;

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
    let chain = chain(&document)?;
    request.state.routing().check_chain(&chain)?;
    let change = |_| Ok(document.clone());
    let (fields, revision) = documents::write(&request, Kind::SelectorRules, ID, Target::Any, change).await?;
    Ok(Reply::ok(documents::with_id(fields, ID)).revision(revision))
}

fn chain(document: &Map<String, Value>) -> Result<Chain, Violations> {
    let rules =
        document.get("rules").ok_or_else(|| Violation::new("rules", "required", "Field is required but missing"))?;
    Chain::parse(rules)
}
