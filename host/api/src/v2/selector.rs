//! `/resource_selectors/{ROW}`: one selector row. Its id says what the row is identified by, so that a row whose name, selector, carrier
//! or times are changed has another id.

use serde_json::{Map, Value};
use strowger_model::selector_row::{self, SelectorRow};
use strowger_model::{Violation, Violations, patch};
use strowger_rows::{RowId, RowsError, StoredRow};

use super::documents::{self, ATTEMPTS};
use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::selectors::full;

/// Characters of an id that is none which are told back.
const SHOWN: usize = 128;

pub(super) async fn create(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let stored = StoredRow::from(validated(data)?);
    let rows = request.state.rows();
    if rows.book(request.owner).await?.get(&stored.id).is_some() {
        return Err(Error::Conflict);
    }
    let author = request.origin.author(request.owner, None);
    rows.put(request.owner, vec![stored.row.clone()], Some(author)).await?;
    let id = stored.id.to_string();
    Ok(Reply::created(full(&stored), id).revision(stored.revision))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    find(&request).await.map(shown)
}

pub(super) async fn replace(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let row = validated(data)?;
    change(&request, |_| Ok(row.clone())).await.map(shown)
}

pub(super) async fn merge(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let change_of = Value::Object(documents::incoming(data));
    let merged = |stored: &StoredRow| {
        let mut document = full(stored);
        patch::merge(&mut document, change_of.clone());
        Ok(row(document)?)
    };
    change(&request, merged).await.map(shown)
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    for _ in 0..ATTEMPTS {
        let stored = admitted(&request).await?;
        let author = request.origin.author(request.owner, None);
        let removed =
            request.state.rows().remove(request.owner, &stored.id, Some(&stored.revision), Some(author)).await;
        match removed {
            Ok(gone) => {
                let deleted = documents::as_deleted(&full(&gone), &gone.id.to_string());
                return Ok(Reply::ok(deleted).revision(gone.revision));
            }
            Err(RowsError::Changed { .. }) => {}
            Err(error) => return Err(told(&request, error)),
        }
    }
    Err(Error::Conflict)
}

/// Puts what `make` makes of the newest row in its place. A concurrent change is not lost: the row is made anew from it.
async fn change(
    request: &Request,
    make: impl Fn(&StoredRow) -> Result<SelectorRow, Error> + Send,
) -> Result<StoredRow, Error> {
    for _ in 0..ATTEMPTS {
        let stored = admitted(request).await?;
        let row = make(&stored)?;
        let author = request.origin.author(request.owner, None);
        let rows = request.state.rows();
        match rows.replace(request.owner, &stored.id, row, Some(&stored.revision), Some(author)).await {
            Ok(changed) => return Ok(changed),
            Err(RowsError::Changed { .. }) => {}
            Err(error) => return Err(told(request, error)),
        }
    }
    Err(Error::Conflict)
}

/// The row, if the request's preconditions admit it.
async fn admitted(request: &Request) -> Result<StoredRow, Error> {
    let stored = find(request).await?;
    if request.conditions.allow(&stored.revision.0) { Ok(stored) } else { Err(Error::PreconditionFailed) }
}

async fn find(request: &Request) -> Result<StoredRow, Error> {
    let id: RowId = request.segment("row").parse().map_err(|_| unknown(request))?;
    let book = request.state.rows().book(request.owner).await?;
    book.get(&id).ok_or_else(|| unknown(request))
}

fn unknown(request: &Request) -> Error {
    Error::BadIdentifier(request.segment("row").chars().take(SHOWN).collect())
}

fn told(request: &Request, error: RowsError) -> Error {
    match error {
        RowsError::NotFound => unknown(request),
        error => error.into(),
    }
}

/// The row that a client sends.
pub(super) fn row(data: Value) -> Result<SelectorRow, Violations> {
    match data {
        Value::Object(data) => validated(data),
        _ => Err(Violation::new("", "type", "Value did not match type(s): object").into()),
    }
}

fn validated(data: Map<String, Value>) -> Result<SelectorRow, Violations> {
    let mut fields = documents::incoming(data);
    selector_row::validate(&mut fields)?;
    let unreadable = |error| Violation::new("data", "invalid", format!("The row cannot be read: {error}"));
    SelectorRow::from_document(fields).map_err(|error: serde_json::Error| unreadable(error).into())
}

fn shown(stored: StoredRow) -> Reply {
    Reply::ok(full(&stored)).revision(stored.revision)
}

impl From<RowsError> for Error {
    fn from(error: RowsError) -> Self {
        match error {
            RowsError::NotFound => Self::NotFound,
            RowsError::Changed { .. } | RowsError::Exists => Self::Conflict,
            RowsError::Invalid(reason) => Violation::new("data", "invalid", reason).into(),
            RowsError::TooMany { what, most } => {
                Violation::new("data", "maxItems", format!("{what}: at most {most}")).target(most).into()
            }
            RowsError::Contended => Self::Unavailable(error.to_string()),
            RowsError::Damaged(reason) => Self::Store(strowger_store::StoreError::Fault(reason)),
            RowsError::Store(error) => error.into(),
        }
    }
}
