//! `/logout`: the token that a request carries.

use super::error::Error;
use super::reply::Reply;
use super::request::Request;

/// Ends it, on every node and in `/v2` too.
pub(super) async fn log_out(request: Request) -> Result<Reply, Error> {
    let Some(claims) = request.caller.claims() else {
        return Err(Error::bad_request("an API key does not log out; delete the key"));
    };
    request.state.auth().revoke(claims).await?;
    Ok(Reply::NoContent)
}
