//! Strowger's documents: identifiers, shapes, validation, numbers and time. No I/O.

pub mod id;
pub mod owner;
pub mod violation;

pub use id::{AccountId, InvalidId, Sid};
pub use owner::Owner;
pub use violation::{Violation, Violations};
