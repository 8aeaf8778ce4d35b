//! The built-in plugins, compiled into components when the workspace is built. They are installed at start-up like any other
//! and have no privilege that a tenant's plugin could not be granted.

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A plugin that the binary carries.
#[derive(Debug, Clone, Copy)]
pub struct Bundled {
    /// As chains and hooks name it.
    pub name: &'static str,
    /// Its version; the workspace's.
    pub version: &'static str,
    /// The component.
    pub component: &'static [u8],
}

/// All of them.
#[must_use]
pub fn plugins() -> &'static [Bundled] {
    include!(concat!(env!("OUT_DIR"), "/plugins.rs"))
}
