//! Strowger's documents: identifiers, shapes, validation, numbers and time. No I/O.

pub mod chain;
pub mod document;
pub mod id;
pub mod number;
pub mod owner;
pub mod patch;
pub mod resource;
pub mod secret;
pub mod time;
pub mod violation;

pub use chain::Chain;
pub use id::{AccountId, InvalidId, Sid};
pub use owner::Owner;
pub use resource::Resource;
pub use secret::Secret;
pub use violation::{Violation, Violations};
