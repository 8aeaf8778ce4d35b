//! `/resources/collection`: many carriers in one request, all of them or (with `partial=true`) those that can be written.
//!
//! What is in memory: the items of the request as JSON text, from when they have been counted until the reply; as values only those that
//! are being checked and, once, those that the batch writes; and the reply as text, which goes out in the pieces that it was written in.

mod check;
mod items;
mod refusals;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use http::StatusCode;
use strowger_store::{Document, StoreError};

use self::check::{Checked, PeerRules};
use self::items::{Item, Items};
use self::refusals::Refusals;
use super::documents::{ATTEMPTS, Stamp};
use super::error::Error;
use super::peers::{self, Peers};
use super::reply::Reply;
use super::request::Request;
use super::resources::KIND;

/// Items that are looked up and checked together.
const TOGETHER: usize = 128;

/// Documents that are asked for at once.
const LOOK_UPS: usize = 32;

/// What becomes of the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// They are new documents.
    Create,
    /// They are merged into stored ones.
    Merge,
}

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    write(request, Mode::Create).await
}

pub(super) async fn merge(request: Request) -> Result<Reply, Error> {
    write(request, Mode::Merge).await
}

async fn write(mut request: Request, mode: Mode) -> Result<Reply, Error> {
    // A collection has no revision that it could be at.
    if request.conditions.demands_revision() {
        return Err(Error::PreconditionFailed);
    }
    let is_partial = request.says_yes("partial");
    let values = items::counted(std::mem::take(&mut request.envelope).into_array()?)?;
    let Items { items, refusals } = off_the_calls(move || Items::read(values, mode)).await?;
    let (items, stamp) = (Arc::new(items), Stamp::of(&request, KIND));
    let mut rules = PeerRules { peers: Peers::of(&request), refused: BTreeMap::new() };
    for _ in 0..ATTEMPTS {
        let shared = Arc::new(rules);
        let Checked { writes, written, refused, addresses } = checked(&request, &items, mode, &stamp, &shared).await?;
        let taken = peers::claim(&request, &addresses).await?;
        rules = PeerRules {
            peers: shared.peers,
            refused: shared.refused.clone().into_iter().chain(taken.clone()).collect(),
        };
        if !taken.is_empty() {
            continue;
        }
        let refusals = refused.into_iter().fold(refusals.clone(), |refusals, (id, refusal)| refusals.with(id, refusal));
        if !refusals.is_empty() && !is_partial {
            return Err(Error::Collection(refusals.into_errors()));
        }
        // Nothing that could be written is no write.
        let committed = if writes.is_empty() { Ok(Vec::new()) } else { request.commit(writes).await };
        match committed {
            Ok(_) => return Ok(reply(mode, refusals, written)),
            // Somebody else has changed one of the documents meanwhile: all is made anew on what they are then.
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict)
}

fn reply(mode: Mode, refusals: Refusals, written: Vec<String>) -> Reply {
    let status = if mode == Mode::Create && refusals.is_empty() { StatusCode::CREATED } else { StatusCode::OK };
    let errors = serde_json::Value::Object(refusals.into_errors());
    let mut pieces = vec![Bytes::from(format!("{{\"errors\":{errors},\"successes\":{{"))];
    for (number, written) in written.into_iter().filter(|written| !written.is_empty()).enumerate() {
        pieces.extend((number > 0).then(|| Bytes::from_static(b",")));
        pieces.push(Bytes::from(written));
    }
    pieces.push(Bytes::from_static(b"}}"));
    Reply::written(status, pieces)
}

/// What would be written, as the documents are at this moment. As many threads check as the machine has cores.
async fn checked(
    request: &Request,
    items: &Arc<Vec<Item>>,
    mode: Mode,
    stamp: &Stamp,
    rules: &Arc<PeerRules>,
) -> Result<Checked, Error> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let ranges = (0..items.len()).step_by(TOGETHER).map(|from| from..items.len().min(from + TOGETHER));
    let parts: Vec<_> = ranges
        .map(|range| part(request, Arc::clone(items), range, mode, stamp.clone(), Arc::clone(rules)).boxed())
        .collect();
    stream::iter(parts).buffered(cores).try_fold(Checked::default(), async |checked, part| Ok(checked.and(part))).await
}

async fn part(
    request: &Request,
    items: Arc<Vec<Item>>,
    range: Range<usize>,
    mode: Mode,
    stamp: Stamp,
    rules: Arc<PeerRules>,
) -> Result<Checked, Error> {
    let some = items.get(range.clone()).unwrap_or_default();
    let look_ups: Vec<_> = some.iter().map(|item| stored(request, item, &stamp).boxed()).collect();
    let stored: Vec<Option<Document>> = stream::iter(look_ups).buffered(LOOK_UPS).try_collect().await?;
    off_the_calls(move || Checked::of(items.get(range).unwrap_or_default(), stored, mode, &stamp, &rules)).await
}

async fn stored(request: &Request, item: &Item, stamp: &Stamp) -> Result<Option<Document>, StoreError> {
    // An id of the host's own making is nobody's.
    if item.is_named { request.state.store().get(&stamp.key(&item.id)).await } else { Ok(None) }
}

/// Does what takes long on a thread that no call waits for.
async fn off_the_calls<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Unavailable("the work was interrupted".into()))
}
