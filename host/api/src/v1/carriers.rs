//! `/VoipCarriers` and `/SipGateways`: the carrier resources of `/v2`.

pub(super) mod find;
