//! Configuration: one file, the environment and the command line, in that order of rising precedence.
//!
//! A setting is declared once, in `settings.rs`. Its type, its default, its rule, the names by which each source gives it, the
//! reference file and what `config print` says all come from there.

mod declare;
mod derived;
mod environment;
mod error;
mod file;
mod given;
mod kind;
mod load;
mod options;
mod print;
mod reader;
mod reference;
mod rules;
mod setting;
mod settings;
mod suggest;
#[cfg(test)]
mod tests;

pub use derived::{SealingKeys, SettingError};
pub use kind::LogFormat;
#[cfg(test)]
pub use load::build;
pub use load::{Loaded, load};
pub use options::{ClientOptions, Options, StoreOptions};
pub use reference::reference;
pub use settings::{Config, Log};
