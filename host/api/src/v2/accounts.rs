//! `/accounts`: the service providers and accounts that the caller reaches, and new accounts.

use serde_json::{Map, Value};
use strowger_model::api_key::Scope;
use strowger_model::{Account, Owner, Sid, Violation};
use strowger_store::{Kind, Scan};

use super::documents;
use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::tree;
use crate::tenants;

/// Fields by which an administrator says whose an account shall be: the host's name for it, and the documented one.
pub(super) const PARENT: [&str; 2] = ["service_provider_id", "reseller_id"];

/// Service providers first.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let everything = |kind| Scan::of(Owner::System, kind);
    let only = |kind, id: String| everything(kind).only(&id);
    let scans = match request.caller.scope() {
        Scope::Admin => vec![everything(Kind::ServiceProvider), everything(Kind::Account)],
        Scope::ServiceProvider(own) => {
            vec![only(Kind::ServiceProvider, own.to_string()), tenants::accounts_below(own)]
        }
        Scope::Account(own) => vec![only(Kind::Account, own.hex())],
    };
    tree::list(&request, "nodes", scans).await
}

/// An account below the caller, or below the service provider that an administrator names.
pub(super) async fn create(mut request: Request) -> Result<Reply, Error> {
    let fields = std::mem::take(&mut request.envelope).into_object()?;
    let provider = match request.caller.scope() {
        Scope::Account(_) => return Err(Error::Forbidden),
        Scope::ServiceProvider(own) => own,
        Scope::Admin => named_parent(&fields)?.ok_or_else(|| super::api_auth::required("service_provider_id"))?,
    };
    store(&request, fields, provider, "").await
}

/// An account below the path's service provider. Accounts have none below them.
pub(super) async fn create_below(mut request: Request) -> Result<Reply, Error> {
    if request.owner != Owner::System {
        let message = "Accounts lie below service providers, not below accounts";
        return Err(Violation::new("account_id", "invalid", message).into());
    }
    let fields = std::mem::take(&mut request.envelope).into_object()?;
    let provider = request.segment("account").parse().map_err(|_| Error::NotFound)?;
    store(&request, fields, provider, "../").await
}

async fn store(request: &Request, fields: Map<String, Value>, provider: Sid, up: &str) -> Result<Reply, Error> {
    check_rate(request, None, &fields)?;
    let account = Account::from_node(documents::incoming(fields), provider)?;
    let revision = tenants::create_account(request.by(), &account).await?;
    let id = account.account_sid.hex();
    Ok(Reply::created(account.node(), format!("{up}{id}")).revision(revision))
}

/// The service provider that the fields name.
pub(super) fn named_parent(fields: &Map<String, Value>) -> Result<Option<Sid>, Error> {
    let named = PARENT.into_iter().find_map(|field| Some((field, fields.get(field).filter(|id| !id.is_null())?)));
    let Some((field, id)) = named else { return Ok(None) };
    match id.as_str().map(str::parse) {
        Some(Ok(provider)) => Ok(Some(provider)),
        _ => Err(Violation::new(field, "wrong_format", "Value must be 32 hex digits or a hyphenated UUID").into()),
    }
}

/// What administrators say of an account: limits protect the installation, and whose carriers it may use the other accounts.
const ADMINISTRATORS: [&str; 2] = ["rate_limit", "hunt_accounts"];

/// Refuses changes of what is for administrators to say.
pub(super) fn check_rate(request: &Request, now: Option<&Account>, fields: &Map<String, Value>) -> Result<(), Error> {
    let kept = now.map(Account::node).unwrap_or_default();
    let is_kept = |field: &&str| fields.get(*field).filter(|asked| !asked.is_null()) == kept.get(*field);
    if request.caller.is_admin() || ADMINISTRATORS.iter().all(is_kept) { Ok(()) } else { Err(Error::Forbidden) }
}
