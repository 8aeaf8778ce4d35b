//! Whether an account's calls are recorded, as what and where.

use serde::{Deserialize, Serialize};

use super::BucketCredential;
use crate::v1::{Fields, V1Error, from_zero_one, zero_one};

/// The settings by their documented names.
pub(super) const FIELDS: &[&str] = &["record_all_calls", "record_format", "bucket_credential"];

/// The form of a recording.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordFormat {
    /// MPEG audio, layer III.
    #[default]
    Mp3,
    /// WAV.
    Wav,
}

/// What is to be recorded, and where that goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Record every call.
    #[serde(default, serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub record_all_calls: bool,
    /// As what.
    #[serde(default)]
    pub record_format: RecordFormat,
    /// Where to.
    #[serde(default)]
    pub bucket_credential: Option<BucketCredential>,
}

impl Recording {
    pub(super) fn apply(&mut self, fields: Fields<'_>) -> Result<(), V1Error> {
        if let Some(record) = fields.flag("record_all_calls")? {
            self.record_all_calls = record;
        }
        if let Some(format) = fields.named("record_format", "mp3, wav")? {
            self.record_format = format;
        }
        if fields.raw("bucket_credential").is_some() {
            let present = self.bucket_credential.as_ref();
            let given = fields.value("bucket_credential").map(|given| BucketCredential::parse(given, present));
            self.bucket_credential = given.transpose()?.flatten();
        }
        Ok(())
    }
}
