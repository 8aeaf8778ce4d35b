//! Strowger's documents: identifiers, shapes, validation, numbers and time. No I/O.

pub mod account;
pub mod api_key;
pub mod application;
pub mod call_record;
pub mod caller_id;
pub mod chain;
pub mod document;
pub mod envelope;
pub mod hook;
pub mod id;
pub mod node;
pub mod number;
pub mod number_job;
pub mod owner;
pub mod patch;
pub mod pattern;
pub mod phone_number;
pub mod rate;
pub mod resource;
mod schema;
pub mod secret;
pub mod selector_row;
pub mod service_provider;
pub mod sip;
pub mod time;
pub mod user;
pub mod v1;
pub mod violation;

pub use account::Account;
pub use api_key::ApiKey;
pub use application::Application;
pub use call_record::CallRecord;
pub use caller_id::{CallerId, CallerIds};

pub use chain::Chain;
pub use envelope::Envelope;
pub use hook::Hook;
pub use id::{AccountId, InvalidId, Sid};
pub use owner::Owner;
pub use rate::Rate;
pub use resource::Resource;
pub use secret::Secret;
pub use service_provider::ServiceProvider;
pub use user::User;
pub use v1::V1Error;
pub use violation::{Violation, Violations};
