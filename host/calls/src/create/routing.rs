//! `routing` of a request: what the chain and the carriers are told beside the two numbers.

use serde_json::{Map, Value};
use strowger_model::{AccountId, CallerIds};

use super::fields::{Fields, is_line};
use super::{host, invalid};
use crate::error::CreateError;

const MOST_FLAGS: usize = 64;
const MOST_VARIABLES: usize = 64;
const LONGEST: usize = 256;

const KNOWN: [&str; 9] = [
    "bypass_e164",
    "caller_id",
    "custom_channel_vars",
    "flags",
    "format_from_uri",
    "from_uri_realm",
    "hunt_account_id",
    "ignore_early_media",
    "privacy",
];

/// What is told.
#[derive(Debug, Clone, Default)]
pub struct RoutingOptions {
    /// Flags that a carrier must have.
    pub flags: Vec<String>,
    /// Caller ids that win over the account's.
    pub caller_id: CallerIds,
    /// What the called party is not to see.
    pub privacy: Option<Privacy>,
    /// Values for dynamic INVITE parameters.
    pub custom_channel_vars: Map<String, Value>,
    /// Show every carrier the caller at a realm: this call's, or the account's.
    pub format_from_uri: bool,
    /// That realm.
    pub from_uri_realm: Option<String>,
    /// Over the carriers of which account it goes, by that account's chain.
    pub hunt_account_id: Option<AccountId>,
    /// What comes before the answer is not listened to.
    pub ignore_early_media: bool,
    /// Route the number as it is written.
    pub bypass_e164: bool,
}

/// What of a caller is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Nothing.
    None,
    /// The name.
    Name,
    /// The number.
    Number,
    /// Both.
    Full,
}

impl Privacy {
    const ALL: [Self; 4] = [Self::None, Self::Name, Self::Number, Self::Full];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Name => "name",
            Self::Number => "number",
            Self::Full => "full",
        }
    }
}

impl RoutingOptions {
    pub(super) fn parse(value: &Value) -> Result<Self, CreateError> {
        let fields = Fields::of(value).map_err(|_| invalid("routing must be an object"))?;
        if let Some(unknown) = fields.first_but(|name| KNOWN.contains(&name)) {
            return Err(invalid(format!("unknown property routing.{unknown}")));
        }
        let caller_id = fields.get("caller_id").map(|ids| CallerIds::parse("routing.caller_id", ids)).transpose();
        let realm = fields.text("from_uri_realm", 253).map_err(|_| bad_realm())?;
        Ok(Self {
            flags: fields.get("flags").map(flags).transpose()?.unwrap_or_default(),
            caller_id: caller_id.map_err(invalid)?.unwrap_or_default(),
            privacy: fields.get("privacy").map(privacy).transpose()?,
            custom_channel_vars: fields.get("custom_channel_vars").map(variables).transpose()?.unwrap_or_default(),
            format_from_uri: switch(&fields, "format_from_uri")?,
            from_uri_realm: realm.map(host).transpose().map_err(|_| bad_realm())?,
            hunt_account_id: fields.get("hunt_account_id").map(account).transpose()?,
            ignore_early_media: switch(&fields, "ignore_early_media")?,
            bypass_e164: switch(&fields, "bypass_e164")?,
        })
    }
}

fn bad_realm() -> CreateError {
    invalid("routing.from_uri_realm must be a host name or an IP address")
}

fn account(value: &Value) -> Result<AccountId, CreateError> {
    let parsed = value.as_str().and_then(|id| id.parse().ok());
    parsed.ok_or_else(|| invalid("routing.hunt_account_id must be an account's id"))
}

fn switch(fields: &Fields<'_>, name: &str) -> Result<bool, CreateError> {
    match fields.get(name) {
        None => Ok(false),
        Some(Value::Bool(is_on)) => Ok(*is_on),
        Some(_) => Err(invalid(format!("routing.{name} must be true or false"))),
    }
}

fn flags(value: &Value) -> Result<Vec<String>, CreateError> {
    let rule = || invalid(format!("routing.flags must be a list of at most {MOST_FLAGS} texts"));
    let flags = value.as_array().filter(|flags| flags.len() <= MOST_FLAGS).ok_or_else(rule)?;
    let text = |flag: &Value| flag.as_str().filter(|flag| is_line(flag, LONGEST)).map(ToOwned::to_owned);
    flags.iter().map(|flag| text(flag).ok_or_else(rule)).collect()
}

fn privacy(value: &Value) -> Result<Privacy, CreateError> {
    let known = Privacy::ALL.into_iter().find(|known| value == known.as_str());
    known.ok_or_else(|| invalid("routing.privacy must be one of none, name, number, full"))
}

fn variables(value: &Value) -> Result<Map<String, Value>, CreateError> {
    let fits = |value: &Value| value.is_number() || value.as_str().is_some_and(|text| is_line(text, LONGEST));
    let variables = value.as_object().filter(|variables| {
        variables.len() <= MOST_VARIABLES && variables.iter().all(|(name, value)| is_line(name, LONGEST) && fits(value))
    });
    variables.cloned().ok_or_else(|| {
        invalid(format!("routing.custom_channel_vars must have at most {MOST_VARIABLES} texts or numbers by name"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everything_that_is_told_is_read() {
        let options = RoutingOptions::parse(&json!({
            "flags": ["fax"], "privacy": "number", "custom_channel_vars": {"id": 7}, "format_from_uri": true,
            "from_uri_realm": "a.example", "caller_id": {"internal": {"number": "100"}},
        }));
        let options = options.unwrap();
        assert_eq!((options.flags, options.privacy), (vec!["fax".to_owned()], Some(Privacy::Number)));
        assert_eq!(options.custom_channel_vars["id"], 7);
        assert!(options.format_from_uri && !options.bypass_e164 && !options.ignore_early_media);
        assert_eq!(options.from_uri_realm.as_deref(), Some("a.example"));
        assert_eq!(options.caller_id.internal.unwrap().number.as_deref(), Some("100"));
    }

    #[test]
    fn each_refusal_names_its_field() {
        for (given, message) in [
            (json!("x"), "routing must be an object"),
            (json!({"colour": 1}), "unknown property routing.colour"),
            (json!({"flags": "fax"}), "routing.flags must be a list of at most 64 texts"),
            (json!({"flags": [""]}), "routing.flags must be a list of at most 64 texts"),
            (json!({"privacy": "some"}), "routing.privacy must be one of none, name, number, full"),
            (json!({"bypass_e164": 1}), "routing.bypass_e164 must be true or false"),
            (json!({"hunt_account_id": "x"}), "routing.hunt_account_id must be an account's id"),
            (json!({"from_uri_realm": "a b"}), "routing.from_uri_realm must be a host name or an IP address"),
            (json!({"caller_id": {"x": {}}}), "routing.caller_id has internal, external, emergency only, not x"),
            (
                json!({"custom_channel_vars": {"a": []}}),
                "routing.custom_channel_vars must have at most 64 texts or numbers by name",
            ),
        ] {
            assert_eq!(RoutingOptions::parse(&given).unwrap_err().to_string(), message, "{given}");
        }
    }
}
