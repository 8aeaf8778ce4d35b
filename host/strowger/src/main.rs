//! The `strowger` binary: command line, wiring, shutdown.

mod cli;
mod demo;
mod logging;
mod plugins;
mod practice;
mod secrets;
mod serve;
mod shutdown;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    logging::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => {
                serve::run(args).await.map_err(|error| Box::new(error) as Box<dyn std::error::Error>)
            }
            Command::PracticeCarrier(args) => practice::run(args).await.map_err(Into::into),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("strowger: {error}");
    ExitCode::FAILURE
}
