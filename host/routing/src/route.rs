//! The router's answer.

use std::time::Duration;

use serde::Serialize;

use crate::emergency::Emergency;
use crate::endpoint::{Endpoint, RefusedEndpoint};
use crate::records::Decided;
use crate::trace::{StepFailure, StepTrace};

/// A routed request: what would be dialled, in order, and how it came to that.
#[derive(Clone, Default, Serialize)]
pub struct Route {
    /// Ids of the chosen carriers, in order.
    pub resources: Vec<String>,
    /// One endpoint a gateway, in the order in which they are dialled.
    pub endpoints: Vec<Endpoint>,
    /// Gateways that are not dialled because the host cannot do what their documents demand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedEndpoint>,
    /// The steps of the chain.
    pub trace: Vec<StepTrace>,
    /// What was left out of an endpoint, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// That it leads to emergency services, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
    /// The number that was routed, where it is not the one that was asked for: short-dial correction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected_number: Option<String>,
    /// The failure that ended the chain.
    #[serde(rename = "error", skip_serializing_if = "Option::is_none")]
    pub failure: Option<StepFailure>,
    /// What it was decided with, where somebody wants to know.
    #[serde(skip)]
    pub decided: Option<Box<Decided>>,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { resources, endpoints, refused, trace, notes, failure, .. } = self;
        let told = (resources, endpoints, refused, trace, notes, failure);
        f.debug_tuple("Route").field(&told).finish()
    }
}

impl Route {
    /// The time that the steps of the chain took.
    #[must_use]
    pub fn chain_time(&self) -> Duration {
        self.trace.iter().map(|step| step.elapsed).sum()
    }

    /// Whether the chain chose nothing that could be dialled or told.
    pub(crate) fn is_empty(&self) -> bool {
        self.endpoints.is_empty() && self.refused.is_empty()
    }
}
