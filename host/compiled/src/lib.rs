//! Compiled components: the one place where machine code enters the process.
//!
//! wasmtime checks of compiled code only that it comes from an engine like its own; code that somebody made up would run as the host.
//! So code is loaded only where this host made it: what [`CodeFolder`] keeps carries a tag (HMAC-SHA-256) over the component's digest,
//! the engine and the code, made with a key that lies outside the folder. It is read into memory before it is checked, so that what
//! was checked is what is loaded. Code that fails the check, or that another engine made, is not there: it is compiled anew.

mod error;
mod folder;
mod key;

pub use error::CodeError;
pub use folder::CodeFolder;
pub use key::CodeKey;

use wasmtime::Engine;
use wasmtime::component::Component;

/// Machine code that this host's own compiler made, in this process or in a worker process that it started.
pub struct Compiled(Vec<u8>);

impl Compiled {
    /// Compiles a component in this process.
    ///
    /// # Errors
    /// Where it is no valid component.
    pub fn compile(engine: &Engine, component: &[u8]) -> wasmtime::Result<Self> {
        engine.precompile_component(component).map(Self)
    }

    /// The output of the host's own compile worker. Whoever calls this vouches that the bytes came from a process of this binary over
    /// a pipe that nobody else can write to.
    #[must_use]
    pub fn from_worker(code: Vec<u8>) -> Self {
        Self(code)
    }

    /// The code, for the worker to send.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// How many bytes of code.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.len()
    }

    /// The component, ready to be linked.
    ///
    /// # Errors
    /// Where another engine compiled it.
    #[expect(unsafe_code, reason = "machine code is loaded: the type says that it is the host's own")]
    pub fn load(&self, engine: &Engine) -> wasmtime::Result<Component> {
        // SAFETY: `deserialize` wants bytes that `precompile_component` made and nobody changed. A value of this type is made from
        // nothing else: by `compile`, from the worker that ran `compile`, or from a file whose tag has been checked.
        unsafe { Component::deserialize(engine, &self.0) }
    }
}
