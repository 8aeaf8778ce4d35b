//! `strowger secrets`.

use std::path::PathBuf;

use strowger_store::Store;
use strowger_store::sealed::{self, Activate, Keyring, OldKeys, Resealed, Rotation};

use super::configured;
use crate::Failure;
use crate::cli::SecretsCommand;
use crate::config::{Config, SealingKeys};
use crate::store;

/// Looks after the keys for secrets at rest.
#[expect(clippy::print_stdout, reason = "this is what the commands are for")]
pub async fn run(command: SecretsCommand) -> Result<(), Failure> {
    match command {
        SecretsCommand::Check(options) => {
            let config = configured(&options)?;
            let keyring = match keys(&config)? {
                SealingKeys::Given(keyring) => keyring,
                SealingKeys::File(path) => Keyring::open(path)?,
            };
            let store = store::existing(&config).await?;
            let survey = sealed::survey(&*store, &keyring).await;
            store.close().await;
            let survey = survey?;
            print!("{survey}");
            if !survey.unreadable.is_empty() {
                return Err("some secrets cannot be opened".into());
            }
        }
        SecretsCommand::AddKey(options) => {
            println!("added the key {}", sealed::add_key(&file(&configured(&options)?)?)?)
        }
        SecretsCommand::Rotate { to, drop_old, options } => {
            let config = configured(&options)?;
            let keys = keys(&config)?;
            let store = store::existing(&config).await?;
            let done = rotate(&*store, keys, to, drop_old).await;
            store.close().await;
            print!("{}", done?);
        }
    }
    Ok(())
}

async fn rotate(store: &dyn Store, keys: SealingKeys, to: Option<String>, drop_old: bool) -> Result<String, Failure> {
    let path = match keys {
        SealingKeys::File(path) => path,
        SealingKeys::Given(_) if to.is_some() || drop_old => {
            return Err(
                "the keys are in the configuration: put the one that is to seal first, and take old ones out, there"
                    .into(),
            );
        }
        SealingKeys::Given(keyring) => return Ok(told(&sealed::reseal(store, &keyring).await?)),
    };
    let activate = to.map_or(Activate::Fresh, Activate::Known);
    let old = if drop_old { OldKeys::Drop } else { OldKeys::Keep };
    let Rotation { active, resealed, dropped } = sealed::rotate(store, &path, activate, old).await?;
    let dropped: String = dropped.iter().map(|id| format!("dropped the key {id}\n")).collect();
    Ok(format!("the key {active} seals\n{}{dropped}", told(&resealed)))
}

fn told(resealed: &Resealed) -> String {
    let unreadable: String = resealed.unreadable.iter().map(|reason| format!("cannot be opened: {reason}\n")).collect();
    format!("sealed the secrets of {} documents anew\n{unreadable}", resealed.documents)
}

/// The keys of the configuration, none of which is made for a command.
fn keys(config: &Config) -> Result<SealingKeys, Failure> {
    match config.sealing_keys()? {
        SealingKeys::File(path) if !path.exists() => Err(format!("there is no key file {}", path.display()).into()),
        keys => Ok(keys),
    }
}

fn file(config: &Config) -> Result<PathBuf, Failure> {
    match keys(config)? {
        SealingKeys::File(path) => Ok(path),
        SealingKeys::Given(_) => Err("the keys are in the configuration: add one there".into()),
    }
}
