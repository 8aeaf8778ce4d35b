//! What of the caller is hidden from the called party (RFC 3323).

use serde::Deserialize;
use serde_json::{Map, Value};
use strowger_model::resource::PrivacyMode;

use super::candidate::{Candidate, is_true};

const METHOD: &str = "Privacy-Method";
const NAME: &str = "Privacy-Hide-Name";
const NUMBER: &str = "Privacy-Hide-Number";

/// What is hidden.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hidden {
    /// The caller's name.
    pub name: bool,
    /// The caller's number.
    pub number: bool,
}

impl Hidden {
    fn by(mode: Option<PrivacyMode>, switches: Self) -> Self {
        match mode {
            Some(PrivacyMode::None) => Self::default(),
            Some(PrivacyMode::Full) => Self { name: true, number: true },
            Some(PrivacyMode::Name) => Self { name: true, number: false },
            Some(PrivacyMode::Number) => Self { name: false, number: true },
            Some(PrivacyMode::Switches) | None => switches,
        }
    }
}

/// The privacy fields of an endpoint. A caller who wants to be hidden is, whatever the carrier's document says; in an emergency nobody is.
pub(super) fn fields(candidate: &Candidate<'_>) -> [(&'static str, Value); 3] {
    let (carrier, caller) = (by_carrier(candidate), by_caller(candidate));
    let wanted = Hidden { name: carrier.name || caller.name, number: carrier.number || caller.number };
    let is_lifted = candidate.call.emergency && wanted != Hidden::default();
    let (method, hidden) = if is_lifted { ("none", Hidden::default()) } else { ("kazoo", wanted) };
    [(METHOD, method.into()), (NAME, hidden.name.into()), (NUMBER, hidden.number.into())]
}

fn by_carrier(candidate: &Candidate<'_>) -> Hidden {
    let (gateway, resource) = (candidate.gateway(), candidate.resource());
    let switches = Hidden {
        name: gateway.privacy_hide_name.or(resource.privacy_hide_name).unwrap_or(false),
        number: gateway.privacy_hide_number.or(resource.privacy_hide_number).unwrap_or(false),
    };
    Hidden::by(gateway.privacy_mode.or(resource.privacy_mode), switches)
}

fn by_caller(candidate: &Candidate<'_>) -> Hidden {
    let mode = candidate.call.request.get(METHOD).and_then(|mode| PrivacyMode::deserialize(mode).ok());
    Hidden::by(mode, Hidden { name: candidate.asks_for(NAME), number: candidate.asks_for(NUMBER) })
}

/// What is hidden when formatters have had their say.
pub(super) fn of(candidate: &Candidate<'_>, formatted: &Map<String, Value>) -> Hidden {
    if candidate.call.emergency {
        return Hidden::default();
    }
    let hides = |field: &str| formatted.get(field).is_some_and(is_true);
    Hidden { name: hides(NAME), number: hides(NUMBER) }
}
