//! What `/v1` keeps beside its calls: recent calls, queues, messages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod applications;
mod limits;
mod messages;
mod queues;
mod recent_calls;
