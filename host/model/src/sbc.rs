//! Session border controllers: the addresses to which carriers and telephones send SIP.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::Sid;
use crate::v1::{Fields, V1Error};

const FIELDS: &[&str] = &["ipv4", "port", "tls_port", "wss_port", "service_provider_sid"];

/// Highest port.
const MAX_PORT: u32 = 65_535;

/// The usual port of SIP (RFC 3261, 19.1.2).
const PORT: u32 = 5_060;

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sbc {
    /// Its id.
    pub sbc_address_sid: Sid,
    /// The address.
    pub ipv4: Ipv4Addr,
    /// Port of SIP over UDP and TCP.
    pub port: u32,
    /// Port of SIP over TLS.
    pub tls_port: Option<u32>,
    /// Port of SIP over WebSockets.
    pub wss_port: Option<u32>,
    /// Whose it is alone; of all service providers where it is nobody's.
    pub service_provider_sid: Option<Sid>,
    /// When it was written.
    #[serde(with = "time::serde::rfc2822")]
    pub last_updated: OffsetDateTime,
}

impl Sbc {
    /// A new one from a request body.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn from_request(body: &Value) -> Result<Self, V1Error> {
        let fields = Fields::of(body, &[FIELDS])?;
        let ipv4 = fields.required_text("ipv4", 15)?;
        let port = |name| {
            let port = fields.whole(name, MAX_PORT)?;
            if port == Some(0) { Err(V1Error(format!("{name} must not be 0"))) } else { Ok(port) }
        };
        Ok(Self {
            sbc_address_sid: Sid::random(),
            ipv4: ipv4.parse().map_err(|_| V1Error::new("ipv4 must be an IPv4 address"))?,
            port: port("port")?.unwrap_or(PORT),
            tls_port: port("tls_port")?,
            wss_port: port("wss_port")?,
            service_provider_sid: fields.sid("service_provider_sid")?,
            last_updated: crate::time::now(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_has_the_usual_port_unless_it_says_otherwise() {
        let sbc = Sbc::from_request(&json!({"ipv4": "192.0.2.7", "wss_port": 8443})).unwrap();
        assert_eq!((sbc.port, sbc.tls_port, sbc.wss_port), (5_060, None, Some(8_443)));
        let stored = serde_json::to_value(&sbc).unwrap();
        assert_eq!(stored["ipv4"], "192.0.2.7");
        assert_eq!(serde_json::from_value::<Sbc>(stored).unwrap(), sbc);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refusal = |body: Value| Sbc::from_request(&body).unwrap_err().0;
        assert_eq!(refusal(json!({})), "missing field ipv4");
        assert_eq!(refusal(json!({"ipv4": "sbc.example"})), "ipv4 must be an IPv4 address");
        assert_eq!(refusal(json!({"ipv4": "192.0.2.7", "port": 0})), "port must not be 0");
        assert!(refusal(json!({"ipv4": "192.0.2.7", "tls_port": 65_536})).starts_with("tls_port must be"));
    }
}
