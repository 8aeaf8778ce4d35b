//! A request other than INVITE, and its final response.

use rsipstack::sip::{Request, Response, SipMessage};

use crate::engine::{Engine, TRANSACTION_LIMIT, Target};

/// Sends `request` to `target` and waits for its final response, at most until Timer F.
pub(crate) async fn exchange(engine: &Engine, request: Request, target: Target) -> Result<Response, String> {
    let mut watch = engine.watch(target);
    let exchange = async {
        let mut transaction = engine.client(request, target).await?;
        transaction.send().await.map_err(|error| error.to_string())?;
        while let Some(message) = transaction.receive().await {
            match message {
                SipMessage::Response(response) if response.status_code.code() >= 200 => return Ok(response),
                _ => {}
            }
        }
        Err("the transaction ended without a response".to_owned())
    };
    tokio::select! {
        outcome = exchange => outcome,
        fault = watch.fault() => Err(fault),
        () = tokio::time::sleep(2 * TRANSACTION_LIMIT) => Err("no response".to_owned()),
    }
}
