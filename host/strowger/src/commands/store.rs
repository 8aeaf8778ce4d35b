//! `strowger store`.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use strowger_store::archive::{self, Repair, Summary};
use strowger_store::{RedisStore, Store};
use tempfile::NamedTempFile;

use super::configured;
use crate::Failure;
use crate::cli::StoreCommand;
use crate::config::{Config, SealingKeys};
use crate::store;

/// Copies or checks the store, and says what it was.
#[expect(clippy::print_stdout, reason = "this is what the commands are for")]
pub async fn run(command: StoreCommand) -> Result<(), Failure> {
    match command {
        StoreCommand::Backup { file, options } => {
            let source = store::existing(&configured(&options)?).await?;
            let summary = closing(&source, backup(&*source, &file)).await?;
            println!("wrote {summary}");
        }
        StoreCommand::Restore { file, options } => {
            let config = configured(&options)?;
            let backup = File::open(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let target = store::sealed(&config).await?;
            let summary = closing(&target, async { Ok(archive::restore(&*target, backup).await?) }).await?;
            println!("restored {summary}");
            println!("{}", keys_needed(&config)?);
        }
        StoreCommand::Check { repair, options } => {
            let source = store::existing(&configured(&options)?).await?;
            let repair = if repair { Repair::Yes } else { Repair::No };
            let report = closing(&source, async { Ok(archive::check(&source, repair).await?) }).await?;
            print!("{report}");
            if !report.is_whole() {
                return Err("the store is not as it should be".into());
            }
            println!("the store is as it should be");
        }
        StoreCommand::Migrate { to, options } => {
            let config = configured(&options)?;
            let source = store::existing(&config).await?;
            let summary = closing(&source, migrate(&config, &*source, &to)).await?;
            println!("copied {summary}");
            println!("{}", keys_needed(&config)?);
        }
    }
    Ok(())
}

/// What becomes of the work on a store, which is closed after it.
async fn closing<T>(store: &Arc<dyn Store>, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let outcome = work.await;
    store.close().await;
    outcome
}

/// A backup gets its name when it is whole; nobody but its owner reads it.
async fn backup(store: &dyn Store, path: &Path) -> Result<Summary, Failure> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = NamedTempFile::new_in(folder).map_err(failed)?;
    let summary = archive::backup(store, file.as_file()).await?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path).map_err(|error| failed(error.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(summary)
}

async fn migrate(config: &Config, source: &dyn Store, to: &str) -> Result<Summary, Failure> {
    let target: Arc<dyn Store> = if to.contains("://") {
        RedisStore::open(config.redis.client_at(to)?).await?
    } else {
        store::embedded(Path::new(to))?
    };
    closing(&target, async { Ok(archive::migrate(source, &*target).await?) }).await
}

/// A copy is of use with the keys of what was copied only.
fn keys_needed(config: &Config) -> Result<String, Failure> {
    Ok(match config.sealing_keys()? {
        SealingKeys::Given(_) => "its secrets are sealed as they were: they need `secrets.keys` as it was".to_owned(),
        SealingKeys::File(path) => format!(
            "its secrets are sealed as they were: they need the key file of the store that was copied ({} here)",
            path.display()
        ),
    })
}
