//! Plugins that misbehave, as components, for tests of the sandbox.

/// A selector that misbehaves as its parameters say: `{"misdeed": …, "when": "prepare" | "select"}`.
pub const SELECTOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/selector.wasm"));

/// A selector that writes all that it is shown to its log.
pub const SPY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/spy.wasm"));

/// A call hook that misbehaves as its hook says, `{"do": …}`, and tells what came of it in a tag, `{"told": …}`: it never answers where
/// nothing is said.
pub const CALL_HOOK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/call-hook.wasm"));

/// The example of a message provider: not hostile at all, but no binary carries it either.
pub const ECHO_MESSAGES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/echo-messages.wasm"));
