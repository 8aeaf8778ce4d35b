//! Value references: how the parameters of a chain's steps name what is compared.

use std::str::FromStr;

use serde::Deserialize;

use crate::PluginError;
use crate::request;
use crate::selector::Call;

/// A text that refers to nothing, and what it could have referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownReference {
    text: String,
    expected: &'static str,
}

impl std::fmt::Display for UnknownReference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { text, expected } = self;
        write!(f, "'{text}' is no value reference here: expected {expected}")
    }
}

impl std::error::Error for UnknownReference {}

/// A value of the call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum CallValue {
    /// `number`: the dialled number.
    Number,
    /// `cid_number`: the caller id number.
    CidNumber,
    /// `service_plans`: the account's plans, as `plan:account`.
    ServicePlans,
    /// `request:{field}`.
    Request(String),
}

impl CallValue {
    /// The value as text; an absent field of the request is empty.
    ///
    /// # Errors
    /// Where the call has no caller id, or the value is no text.
    pub fn text(&self, call: &Call) -> Result<String, PluginError> {
        match self {
            Self::Number => Ok(call.number().to_owned()),
            Self::CidNumber => {
                call.cid_number().map(str::to_owned).ok_or_else(|| PluginError::failed("the call has no caller id"))
            }
            Self::ServicePlans => Err(PluginError::failed("service_plans is a list, not a text")),
            Self::Request(field) => match (request::text(field), request::field(field)) {
                (Some(text), _) => Ok(text),
                (None, None) => Ok(String::new()),
                (None, Some(_)) => Err(PluginError::failed(format!("the request's {field} is no text"))),
            },
        }
    }

    /// The value as a list; an absent field of the request is empty.
    ///
    /// # Errors
    /// Where the value is no list.
    pub fn list(&self) -> Result<Vec<String>, PluginError> {
        let field = match self {
            Self::Number | Self::CidNumber => return Err(PluginError::failed("a number is a text, not a list")),
            Self::ServicePlans => "Service-Plans",
            Self::Request(field) => field,
        };
        match request::texts(field) {
            Some(list) => Ok(list),
            None if request::field(field).is_none() => Ok(Vec::new()),
            None => Err(PluginError::failed(format!("the request's {field} is no list"))),
        }
    }
}

impl FromStr for CallValue {
    type Err = UnknownReference;

    fn from_str(text: &str) -> Result<Self, UnknownReference> {
        match text {
            "number" => Ok(Self::Number),
            "cid_number" => Ok(Self::CidNumber),
            "service_plans" => Ok(Self::ServicePlans),
            _ => match text.strip_prefix("request:") {
                Some(field) if !field.is_empty() => Ok(Self::Request(field.into())),
                _ => Err(UnknownReference {
                    text: text.into(),
                    expected: "number, cid_number, service_plans or request:{field}",
                }),
            },
        }
    }
}

impl TryFrom<String> for CallValue {
    type Error = UnknownReference;

    fn try_from(text: String) -> Result<Self, UnknownReference> {
        text.parse()
    }
}

/// A value of each carrier.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum CarrierValue {
    /// `resource:weight_cost`.
    WeightCost,
    /// `resource:flags`.
    Flags,
    /// `resource:rules`.
    Rules,
    /// `resource:cid_rules`.
    CidRules,
    /// `database:{name}`: the carrier's selector rows of that name.
    Database(String),
}

impl FromStr for CarrierValue {
    type Err = UnknownReference;

    fn from_str(text: &str) -> Result<Self, UnknownReference> {
        match text {
            "resource:weight_cost" => Ok(Self::WeightCost),
            "resource:flags" => Ok(Self::Flags),
            "resource:rules" => Ok(Self::Rules),
            "resource:cid_rules" => Ok(Self::CidRules),
            _ => match text.strip_prefix("database:") {
                Some(name) if !name.is_empty() => Ok(Self::Database(name.into())),
                _ => Err(UnknownReference {
                    text: text.into(),
                    expected: "resource:weight_cost, resource:flags, resource:rules, resource:cid_rules or database:{name}",
                }),
            },
        }
    }
}

impl TryFrom<String> for CarrierValue {
    type Error = UnknownReference;

    fn try_from(text: String) -> Result<Self, UnknownReference> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::Trial;

    #[test]
    fn a_reference_to_nothing_says_what_there_is() {
        let unknown = "request:".parse::<CallValue>().unwrap_err().to_string();
        assert!(unknown.contains("'request:'") && unknown.contains("request:{field}"), "{unknown}");
        let unknown = "resource:name".parse::<CarrierValue>().unwrap_err().to_string();
        assert!(unknown.contains("resource:weight_cost") && unknown.contains("database:{name}"), "{unknown}");
    }

    #[test]
    fn fields_of_the_request_are_text_or_lists_and_never_taken_for_the_other() {
        let trial = Trial::of(&json!([])).field("Realm", "example.com").field("Flags", json!(["a", 7]));
        let (realm, flags) = (CallValue::Request("realm".into()), CallValue::Request("FLAGS".into()));
        trial.during(|call| {
            assert_eq!(realm.text(call), Ok("example.com".into()));
            assert_eq!(flags.list(), Ok(vec!["a".into(), "7".into()]));
            assert!(realm.list().is_err() && flags.text(call).is_err());
        });
    }

    #[test]
    fn an_absent_field_is_empty() {
        let absent = CallValue::Request("X".into());
        Trial::of(&json!([]))
            .during(|call| assert_eq!((absent.text(call), absent.list()), (Ok(String::new()), Ok(vec![]))));
    }

    #[test]
    fn a_caller_id_is_there_or_is_an_error() {
        let anonymous = Trial::of(&json!([])).calling("1");
        anonymous.during(|call| assert!(CallValue::CidNumber.text(call).is_err()));
        anonymous.from("2").during(|call| assert_eq!(CallValue::CidNumber.text(call), Ok("2".into())));
    }
}
