//! What an account's own document adds to its requests.

use serde::Deserialize;
use serde_json::{Map, Value};
use strowger_model::{AccountId, CallerId, CallerIds, Formatter};

/// The account as its calls are told to be from it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AccountFacts {
    sip_realm: Option<String>,
    caller_id: CallerIds,
    /// Other accounts over whose carriers it may go; administrators list them.
    pub(crate) hunt_accounts: Vec<AccountId>,
    /// What formats the endpoints of its calls, where that is not the built-in formatter.
    pub(crate) formatter: Option<Formatter>,
}

impl AccountFacts {
    /// The request with the account's SIP realm and caller ids where it has none of its own.
    pub(crate) fn complete(&self, mut request: Map<String, Value>) -> Map<String, Value> {
        let ids = [
            ("Outbound", &self.caller_id.external),
            ("Internal", &self.caller_id.internal),
            ("Emergency", &self.caller_id.emergency),
        ];
        for (kind, id) in ids {
            // A name belongs to its number: one of the account's beside a number of the call's would be somebody else's.
            let number = format!("{kind}-Caller-ID-Number");
            if let (Some(CallerId { number: Some(own), name }), true) = (id, is_absent(&request, &number)) {
                request.insert(number, own.as_str().into());
                let name = name.as_deref().map(Value::from);
                request.extend(name.map(|name| (format!("{kind}-Caller-ID-Name"), name)));
            }
        }
        if let (Some(realm), true) = (&self.sip_realm, is_absent(&request, "Account-Realm")) {
            request.insert("Account-Realm".into(), realm.as_str().into());
        }
        request
    }
}

fn is_absent(request: &Map<String, Value>, field: &str) -> bool {
    request.get(field).is_none_or(|value| value.is_null() || value == "")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn completed(account: Value, request: Value) -> Value {
        let facts = AccountFacts::deserialize(account).unwrap();
        Value::Object(facts.complete(request.as_object().unwrap().clone()))
    }

    #[test]
    fn what_the_request_says_wins_and_a_name_stays_with_its_number() {
        let account = json!({"sip_realm": "a.example", "caller_id": {
            "external": {"number": "1", "name": "Own"}, "emergency": {"number": "9"}, "internal": {"name": "N"},
        }});
        let request = json!({"Outbound-Caller-ID-Number": "2"});
        let expected = json!({
            "Outbound-Caller-ID-Number": "2", "Emergency-Caller-ID-Number": "9", "Account-Realm": "a.example",
        });
        assert_eq!(completed(account.clone(), request), expected);
        assert_eq!(completed(account, json!({}))["Outbound-Caller-ID-Name"], "Own");
    }

    #[test]
    fn an_account_that_says_nothing_adds_nothing() {
        assert_eq!(completed(json!({}), json!({"To-DID": "1"})), json!({"To-DID": "1"}));
    }
}
