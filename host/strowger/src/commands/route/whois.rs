//! `strowger route whois`: asks the store where it can be opened, and else the server that has it.

use std::sync::Arc;

use serde_json::{Value, json};
use strowger_api::{account_of_peer, account_of_realm};
use strowger_routing::whois::{Pools, Source, resolve};
use strowger_store::{Store, StoreError};

use super::client::Client;
use crate::cli::Sender;
use crate::config::{ClientOptions, Config, load};
use crate::store::{self, OpenError};
use crate::{Failure, logging};

/// Prints who it is; fails where it is nobody.
#[expect(clippy::print_stdout, reason = "this is what the command is for")]
pub async fn run(sender: Sender, realm: Option<String>, options: &ClientOptions) -> Result<(), Failure> {
    let config = load(&options.0)?.config;
    logging::start(&config.log);
    let source = Source { ip: sender.ip, port: sender.port, realm };
    let known = match store::existing(&config).await {
        Ok(store) => {
            let known = stored(&store, &source).await;
            store.close().await;
            known?
        }
        Err(OpenError::Store(StoreError::InUse(_))) => served(&config, &source).await?,
        Err(error) => return Err(error.into()),
    };
    let known = known.ok_or_else(|| nobody(&source))?;
    println!("{}", serde_json::to_string_pretty(&known)?);
    Ok(())
}

/// An account's carriers are asked only where the sender names the account's realm, or is its peer.
fn nobody(source: &Source) -> String {
    let hint = if source.realm.is_some() { "" } else { " (carriers of accounts are asked about with --realm)" };
    format!("{} is nobody's gateway{hint}", source.ip)
}

async fn stored(store: &Arc<dyn Store>, source: &Source) -> Result<Option<Value>, StoreError> {
    let account = match &source.realm {
        Some(realm) => account_of_realm(&**store, realm).await?,
        None => None,
    };
    let account = match account {
        Some(account) => Some(account),
        None => account_of_peer(&**store, source.ip).await?,
    };
    let pools = Pools::load(&**store, account).await?;
    let addresses = resolve(pools.host_names()).await;
    Ok(pools.identify(source, &addresses).map(|known| json!(known)))
}

async fn served(config: &Config, source: &Source) -> Result<Option<Value>, Failure> {
    let question = json!({"ip": source.ip, "port": source.port, "realm": source.realm});
    Client::of(config)?.post("/v2/resource_selectors/whois", &question).await
}
