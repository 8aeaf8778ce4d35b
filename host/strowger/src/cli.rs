//! The command line. The settings of the server are options too: see [`Options`].

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::commands::plugin::PluginCommand;
use crate::config::{ClientOptions, Options, StoreOptions};

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
    /// Copy or check what is stored.
    #[command(subcommand)]
    Store(StoreCommand),
    /// Look after the keys that seal passwords in the store.
    #[command(subcommand)]
    Secrets(SecretsCommand),
    /// Try routing test cases, or find whose gateway an address is.
    #[command(subcommand)]
    Route(RouteCommand),
    /// Write, build, try and upload plugins.
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Write the OpenAPI description of the REST APIs, as `/openapi.json` has it.
    Openapi,
    /// Answer SIP calls in a fixed way, for trying out routing and failover without another carrier.
    PracticeCarrier(PracticeArgs),
    /// Compile the component on standard input: what the server starts for each upload.
    #[command(name = COMPILE_COMMAND, hide = true)]
    CompileComponent {
        /// Bytes of memory.
        memory: u64,
        /// Seconds of processor time.
        seconds: u64,
    },
}

/// The command that makes this binary a compile worker.
pub const COMPILE_COMMAND: &str = "compile-component";

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

/// What to do with the store. An embedded one must not be in use.
#[derive(Subcommand)]
pub enum StoreCommand {
    /// Write everything that is in it to a file, which is as secret as the store. Do it while nobody writes.
    Backup {
        /// The file; it must not exist.
        file: PathBuf,
        /// Which store.
        #[command(flatten)]
        options: StoreOptions,
    },
    /// Fill an empty store from a backup, and compare the two.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Which store.
        #[command(flatten)]
        options: StoreOptions,
    },
    /// Read everything, and say what is wrong.
    Check {
        /// Put right what can be: listings and dangling index entries. The store must not be in use.
        #[arg(long)]
        repair: bool,
        /// Which store.
        #[command(flatten)]
        options: StoreOptions,
    },
    /// Copy everything to another, empty store, and compare the two. The one that is copied must not be in use.
    Migrate {
        /// A data folder, or the URL of a Redis, which is entered by the settings of `redis`.
        #[arg(long, value_name = "DIR|URL")]
        to: String,
        /// Which store.
        #[command(flatten)]
        options: StoreOptions,
    },
}

/// What to do with the keys for secrets at rest.
#[derive(Subcommand)]
pub enum SecretsCommand {
    /// Say which keys are needed, and open every secret.
    Check(StoreOptions),
    /// Have another key seal, and seal every secret with it.
    Rotate {
        /// The id of a key in the file; a fresh one without it.
        #[arg(long, value_name = "ID")]
        to: Option<String>,
        /// Take keys out of the file that nothing in the store needs any more. Backups may need them.
        #[arg(long)]
        drop_old: bool,
        /// Which store.
        #[command(flatten)]
        options: StoreOptions,
    },
    /// Add a fresh key to the file, which opens and does not seal: for nodes with copies of the file, before a rotation to it.
    AddKey(StoreOptions),
}

/// What to do about routes.
#[derive(Subcommand)]
pub enum RouteCommand {
    /// Run the routing test cases of files, offline: carriers, chain, requests and the order that is expected of them. Ends with 1
    /// where one comes out otherwise.
    Test(RouteTestArgs),
    /// Say whose gateway an address is: a carrier of the installation, or one of the account that owns the realm or has the
    /// address as its peer's. A store that a server has open is asked through that server, at `--http`, with the admin key of the
    /// configuration.
    Whois {
        /// The address, and its port where it is known: 192.0.2.1, 192.0.2.1:5060, [2001:db8::1]:5060.
        #[arg(value_name = "IP[:PORT]", value_parser = sender)]
        sender: Sender,
        /// The realm that the sender names.
        #[arg(long)]
        realm: Option<String>,
        /// Which store, or which server.
        #[command(flatten)]
        options: ClientOptions,
    },
}

/// Where a request comes from, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    /// Its address.
    pub ip: IpAddr,
    /// Its port.
    pub port: Option<u16>,
}

fn sender(text: &str) -> Result<Sender, String> {
    if let Ok(ip) = text.trim_matches(['[', ']']).parse() {
        return Ok(Sender { ip, port: None });
    }
    let address: SocketAddr = text.parse().map_err(|_| format!("'{text}' is no IP[:PORT]"))?;
    Ok(Sender { ip: address.ip(), port: Some(address.port()).filter(|port| *port > 0) })
}

/// Options of `strowger route test`.
#[derive(Debug, Args)]
pub struct RouteTestArgs {
    /// Files of cases, TOML or JSON by their endings.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// A folder of components (NAME@VERSION.wasm) that chains may name beside the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub plugins: Option<PathBuf>,

    /// Print one JSON document instead of text.
    #[arg(long)]
    pub json: bool,
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

    #[test]
    fn a_sender_is_an_address_with_or_without_a_port() {
        let read = |text: &str| sender(text).map(|Sender { ip, port }| (ip.to_string(), port));
        assert_eq!(read("192.0.2.1"), Ok(("192.0.2.1".into(), None)));
        assert_eq!(read("192.0.2.1:5060"), Ok(("192.0.2.1".into(), Some(5060))));
        assert_eq!(read("2001:db8::1"), Ok(("2001:db8::1".into(), None)));
        assert_eq!(read("[2001:db8::1]"), Ok(("2001:db8::1".into(), None)));
        assert_eq!(read("[2001:db8::1]:5070"), Ok(("2001:db8::1".into(), Some(5070))));
        assert!(read("sip.example.com").is_err() && read("192.0.2.1:x").is_err());
    }
}
