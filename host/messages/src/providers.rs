//! Which provider a message goes through, and whether one can be saved.

use std::sync::Arc;

use serde_json::Value;
use strowger_model::chain::check_parameters_at;
use strowger_model::{Account, AccountId, Application, MessageProvider, Owner, Sid};
use strowger_plugins::FindError;
use strowger_sandbox::{Module, ModuleKind};
use strowger_store::{Key, Kind, StoreError, StoreExt};

use crate::error::{ProviderError, SendError};
use crate::service::Messages;

impl Messages {
    /// Whether a provider can be saved: its plugin is one, takes its parameters, and its application is the account's.
    ///
    /// # Errors
    /// [`ProviderError`].
    pub async fn check(&self, provider: &MessageProvider) -> Result<(), ProviderError> {
        let module = self.module(provider).await?;
        if module.kind != ModuleKind::MessageProvider {
            return Err(ProviderError::OtherKind(module.id().to_owned()));
        }
        check_parameters_at(&module.parameters, "parameters".to_owned(), &Value::Object(provider.parameters.clone()))?;
        match provider.application_sid {
            Some(sid) if self.application(provider.account_sid, sid).await?.is_none() => {
                Err(ProviderError::NoApplication(sid))
            }
            _ => Ok(()),
        }
    }

    pub(crate) async fn account(&self, account: AccountId) -> Result<Option<Account>, StoreError> {
        self.find(&Key::new(Owner::System, Kind::Account, account.hex())).await
    }

    pub(crate) async fn module(&self, provider: &MessageProvider) -> Result<Arc<Module>, FindError> {
        self.0.plugins.module(provider.account_sid.into(), &provider.plugin).await
    }

    /// An application is looked for below its own account, so that nobody uses somebody else's.
    pub(crate) async fn application(&self, account: AccountId, sid: Sid) -> Result<Option<Application>, StoreError> {
        self.find(&Key::new(account, Kind::Application, sid.to_string())).await
    }

    /// The active providers of an account, all or those of that name.
    pub(crate) async fn providers(
        &self,
        account: AccountId,
        name: Option<&str>,
    ) -> Result<Vec<MessageProvider>, StoreError> {
        let documents = self.0.store.all(account.into(), Kind::MessageProvider).await?;
        let providers = documents.iter().map(|document| document.decode::<MessageProvider>());
        let mut providers: Vec<MessageProvider> = providers.collect::<Result<_, _>>()?;
        providers.retain(|provider| provider.is_active && name.is_none_or(|name| provider.name == name));
        Ok(providers)
    }

    /// The provider of that name, or the only one.
    pub(crate) async fn provider(&self, account: AccountId, name: Option<&str>) -> Result<MessageProvider, SendError> {
        let mut providers = self.providers(account, name).await?;
        match (providers.pop(), name) {
            (Some(_), _) if !providers.is_empty() => Err(SendError::Ambiguous),
            (Some(provider), _) => Ok(provider),
            (None, Some(name)) => Err(SendError::UnknownProvider(name.chars().take(64).collect())),
            (None, None) => Err(SendError::NoProvider),
        }
    }
}
