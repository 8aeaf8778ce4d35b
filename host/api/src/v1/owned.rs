//! Objects of accounts whose paths need not name the account: an entry of the installation tells where each lies.

use strowger_model::api_key::Scope;
use strowger_model::{AccountId, Owner, Sid};
use strowger_store::{Key, Kind, Write};

use super::error::{Error, INSUFFICIENT};
use super::index::Index;
use super::request::Request;
use super::{accounts, objects};
use crate::auth::Standing;

/// The answer to a caller who may act on other objects of the kind.
pub(super) const PRIVILEGES: Error = Error::Forbidden("insufficient privileges");

/// A kind of such objects.
pub(super) struct Owned {
    kind: Kind,
    index: Index,
    /// The part of paths that is an object's id.
    segment: &'static str,
}

pub(super) const APPLICATION: Owned =
    Owned { kind: Kind::Application, index: Index::Application, segment: "application" };

pub(super) const CLIENT: Owned = Owned { kind: Kind::Client, index: Index::Client, segment: "client" };

pub(super) const WEBHOOK: Owned = Owned { kind: Kind::Webhook, index: Index::Webhook, segment: "webhook" };

impl Owned {
    /// Where an object lies.
    pub(super) fn key(&self, account: AccountId, object: Sid) -> Key {
        Key::new(account, self.kind, object.to_string())
    }

    /// Writes a new object. The installation's entry is of another owner than the object, so it cannot be written with it. It goes first:
    /// one that leads nowhere does no harm, while an object without one would not be found.
    pub(super) async fn add(
        &self,
        request: &Request,
        account: AccountId,
        object: Sid,
        writes: Vec<Write>,
    ) -> Result<(), Error> {
        let entry = self.index.claim(Owner::System, &object.to_string(), &account.hex());
        objects::tidy(&request.state, vec![entry]).await?;
        let created = objects::commit(request, None, writes).await;
        if created.is_err() {
            self.release(request, object).await;
        }
        created
    }

    /// Takes the installation's entry of an object away that is gone.
    pub(super) async fn release(&self, request: &Request, object: Sid) {
        let entry = self.index.release(Owner::System, &object.to_string());
        if let Err(error) = objects::tidy(&request.state, vec![entry]).await {
            tracing::warn!(%error, %object, "an entry that leads nowhere stays behind");
        }
    }

    /// Where the object of the path lies, if it exists within the caller's reach.
    pub(super) async fn place(&self, request: &Request) -> Result<Option<Key>, Error> {
        let sid: Sid = request.id(self.segment)?;
        let account = match request.named_account() {
            Some(account) => Some(account),
            None => match request.caller.scope() {
                Scope::Account(own) => Some(own),
                Scope::Admin | Scope::ServiceProvider(_) => self.index.account(&request.state, sid).await?,
            },
        };
        let Some(account) = account else { return Ok(None) };
        if request.state.auth().standing(&request.caller, account).await? != Standing::Granted {
            return Ok(None);
        }
        let place = self.key(account, sid);
        Ok(request.state.store().get(&place).await?.map(|_| place))
    }
}

/// Whose a new object shall be: an account's key makes its own, the others say whose, and may act on it.
pub(super) async fn account_of_new(request: &Request, named: Option<AccountId>) -> Result<AccountId, Error> {
    if let Scope::Account(own) = request.caller.scope() {
        return Ok(own);
    }
    let named = named.ok_or_else(|| Error::bad_request("missing required field: 'account_sid'"))?;
    accounts::reachable(request, named).await.map_err(|error| match error {
        Error::Forbidden(_) => PRIVILEGES,
        error => error,
    })?;
    Ok(named)
}

/// What a write to an object is answered that is somebody else's or nobody's. `of_account` is for an account's key.
pub(super) fn not_yours(request: &Request, of_account: Error) -> Error {
    match request.caller.scope() {
        _ if request.named_account().is_some() => Error::NotFound,
        Scope::Admin => Error::NotFound,
        Scope::ServiceProvider(_) => INSUFFICIENT,
        Scope::Account(_) => of_account,
    }
}
