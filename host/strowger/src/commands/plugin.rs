//! `strowger plugin`.

mod args;
mod log;
mod offline;
mod remote;
mod rollout;
mod server;

pub use args::PluginCommand;

use crate::Failure;

/// Does what is asked about plugins.
pub async fn run(command: PluginCommand) -> Result<(), Failure> {
    match command {
        PluginCommand::New(args) => offline::new(&args),
        PluginCommand::Build(place) => offline::build(&place),
        PluginCommand::Check(args) => offline::check(&args).await,
        PluginCommand::Test(args) => offline::test(&args).await,
        PluginCommand::Bench(place) => offline::bench(&place).await,
        PluginCommand::Push(args) => remote::push(&args).await,
        PluginCommand::Log(args) => log::log(&args).await,
        PluginCommand::Activate(args) => remote::activate(&args).await,
        PluginCommand::Rollback(args) => remote::roll_back(&args).await,
        PluginCommand::Rollout(args) => rollout::rollout(&args).await,
    }
}
