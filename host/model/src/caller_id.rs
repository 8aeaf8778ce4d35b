//! Who a call says it is from: one id for calls within the account, one for the world, one for emergency services.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest number.
pub const MAX_NUMBER: usize = 64;
/// Longest name.
pub const MAX_NAME: usize = 128;

const KINDS: [&str; 3] = ["internal", "external", "emergency"];

/// A number and a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerId {
    /// The number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The name that is shown with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Ids by what they are for; a carrier's `caller_id_type` chooses among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerIds {
    /// For calls within the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal: Option<CallerId>,
    /// For the world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external: Option<CallerId>,
    /// For emergency services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<CallerId>,
    /// What clients keep beside them.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl CallerIds {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads `{internal, external, emergency: {number, name}}`; `field` names it in a refusal.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse(field: &str, value: &Value) -> Result<Self, String> {
        let ids = value.as_object().ok_or_else(|| format!("{field} must be an object"))?;
        if let Some(unknown) = ids.keys().find(|key| !KINDS.contains(&key.as_str())) {
            let unknown: String = unknown.chars().take(64).collect();
            return Err(format!("{field} has {} only, not {unknown}", KINDS.join(", ")));
        }
        let id = |kind: &str| ids.get(kind).filter(|id| !id.is_null()).map(|id| caller_id(field, kind, id)).transpose();
        let (internal, external, emergency) = (id("internal")?, id("external")?, id("emergency")?);
        Ok(Self { internal, external, emergency, extra: Map::new() })
    }
}

fn caller_id(field: &str, kind: &str, value: &Value) -> Result<CallerId, String> {
    let id = value.as_object().filter(|id| id.keys().all(|key| key == "number" || key == "name"));
    let id = id.ok_or_else(|| format!("{field}.{kind} must be an object with number and name"))?;
    let text = |key: &str, longest: usize| match id.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if is_line(text, longest) => Ok(Some(text.clone())),
        Some(_) => {
            Err(format!("{field}.{kind}.{key} must be text of 1 to {longest} characters without control characters"))
        }
    };
    Ok(CallerId { number: text("number", MAX_NUMBER)?, name: text("name", MAX_NAME)? })
}

fn is_line(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_read_by_what_they_are_for() {
        let ids = CallerIds::parse("caller_id", &json!({"emergency": {"number": "+1555", "name": "Fire"}})).unwrap();
        assert_eq!(ids.emergency.unwrap().number.unwrap(), "+1555");
        assert!(ids.internal.is_none());
        assert!(CallerIds::parse("caller_id", &json!({})).unwrap().is_empty());
    }

    #[test]
    fn a_refusal_names_field_and_rule() {
        let refusal = |value| CallerIds::parse("caller_id", &value).unwrap_err();
        assert_eq!(refusal(json!("x")), "caller_id must be an object");
        assert_eq!(refusal(json!({"outer": {}})), "caller_id has internal, external, emergency only, not outer");
        assert_eq!(refusal(json!({"internal": "1"})), "caller_id.internal must be an object with number and name");
        let number = "caller_id.internal.number must be text of 1 to 64 characters without control characters";
        for wrong in [json!(""), json!(5), json!("1\r\n"), json!("1".repeat(65))] {
            assert_eq!(refusal(json!({"internal": {"number": wrong}})), number);
        }
    }
}
