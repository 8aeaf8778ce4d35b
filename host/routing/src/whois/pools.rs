//! The carriers that may be asked whether a request is theirs.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use strowger_model::resource::Resource;
use strowger_model::{AccountId, Owner, document};
use strowger_store::{Kind, Store, StoreError, StoreExt};

use super::{Addresses, Known, Rule, Source, identify, literal};

/// Names of gateways that are looked up for one question.
pub const MOST_NAMES: usize = 64;

/// The carriers of the installation and of one account, without their passwords.
pub struct Pools {
    global: Vec<Resource>,
    account: Option<(AccountId, Vec<Resource>)>,
}

/// Who a request comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The carrier.
    pub resource_id: String,
    /// Whether it is the installation's.
    pub global: bool,
    /// Whose it is, where it is an account's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// What it was known by.
    pub matched: Rule,
    /// Which of the carrier's gateways it is, and what it says.
    #[serde(flatten)]
    pub gateway: Option<GatewayIdentity>,
}

/// What a gateway says of who uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GatewayIdentity {
    /// Index among the carrier's gateways.
    pub gateway: usize,
    /// Its realm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realm: Option<String>,
    /// Its digest user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Whether it takes T.38.
    pub fax_option: bool,
}

impl Pools {
    /// Reads the enabled carriers of the installation, and those of an account.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn load(store: &dyn Store, account: Option<AccountId>) -> Result<Self, StoreError> {
        let global = enabled(store, Owner::System).await?;
        let account = match account {
            Some(account) => Some((account, enabled(store, account.into()).await?)),
            None => None,
        };
        Ok(Self { global, account })
    }

    /// Names of servers that are no addresses, [`MOST_NAMES`] at the most.
    #[must_use]
    pub fn host_names(&self) -> BTreeSet<String> {
        let all = self.global.iter().chain(self.account.iter().flat_map(|(_, own)| own));
        let gateways = all.flat_map(|resource| &resource.gateways).filter(|gateway| gateway.enabled);
        let servers = gateways.map(|gateway| gateway.server.as_str());
        let names = servers.filter(|server| !server.is_empty() && literal(server).is_none());
        let distinct: BTreeSet<String> = names.map(str::to_ascii_lowercase).collect();
        distinct.into_iter().take(MOST_NAMES).collect()
    }

    /// Who the request comes from: a carrier of the installation, else one of the account.
    #[must_use]
    pub fn identify(&self, source: &Source, addresses: &Addresses) -> Option<Identity> {
        if let Some(known) = identify(&self.global, source, addresses) {
            return Some(Identity::of(&known, None));
        }
        let (account, own) = self.account.as_ref()?;
        identify(own, source, addresses).map(|known| Identity::of(&known, Some(*account)))
    }
}

impl Identity {
    fn of(known: &Known<'_>, account: Option<AccountId>) -> Self {
        let (resource, gateway) = (known.resource, known.gateway);
        Self {
            resource_id: resource.id.clone(),
            global: account.is_none(),
            account_id: account.map(AccountId::hex),
            matched: known.rule,
            gateway: Some(GatewayIdentity {
                gateway: known.index,
                realm: gateway.realm.clone().filter(|realm| !realm.is_empty()),
                username: gateway.username.clone().filter(|user| !user.is_empty()),
                fax_option: gateway.media.fax_option.or(resource.media.fax_option).unwrap_or(false),
            }),
        }
    }

    /// What may be told to whom the carrier does not belong: which it is, and nothing of its gateways.
    #[must_use]
    pub fn without_gateway(self) -> Self {
        Self { gateway: None, ..self }
    }
}

/// Passwords and headers are left out before anything is read: they may be sealed, and nothing here has use for them.
async fn enabled(store: &dyn Store, owner: Owner) -> Result<Vec<Resource>, StoreError> {
    let documents = store.all(owner, Kind::Resource).await?;
    let live = documents.iter().filter(|stored| stored.body.get("pvt_deleted").is_none_or(|deleted| deleted != true));
    let resources = live.filter_map(|stored| {
        let public = stored.body.as_object().map(document::without_secrets).unwrap_or_default();
        let mut public = Value::Object(public);
        without_headers(&mut public);
        Resource::from_body(&stored.key.id, &public).ok()
    });
    Ok(resources.filter(|resource| resource.enabled).collect())
}

fn without_headers(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.shift_remove("custom_sip_headers");
            fields.values_mut().for_each(without_headers);
        }
        Value::Array(items) => items.iter_mut().for_each(without_headers),
        _ => {}
    }
}
