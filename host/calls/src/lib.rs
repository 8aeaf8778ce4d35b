//! Calls: placing them carrier by carrier, running their applications, and telling how they go.
//!
//! [`CallManager`] is the way in. Each live call is one task that owns all of its state; it is reached by messages, seen
//! through the newest copy of its record, and never waits for the store or for a status hook. Applications are lists of
//! verbs ([`parse_verbs`]) that a call hook answers, an installed component or a web server behind the `http-webhook` one.

mod adapters;
mod alerts;
mod asker;
mod call;
mod candidate;
mod command;
mod config;
mod create;
mod error;
mod filter;
mod history;
mod hook;
mod hunt;
mod limits;
mod lost;
mod manager;
mod meter;
mod notices;
mod outbox;
mod page;
mod payload;
mod ports;
mod queue_events;
mod recent;
mod recorder;
mod registry;
mod remote;
mod services;
mod socket;
mod stored;
#[cfg(test)]
mod testing;
mod turns;
mod update;
mod verbs;

pub use adapters::SipLegs;
pub use alerts::KeptAlerts;
pub use candidate::{Candidate, Passed, Turn};
pub use command::Update;
pub use config::CallsConfig;
pub use create::{CreateCall, Handling, Inline, Privacy, RoutingOptions, SipAuth, Target};
pub use error::{CreateError, UpdateError};
pub use filter::CallFilter;
pub use history::{HistoryError, HistoryPage, Past};
pub use hook::{Hook, HookFault, HookRef};
pub use limits::{LimitReached, account_limits_key, provider_limits_key};
pub use manager::{CallManager, CreatedCall, Parts, Updated};
pub use page::CallPage;
pub use ports::{
    Caller, Hooks, LegControl, LegError, Legs, NotSent, RouteFailure, Routed, Routes, Socket, Sockets, StartedLeg,
    Texts,
};
pub use queue_events::QueueEvent;
pub use recent::{RecentCalls, RecentFilter};
pub use verbs::{Play, Verb, VerbError, parse as parse_verbs};
