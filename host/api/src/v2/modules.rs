//! `/resource_selectors/modules`: the plugins that a chain may name, with the schemas of their parameters.

use serde_json::{Value, json};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let rows: Vec<Value> = request.state.routing().modules().iter().map(|module| json!(module)).collect();
    Ok(Reply::ok(rows))
}
