//! `/AppEnv`: the variables that an application takes, as its web server tells them.

use std::time::Duration;

use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;
use strowger_model::application::EnvSchema;
use strowger_model::hook::HookTarget;
use strowger_model::{Application, Hook, Owner};
use strowger_sandbox::FetchRequest;

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use crate::state::ApiState;

/// Most bytes of a schema.
const MAX_SCHEMA: usize = 64 * 1024;

/// The time in which a server has to tell it.
const WAIT: Duration = Duration::from_secs(3);

/// The schema at a URL; 204 where there is none, 400 where what is there is none.
pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let url = request.query.get("url").ok_or_else(|| Error::bad_request("missing query arg url"))?;
    let hook = Hook::from_url("url", url)?;
    let owner = request.caller.account().map_or(Owner::System, Owner::Account);
    let Some(schema) = ask(&request.state, owner, &hook).await else { return Ok(Reply::NoContent) };
    match EnvSchema::parse(&schema) {
        Ok(_) if schema.as_object().is_some_and(serde_json::Map::is_empty) => Ok(Reply::NoContent),
        Ok(_) => Ok(Reply::Ok(schema)),
        Err(error) => Err(Error::bad_request(format!("the schema at the url is not valid: {error}"))),
    }
}

/// Checks an application's variables by the schema of its call hook. Where there is no schema, any will do.
pub(super) async fn check(state: &ApiState, application: &Application) -> Result<(), Error> {
    let Some(vars) = &application.env_vars else { return Ok(()) };
    let schema = ask(state, application.account_sid.into(), &application.call_hook).await;
    let schema = schema.and_then(|schema| EnvSchema::parse(&schema).ok());
    schema.map_or(Ok(()), |schema| Ok(schema.check(vars)?))
}

/// What a server answers to OPTIONS, where it succeeds and that is JSON. No credentials of the hook are sent.
async fn ask(state: &ApiState, owner: Owner, hook: &Hook) -> Option<Value> {
    let url = match hook.target() {
        HookTarget::Http => hook.url.clone(),
        // The handshake of a WebSocket is HTTP, so its server can be asked by HTTP: ws as http, wss as https.
        HookTarget::WebSocket => format!("http{}", hook.url.get(2..)?),
        HookTarget::Plugin { .. } => return None,
    };
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("strowger/", env!("CARGO_PKG_VERSION"))));
    let request = FetchRequest { owner, method: Method::OPTIONS, url, headers, limit: MAX_SCHEMA, wait: WAIT };
    let fetched = state.plugins().sandbox().fetch(request).await;
    let fetched = fetched.inspect_err(|error| tracing::debug!(%error, "no schema of variables")).ok()?;
    fetched.status.is_success().then(|| serde_json::from_slice(&fetched.body).ok()).flatten()
}
