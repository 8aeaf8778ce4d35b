//! How a call was decided, told anew: the recorded request is run once more with reasons, where the chain and the carriers are still those
//! that it was decided with. There is no second implementation.

use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_model::chain::RouteBy;
use strowger_store::{Direction, StoreError};

use super::{Decided, Record, records_of};
use crate::request::RouteRequest;
use crate::route::Route;
use crate::router::{By, Router};

impl Router {
    /// How a call of an owner was decided, with the reason for every carrier that was dropped where it can still be told.
    ///
    /// # Errors
    /// The store's.
    pub async fn routing_of(&self, owner: Owner, call: &str) -> Result<Option<Value>, StoreError> {
        self.settled().await;
        let of_call = |record: &Record| record.text("call") == Some(call);
        let found = records_of(self.store(), owner, None, Direction::Descending, 1, of_call).await?;
        let Some(record) = found.into_iter().next() else { return Ok(None) };
        let mut shown = record.shown();
        let told = self.explained(owner, &record).await;
        if let Some(fields) = shown.as_object_mut() {
            match told {
                Ok(route) => {
                    fields.insert("explained".into(), json!(true));
                    fields.insert("steps".into(), json!(route.trace));
                    fields.insert("notes".into(), json!(route.notes));
                }
                Err(reason) => {
                    fields.insert("explained".into(), json!(false));
                    fields.insert("reason".into(), json!(reason));
                }
            }
        }
        Ok(Some(shown))
    }

    async fn explained(&self, owner: Owner, record: &Record) -> Result<Route, String> {
        let request = again(owner, record).ok_or("the request was too large to be kept in full")?;
        let call = record.text("call").map(ToOwned::to_owned);
        let request = RouteRequest { explain: true, call, ..request };
        let route = self.routed(request, By::Own).await.map_err(|error| error.to_string())?;
        let decided = route.decided.as_deref().ok_or("it cannot be decided any more")?;
        differing(decided, record).map_or(Ok(()), Err)?;
        Ok(route)
    }
}

/// The request of a record, as it was asked; none where it was not kept in full.
pub(crate) fn again(owner: Owner, record: &Record) -> Option<RouteRequest> {
    let fields = record.body.get("request")?.as_object()?.clone();
    if record.body.get("truncated").is_some() {
        return None;
    }
    let route_by: Option<RouteBy> = record.text("route_by").and_then(|way| way.parse().ok());
    let time = record.body.get("time").and_then(Value::as_u64);
    Some(RouteRequest { route_by, time, ..RouteRequest::call(owner, fields) })
}

/// Why reasons of today would be no reasons of then.
fn differing(decided: &Decided, record: &Record) -> Option<String> {
    let was = |pointer: &str| record.body.pointer(pointer).and_then(Value::as_str);
    if was("/chain/digest") != Some(&decided.chain.digest) {
        return Some("the chain, or a version in it, has changed since".into());
    }
    if was("/pool/digest") != Some(&decided.snapshot.pool.digest) {
        return Some("the carriers have changed since".into());
    }
    let same = record.body.get("carriers").and_then(Value::as_array).is_some_and(|was| *was == decided.carriers());
    (!same).then(|| "it would be decided otherwise now: selector rows have changed, or a plugin failed".into())
}
