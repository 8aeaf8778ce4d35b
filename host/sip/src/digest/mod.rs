//! Digest authentication of RFC 7616 as RFC 8760 brings it to SIP.

mod authenticator;
mod challenge;
mod hash;

pub(crate) use authenticator::Authenticator;
pub(crate) use challenge::{Qop, parameters};
pub use hash::DigestAlgorithm;
pub(crate) use hash::{Question, response};
