//! `strowger config`.

use crate::Failure;
use crate::cli::ConfigCommand;
use crate::config::{self, Loaded, SealingKeys};
use crate::store;

/// Says what is wrong with the configuration, or what it is.
#[expect(clippy::print_stdout, reason = "this is what the command is for")]
pub fn run(command: &ConfigCommand) -> Result<(), Failure> {
    match command {
        ConfigCommand::Check(options) => {
            let loaded = config::load(options)?;
            loaded.config.try_out()?;
            println!("{}", summary(&loaded));
        }
        ConfigCommand::Print(options) => print!("{}", config::load(options)?.print()),
        ConfigCommand::Reference => print!("{}", config::reference()),
    }
    Ok(())
}

fn summary(loaded: &Loaded) -> String {
    let config = &loaded.config;
    let file = loaded.file.as_deref().unwrap_or("no file");
    let state = match &config.redis.url {
        Some(url) => format!("{url:?}"),
        None => format!("embedded, {}", store::file(&config.store.data).display()),
    };
    let keys = match config.sealing_keys() {
        Ok(SealingKeys::File(path)) => path.display().to_string(),
        _ => "in the configuration".to_owned(),
    };
    format!(
        "the configuration is sound ({file})\n  http   {}\n  sip    {}\n  store  {state}\n  keys   {keys}\n  media  {}",
        config.http.listen,
        config.sip.listen,
        config.media_folder().display(),
    )
}
