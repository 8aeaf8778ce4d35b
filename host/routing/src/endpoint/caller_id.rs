//! Which of the caller's ids a carrier is sent.

use strowger_model::resource::CallerIdType;

use super::Candidate;

/// A caller's number and name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CallerId {
    pub(super) number: Option<String>,
    pub(super) name: Option<String>,
}

/// The type that the gateway, or else the resource, asks for.
fn kind(candidate: &Candidate<'_>) -> CallerIdType {
    let resource = &candidate.carrier.resource;
    candidate.gateway.caller_id_type.or(resource.caller_id_options.kind).unwrap_or(CallerIdType::External)
}

/// The `Caller-ID-Type` field: what the gateway itself says.
pub(super) fn field(candidate: &Candidate<'_>) -> &'static str {
    name(candidate.gateway.caller_id_type.unwrap_or(CallerIdType::External))
}

/// The name of a type in documents.
fn name(kind: CallerIdType) -> &'static str {
    match kind {
        CallerIdType::Internal => "internal",
        CallerIdType::External => "external",
        CallerIdType::Emergency => "emergency",
    }
}

/// The id of that type; what the request does not have falls back to the outbound one.
pub(super) fn select(candidate: &Candidate<'_>) -> CallerId {
    let wanted = if candidate.is_emergency() { CallerIdType::Emergency } else { kind(candidate) };
    let of = |prefix: &str| CallerId {
        number: text(candidate, &format!("{prefix}-Caller-ID-Number")),
        name: text(candidate, &format!("{prefix}-Caller-ID-Name")),
    };
    let outbound = of("Outbound");
    let special = match wanted {
        CallerIdType::External => return outbound,
        CallerIdType::Internal => of("Internal"),
        CallerIdType::Emergency => of("Emergency"),
    };
    if special.number.is_some() { special } else { outbound }
}

fn text(candidate: &Candidate<'_>, field: &str) -> Option<String> {
    candidate.request.text(field).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}
