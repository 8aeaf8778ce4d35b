//! Candidates from the router.

use async_trait::async_trait;
use serde_json::{Map, Value};
use strowger_model::AccountId;
use strowger_routing::{RouteRequest, Router};

use crate::candidate::Candidate;
use crate::ports::{RouteFailure, Routes};

#[async_trait]
impl Routes for Router {
    async fn route(&self, account: AccountId, fields: Map<String, Value>) -> Result<Vec<Candidate>, RouteFailure> {
        let routed = Self::route(self, RouteRequest::call(account, fields)).await;
        let route = routed.map_err(|error| RouteFailure::Fault(error.to_string()))?;
        match route.failure {
            Some(failure) => Err(RouteFailure::Chain(failure.message)),
            None => Ok(route.endpoints.into_iter().map(Candidate::from).collect()),
        }
    }
}
