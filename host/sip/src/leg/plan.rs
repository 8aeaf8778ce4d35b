//! An INVITE whose every field has been checked.

use rsipstack::sip::{Method, Request};

use super::request::{self, ALLOW, Identity};
use crate::engine::{Engine, Target};
use crate::error::InviteError;
use crate::header;
use crate::invite::{Credentials, Invite};
use crate::message;
use crate::uri::{self, SipUri};

const MAX_SDP: usize = 8_192;
const MAX_CALL_ID: usize = 128;
const MAX_DISPLAY: usize = 128;
const MAX_USERNAME: usize = 256;

/// What the INVITEs of one leg have in common.
pub(crate) struct Plan {
    pub(crate) uri: SipUri,
    pub(crate) call_id: String,
    pub(crate) local_tag: String,
    /// The From value with its tag.
    pub(crate) local: String,
    /// The To value.
    pub(crate) remote: String,
    headers: Vec<(String, String)>,
    pub(crate) sdp: String,
    pub(crate) credentials: Option<Credentials>,
}

impl Plan {
    /// Checks `invite`.
    pub(crate) fn check(invite: Invite) -> Result<Self, InviteError> {
        let fault = |field| move |fault| InviteError::Uri { field, fault };
        let uri = SipUri::parse(&invite.request_uri).map_err(fault("request_uri"))?;
        uri::check_name_addr(&invite.from_uri).map_err(fault("from_uri"))?;
        if let Some(to) = &invite.to_uri {
            uri::check_name_addr(to).map_err(fault("to_uri"))?;
        }
        header::check_all(&invite.headers)?;
        if invite.sdp.len() > MAX_SDP {
            return Err(InviteError::SdpTooLong { limit: MAX_SDP });
        }
        check_credentials(invite.credentials.as_ref())?;
        let call_id = check_call_id(invite.call_id)?;
        let local_tag = format!("{:016x}", rand::random::<u64>());
        let display = invite.from_display.as_deref().map(quote).unwrap_or_default();
        Ok(Self {
            local: format!("{display}<{}>;tag={local_tag}", invite.from_uri),
            remote: format!("<{}>", invite.to_uri.unwrap_or_else(|| uri.address_of_record())),
            uri,
            call_id,
            local_tag,
            headers: invite.headers,
            sdp: invite.sdp,
            credentials: invite.credentials,
        })
    }

    /// The INVITE for `target` with this CSeq number.
    pub(crate) fn request(&self, engine: &Engine, target: Target, sequence: u32) -> Request {
        let identity = Identity { call_id: &self.call_id, local: &self.local, remote: &self.remote, sequence };
        let mut request = request::build(engine, Method::Invite, &self.uri, target, identity);
        request.headers.push(request::contact(engine.local_toward(target), target.wire));
        request.headers.push(message::make("Allow", ALLOW));
        for (name, value) in &self.headers {
            request.headers.push(message::make(name, value.as_str()));
        }
        if message::value(&request.headers, "User-Agent").is_none() {
            request.headers.push(message::make("User-Agent", engine.user_agent()));
        }
        request.headers.push(message::make("Content-Type", "application/sdp"));
        request.body = self.sdp.clone().into_bytes();
        request
    }
}

/// A display name as a quoted string, without what would end it early.
fn quote(display: &str) -> String {
    let kept = |c: &char| !c.is_control() && !"\"\\<>".contains(*c);
    let name: String = display.chars().filter(kept).take(MAX_DISPLAY).collect();
    if name.is_empty() { name } else { format!("\"{name}\" ") }
}

fn check_call_id(call_id: Option<String>) -> Result<String, InviteError> {
    let Some(call_id) = call_id else { return Ok(format!("{:032x}", rand::random::<u128>())) };
    let is_word = |byte: u8| byte.is_ascii_graphic() && !b",;<>\"\\".contains(&byte);
    if call_id.is_empty() || call_id.len() > MAX_CALL_ID || !call_id.bytes().all(is_word) {
        return Err(InviteError::CallId);
    }
    Ok(call_id)
}

fn check_credentials(credentials: Option<&Credentials>) -> Result<(), InviteError> {
    let Some(Credentials { username, .. }) = credentials else { return Ok(()) };
    if username.is_empty() || username.len() > MAX_USERNAME || username.chars().any(char::is_control) {
        return Err(InviteError::Username);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{HeaderFault, UriFault};

    fn invite() -> Invite {
        Invite::new("sip:100@192.0.2.1:5080", "sip:alice@example.com", "v=0\r\n")
    }

    #[test]
    fn to_is_the_called_address_unless_given() {
        assert_eq!(Plan::check(invite()).unwrap().remote, "<sip:100@192.0.2.1>");
        let given = Invite { to_uri: Some("tel:+15551234567".into()), ..invite() };
        assert_eq!(Plan::check(given).unwrap().remote, "<tel:+15551234567>");
    }

    #[test]
    fn a_display_name_cannot_leave_its_quotes() {
        let named = Invite { from_display: Some("Al \"<sip:x>\r\n".into()), ..invite() };
        assert!(Plan::check(named).unwrap().local.starts_with("\"Al sip:x\" <sip:alice@example.com>;tag="));
    }

    #[test]
    fn every_leg_has_its_own_call_id_and_tag() {
        let (one, two) = (Plan::check(invite()).unwrap(), Plan::check(invite()).unwrap());
        assert_ne!((one.call_id, one.local_tag), (two.call_id, two.local_tag));
    }

    #[test]
    fn a_bad_field_is_named() {
        let refusal = |invite| Plan::check(invite).err().unwrap().to_string();
        assert_eq!(
            refusal(Invite { from_uri: "mailto:a@b".into(), ..invite() }),
            format!("from_uri: {}", UriFault::Scheme)
        );
        let headers = vec![("Via".to_owned(), "x".to_owned())];
        assert_eq!(refusal(Invite { headers, ..invite() }), HeaderFault::Owned("Via".into()).to_string());
        assert!(refusal(Invite { call_id: Some("a b".into()), ..invite() }).starts_with("call_id: "));
        assert_eq!(refusal(Invite { sdp: "x".repeat(9_000), ..invite() }), "sdp: longer than 8192 bytes");
        let credentials = Credentials { username: "a\r\nb".into(), password: "x".into(), realm: None };
        assert!(refusal(Invite { credentials: Some(credentials), ..invite() }).starts_with("credentials.username: "));
    }
}
