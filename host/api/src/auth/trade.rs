//! Trading a key or a log-in for a token.

use strowger_model::{AccountId, Secret, Sid};
use strowger_store::StoreError;

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

    /// Least characters of a user's password.
    pub(crate) fn shortest_password(&self) -> usize {
        self.shortest_password
    }
}
