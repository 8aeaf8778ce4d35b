//! The command line. The settings of the server are options too: see [`Options`].

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::config::Options;

/// A call-control platform whose routing, formatting and call logic are WebAssembly components.
#[derive(Parser)]
#[command(name = "strowger", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Serve the REST APIs and place calls.
    Serve(Options),
    /// Check or show the configuration; nothing is started.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Answer SIP calls in a fixed way, for trying out routing and failover without another carrier.
    PracticeCarrier(PracticeArgs),
}

/// What to do with the configuration.
#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Say everything that is wrong with it, or what would be used.
    Check(Options),
    /// The effective configuration as TOML, with where each value is from; secrets are concealed.
    Print(Options),
    /// A file with every setting, its meaning and its default.
    Reference,
}

/// Options of `strowger practice-carrier`.
#[derive(Debug, Args)]
pub struct PracticeArgs {
    /// Address of SIP over UDP; port 0 takes a free one, which is printed.
    #[arg(long, value_name = "ADDR")]
    pub listen: SocketAddr,

    /// The final answer to every INVITE: 200, 486, 503, …
    #[arg(long, value_name = "CODE", value_parser = clap::value_parser!(u16).range(200..700))]
    pub answer: u16,

    /// Milliseconds before the final answer.
    #[arg(long, value_name = "MS", default_value = "0", value_parser = milliseconds)]
    pub after: Duration,

    /// Ring (180) before the final answer.
    #[arg(long)]
    pub ring: bool,
}

fn milliseconds(text: &str) -> Result<Duration, String> {
    let limit = Duration::from_secs(600);
    let wait = text.parse().map(Duration::from_millis).map_err(|_| format!("'{text}' is no number of milliseconds"))?;
    if wait <= limit { Ok(wait) } else { Err("at most 600000".into()) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
