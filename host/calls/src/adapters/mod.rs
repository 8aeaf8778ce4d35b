//! The real worlds outside.

mod identity;
mod plugins;
mod routing;
mod sip;
mod sockets;

pub use sip::SipLegs;

#[cfg(test)]
mod tests;
