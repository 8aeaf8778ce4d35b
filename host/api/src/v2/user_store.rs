//! Users in the store: beside the document, the entries by which its name is unique and a log-in finds it.

use serde_json::{Map, Value, json};
use strowger_model::user::{self, folded};
use strowger_model::{AccountId, Secret, Violation, patch};
use strowger_store::{Document, Expect, Key, Kind, Revision, StoreError, Write};
use uuid::Uuid;

use super::documents::{self, Target};
use super::error::Error;
use super::request::Request;
use crate::auth::{CREDENTIALS, Method, entry};
use crate::index::Index;
use crate::tenants::TenantError;

type Fields = Map<String, Value>;

/// The fields that a request has for a user.
pub(super) enum Input {
    Fresh(Fields),
    Replacement(Fields),
    Patch(Fields),
}

impl Input {
    fn target(&self) -> Target {
        match self {
            Self::Fresh(_) => Target::Fresh,
            Self::Replacement(_) | Self::Patch(_) => Target::Existing,
        }
    }

    fn over(&self, stored: Fields) -> Fields {
        match self {
            Self::Fresh(fields) | Self::Replacement(fields) => fields.clone(),
            Self::Patch(fields) => {
                let mut merged = Value::Object(stored);
                patch::merge(&mut merged, Value::Object(fields.clone()));
                match merged {
                    Value::Object(merged) => merged,
                    _ => Fields::new(),
                }
            }
        }
    }
}

/// Writes a user. Answers its public fields.
pub(super) async fn write(request: &Request, id: &str, input: Input) -> Result<(Fields, Revision), Error> {
    let account = request.owner.account().ok_or(Error::Forbidden)?;
    for _ in 0..documents::ATTEMPTS {
        let stored = documents::stored(request, Kind::User, id).await?;
        let current = documents::admitted(request, id, input.target(), stored.as_ref())?;
        let (mut private, before) = documents::split(current);
        let mut fields = input.over(before.clone());
        user::validate(&mut fields, request.state.auth().password_settings().await?)?;
        let password = fields.shift_remove("password");
        let password = password.as_ref().and_then(Value::as_str).map(Secret::new);
        let beside = beside(request, account, id, &before, &fields, password, &mut private).await?;
        let body = documents::stamped(request, Kind::User, id, private, fields.clone());
        let expect = stored.map_or(Expect::Absent, |document| Expect::Revision(document.revision));
        let mut writes = vec![Write::put(Key::new(account, Kind::User, id), body, expect)];
        writes.extend(beside);
        match commit(request, writes).await? {
            Some(revisions) => return Ok((fields, documents::first(revisions)?)),
            None => tokio::task::yield_now().await,
        }
    }
    Err(Error::Conflict)
}

/// The new revisions; none where somebody else has changed the user meanwhile.
async fn commit(request: &Request, writes: Vec<Write>) -> Result<Option<Vec<Option<Revision>>>, Error> {
    let user = writes.first().map(|write| write.key.clone());
    match request.commit(writes).await {
        Ok(revisions) => {
            // The change feed tells it too, but not before the reply.
            user.iter().for_each(|key| request.state.auth().forget(key));
            Ok(Some(revisions))
        }
        Err(StoreError::Conflict(key)) if key.kind == Kind::Index => Err(TenantError::Taken(key).into()),
        Err(StoreError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The writes for a user's name and password, which go into its private fields too.
async fn beside(
    request: &Request,
    account: AccountId,
    id: &str,
    before: &Fields,
    after: &Fields,
    password: Option<Secret>,
    private: &mut Fields,
) -> Result<Vec<Write>, Error> {
    let name = |fields: &Fields| fields.get("username").and_then(Value::as_str).map(folded);
    let (old, new) = (name(before), name(after));
    let mut writes = Index::Username.rename(account.into(), old.as_deref(), new.as_deref(), id);
    let Some(password) = password else {
        if old != new && private.contains_key(CREDENTIALS) {
            let message = "A password goes with its username: a new username needs the password too";
            return Err(Violation::new("password", "required", message).into());
        }
        return Ok(writes);
    };
    let hashes = request.state.auth().hash_password(account, &new.unwrap_or_default(), &password).await?;
    writes.extend(releases(account, private));
    let mut stored = Fields::from_iter([("id".to_owned(), json!(Uuid::new_v4().simple().to_string()))]);
    for (method, hash) in hashes {
        // The same password again releases the entry and claims it, in this order.
        writes.push(Index::Credentials.claim(account, &entry(method, &hash), id));
        stored.insert(method.name().into(), json!(hash));
    }
    private.insert(CREDENTIALS.into(), Value::Object(stored));
    Ok(writes)
}

/// The writes by which nobody logs in with a user's password any more.
fn releases(account: AccountId, private: &Fields) -> Vec<Write> {
    let stored = |method: Method| private.get(CREDENTIALS)?.get(method.name())?.as_str();
    let hashes = Method::ALL.into_iter().filter_map(|method| Some((method, stored(method)?)));
    hashes.map(|(method, hash)| Index::Credentials.release(account, &entry(method, hash))).collect()
}

/// Removes a user: its tokens end, and its name is free.
pub(super) async fn remove(request: &Request, id: &str) -> Result<Document, Error> {
    let account = request.owner.account().ok_or(Error::Forbidden)?;
    for _ in 0..documents::ATTEMPTS {
        let document = documents::find(request, Kind::User, id).await?;
        if !request.conditions.allow(&document.revision.0) {
            return Err(Error::PreconditionFailed);
        }
        let (private, public) = documents::split(Some(&document.body));
        let mut writes = vec![Write::delete(document.key.clone(), Expect::Revision(document.revision.clone()))];
        let username = public.get("username").and_then(Value::as_str).map(folded);
        writes.extend(username.map(|username| Index::Username.release(account, &username)));
        writes.extend(releases(account, &private));
        if commit(request, writes).await?.is_some() {
            return Ok(document);
        }
    }
    Err(Error::Conflict)
}
