//! Log lines go to standard error; standard output is for what scripts read.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging by `STROWGER_LOG` (default `info`). The SIP library's own filter comes last: it would log credentials.
pub fn start() {
    let asked = std::env::var("STROWGER_LOG").unwrap_or_else(|_| "info".to_owned());
    let directives = format!("{asked},{}", strowger_sip::LOG_FILTER);
    let filter =
        EnvFilter::try_new(directives).unwrap_or_else(|_| EnvFilter::new(format!("info,{}", strowger_sip::LOG_FILTER)));
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(std::io::stderr).init();
}
