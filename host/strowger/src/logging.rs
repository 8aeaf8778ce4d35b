//! Log lines go to standard error; standard output is for what scripts read.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts logging. The SIP library's own filter comes last: it would log credentials.
pub fn start(log: &Log) {
    let filter = EnvFilter::new(format!("{},{}", log.level, strowger_sip::LOG_FILTER));
    let ansi = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}
