//! What this step reads of a carrier's document beyond the typed fields.

use std::collections::BTreeMap;

use serde::Deserialize;
use strowger_sdk::PluginError;
use strowger_sdk::selector::Carrier;

/// Fields of a carrier's document.
#[derive(Debug, Deserialize)]
pub(crate) struct Document {
    #[serde(default)]
    pub(crate) require_flags: bool,
    #[serde(default)]
    pub(crate) ignore_flags: bool,
    #[serde(default)]
    classifiers: BTreeMap<String, Classifier>,
}

/// What a carrier does with one class of numbers.
#[derive(Debug, Deserialize)]
pub(crate) struct Classifier {
    #[serde(default = "enabled")]
    enabled: bool,
    pub(crate) emergency: Option<bool>,
    pub(crate) prefix: Option<String>,
    pub(crate) suffix: Option<String>,
    pub(crate) regex: Option<String>,
    pub(crate) weight_cost: Option<u32>,
}

impl Document {
    /// Documents are checked when they are saved; routing by one that was not would be guessing.
    pub(crate) fn of(carrier: &Carrier) -> Result<Self, PluginError> {
        let refuse = |error| PluginError::failed(format!("the document of carrier {}: {error}", carrier.id));
        serde_json::from_str(&carrier.document).map_err(refuse)
    }

    /// A carrier with classifiers is routed by them alone, known classes or not.
    pub(crate) fn is_classified(&self) -> bool {
        !self.classifiers.is_empty()
    }

    /// The enabled classifier of that name.
    pub(crate) fn classifier(&self, name: &str) -> Option<&Classifier> {
        self.classifiers.get(name).filter(|classifier| classifier.enabled)
    }
}

fn enabled() -> bool {
    true
}
