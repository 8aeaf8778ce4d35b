//! `/v2` documents in the store: public fields as clients see them, private fields around, writes that lose no other write.

use serde_json::{Map, Value, json};
use strowger_model::document::{self, is_private};
use strowger_model::{AccountId, Owner, time};
use strowger_store::{Document, Expect, Key, Kind, Revision, StoreError, Write};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;

/// Times that a write is made anew on a newer revision before it is answered 409.
pub(super) const ATTEMPTS: usize = 8;

/// Longest id that is looked up; none is longer.
const LONGEST_ID: usize = 128;

const DELETED: &str = "pvt_deleted";

/// Whether a stored body is that of a soft-deleted document.
pub(crate) fn is_deleted(body: &Value) -> bool {
    body.get(DELETED).is_some_and(|deleted| deleted == true)
}

/// Whether a write needs the document to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// It must not exist.
    Fresh,
    /// It must exist.
    Existing,
    /// Either.
    Any,
}

/// The document, unless it is deleted.
pub(super) async fn find(request: &Request, kind: Kind, id: &str) -> Result<Document, Error> {
    let found = stored(request, kind, id).await?;
    found.filter(|document| !is_deleted(&document.body)).ok_or_else(|| Error::BadIdentifier(id.to_owned()))
}

pub(super) async fn stored(request: &Request, kind: Kind, id: &str) -> Result<Option<Document>, Error> {
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(Error::BadIdentifier(id.chars().take(LONGEST_ID).collect()));
    }
    Ok(request.state.store().get(&Key::new(request.owner, kind, id)).await?)
}

/// Writes what `change` makes of the newest public fields (none for a new document). A concurrent write is not lost: the
/// change is made anew on top of it.
pub(super) async fn write(
    request: &Request,
    kind: Kind,
    id: &str,
    target: Target,
    change: impl Fn(Map<String, Value>) -> Result<Map<String, Value>, Error> + Send,
) -> Result<(Map<String, Value>, Revision), Error> {
    for _ in 0..ATTEMPTS {
        let stored = stored(request, kind, id).await?;
        let current = admitted(request, id, target, stored.as_ref())?;
        let (private, public) = split(current);
        let changed = change(public)?;
        let body = stamped(request, kind, id, private, changed.clone());
        // A tombstone is written over like nothing, but at its revision.
        let expect = stored.map_or(Expect::Absent, |document| Expect::Revision(document.revision));
        let write = Write::put(Key::new(request.owner, kind, id), body, expect);
        match request.commit(vec![write]).await {
            Ok(revisions) => return Ok((changed, first(revisions)?)),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict)
}

pub(super) fn first(revisions: Vec<Option<Revision>>) -> Result<Revision, StoreError> {
    revisions.into_iter().next().flatten().ok_or_else(|| StoreError::Fault("a write answered no revision".into()))
}

/// Removes the document from the store.
pub(super) async fn remove(request: &Request, kind: Kind, id: &str) -> Result<Document, Error> {
    for _ in 0..ATTEMPTS {
        let document = find(request, kind, id).await?;
        if !request.conditions.allow(&document.revision.0) {
            return Err(Error::PreconditionFailed);
        }
        let expect = Expect::Revision(document.revision.clone());
        match request.commit(vec![Write::delete(document.key.clone(), expect)]).await {
            Ok(_) => return Ok(document),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict)
}

/// The body that a change starts from, if `target` and the request's preconditions admit one.
pub(super) fn admitted<'a>(
    request: &Request,
    id: &str,
    target: Target,
    stored: Option<&'a Document>,
) -> Result<Option<&'a Value>, Error> {
    let current = stored.filter(|document| !is_deleted(&document.body));
    match (current, target) {
        (Some(_), Target::Fresh) => Err(Error::Conflict),
        (None, Target::Existing) => Err(Error::BadIdentifier(id.to_owned())),
        (Some(document), _) if !request.conditions.allow(&document.revision.0) => Err(Error::PreconditionFailed),
        (None, Target::Any) if request.conditions.demands_revision() => Err(Error::PreconditionFailed),
        (current, _) => Ok(current.map(|document| &document.body)),
    }
}

/// The private and the public fields of a body, of which there may be none.
pub(super) fn split(body: Option<&Value>) -> (Map<String, Value>, Map<String, Value>) {
    parted(body.cloned().unwrap_or_default())
}

/// The private and the public fields of a body. The id is neither: it is the document's key.
pub(crate) fn parted(body: Value) -> (Map<String, Value>, Map<String, Value>) {
    let Value::Object(fields) = body else { return (Map::new(), Map::new()) };
    fields.into_iter().filter(|(key, _)| key != "id").partition(|(key, _)| is_private(key))
}

/// Who writes documents of one kind, when and on which request: what their private fields tell.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    owner: Owner,
    kind: Kind,
    now: i64,
    request: String,
    author: Option<String>,
}

impl Stamp {
    pub(super) fn of(request: &Request, kind: Kind) -> Self {
        Self::new(request.owner, kind, request.id.as_str(), request.caller.account())
    }

    /// `author` is the account that asks, if one does.
    pub(crate) fn new(owner: Owner, kind: Kind, request: &str, author: Option<AccountId>) -> Self {
        let (request, author) = (request.to_owned(), author.map(AccountId::hex));
        Self { owner, kind, now: time::gregorian_now(), request, author }
    }

    pub(super) fn key(&self, id: &str) -> Key {
        Key::new(self.owner, self.kind, id)
    }

    /// The body to store: the changed public fields, the private ones that were there, and who wrote it when.
    pub(crate) fn body(&self, id: &str, mut private: Map<String, Value>, public: Map<String, Value>) -> Value {
        private.entry("pvt_type").or_insert_with(|| json!(self.kind.name()));
        private.entry("pvt_vsn").or_insert_with(|| json!("1"));
        private.entry("pvt_created").or_insert_with(|| json!(self.now));
        private.insert("pvt_modified".into(), json!(self.now));
        private.insert("pvt_request_id".into(), json!(self.request));
        if let Owner::Account(account) = self.owner {
            private.insert("pvt_account_id".into(), json!(account.hex()));
        }
        if let Some(author) = &self.author {
            private.insert("pvt_auth_account_id".into(), json!(author));
        }
        let mut body = public;
        body.insert("id".into(), json!(id));
        body.extend(private);
        Value::Object(body)
    }
}

/// As [`Stamp::body`], for one document.
pub(super) fn stamped(
    request: &Request,
    kind: Kind,
    id: &str,
    private: Map<String, Value>,
    public: Map<String, Value>,
) -> Value {
    Stamp::of(request, kind).body(id, private, public)
}

/// The reply that shows a stored document.
pub(super) fn shown(document: Document) -> Reply {
    let id = document.key.id;
    let mut fields = match document.body {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.retain(|key, _| !is_private(key));
    fields.insert("id".into(), Value::String(id));
    Reply::ok(fields).revision(document.revision)
}

/// Public fields as a client sees them.
pub(super) fn with_id(mut fields: Map<String, Value>, id: &str) -> Map<String, Value> {
    fields.insert("id".into(), json!(id));
    fields
}

/// Public fields of a document that is gone.
pub(super) fn as_deleted(body: &Value, id: &str) -> Map<String, Value> {
    let mut fields = body.as_object().map(document::public).unwrap_or_default();
    fields.insert("_read_only".into(), json!({"deleted": true}));
    with_id(fields, id)
}

/// The fields of a request that are stored: none of the host's own, and no id, which the path or the host gives.
pub(super) fn incoming(mut data: Map<String, Value>) -> Map<String, Value> {
    data.retain(|key, _| key != "id" && !is_private(key));
    data
}

/// The private mark of a soft-deleted document.
pub(crate) fn mark_deleted(fields: &mut Map<String, Value>) {
    fields.insert(DELETED.into(), json!(true));
}
