//! A `/v2` request as its handler gets it: authenticated, allowed, its body parsed.

use std::future::Future;
use std::pin::Pin;

use strowger_model::{Envelope, Owner};
use strowger_store::{Batch, Revision, StoreError, Write};

use super::error::Error;
use super::reply::Reply;
use crate::audit::Origin;
use crate::auth::Caller;
use crate::state::ApiState;
use crate::tenants::By;
use crate::transport::body::Incoming;
use crate::transport::precondition::Preconditions;
use crate::transport::query::Query;
use crate::transport::request_id::RequestId;

/// One request.
pub(crate) struct Request {
    pub(super) state: ApiState,
    pub(super) caller: Caller,
    pub(super) origin: Origin,
    /// Whose documents the path means.
    pub(super) owner: Owner,
    pub(super) segments: Vec<(String, String)>,
    pub(super) query: Query,
    pub(super) conditions: Preconditions,
    /// The media types that the client takes, as it says.
    pub(super) accept: String,
    pub(super) id: RequestId,
    pub(super) envelope: Envelope,
}

/// A request that needs no token: its body is what tells who asks.
pub(crate) struct OpenRequest {
    pub(super) state: ApiState,
    pub(super) envelope: Envelope,
}

/// The work of an endpoint that needs no token. One that answers [`Error::Unauthenticated`] counts as a guess of its peer's.
pub(crate) type OpenHandler = fn(OpenRequest) -> Answer;

/// The work of an endpoint that takes a body as it comes.
pub(crate) type StreamHandler = for<'a> fn(Request, &'a mut Incoming) -> StreamAnswer<'a>;

/// What such a handler returns.
pub(crate) type StreamAnswer<'a> = Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send + 'a>>;

/// What a handler returns.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send>>;

/// One endpoint's work.
pub(crate) type Handler = fn(Request) -> Answer;

impl Request {
    /// Writes all or nothing, as the caller's change.
    pub(super) async fn commit(&self, writes: Vec<Write>) -> Result<Vec<Option<Revision>>, StoreError> {
        let author = self.origin.author(self.owner, None);
        self.state.store().apply(Batch::of(writes).by(Some(author))).await
    }

    /// The caller, as the author of changes to service providers, accounts and keys.
    pub(super) fn by(&self) -> By<'_> {
        By { state: &self.state, origin: &self.origin }
    }

    /// A named part of the path; the route's pattern has it.
    pub(super) fn segment(&self, name: &str) -> &str {
        self.segments.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// A parameter of the query string, else of the envelope, else of its data.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.query.get(name).map(str::to_owned).or_else(|| self.envelope.text(name))
    }

    /// Every parameter, wherever it stands.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        let inside = self.envelope.parameters().map(|(name, value)| (name.to_owned(), value));
        self.query.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).chain(inside).collect()
    }

    /// Whether the client wants that media type before all others. A parameter overrules the header.
    pub(super) fn wants(&self, media_type: &str) -> bool {
        let accept = self.parameter("accept").unwrap_or_else(|| self.accept.clone());
        let first = accept.split([',', ';']).next().unwrap_or_default();
        first.trim().eq_ignore_ascii_case(media_type)
    }

    pub(super) fn says_no(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|value| value.eq_ignore_ascii_case("false") || value == "0")
    }

    pub(super) fn says_yes(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }
}
