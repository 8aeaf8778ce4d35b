//! `/token_auth`: the token that a request carries.

use strowger_model::Violation;

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::session;

/// That it is good, and whose it is.
pub(super) async fn check(request: Request) -> Result<Reply, Error> {
    session::described(&request.state, request.caller.scope(), request.caller.claims()).await.map(Reply::ok)
}

/// Ends it, on every node.
pub(super) async fn revoke(request: Request) -> Result<Reply, Error> {
    let Some(claims) = request.caller.claims() else {
        let message = "An API key is no token that can be given back; delete the key";
        return Err(Violation::new("auth_token", "invalid", message).into());
    };
    request.state.auth().revoke(claims).await?;
    session::described(&request.state, request.caller.scope(), Some(claims)).await.map(Reply::ok)
}
