//! The guard over headers that users give.

use strowger_model::sip;

use crate::error::HeaderFault;

const MAX_HEADERS: usize = 48;
const MAX_NAME: usize = 64;
const MAX_VALUE: usize = 1024;

/// Checks a list of headers that a user gives for an INVITE or a BYE.
///
/// # Errors
/// The first rule that one of them breaks.
pub fn check_all(headers: &[(String, String)]) -> Result<(), HeaderFault> {
    if headers.len() > MAX_HEADERS {
        return Err(HeaderFault::TooMany);
    }
    headers.iter().try_for_each(|(name, value)| check(name, value))
}

/// Checks one header.
pub(crate) fn check(name: &str, value: &str) -> Result<(), HeaderFault> {
    if name.len() > MAX_NAME || !sip::is_token(name) {
        return Err(HeaderFault::Name);
    }
    if sip::is_reserved_header(name) {
        return Err(HeaderFault::Owned(name.to_owned()));
    }
    check_value(name, value)
}

/// Checks the value of a header that the stack writes.
pub(crate) fn check_value(name: &str, value: &str) -> Result<(), HeaderFault> {
    if value.len() > MAX_VALUE {
        return Err(HeaderFault::TooLong(name.to_owned()));
    }
    if value.chars().any(char::is_control) {
        return Err(HeaderFault::Control(name.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_headers_pass() {
        assert_eq!(check("X-Account", "a, b; c=\"d\""), Ok(()));
        assert_eq!(check("P-Asserted-Identity", "<sip:+15551234567@example.com>"), Ok(()));
    }

    #[test]
    fn a_value_cannot_smuggle_another_header() {
        assert_eq!(check("X-A", "1\r\nVia: x"), Err(HeaderFault::Control("X-A".into())));
        assert_eq!(check("X-A", "1\0"), Err(HeaderFault::Control("X-A".into())));
        assert_eq!(check("X-A", "1\u{85}"), Err(HeaderFault::Control("X-A".into())));
    }

    #[test]
    fn a_name_is_a_token() {
        for name in ["", "X A", "X:A", "X\r\nA", &"x".repeat(65)] {
            assert_eq!(check(name, "1"), Err(HeaderFault::Name), "{name:?}");
        }
    }

    #[test]
    fn the_stacks_own_headers_are_refused_in_every_spelling() {
        for name in ["Via", "VIA", "v", "Call-ID", "i", "CSeq", "contact", "To", "Authorization", "Require"] {
            assert_eq!(check(name, "1"), Err(HeaderFault::Owned(name.into())), "{name}");
        }
    }

    #[test]
    fn length_and_number_are_bounded() {
        assert_eq!(check("X-A", &"a".repeat(1025)), Err(HeaderFault::TooLong("X-A".into())));
        let many = vec![("X-A".to_owned(), "1".to_owned()); 49];
        assert_eq!(check_all(&many), Err(HeaderFault::TooMany));
    }
}
