//! Scripted worlds outside, for tests under paused time.

mod hooks;
mod legs;

pub(crate) use hooks::FakeHooks;
pub(crate) use legs::{Done, FakeLegs, Script, answer, at, progress, refuse};
