//! `/accounts/{id}`: an account or a service provider, the same one that `/v1` shows.

use serde_json::{Map, Value, json};
use strowger_jobs::EraseAccount;
use strowger_model::api_key::Scope;
use strowger_model::{Account, AccountId, Owner, ServiceProvider, Sid, patch};
use strowger_store::{Batch, Document, Expect, Key, Revision, StoreError, Write};

use super::accounts::{check_rate, named_parent};
use super::documents;
use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use crate::tenants::{self, Move, TenantError};

type Fields = Map<String, Value>;

/// What a request makes of the fields that are there.
type Change = Box<dyn Fn(Fields) -> Fields + Send + Sync>;

/// The node that a path means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node {
    Account(AccountId),
    Provider(Sid),
}

impl Node {
    pub(super) fn of(request: &Request) -> Result<Self, Error> {
        match request.owner {
            Owner::Account(account) => Ok(Self::Account(account)),
            Owner::System => request.segment("account").parse().map(Self::Provider).map_err(|_| Error::NotFound),
        }
    }

    fn key(self) -> Key {
        match self {
            Self::Account(account) => tenants::account_key(account),
            Self::Provider(provider) => tenants::provider_key(provider),
        }
    }

    fn hex(self) -> String {
        match self {
            Self::Account(account) => account.hex(),
            Self::Provider(provider) => provider.hex(),
        }
    }
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let node = Node::of(&request)?;
    let found = found(&request, node).await?;
    Ok(Reply::ok(fields(&found)?).revision(found.revision))
}

pub(super) async fn found(request: &Request, node: Node) -> Result<Document, Error> {
    request.state.store().get(&node.key()).await?.ok_or_else(|| Error::BadIdentifier(node.hex()))
}

/// A node's fields as a client sees them.
pub(super) fn fields(document: &Document) -> Result<Fields, Error> {
    match document.key.kind {
        strowger_store::Kind::Account => Ok(document.decode::<Account>()?.node()),
        _ => Ok(document.decode::<ServiceProvider>()?.node()),
    }
}

pub(super) async fn replace(mut request: Request) -> Result<Reply, Error> {
    let fields = documents::incoming(std::mem::take(&mut request.envelope).into_object()?);
    change(&request, named_parent(&fields)?, Box::new(move |_| fields.clone())).await
}

pub(super) async fn merge(mut request: Request) -> Result<Reply, Error> {
    let fields = documents::incoming(std::mem::take(&mut request.envelope).into_object()?);
    let parent = named_parent(&fields)?;
    let merged = move |stored: Fields| {
        let mut merged = Value::Object(stored);
        patch::merge(&mut merged, Value::Object(fields.clone()));
        match merged {
            Value::Object(merged) => merged,
            _ => Fields::new(),
        }
    };
    change(&request, parent, Box::new(merged)).await
}

async fn change(request: &Request, parent: Option<Sid>, change: Change) -> Result<Reply, Error> {
    let (fields, revision) = match Node::of(request)? {
        Node::Account(account) => change_account(request, account, parent, change).await?,
        Node::Provider(provider) => change_provider(request, provider, change).await?,
    };
    Ok(Reply::ok(fields).revision(revision))
}

async fn change_account(
    request: &Request,
    account: AccountId,
    parent: Option<Sid>,
    change: Change,
) -> Result<(Fields, Revision), Error> {
    let applied = |account: &mut Account| {
        let fields = change(account.node());
        check_rate(request, Some(account), &fields)?;
        let before = (account.is_active, account.service_provider_sid);
        account.replace_node(fields)?;
        // An account that was switched off does not switch itself on; only an administrator gives it to somebody else.
        let switched = account.is_active != before.0 && request.caller.account().is_some();
        let moved = parent.is_some_and(|parent| parent != before.1) && request.caller.scope() != Scope::Admin;
        if switched || moved { Err(Error::Forbidden) } else { Ok(()) }
    };
    let to = parent.filter(|_| request.caller.is_admin());
    let written = Move { account, to }.apply(request.by(), |revision| allowed(request, revision), applied).await;
    let (account, revision) = written.map_err(|error| named(error, &account.hex()))?;
    Ok((account.node(), revision))
}

/// Who is asked for by its id, and is gone meanwhile.
fn named(error: Error, id: &str) -> Error {
    match error {
        Error::NotFound => Error::BadIdentifier(id.to_owned()),
        error => error,
    }
}

fn allowed(request: &Request, revision: &Revision) -> Result<(), Error> {
    if request.conditions.allow(&revision.0) { Ok(()) } else { Err(Error::PreconditionFailed) }
}

async fn change_provider(request: &Request, sid: Sid, change: Change) -> Result<(Fields, Revision), Error> {
    for _ in 0..documents::ATTEMPTS {
        let document = found(request, Node::Provider(sid)).await?;
        allowed(request, &document.revision)?;
        let as_read = Expect::Revision(document.revision.clone());
        let mut provider: ServiceProvider = document.decode()?;
        let before = provider.clone();
        provider.replace_node(change(provider.node()))?;
        let mut writes = vec![Write::put(tenants::provider_key(sid), json!(provider), as_read)];
        writes.extend(tenants::rename(&before, &provider));
        let author = request.origin.author(Owner::System, None);
        match request.state.store().apply(Batch::of(writes).by(Some(author))).await {
            Ok(revisions) => return Ok((provider.node(), documents::first(revisions)?)),
            Err(StoreError::Conflict(key)) if key.kind == strowger_store::Kind::Index => {
                return Err(TenantError::Taken(key).into());
            }
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict)
}

/// An account goes at once, and a job removes what was its own. A service provider with accounts stays.
pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let node = Node::of(&request)?;
    let found = found(&request, node).await?;
    allowed(&request, &found.revision)?;
    let fields = match node {
        Node::Account(account) => {
            let as_asked = |revision: &Revision| match request.conditions.allow(&revision.0) {
                true => Ok(()),
                false => Err(TenantError::Conflict),
            };
            let erase = vec![EraseAccount::job(account).enqueue()];
            tenants::remove_account(request.by(), account, as_asked, erase).await.map(|account| account.node())
        }
        Node::Provider(_) if !request.caller.is_admin() => return Err(Error::Forbidden),
        Node::Provider(provider) => {
            tenants::remove_provider(request.by(), provider).await.map(|provider| provider.node())
        }
    };
    let fields = fields.map_err(|error| named(error.into(), &node.hex()))?;
    Ok(Reply::ok(documents::as_deleted(&Value::Object(fields), &node.hex())).revision(found.revision))
}
