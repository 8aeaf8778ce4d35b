//! The real worlds outside.

mod from_uri;
mod routing;
mod sandbox;
mod sip;

pub use sip::SipLegs;

#[cfg(test)]
mod tests;
