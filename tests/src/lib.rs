//! Black-box tests: the running binary, driven over HTTP, with real SIP peers around it.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot set itself up must stop and say why")]

mod answer;
mod bare;
mod binary;
pub mod clients;
mod message;
mod practice;
mod process;
mod server;
mod sipp;
mod tenant;
mod wait;
mod web_app;

pub use answer::Answer;
pub use bare::BareSocket;
pub use binary::strowger;
pub use message::SipMessage;
pub use practice::PracticeCarrier;
pub use process::{ADMIN_KEY, ServerOptions, refused_start};
pub use reqwest::{Method, StatusCode};
pub use server::{Account, Server};
pub use sipp::{Sipp, scenario};
pub use tenant::{CALLED, CALLER, PlacedCall, Tenant};
pub use wait::{eventually, free_udp_port};
pub use web_app::{Request, WebApp};
