//! What a document demands that the host cannot do: a gateway that insists on it is not dialled, a wish is noted.

use strowger_model::resource::EndpointType;

use super::candidate::Candidate;
use super::notes::Notes;

/// The flag of requests for a fax.
const FAX: &str = "fax";

/// Why the gateway cannot be dialled as its document demands.
pub(super) fn refusal(candidate: &Candidate<'_>) -> Option<String> {
    let kind = candidate.gateway().endpoint_type;
    if kind != EndpointType::Sip {
        return Some(format!("endpoint_type {}: calls go out over SIP only", kind.as_str()));
    }
    if candidate.resource().media.encryption.enforce_security {
        return Some("media.encryption.enforce_security: SRTP is not built, and the call would be in the clear".into());
    }
    if takes_t38(candidate) && is_fax(candidate) {
        return Some("fax_option: the call is a fax, and T.38 is not built".into());
    }
    None
}

fn takes_t38(candidate: &Candidate<'_>) -> bool {
    candidate.gateway().media.fax_option.or(candidate.resource().media.fax_option).unwrap_or(false)
}

fn is_fax(candidate: &Candidate<'_>) -> bool {
    let flags = candidate.call.request.get("Flags").and_then(serde_json::Value::as_array);
    flags.is_some_and(|flags| flags.iter().any(|flag| flag == FAX)) || candidate.asks_for("Fax-T38-Enabled")
}

/// Tells what the document wishes in vain.
pub(super) fn note(candidate: &Candidate<'_>, notes: &mut Notes) {
    let (gateway, media) = (candidate.gateway(), &candidate.resource().media);
    let wishes = [
        (!media.encryption.methods.is_empty(), "media.encryption.methods: SRTP and ZRTP are not offered"),
        (takes_t38(candidate), "fax_option: T.38 is not offered"),
        (
            gateway.bypass_media.or(media.bypass_media).unwrap_or(false),
            "bypass_media: the host itself is the other end of the media, there is nothing to bypass",
        ),
        (gateway.custom_sip_interface.is_some(), "custom_sip_interface: there is one SIP interface, calls leave by it"),
        (gateway.register, "register: registrations are not built"),
        (
            gateway.username.as_ref().is_some_and(|user| !user.is_empty()) && gateway.password.is_none(),
            "username without password: a challenge is not answered",
        ),
    ];
    wishes.into_iter().filter(|(is_there, _)| *is_there).for_each(|(_, text)| notes.about(candidate, text));
}

/// The codecs that are offered; none where nothing is listed, which is the host's own choice.
///
/// # Errors
/// Why nothing of the list can be.
pub(super) fn offer(candidate: &Candidate<'_>, listed: Vec<String>, notes: &mut Notes) -> Result<Vec<String>, String> {
    let profile = candidate.call.profile;
    let (known, unknown): (Vec<String>, Vec<String>) = listed.into_iter().partition(|codec| profile.has_codec(codec));
    if unknown.is_empty() {
        return Ok(known);
    }
    let (unknown, own) = (unknown.join(", "), profile.codecs.join(", "));
    if known.is_empty() {
        return Err(format!("codecs: none of {unknown} can be offered, only {own}"));
    }
    notes.about(candidate, format!("codecs: {unknown} not offered, only {own} are"));
    Ok(known)
}
