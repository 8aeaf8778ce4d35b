//! The command line of `strowger plugin`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use strowger_model::Secret;
use strowger_plugin_kit::{Kind, Language};
use strowger_sandbox::Network;

/// What to do about a plugin: the first five work offline, the others ask a server.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// Start a plugin from a template, in a folder of its name.
    New(NewArgs),
    /// Build the component.
    Build(Place),
    /// Say what an upload would say of the component, and why not where it is refused.
    Check(CheckArgs),
    /// Run cases in the sandbox, with what each costs. Ends with 1 where one comes out otherwise.
    Test(TestArgs),
    /// Measure how fast it answers, and on how much fuel.
    Bench(Place),
    /// Upload the component, and wait for the verdict.
    Push(PushArgs),
    /// Show its log.
    Log(LogArgs),
    /// Make a version the active one.
    Activate(ActivateArgs),
    /// Make the version active that was so before.
    Rollback(Named),
    /// Try a version on some of the calls: begin, show or end it.
    Rollout(super::rollout::RolloutArgs),
}

/// Options of `strowger plugin new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// The language.
    #[arg(long, value_enum)]
    pub lang: Language,

    /// The kind.
    #[arg(long, value_enum)]
    pub kind: Kind,

    /// Its name: lower-case letters, digits and '-'.
    pub name: String,
}

/// Where a plugin is.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The plugin's folder.
    #[arg(default_value = ".", value_name = "DIR")]
    pub folder: PathBuf,

    /// Where language tools are installed and compiled code is kept.
    #[arg(long, value_name = "DIR", env = "STROWGER_TOOLS")]
    pub tools: Option<PathBuf>,
}

/// Options of `strowger plugin check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Which.
    #[command(flatten)]
    pub place: Place,

    /// Also run the conformance kit: hostile and edge inputs.
    #[arg(long)]
    pub kit: bool,

    /// Print the verdict as JSON.
    #[arg(long, conflicts_with = "kit")]
    pub json: bool,
}

/// Options of `strowger plugin test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Files of cases, TOML or JSON by their endings; without them all of the folder `cases`.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The plugin's folder.
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub plugin: PathBuf,

    /// Show what the plugin logs in every case, not only in those that come out otherwise.
    #[arg(long)]
    pub log: bool,

    /// A network that its requests may reach beside public addresses, such as 127.0.0.1 or 10.0.0.0/8. May be given again.
    #[arg(long, value_name = "NETWORK")]
    pub allow: Vec<Network>,

    /// Where language tools are installed and compiled code is kept.
    #[arg(long, value_name = "DIR", env = "STROWGER_TOOLS")]
    pub tools: Option<PathBuf>,
}

/// Which server, as whom.
#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    /// The server.
    #[arg(long, value_name = "URL", env = "STROWGER_URL", default_value = "http://127.0.0.1:8080")]
    pub url: String,

    /// The account; without one the plugins of the installation are meant.
    #[arg(long, value_name = "ID", env = "STROWGER_ACCOUNT")]
    pub account: Option<String>,

    /// An API key; there must be one.
    #[arg(long, value_name = "KEY", env = "STROWGER_KEY", hide_env_values = true, value_parser = secret)]
    pub key: Option<Secret>,
}

fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

/// A plugin on a server.
#[derive(Debug, Args)]
pub struct Named {
    /// Its name; without it that of the plugin in this folder.
    pub name: Option<String>,

    /// Which server.
    #[command(flatten)]
    pub server: ServerArgs,
}

/// Options of `strowger plugin push`.
#[derive(Debug, Args)]
pub struct PushArgs {
    /// The plugin's folder.
    #[arg(default_value = ".", value_name = "DIR")]
    pub folder: PathBuf,

    /// Make it active once it is accepted, or leave it inactive.
    #[arg(long, value_name = "YES|NO", value_parser = clap::builder::BoolishValueParser::new())]
    pub activate: Option<bool>,

    /// Which server.
    #[command(flatten)]
    pub server: ServerArgs,
}

/// Options of `strowger plugin log`.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// Which.
    #[command(flatten)]
    pub named: Named,

    /// Go on with what it says, until interrupted.
    #[arg(long, short)]
    pub follow: bool,

    /// The least that a line matters: trace, debug, info, warn or error.
    #[arg(long)]
    pub level: Option<String>,

    /// Lines since then: a date as 2026-01-31T17:00:00Z, or seconds since 1970.
    #[arg(long)]
    pub since: Option<String>,

    /// How many of the last lines, up to 1000; 200 without it.
    #[arg(long)]
    pub limit: Option<u32>,
}

/// Options of `strowger plugin activate`.
#[derive(Debug, Args)]
pub struct ActivateArgs {
    /// The version.
    pub version: String,

    /// Which.
    #[command(flatten)]
    pub named: Named,
}
