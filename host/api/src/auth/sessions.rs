//! Tokens that keys and log-ins are traded for.

use std::sync::Arc;

use strowger_model::api_key::{ApiKey, Scope};
use strowger_model::{AccountId, Sid, time};
use strowger_store::{Key, Kind, Store, StoreError};
use uuid::Uuid;

use super::accounts::Accounts;
use super::caller::{Caller, Identity};
use super::claims::{Claims, Holder};
use super::config::AuthConfig;
use super::keys::Keys;
use super::restrictions::Restrictions;
use super::revoked::Revoked;
use super::token::Token;
use super::token_keys::TokenKeys;
use super::users::Users;

pub(super) struct Sessions {
    signing: TokenKeys,
    revoked: Revoked,
    users: Users,
}

impl Sessions {
    pub(super) fn new(store: &Arc<dyn Store>, config: &AuthConfig) -> Self {
        Self {
            signing: TokenKeys::new(Arc::clone(store), config),
            revoked: Revoked::new(Arc::clone(store)),
            users: Users::new(Arc::clone(store)),
        }
    }

    /// A token for a key, which ends with the key at the latest.
    pub(super) async fn of_key(
        &self,
        key: &ApiKey,
        restrictions: Option<Restrictions>,
    ) -> Result<(String, Claims), StoreError> {
        let end = key.expires_at.map_or(i64::MAX, |end| end.unix_timestamp());
        let holder = Holder::Key { sid: key.api_key_sid, rotation: key.rotation };
        let claims = self.claims(key.scope, holder, end, restrictions);
        Ok((self.signing.sign(&claims).await?, claims))
    }

    /// A token for a user, if it may log in.
    pub(super) async fn of_user(
        &self,
        account: AccountId,
        user: Sid,
        restrictions: Option<Restrictions>,
    ) -> Result<Option<(String, Claims)>, StoreError> {
        let known = self.users.find(account, user).await?;
        let Some(credentials) = known.and_then(|known| known.credentials.clone()) else { return Ok(None) };
        let holder = Holder::User { id: user, credentials };
        let claims = self.claims(Scope::Account(account), holder, i64::MAX, restrictions);
        Ok(Some((self.signing.sign(&claims).await?, claims)))
    }

    fn claims(&self, scope: Scope, holder: Holder, end: i64, restrictions: Option<Restrictions>) -> Claims {
        let now = time::unix_now();
        Claims {
            jti: Uuid::new_v4().simple().to_string(),
            iat: now,
            exp: now.saturating_add(self.signing.lifetime()).min(end),
            scope,
            account_id: match scope {
                Scope::Account(account) => Some(account),
                Scope::Admin | Scope::ServiceProvider(_) => None,
            },
            owner_id: match &holder {
                Holder::User { id, .. } => Some(id.hex()),
                Holder::Key { .. } => None,
            },
            holder,
            restrictions,
        }
    }

    /// Who has the token, if it is good still.
    pub(super) async fn caller(
        &self,
        token: Token,
        keys: &Keys,
        accounts: &Accounts,
    ) -> Result<Option<Caller>, StoreError> {
        let Some(claims) = self.signing.verify(token.expose()).await? else { return Ok(None) };
        if let Scope::Account(account) = claims.scope
            && accounts.find(account).await?.is_none()
        {
            return Ok(None);
        }
        if self.revoked.contains(&claims).await? {
            return Ok(None);
        }
        self.held(token, claims, keys).await
    }

    /// The caller, if what was traded for the token would be accepted now.
    async fn held(&self, token: Token, claims: Claims, keys: &Keys) -> Result<Option<Caller>, StoreError> {
        let caller = match (&claims.holder, claims.scope) {
            (Holder::Key { sid, rotation }, scope) => {
                let key = keys.traded(*sid, *rotation).await?.filter(|key| key.scope == scope);
                key.map(|key| Caller::new(Identity::Key(*sid), scope, token).with_rate(key.rate_limit))
            }
            (Holder::User { id, credentials }, Scope::Account(account)) => {
                let known = self.users.find(account, *id).await?;
                let known = known.filter(|known| known.credentials.as_ref() == Some(credentials));
                known.map(|known| Caller::new(Identity::User(*id), claims.scope, token).with_privilege(known.privilege))
            }
            (Holder::User { .. }, Scope::Admin | Scope::ServiceProvider(_)) => None,
        };
        Ok(caller.map(|caller| caller.with_claims(Arc::new(claims))))
    }

    /// Ends a token.
    pub(super) async fn revoke(&self, claims: &Claims) -> Result<(), StoreError> {
        self.revoked.add(claims).await
    }

    pub(super) fn forget(&self, key: &Key) {
        match key.kind {
            Kind::User => self.users.forget(key),
            Kind::RevokedToken => self.revoked.forget(&key.id),
            Kind::Setting => self.signing.doubt(&key.id),
            _ => {}
        }
    }

    pub(super) fn doubt_all(&self) {
        self.signing.doubt_all();
        self.revoked.doubt_all();
    }

    pub(super) fn doubt_users(&self) {
        self.users.doubt_all();
    }
}
