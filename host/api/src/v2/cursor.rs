//! Page keys: opaque to clients, signed, so that one cannot be made up or used on another list.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use strowger_store::Cursor;

const MAC_BYTES: usize = 16;

/// Longest page key that is looked at.
const LONGEST: usize = 1_024;

/// Signs page keys.
#[derive(Clone)]
pub(crate) struct CursorKey(Hmac<Sha256>);

impl CursorKey {
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        // HMAC pads a key with zeros to its block size (RFC 2104, section 2).
        let mut key = [0; 64];
        key.iter_mut().zip(secret).for_each(|(byte, secret)| *byte = secret);
        Self(Hmac::new(&key.into()))
    }

    /// The page key for going on after `id` in the list named by `list`.
    pub(super) fn seal(&self, list: &str, id: &str) -> String {
        let mac = self.mac(list, id).finalize().into_bytes();
        let sealed: Vec<u8> = mac.iter().take(MAC_BYTES).copied().chain(id.bytes()).collect();
        BASE64_URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Where to go on, if the key was sealed here for this list.
    pub(super) fn open(&self, list: &str, sealed: &str) -> Option<Cursor> {
        if sealed.len() > LONGEST {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (mac, id) = bytes.split_at_checked(MAC_BYTES)?;
        let id = std::str::from_utf8(id).ok()?;
        self.mac(list, id).verify_truncated_left(mac).ok()?;
        Some(Cursor(id.to_owned()))
    }

    fn mac(&self, list: &str, id: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        // The length keeps the two apart: no other pair reads the same.
        mac.update(&(list.len() as u64).to_be_bytes());
        mac.update(list.as_bytes());
        mac.update(id.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CursorKey {
        CursorKey::new([7; 32])
    }

    #[test]
    fn a_key_goes_on_in_its_own_list_only() {
        let sealed = key().seal("account/resource", "carrier-1");
        assert_eq!(key().open("account/resource", &sealed), Some(Cursor("carrier-1".into())));
        assert_eq!(key().open("system/resource", &sealed), None);
        assert_eq!(CursorKey::new([8; 32]).open("account/resource", &sealed), None);
    }

    #[test]
    fn what_was_not_sealed_is_no_key() {
        let forged = BASE64_URL_SAFE_NO_PAD.encode([&[0; 16][..], b"carrier-1"].concat());
        for text in ["", "carrier-1", "!!!", &forged, &"A".repeat(2_000)] {
            assert_eq!(key().open("list", text), None, "{text}");
        }
    }
}
