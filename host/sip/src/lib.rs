//! SIP legs: one [`Leg`] per outbound INVITE, driven by commands and seen through a bounded stream of [`LegEvent`]s.
//!
//! The transaction layer is `rsipstack`; nothing of it appears in this crate's interface, so that it can be replaced
//! without another crate noticing. Dialogs, digest authentication, name resolution, ICMP failures and the guard over
//! user-given headers are this crate's own.
//!
//! ```no_run
//! # use strowger_sip::*;
//! # async fn call() -> Result<(), Box<dyn std::error::Error>> {
//! let stack = SipStack::bind(SipConfig::new("127.0.0.1:0".parse()?)).await?;
//! let mut call = stack.invite(Invite::new("sip:100@192.0.2.1", "sip:alice@example.com", "v=0\r\n")).await?;
//! while let Some(event) = call.events.recv().await {
//!     if let LegEvent::Answered { .. } = event {
//!         call.leg.hangup(Vec::new()).await?;
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod core;
mod digest;
mod engine;
mod error;
mod event;
mod header;
mod inbound;
mod invite;
mod leg;
mod message;
mod practice;
mod server;
mod stack;
mod uri;

pub use digest::DigestAlgorithm;
pub use error::{HeaderFault, InviteError, SipError, UriFault};
pub use event::{LegEvent, Party};
pub use header::check_all as check_headers;
pub use invite::{Credentials, Invite};
pub use leg::{Answer, InDialog, Leg, OutboundLeg};
pub use practice::{PracticeCall, PracticeCarrier, PracticeChallenge, PracticeConfig, PracticeEnd};
pub use stack::{SipConfig, SipStack};

/// Directives for the installation's `tracing` filter, to be put after its own.
///
/// The SIP library writes every message, `Authorization` and body included, at INFO; nothing below WARN may leave it.
pub const LOG_FILTER: &str = "rsipstack=warn";
