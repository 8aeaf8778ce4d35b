//! Which of the caller's ids a carrier is sent.

use strowger_model::CallerId;
use strowger_model::resource::CallerIdType;

use super::candidate::Candidate;

/// The type that the gateway, or else the resource, asks for.
fn kind(candidate: &Candidate<'_>) -> CallerIdType {
    let resource = candidate.resource();
    candidate.gateway().caller_id_type.or(resource.caller_id_options.kind).unwrap_or(CallerIdType::External)
}

/// The `Caller-ID-Type` field: what the gateway itself says.
pub(super) fn field(candidate: &Candidate<'_>) -> &'static str {
    name(candidate.gateway().caller_id_type.unwrap_or(CallerIdType::External))
}

/// The name of a type in documents.
fn name(kind: CallerIdType) -> &'static str {
    match kind {
        CallerIdType::Internal => "internal",
        CallerIdType::External => "external",
        CallerIdType::Emergency => "emergency",
    }
}

/// The id of that type, in an emergency the one for it; what the call does not have falls back to the outbound one.
pub(super) fn select(candidate: &Candidate<'_>) -> CallerId {
    let wanted = if candidate.call.emergency { CallerIdType::Emergency } else { kind(candidate) };
    let of = |prefix: &str| CallerId {
        number: candidate.asked(&format!("{prefix}-Caller-ID-Number")).map(ToOwned::to_owned),
        name: candidate.asked(&format!("{prefix}-Caller-ID-Name")).map(ToOwned::to_owned),
    };
    let outbound = of("Outbound");
    let special = match wanted {
        CallerIdType::External => return outbound,
        CallerIdType::Internal => of("Internal"),
        CallerIdType::Emergency => of("Emergency"),
    };
    if special.number.is_some() { special } else { outbound }
}
