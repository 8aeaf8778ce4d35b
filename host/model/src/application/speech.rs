//! Speech settings of an application.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::v1::{Fields, V1Error};

/// The settings by their documented names.
pub(super) const FIELDS: &[&str] = &[
    "speech_synthesis_vendor",
    "speech_synthesis_language",
    "speech_synthesis_voice",
    "speech_synthesis_label",
    "speech_recognizer_vendor",
    "speech_recognizer_language",
    "speech_recognizer_label",
    "fallback_speech_synthesis_vendor",
    "fallback_speech_synthesis_language",
    "fallback_speech_synthesis_voice",
    "fallback_speech_synthesis_label",
    "fallback_speech_recognizer_vendor",
    "fallback_speech_recognizer_language",
    "fallback_speech_recognizer_label",
];

const DEFAULTS: [(&str, &str); 5] = [
    ("speech_synthesis_vendor", "google"),
    ("speech_synthesis_language", "en-US"),
    ("speech_synthesis_voice", "en-US-Wavenet-C"),
    ("speech_recognizer_vendor", "google"),
    ("speech_recognizer_language", "en-US"),
];

/// Who speaks and who listens: `speech_synthesis_vendor`, `speech_recognizer_language`, …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Map<String, Value>")]
pub struct Speech(Map<String, Value>);

impl Speech {
    /// A setting by its documented name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub(super) fn apply(&mut self, fields: Fields<'_>) -> Result<(), V1Error> {
        for name in FIELDS.iter().filter(|name| fields.raw(name).is_some()) {
            let value = fields.text(name, 64)?.map_or(Value::Null, Value::String);
            self.0.insert((*name).to_owned(), value);
        }
        Ok(())
    }
}

/// The documented defaults.
impl Default for Speech {
    fn default() -> Self {
        let defaults: Map<_, _> =
            DEFAULTS.map(|(name, value)| (name.to_owned(), Value::from(value))).into_iter().collect();
        Self::from(defaults)
    }
}

/// Flattened into its application, it is handed that one's other fields too. What is not set is `null`.
impl From<Map<String, Value>> for Speech {
    fn from(mut fields: Map<String, Value>) -> Self {
        Self(FIELDS.iter().map(|name| ((*name).to_owned(), fields.remove(*name).unwrap_or_default())).collect())
    }
}
