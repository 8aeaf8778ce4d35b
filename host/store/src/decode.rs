//! Stored bodies as their types.

use serde::de::DeserializeOwned;

use crate::{Document, StoreError};

/// Longest path of a field that a fault names, in characters.
const LONGEST_PATH: usize = 128;

impl Document {
    /// The body as its type.
    ///
    /// # Errors
    /// [`StoreError::Fault`] where it is none: it names the document and the field. What serde says of it is left out, for it quotes the
    /// value, which may be a secret.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_path_to_error::deserialize(&self.body).map_err(|error| {
            let path: String =
                error.path().to_string().chars().filter(|c| !c.is_control()).take(LONGEST_PATH).collect();
            let (kind, id) = (self.key.kind.name(), &self.key.id);
            StoreError::Fault(format!(
                "the stored {kind} {id:?} cannot be read: its field {path:?} is not as it must be"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};
    use strowger_model::Owner;

    use super::*;
    use crate::{Key, Kind, Revision};

    #[derive(Debug, PartialEq, Deserialize)]
    struct Hook {
        url: String,
        password: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Hooks {
        hooks: Vec<Hook>,
    }

    fn document(body: Value) -> Document {
        let key = Key::new(Owner::System, Kind::Setting, "hooks");
        Document { key, revision: Revision("1-a".into()), body, expires: None }
    }

    #[test]
    fn a_body_is_read_as_its_type() {
        let read: Hooks = document(json!({"hooks": [{"url": "u", "password": "p"}]})).decode().unwrap();
        assert_eq!(read, Hooks { hooks: vec![Hook { url: "u".into(), password: "p".into() }] });
    }

    #[test]
    fn a_fault_names_the_document_and_the_field_and_quotes_no_value() {
        for secret in [json!(4_711_081_547_u64), json!(["4711081547"]), json!({"4711081547": "4711081547"})] {
            let damaged = document(json!({"hooks": [{"url": "u", "password": secret}]}));
            let fault = damaged.decode::<Hooks>().unwrap_err().to_string();
            assert!(fault.contains("setting \"hooks\"") && fault.contains("\"hooks[0].password\""), "{fault}");
            assert!(!fault.contains("4711081547"), "{fault}");
        }
    }

    #[test]
    fn a_fault_is_bounded() {
        let long = "k".repeat(10_000);
        let damaged = document(json!({long: 1}));
        let fault = damaged.decode::<std::collections::HashMap<String, String>>().unwrap_err().to_string();
        assert!(fault.len() < 300, "{fault}");
    }
}
