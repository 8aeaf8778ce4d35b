//! The codecs that are offered.

use crate::g711;

/// A codec with a static payload type (RFC 3551, table 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
}

impl Codec {
    /// What is offered where a carrier names nothing.
    pub const DEFAULT_ORDER: [Self; 2] = [Self::Pcmu, Self::Pcma];

    /// The codec of that name, as carrier documents and `rtpmap` lines write it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "PCMU" => Some(Self::Pcmu),
            "PCMA" => Some(Self::Pcma),
            _ => None,
        }
    }

    /// The order of an offer: the names known here, as listed and once each; the default order where nothing is listed.
    #[must_use]
    pub fn order<S: AsRef<str>>(names: &[S]) -> Vec<Self> {
        let mut order = Vec::new();
        for codec in names.iter().filter_map(|name| Self::from_name(name.as_ref())) {
            if !order.contains(&codec) {
                order.push(codec);
            }
        }
        if names.is_empty() { Self::DEFAULT_ORDER.to_vec() } else { order }
    }

    /// Its name in an `rtpmap`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// Its static payload type.
    #[must_use]
    pub fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    /// The codec of a static payload type.
    #[must_use]
    pub fn from_payload_type(payload_type: u8) -> Option<Self> {
        Self::DEFAULT_ORDER.into_iter().find(|codec| codec.payload_type() == payload_type)
    }

    /// Appends one octet for each sample.
    pub(crate) fn encode(self, samples: impl Iterator<Item = i16>, into: &mut Vec<u8>) {
        match self {
            Self::Pcmu => into.extend(samples.map(g711::encode_ulaw)),
            Self::Pcma => into.extend(samples.map(g711::encode_alaw)),
        }
    }

    /// The sample of one octet.
    pub(crate) fn decode(self, octet: u8) -> i16 {
        match self {
            Self::Pcmu => g711::decode_ulaw(octet),
            Self::Pcma => g711::decode_alaw(octet),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_follows_the_carriers_list_and_leaves_out_what_is_unknown() {
        assert_eq!(Codec::order(&["G729", "PCMA", "pcmu", "PCMA"]), [Codec::Pcma, Codec::Pcmu]);
        assert_eq!(Codec::order(&["PCMA"]), [Codec::Pcma]);
    }

    #[test]
    fn no_list_offers_the_default_and_one_without_a_known_codec_nothing() {
        assert_eq!(Codec::order(&["G729", "OPUS"]), []);
        assert_eq!(Codec::order::<&str>(&[]), Codec::DEFAULT_ORDER);
    }
}
