//! What one owner's calls are routed with, in memory: pool, chains, prepared instances. Selector rows, which change by themselves, are not
//! in it.

use std::sync::Arc;

use serde::Deserialize;
use strowger_model::Owner;
use strowger_model::account::Hunt;
use strowger_model::chain::{Chain, RouteBy};
use strowger_store::{Document, Key, Kind, Store, StoreError, StoreExt};

use crate::account::AccountFacts;
use crate::chain_pool::ChainPool;
use crate::feed::Generation;
use crate::own_formatter::OwnFormatter;
use crate::pool::{Pool, SharedPool};
use crate::resolved::Resolver;
use crate::rewriters::Rewriters;
use crate::rows::Joins;

/// The id of the one document of kind [`Kind::SelectorRules`].
const RULES: &str = "resource_selector_rules";
/// The id of the installation's routing settings; an account's are fields of its own document.
const SETTINGS: &str = "routing";

/// How an owner is routed, where it says so.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Settings {
    route_by: Option<RouteBy>,
    hunt: Option<Hunt>,
    #[serde(flatten)]
    account: AccountFacts,
}

/// One owner's snapshot. Calls in flight finish on the one they began with.
pub(crate) struct Snapshot {
    pub(crate) pool: SharedPool,
    /// Whether the installation's selector rows count too: where its carriers are in the pool.
    pub(crate) uses_global: bool,
    pub(crate) joins: Joins,
    pub(crate) route_by: RouteBy,
    pub(crate) generation: Generation,
    pub(crate) rewriters: Rewriters,
    pub(crate) account: AccountFacts,
    selectors: ChainPool,
    classic: ChainPool,
}

impl Snapshot {
    /// Reads an owner's documents, and the system's where the owner has none of its own.
    pub(crate) async fn load(
        store: &dyn Store,
        resolver: Resolver<'_>,
        generation: Generation,
    ) -> Result<Self, StoreError> {
        let owner = resolver.owner;
        let mut own = settings(store, owner).await?;
        let system = settings(store, Owner::System).await?;
        let formatter = match own.account.formatter.take() {
            Some(formatter) => Some(OwnFormatter::resolve(&resolver, formatter).await?),
            None => None,
        };
        let documents = carriers(store, owner, own.hunt.or(system.hunt)).await?;
        let uses_global = documents.iter().any(|(_, global)| *global);
        let pool = Arc::new(Pool::new(documents.into_iter()));
        Ok(Self {
            pool,
            uses_global: uses_global && owner != Owner::System,
            joins: Joins::default(),
            route_by: own.route_by.or(system.route_by).unwrap_or_default(),
            rewriters: Rewriters::new(formatter),
            account: own.account,
            selectors: ChainPool::new(resolver.resolve(saved_chain(store, owner).await?).await?),
            classic: ChainPool::new(resolver.resolve(Chain::classic()).await?),
            generation,
        })
    }

    pub(crate) fn chain(&self, route_by: RouteBy) -> &ChainPool {
        match route_by {
            RouteBy::ResourceSelectors => &self.selectors,
            RouteBy::Resources => &self.classic,
        }
    }
}

async fn settings(store: &dyn Store, owner: Owner) -> Result<Settings, StoreError> {
    let key = match owner {
        Owner::System => Key::new(Owner::System, Kind::Setting, SETTINGS),
        Owner::Account(account) => Key::new(Owner::System, Kind::Account, account.hex()),
    };
    let read = store.get(&key).await?.map(|document| Settings::deserialize(&document.body));
    Ok(read.and_then(Result::ok).unwrap_or_default())
}

/// Soft-deleted documents stay in the store and out of every pool.
fn is_enabled(document: &Document) -> bool {
    let deleted = document.body.get("pvt_deleted").and_then(serde_json::Value::as_bool).unwrap_or(false);
    let enabled = document.body.get("enabled").is_none_or(|enabled| enabled != false && enabled != "false");
    enabled && !deleted
}

/// The carriers of an owner in pool order, each with whether it is a global one.
async fn carriers(store: &dyn Store, owner: Owner, hunt: Option<Hunt>) -> Result<Vec<(Document, bool)>, StoreError> {
    let enabled = async |of: Owner| -> Result<Vec<(Document, bool)>, StoreError> {
        let documents = store.all(of, Kind::Resource).await?;
        Ok(documents.into_iter().filter(is_enabled).map(|d| (d, of == Owner::System)).collect())
    };
    if owner == Owner::System {
        return enabled(Owner::System).await;
    }
    match hunt {
        Some(Hunt::Local) => enabled(owner).await,
        Some(Hunt::Global) => enabled(Owner::System).await,
        Some(Hunt::LocalThenGlobal) => {
            let mut carriers = enabled(owner).await?;
            carriers.extend(enabled(Owner::System).await?);
            Ok(carriers)
        }
        None => {
            let own = enabled(owner).await?;
            if own.is_empty() { enabled(Owner::System).await } else { Ok(own) }
        }
    }
}

/// The owner's chain, else the system's, else the documented default.
pub(crate) async fn saved_chain(store: &dyn Store, owner: Owner) -> Result<Chain, StoreError> {
    for of in [owner, Owner::System] {
        let Some(document) = store.get(&Key::new(of, Kind::SelectorRules, RULES)).await? else { continue };
        let rules = document.body.get("rules").unwrap_or(&serde_json::Value::Null);
        return Chain::parse(rules).map_err(|error| StoreError::Fault(format!("saved chain of {of}: {error}")));
    }
    Ok(Chain::default_chain())
}
