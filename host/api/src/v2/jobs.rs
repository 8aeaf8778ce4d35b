//! `/resources/jobs`: many telephone numbers in one request, added in the background.
//!
//! Jobs of an account add numbers to that account. Those without one are the installation's: their numbers belong to its own pool.

mod range;
mod shape;

use strowger_jobs::numbers::{self, NewNumberJob, NumberJob};
use strowger_model::number_job::{NumberJobId, NumberJobRequest};
use strowger_model::phone_number::NumberModule;
use strowger_model::{Owner, Violation};
use strowger_store::{Batch, Cursor, Document, Key, Kind, Listing, Revision, Scan, listing};

use self::range::Range;
use super::documents::{first, is_deleted};
use super::error::Error;
use super::filters::Filters;
use super::listing::Reading;
use super::paging::Ask;
use super::reply::Reply;
use super::request::Request;

/// The jobs of a period, the latest first.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let (range, filters) = (Range::of(&request)?, Filters::of(&request)?);
    let ask = Ask::of(&request, Kind::NumberJob.name())?;
    let beyond = listing::by_second(range.to.saturating_add(1));
    let scan = Scan::of(request.owner, Kind::NumberJob).by(Listing::Created).direction(ask.direction);
    let scan = scan.from(listing::by_second(range.from)).until(beyond).after(ask.from.clone());
    let shown = |document: &Document| match filters.admit(document) {
        true => document.decode().map(|job: NumberJob| Some(shape::row(&job))).map_err(Error::from),
        false => Ok(None),
    };
    let mut reading = Reading::of(&request, &ask, filters.is_selective());
    let (rows, next) = reading.rows(scan, ask.wanted(), shown).await?;
    ask.page_until(&request, rows, next.map(|Cursor(place)| place))
}

pub(super) async fn create(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let asked = NumberJobRequest::parse(data)?;
    let module = module(&request, &asked.resource_id).await?;
    let (owner, shown) = (request.owner, shape::created(&asked));
    // Off the threads that calls run on: this may take a second.
    let laid_out = tokio::task::spawn_blocking(move || NewNumberJob::of(owner, asked, module)).await;
    let NewNumberJob { id, driver, writes } =
        laid_out.map_err(|_| Error::Unavailable("the request was interrupted".into()))??;
    let author = request.origin.author(Owner::System, owner.account());
    let queued = Batch::of(vec![driver.enqueue()]).by(Some(author));
    request.state.store().apply(queued).await?;
    let revision = first(request.commit(writes).await?)?;
    Ok(Reply::created(shape::with_id(shown, &id), id.to_string()).revision(revision))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let id = id(&request)?;
    let found = numbers::find(request.state.store(), request.owner, &id).await?;
    let (document, job) = found.ok_or_else(|| unknown(&request))?;
    whole(&request, &job, document.revision).await
}

/// Calls the job off. One that is over stays as it is.
pub(super) async fn cancel(request: Request) -> Result<Reply, Error> {
    let id = id(&request)?;
    let author = request.origin.author(request.owner, None);
    let admit = |revision: &Revision| match request.conditions.allow(&revision.0) {
        true => Ok(()),
        false => Err(Error::PreconditionFailed),
    };
    let cancelled = numbers::cancel(request.state.store(), request.owner, &id, author, admit).await?;
    let (job, revision) = cancelled.ok_or_else(|| unknown(&request))?;
    whole(&request, &job, revision).await
}

/// The job with all its numbers.
async fn whole(request: &Request, job: &NumberJob, revision: Revision) -> Result<Reply, Error> {
    let outcomes = numbers::outcomes(request.state.store(), request.owner, job).await?;
    Ok(Reply::written(http::StatusCode::OK, shape::whole(job, outcomes)).revision(revision))
}

fn id(request: &Request) -> Result<NumberJobId, Error> {
    let text = request.segment("job");
    text.parse().map_err(|_| Error::MalformedId(text.chars().take(128).collect()))
}

fn unknown(request: &Request) -> Error {
    Error::BadIdentifier(request.segment("job").to_owned())
}

/// Whose the carrier is that the numbers come from: an account's own one comes before the installation's of the same id.
async fn module(request: &Request, resource: &str) -> Result<NumberModule, Error> {
    if request.owner != Owner::System && has_resource(request, request.owner, resource).await? {
        return Ok(NumberModule::Local);
    }
    if has_resource(request, Owner::System, resource).await? {
        return Ok(NumberModule::Other);
    }
    let violation = Violation::new("resource_id", "not_found", "There is no such resource");
    Err(violation.value(resource).into())
}

async fn has_resource(request: &Request, owner: Owner, id: &str) -> Result<bool, Error> {
    let found = request.state.store().get(&Key::new(owner, Kind::Resource, id)).await?;
    Ok(found.is_some_and(|found| !is_deleted(&found.body)))
}
