//! The caller in an INVITE: From, and for who is hidden the identity that only the carrier is to see (RFC 3323, RFC 3325).

use strowger_model::sip;
use strowger_routing::Sender;

use crate::candidate::Candidate;
use crate::ports::Caller;

/// The From of a caller who is not told (RFC 3323, section 4.1.1.3).
const ANONYMOUS: &str = "sip:anonymous@anonymous.invalid";

/// What an INVITE says of its caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) from: String,
    pub(super) display: Option<String>,
    /// `P-Asserted-Identity` and `Privacy`, where the number is hidden.
    pub(super) headers: Vec<(String, String)>,
}

impl Identity {
    /// The caller as the candidate's carrier is shown it. `host` is the installation's own.
    pub(super) fn of(candidate: &Candidate, caller: &Caller, host: &str) -> Self {
        let host = caller.host.as_deref().unwrap_or(host);
        match &candidate.sender {
            None => Self { from: uri(&caller.from, host), display: caller.name.clone(), headers: Vec::new() },
            Some(sender) => Self::shown(sender, host, &candidate.headers),
        }
    }

    fn shown(sender: &Sender, host: &str, headers: &[(String, String)]) -> Self {
        let known = sender.uri.clone().or_else(|| Some(uri(sender.number.as_deref()?, host)));
        let display = sender.name.clone().filter(|_| !sender.hidden.name);
        match known {
            None => Self::anonymous(Vec::new()),
            Some(from) if !sender.hidden.number => Self { from, display, headers: Vec::new() },
            Some(known) => {
                let asserted = display.as_deref().map(quoted).unwrap_or_default();
                let own = [("P-Asserted-Identity", format!("{asserted}<{known}>")), ("Privacy", "id".to_owned())];
                let is_given = |name: &str| headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
                let missing = own.into_iter().filter(|(name, _)| !is_given(name));
                Self::anonymous(missing.map(|(name, value)| (name.to_owned(), value)).collect())
            }
        }
    }

    fn anonymous(headers: Vec<(String, String)>) -> Self {
        Self { from: ANONYMOUS.to_owned(), display: Some("Anonymous".to_owned()), headers }
    }
}

/// What is a URI already stays as it is.
fn uri(number: &str, host: &str) -> String {
    if sip::is_uri(number) { number.to_owned() } else { sip::address_at(number, host) }
}

/// A quoted string without what would end it early.
fn quoted(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control() && !"\"\\<>".contains(*c)).collect();
    if name.is_empty() { name } else { format!("\"{name}\" ") }
}

#[cfg(test)]
mod tests {
    use strowger_routing::Hidden;

    use super::*;

    fn identity(sender: Sender, headers: &[(&str, &str)]) -> Identity {
        let caller = Caller { from: "+1999".into(), name: Some("Caller".into()), host: None };
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let candidate = Candidate { sender: Some(sender), ..Candidate::direct("sip:1@c".into(), headers, None) };
        Identity::of(&candidate, &caller, "192.0.2.1")
    }

    fn alice(name: bool, number: bool) -> Sender {
        let hidden = Hidden { name, number };
        Sender { uri: None, number: Some("+1508".into()), name: Some("Al \"x\"".into()), hidden }
    }

    #[test]
    fn a_direct_call_is_from_the_caller_itself() {
        let caller = Caller { from: "sip:bob@b.example".into(), name: Some("Bob".into()), host: None };
        let identity = Identity::of(&Candidate::direct("sip:1@c".into(), Vec::new(), None), &caller, "h");
        assert_eq!((identity.from.as_str(), identity.display.as_deref()), ("sip:bob@b.example", Some("Bob")));
    }

    #[test]
    fn a_carrier_is_shown_the_caller_id_that_it_asked_for() {
        let shown = identity(alice(false, false), &[]);
        assert_eq!((shown.from.as_str(), shown.display.as_deref()), ("sip:+1508@192.0.2.1", Some("Al \"x\"")));
        assert_eq!(identity(alice(true, false), &[]).display, None);
    }

    #[test]
    fn a_number_that_is_not_shown_is_not_the_calls_own_instead() {
        let stripped = identity(Sender::default(), &[]);
        assert_eq!((stripped.from.as_str(), stripped.headers.len()), (ANONYMOUS, 0));
    }

    #[test]
    fn who_is_hidden_is_known_to_the_carrier_only() {
        let hidden = identity(alice(false, true), &[]);
        assert_eq!((hidden.from.as_str(), hidden.display.as_deref()), (ANONYMOUS, Some("Anonymous")));
        let asserted = ("P-Asserted-Identity".to_owned(), "\"Al x\" <sip:+1508@192.0.2.1>".to_owned());
        assert_eq!(hidden.headers, [asserted, ("Privacy".to_owned(), "id".to_owned())]);
        assert_eq!(identity(alice(true, true), &[]).headers[0].1, "<sip:+1508@192.0.2.1>");
    }

    #[test]
    fn headers_of_the_call_win() {
        let hidden = identity(alice(true, true), &[("privacy", "id;critical")]);
        assert_eq!(hidden.headers.len(), 1);
    }
}
