//! The `strowger` binary: command line, configuration, wiring, shutdown.

mod admin;
mod api;
mod cli;
mod commands;
mod config;
mod cursor_secret;
mod demo;
mod logging;
mod node;
mod plugins;
mod serve;
mod shutdown;
mod store;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

/// Why a command fails.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let command = Cli::parse().command;
    // Before anything else is set up: the worker's limits are to hold for all that it does.
    if let Command::CompileComponent { memory, seconds } = command {
        return strowger_sandbox::compile_worker(memory, seconds);
    }
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("strowger: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(options) => {
            let config = config::load(&options)?.config;
            logging::start(&config.log);
            Ok(runtime()?.block_on(serve::run(&config))?)
        }
        Command::Config(command) => commands::config::run(&command),
        Command::Store(command) => runtime()?.block_on(commands::store::run(command)),
        Command::Secrets(command) => runtime()?.block_on(commands::secrets::run(command)),
        Command::Route(command) => runtime()?.block_on(commands::route::run(command)),
        Command::Plugin(command) => runtime()?.block_on(commands::plugin::run(command)),
        Command::Openapi => commands::openapi::run(),
        Command::PracticeCarrier(args) => {
            logging::start(&config::load(&config::Options::default())?.config.log);
            Ok(runtime()?.block_on(commands::practice::run(args))?)
        }
        Command::CompileComponent { .. } => Ok(()),
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
