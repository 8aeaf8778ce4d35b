//! Scripted worlds outside, for tests under paused time.

mod hooks;
mod legs;
mod sockets;
mod texts;

pub(crate) use hooks::FakeHooks;
pub(crate) use legs::{Done, FakeLegs, Script, answer, at, progress, refuse};
pub(crate) use sockets::{Application, FakeSockets};
pub(crate) use texts::FakeTexts;
