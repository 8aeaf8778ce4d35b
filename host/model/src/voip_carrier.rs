//! Carrier resources as `/v1` has them: `VoipCarriers` and their `SipGateways`.

use crate::{Owner, Sid};

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
