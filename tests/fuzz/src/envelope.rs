//! The envelope of a `/v2` request.

use strowger_model::Envelope;

use crate::check_refusal;

/// A body is an envelope or refused; what was read can be asked for.
pub fn envelope(body: &[u8]) {
    let parse = || Envelope::parse(body);
    let envelope = match parse() {
        Ok(envelope) => envelope,
        Err(refusal) => return check_refusal(&refusal),
    };
    for name in ["page_size", "paginate", "auth_token", ""] {
        let _ = envelope.text(name);
    }
    assert!(envelope.verb().is_none_or(|verb| envelope.text("verb").as_deref() == Some(verb)));
    let is_empty = envelope.is_empty();
    let (object, array) = (envelope.into_object(), parse().and_then(Envelope::into_array));
    assert!(object.is_err() || array.is_err(), "data that is both");
    assert_eq!(is_empty, object.is_err() && array.is_err(), "data that is neither");
    object.err().iter().chain(&array.err()).for_each(check_refusal);
}
