//! The command line. Every option has its environment variable, and the option wins.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use strowger_model::Secret;
use strowger_sandbox::Network;

/// A call-control platform whose routing, formatting and call logic are WebAssembly components.
#[derive(Debug, Parser)]
#[command(name = "strowger", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the REST APIs and place calls.
    Serve(ServeArgs),
    /// Answer SIP calls in a fixed way, for trying out routing and failover without another carrier.
    PracticeCarrier(PracticeArgs),
}

/// Options of `strowger serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address of the REST APIs; port 0 takes a free one.
    #[arg(long, env = "STROWGER_HTTP", value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub http: SocketAddr,

    /// Address of SIP over UDP; port 0 takes a free one. RTP uses the same IP address.
    #[arg(long, env = "STROWGER_SIP", value_name = "ADDR", default_value = "127.0.0.1:5060")]
    pub sip: SocketAddr,

    /// Folder of the embedded store; it is created.
    #[arg(long, env = "STROWGER_DATA", value_name = "DIR", default_value = "data")]
    pub data: PathBuf,

    /// State in Redis instead of the embedded store.
    #[arg(long, env = "STROWGER_REDIS", value_name = "URL", hide_env_values = true)]
    pub redis: Option<String>,

    /// A key with admin scope. Without it a new installation makes one and prints it once.
    #[arg(long, env = "STROWGER_ADMIN_KEY", value_name = "KEY", hide_env_values = true, value_parser = admin_key)]
    pub admin_key: Option<Secret>,

    /// Load a demonstration account where the data folder is new.
    #[arg(long, env = "STROWGER_DEMO")]
    pub demo: bool,

    /// Folder of the WAV files that `play` names as `file:NAME`; `media` in the data folder by default.
    #[arg(long, env = "STROWGER_MEDIA", value_name = "DIR")]
    pub media: Option<PathBuf>,

    /// Folder of components to install at the start, named NAME@VERSION.wasm; they are for all accounts.
    #[arg(long, env = "STROWGER_PLUGINS", value_name = "DIR")]
    pub plugins: Option<PathBuf>,

    /// Ports of RTP, first and last.
    #[arg(long, env = "STROWGER_RTP_PORTS", value_name = "FIRST-LAST", default_value = "20000-29998", value_parser = port_range)]
    pub rtp_ports: (u16, u16),

    /// A network that webhooks may reach although it is not public. Loopback is allowed where the APIs listen on loopback.
    #[arg(long, env = "STROWGER_HOOK_ALLOW", value_name = "CIDR", value_delimiter = ',')]
    pub hook_allow: Vec<Network>,
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

impl ServeArgs {
    /// The folder of WAV files.
    #[must_use]
    pub fn media_folder(&self) -> PathBuf {
        self.media.clone().unwrap_or_else(|| self.data.join("media"))
    }
}

fn admin_key(text: &str) -> Result<Secret, String> {
    let fits = (4..=512).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(Secret::new(text)) } else { Err("must have 4 to 512 visible ASCII characters and no spaces".into()) }
}

fn port_range(text: &str) -> Result<(u16, u16), String> {
    let wrong = || format!("'{text}' is not FIRST-LAST, two ports from 1024 on in ascending order");
    let (first, last) = text.split_once('-').ok_or_else(wrong)?;
    let range: (u16, u16) = (first.parse().map_err(|_| wrong())?, last.parse().map_err(|_| wrong())?);
    if range.0 >= 1024 && range.0 < range.1 { Ok(range) } else { Err(wrong()) }
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

    #[test]
    fn a_port_range_ascends() {
        assert_eq!(port_range("20000-20100"), Ok((20_000, 20_100)));
        for text in ["", "20000", "20100-20000", "80-90", "a-b"] {
            assert!(port_range(text).is_err(), "{text}");
        }
    }
}
