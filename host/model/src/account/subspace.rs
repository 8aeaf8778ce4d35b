//! An account's access to Subspace, by which the media of its calls may travel.

use serde::{Deserialize, Serialize};

use crate::Secret;
use crate::v1::{Fields, V1Error};

/// The fields by their documented names.
pub(super) const FIELDS: &[&str] =
    &["subspace_client_id", "subspace_client_secret", "subspace_sip_teleport_id", "subspace_sip_teleport_destinations"];

/// Longest text.
const MAX_TEXT: usize = 255;

/// The access.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subspace {
    /// The client.
    #[serde(default)]
    pub subspace_client_id: Option<String>,
    /// Its secret.
    #[serde(default, serialize_with = "Secret::reveal_option")]
    pub subspace_client_secret: Option<Secret>,
    /// The SIP teleport.
    #[serde(default)]
    pub subspace_sip_teleport_id: Option<String>,
    /// Where it leads.
    #[serde(default)]
    pub subspace_sip_teleport_destinations: Option<String>,
}

impl Subspace {
    pub(super) fn apply(&mut self, fields: Fields<'_>) -> Result<(), V1Error> {
        let texts = [
            ("subspace_client_id", &mut self.subspace_client_id),
            ("subspace_sip_teleport_id", &mut self.subspace_sip_teleport_id),
            ("subspace_sip_teleport_destinations", &mut self.subspace_sip_teleport_destinations),
        ];
        for (name, text) in texts {
            if fields.raw(name).is_some() {
                *text = fields.text(name, MAX_TEXT)?;
            }
        }
        if fields.raw("subspace_client_secret").is_some() {
            self.subspace_client_secret = fields.text("subspace_client_secret", MAX_TEXT)?.map(Secret::new);
        }
        Ok(())
    }
}
