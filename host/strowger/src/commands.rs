//! The commands beside `serve`.

pub mod config;
pub mod openapi;
pub mod plugin;
pub mod practice;
pub mod route;
pub mod secrets;
pub mod store;

use crate::config::{Config, StoreOptions, load};
use crate::{Failure, logging};

/// The configuration of a command that works on a store.
fn configured(options: &StoreOptions) -> Result<Config, Failure> {
    let config = load(&options.0)?.config;
    logging::start(&config.log);
    Ok(config)
}
