//! The real worlds outside.

mod identity;
mod routing;
mod sandbox;
mod sip;

pub use sip::SipLegs;

#[cfg(test)]
mod tests;
