//! The commands beside `serve`.

pub mod config;
pub mod practice;
pub mod secrets;
pub mod store;

use crate::config::{Config, Options, load};
use crate::{Failure, logging};

/// The configuration of a command that works on a store.
fn configured(options: &Options) -> Result<Config, Failure> {
    let config = load(options)?.config;
    logging::start(&config.log);
    Ok(config)
}
