//! Trading a key or a log-in for a token.

use strowger_model::{AccountId, Owner, PasswordSettings, Secret, Sid};
use strowger_store::{Key, Kind, StoreError};

use super::log_in::{AccountName, LogInError};
use super::password::{HashError, Method};
use super::restrictions::Restrictions;
use super::token::Token;
use super::{AuthError, Authenticator, Caller, Claims};

/// A token that was just issued.
pub(crate) struct Issued {
    pub(crate) token: String,
    pub(crate) claims: Claims,
}

impl Authenticator {
    /// A token for an API key.
    pub(crate) async fn trade_key(&self, key: &str, restrictions: Option<Restrictions>) -> Result<Issued, AuthError> {
        let token = Token::read(key).ok_or(AuthError::Unauthenticated)?;
        let key = self.keys.find(&token).await?.ok_or(AuthError::Unauthenticated)?;
        let (token, claims) = self.sessions.of_key(&key, restrictions).await?;
        Ok(Issued { token, claims })
    }

    /// A token for a user who logs in.
    pub(crate) async fn log_in(
        &self,
        account: &AccountName,
        method: Method,
        digest: Secret,
        restrictions: Option<Restrictions>,
    ) -> Result<Issued, LogInError> {
        let issue = async |account: AccountId, user: Sid| self.sessions.of_user(account, user, restrictions).await;
        let (token, claims) = self.log_ins.find(account, method, digest, issue).await?;
        Ok(Issued { token, claims })
    }

    /// Who has that token, which was traded for something. None of what is no good (any more).
    pub(crate) async fn holder(&self, token: &str) -> Result<Option<Caller>, StoreError> {
        let Some(token) = Token::read(token) else { return Ok(None) };
        Ok(self.caller(token).await?.filter(|caller| caller.claims().is_some()))
    }

    /// Ends a token before its time, on every node.
    pub(crate) async fn revoke(&self, claims: &Claims) -> Result<(), StoreError> {
        self.sessions.revoke(claims).await
    }

    /// What is stored of a user's new password, by method.
    pub(crate) async fn hash_password(
        &self,
        account: AccountId,
        username: &str,
        password: &Secret,
    ) -> Result<Vec<(Method, String)>, HashError> {
        self.log_ins.passwords().store(account, username, password).await
    }

    /// What a user's new password has to be like: what administrators have said, or else a length.
    pub(crate) async fn password_settings(&self) -> Result<PasswordSettings, StoreError> {
        match self.log_ins.store().get(&password_settings_key()).await? {
            Some(document) => document.decode(),
            None => Ok(PasswordSettings::of_length(u32::try_from(self.shortest_password).unwrap_or(u32::MAX))),
        }
    }
}

/// Where lies what administrators have said of passwords.
pub(crate) fn password_settings_key() -> Key {
    Key::new(Owner::System, Kind::Setting, "user_rules")
}
