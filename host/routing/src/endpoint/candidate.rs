//! One gateway of a chosen carrier, and the call that it is a candidate for.

use serde_json::{Map, Value};
use strowger_model::resource::{Gateway, Resource};
use strowger_sandbox::RequestFields;

use crate::chain::Adjusted;
use crate::pool::PoolCarrier;
use crate::profile::HostProfile;

/// A gateway with what the chain said of its carrier.
pub(crate) struct Chosen<'a> {
    /// The carrier's row in the pool.
    pub(crate) row: u32,
    pub(crate) carrier: &'a PoolCarrier,
    pub(crate) adjusted: Adjusted<'a>,
    pub(crate) gateway: &'a Gateway,
    /// Its place among the document's gateways.
    pub(crate) index: usize,
}

/// What all candidates of a call have in common.
pub(crate) struct Call<'a> {
    pub(crate) profile: &'a HostProfile,
    pub(crate) request: &'a RequestFields,
    /// The number that was routed.
    pub(crate) number: &'a str,
    /// Whether any candidate leads to emergency services: the call is one to them then, whichever carrier takes it.
    pub(crate) emergency: bool,
}

/// A gateway that may be dialled.
pub(crate) struct Candidate<'a> {
    pub(crate) chosen: &'a Chosen<'a>,
    pub(crate) call: &'a Call<'a>,
}

impl Chosen<'_> {
    /// The carrier's id; with its variant where the chain chose one of its faces.
    pub(super) fn resource_id(&self) -> String {
        self.adjusted.id_of(&self.carrier.resource.id)
    }

    /// Whether it leads to emergency services.
    pub(crate) fn is_emergency(&self) -> bool {
        let carrier = self.adjusted.emergency.unwrap_or_else(|| self.carrier.resource.is_emergency());
        carrier || self.gateway.emergency
    }
}

impl<'a> Candidate<'a> {
    pub(super) fn gateway(&self) -> &'a Gateway {
        self.chosen.gateway
    }

    pub(super) fn resource(&self) -> &'a Resource {
        &self.chosen.carrier.resource
    }

    /// The part of the number to dial.
    pub(crate) fn dialled(&self) -> &str {
        self.chosen.adjusted.dialled.unwrap_or(self.call.number)
    }

    pub(super) fn resource_id(&self) -> String {
        self.chosen.resource_id()
    }

    pub(super) fn name(&self) -> String {
        let name = &self.resource().name;
        self.chosen.adjusted.variant.map_or_else(|| name.clone(), |variant| format!("{name} - {variant}"))
    }

    pub(crate) fn weight(&self) -> u32 {
        self.chosen.adjusted.weight.unwrap_or(self.resource().weight_cost)
    }

    /// The carrier's formatters, or else the installation's.
    pub(super) fn formatters(&self) -> &'a Map<String, Value> {
        let own = &self.resource().formatters;
        if own.is_empty() { &self.call.profile.defaults.formatters } else { own }
    }

    /// A text of the request that is not empty.
    pub(super) fn asked(&self, field: &str) -> Option<&'a str> {
        self.call.request.text(field).filter(|text| !text.is_empty())
    }

    /// Whether the request says yes to that.
    pub(super) fn asks_for(&self, field: &str) -> bool {
        self.call.request.get(field).is_some_and(is_true)
    }
}

/// True, or the word for it.
pub(super) fn is_true(value: &Value) -> bool {
    value == true || value == "true"
}
