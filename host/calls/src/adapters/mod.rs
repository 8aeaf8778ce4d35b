//! The real worlds outside.

mod identity;
mod plugins;
mod routing;
mod sip;

pub use sip::SipLegs;

#[cfg(test)]
mod tests;
