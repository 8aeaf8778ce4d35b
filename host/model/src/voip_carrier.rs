//! Carrier resources as `/v1` has them: `VoipCarriers` and their `SipGateways`.

mod carrier;
mod gateway;
mod rule;
mod shared;

use serde_json::{Map, Value};

use crate::{Owner, Sid};

pub use carrier::{change, fresh, requested_account, requested_application, requested_provider, shown};
pub use gateway::{add_gateway, change_gateway, gateways, remove_gateway, requested_carrier};

/// The object of a document, and of each of its gateways, in which lies what `/v2` has no field for.
const NAMESPACE: &str = "v1";

/// What is in that object.
fn own(fields: &Map<String, Value>, name: &str) -> Option<Value> {
    fields.get(NAMESPACE)?.get(name).cloned()
}

/// Puts something into that object; `null` takes it away.
fn set_own(fields: &mut Map<String, Value>, name: &str, value: Value) {
    let space = fields.entry(NAMESPACE).or_insert_with(|| Value::Object(Map::new()));
    if !space.is_object() {
        *space = Value::Object(Map::new());
    }
    if let Value::Object(space) = space {
        set(space, name, value);
    }
}

fn set(fields: &mut Map<String, Value>, name: &str, value: Value) {
    match value {
        Value::Null => drop(fields.shift_remove(name)),
        value => drop(fields.insert(name.to_owned(), value)),
    }
}

/// The id of a carrier resource in `/v1`: its own one where that is a UUID, else one that follows from whose it is and its name.
#[must_use]
pub fn sid(owner: Owner, id: &str) -> Sid {
    id.parse().unwrap_or_else(|_| Sid::named(&format!("carrier:{owner}/{id}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AccountId;

    #[test]
    fn every_carrier_has_an_id_of_its_own() {
        let (first, second) = (AccountId::random(), AccountId::random());
        assert_eq!(sid(first.into(), "a"), sid(first.into(), "a"));
        assert_ne!(sid(first.into(), "a"), sid(second.into(), "a"));
        assert_ne!(sid(first.into(), "a"), sid(Owner::System, "a"));
        let id = Sid::random();
        assert_eq!((sid(first.into(), &id.hex()), sid(first.into(), &id.to_string())), (id, id));
    }
}
