//! Messages, by way of an account's message providers: sent ([`Messages::send`]), received and told ([`Messages::receive`]). A provider is a
//! plugin and what the account has saved for it; the application's `messaging_hook` is told of what comes in and of what became of what
//! was sent.

mod config;
mod early;
mod error;
mod providers;
mod receive;
mod records;
mod send;
mod service;
mod tell;
mod verb;

pub use config::MessagesConfig;
pub use error::{ProviderError, ReceiveError, SendError};
pub use records::{key, page_of, provider_key};
pub use service::Messages;

#[cfg(test)]
mod tests;
