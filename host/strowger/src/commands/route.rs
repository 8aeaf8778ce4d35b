//! `strowger route`.

mod client;
mod test;
mod whois;

use crate::Failure;
use crate::cli::RouteCommand;

/// Does what is asked about routes.
pub async fn run(command: RouteCommand) -> Result<(), Failure> {
    match command {
        RouteCommand::Test(args) => test::run(&args).await,
        RouteCommand::Whois { sender, realm, options } => whois::run(sender, realm, &options).await,
    }
}
