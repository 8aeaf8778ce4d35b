//! Turns of gateways from the router.

use async_trait::async_trait;
use serde_json::{Map, Value};
use strowger_model::AccountId;
use strowger_routing::{Endpoint, RefusedEndpoint, RouteRequest, Router};

use crate::candidate::{Candidate, Turn};
use crate::ports::{RouteFailure, Routes};

#[async_trait]
impl Routes for Router {
    async fn route(&self, account: AccountId, fields: Map<String, Value>) -> Result<Vec<Turn>, RouteFailure> {
        let routed = Self::route(self, RouteRequest::call(account, fields)).await;
        let route = routed.map_err(|error| RouteFailure::Fault(error.to_string()))?;
        match route.failure {
            Some(failure) => Err(RouteFailure::Chain(failure.message)),
            None => Ok(in_order(route.endpoints, route.refused)),
        }
    }
}

/// Refused gateways keep their places among the others.
fn in_order(endpoints: Vec<Endpoint>, refused: Vec<RefusedEndpoint>) -> Vec<Turn> {
    let mut turns = Vec::with_capacity(endpoints.len() + refused.len());
    let mut refused = refused.into_iter().peekable();
    for (index, endpoint) in endpoints.into_iter().enumerate() {
        while let Some(passed) = refused.next_if(|refused| refused.after <= index) {
            turns.push(Turn::from(passed));
        }
        turns.push(Turn::from(Candidate::from(endpoint)));
    }
    turns.extend(refused.map(Turn::from));
    turns
}
