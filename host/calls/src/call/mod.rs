//! One live call: its task owns all of its state.

mod conversation;
mod end;
mod floor;
mod line;
mod off_net;
mod perform;
mod plan;
mod requests;
mod signal;
mod task;

pub(crate) use line::{Line, LineParts};
pub(crate) use plan::Plan;
pub(crate) use task::run;
