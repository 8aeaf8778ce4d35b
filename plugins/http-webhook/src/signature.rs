//! `Jambonz-Signature`: tells the server that a request comes from here and was not changed on its way.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use strowger_plugin_http::hex;

/// `t=<time>,v1=<hex HMAC-SHA256(secret, "<time>." + payload)>`.
pub(crate) fn header(secret: &str, time: u64, payload: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(time.to_string().as_bytes());
    mac.update(b".");
    mac.update(payload.as_bytes());
    let digest: String = mac.finalize().into_bytes().iter().flat_map(|&byte| hex(byte)).collect();
    Some(format!("t={time},v1={digest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As computed by `openssl dgst -sha256 -hmac whsec` over `1700000000.{"call_sid":"1"}`.
    #[test]
    fn the_payload_is_signed_with_its_time() {
        let expected = "t=1700000000,v1=5645be235f9f95fdb9c4a9ce10a413c34e5c552f751861211bce511548b06790";
        assert_eq!(header("whsec", 1_700_000_000, r#"{"call_sid":"1"}"#).unwrap(), expected);
    }
}
