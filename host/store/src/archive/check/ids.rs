//! What a body says of its own place.

use serde_json::Value;
use strowger_model::AccountId;

use crate::{Document, Kind};

/// The field that has the object's id, where objects of the kind have one.
fn own(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::ServiceProvider => Some("service_provider_sid"),
        Kind::Account => Some("account_sid"),
        Kind::Application => Some("application_sid"),
        Kind::Call | Kind::RecentCall => Some("call_sid"),
        Kind::Resource | Kind::SelectorRow | Kind::User | Kind::PhoneNumber | Kind::NumberJob => Some("id"),
        _ => None,
    }
}

/// The first field that names another object or account than the document's key does.
pub(super) fn misplaced(document: &Document) -> Option<&'static str> {
    let says = |field: &str| document.body.get(field).and_then(Value::as_str);
    let differs = |field: &&'static str, place: &str| says(field).is_some_and(|said| !are_same(said, place));
    let own = own(document.key.kind).filter(|field| differs(field, &document.key.id));
    let account = document.key.owner.account().map(AccountId::hex);
    let mut owners = ["account_sid", "pvt_account_id"].into_iter();
    own.or_else(|| owners.find(|field| account.as_ref().is_some_and(|account| differs(field, account))))
}

/// An id has two spellings.
fn are_same(one: &str, other: &str) -> bool {
    one == other || one.parse::<AccountId>().is_ok_and(|id| other.parse() == Ok(id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strowger_model::Owner;

    use super::*;
    use crate::{Key, Revision};

    fn misplaced(owner: impl Into<Owner>, kind: Kind, id: &str, body: Value) -> Option<&'static str> {
        let key = Key::new(owner, kind, id);
        super::misplaced(&Document { key, revision: Revision("1-a".into()), body, expires: None })
    }

    #[test]
    fn both_spellings_of_an_id_are_its_own() {
        let account = AccountId::random();
        let body = json!({"account_sid": account.hyphenated()});
        assert_eq!(misplaced(Owner::System, Kind::Account, &account.hex(), body), None);
        assert_eq!(misplaced(account, Kind::Resource, "r", json!({"id": "r", "pvt_account_id": account.hex()})), None);
        assert_eq!(misplaced(account, Kind::Resource, "r", json!({})), None);
    }

    #[test]
    fn what_names_another_object_or_account_is_told() {
        let (account, other) = (AccountId::random(), AccountId::random());
        assert_eq!(misplaced(account, Kind::Resource, "r", json!({"id": "s"})), Some("id"));
        let call = json!({"call_sid": "c", "account_sid": other.hyphenated()});
        assert_eq!(misplaced(account, Kind::Call, "c", call), Some("account_sid"));
        assert_eq!(misplaced(account, Kind::User, "u", json!({"pvt_account_id": other.hex()})), Some("pvt_account_id"));
    }
}
