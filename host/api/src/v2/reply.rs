//! The response envelope.

use std::convert::Infallible;

use ::time::format_description::well_known::Rfc3339;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use strowger_model::time;
use strowger_store::Revision;

use super::error::Error;

/// What a handler answers.
pub(crate) struct Reply {
    status: StatusCode,
    data: Data,
    pub(super) revision: Option<String>,
    location: Option<String>,
    page: Option<PageKeys>,
    /// A token that was issued by this request.
    issued: Option<String>,
    file: Option<File>,
    /// A response that goes on.
    live: Option<Response>,
}

/// A file, which is answered without an envelope, as it is read.
pub(crate) struct File {
    pub(super) media_type: &'static str,
    /// A plain name, without quotes.
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) body: Body,
}

/// What a reply is about.
pub(crate) enum Data {
    Value(Value),
    /// JSON that was written already, in pieces: a copy of it as a value would take ten times the memory.
    Written(Vec<Bytes>),
}

impl Data {
    /// What was written, as a value: where people read the reply, it is laid out for them.
    fn for_people(&self, frame: &Frame<'_>) -> Option<Self> {
        match self {
            Self::Written(pieces) if frame.pretty => serde_json::from_slice(&pieces.concat()).ok().map(Self::Value),
            _ => None,
        }
    }
}

/// Where a list begins and goes on.
pub(crate) struct PageKeys {
    pub(super) page_size: usize,
    pub(super) start_key: Option<String>,
    pub(super) next_start_key: Option<String>,
}

impl Reply {
    pub(super) fn ok(data: impl Into<Value>) -> Self {
        Self {
            status: StatusCode::OK,
            data: Data::Value(data.into()),
            revision: None,
            location: None,
            page: None,
            issued: None,
            file: None,
            live: None,
        }
    }

    pub(super) fn file(file: File) -> Self {
        Self { file: Some(file), ..Self::ok(Value::Null) }
    }

    /// A response that is written as things happen, without an envelope.
    pub(super) fn live(response: Response) -> Self {
        Self { live: Some(response), ..Self::ok(Value::Null) }
    }

    /// Whether it has no envelope.
    pub(super) fn is_file(&self) -> bool {
        self.file.is_some() || self.live.is_some()
    }

    /// 201 with the new document's id as its location.
    pub(super) fn created(data: impl Into<Value>, id: impl Into<String>) -> Self {
        Self { status: StatusCode::CREATED, location: Some(id.into()), ..Self::ok(data) }
    }

    /// 202 for what will be done, with where it can be looked at.
    pub(super) fn accepted(data: impl Into<Value>, location: impl Into<String>) -> Self {
        Self { status: StatusCode::ACCEPTED, location: Some(location.into()), ..Self::ok(data) }
    }

    /// 201 for what has no id of its own.
    pub(super) fn loaded(data: impl Into<Value>) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(data) }
    }

    /// 201 with a token in the envelope.
    pub(super) fn issued(data: impl Into<Value>, token: String) -> Self {
        Self { issued: Some(token), ..Self::loaded(data) }
    }

    /// Data that was written as JSON already, in pieces.
    pub(super) fn written(status: StatusCode, pieces: Vec<Bytes>) -> Self {
        Self { status, data: Data::Written(pieces), ..Self::ok(Value::Null) }
    }

    pub(super) fn revision(self, revision: Revision) -> Self {
        Self { revision: Some(revision.0), ..self }
    }

    pub(super) fn page(self, digest: String, page: Option<PageKeys>) -> Self {
        Self { revision: Some(digest), page, ..self }
    }
}

/// What every reply tells beside its data.
pub(super) struct Frame<'a> {
    pub(super) request_id: &'a str,
    /// What only a caller is told whose token has been found valid.
    pub(super) known: Option<Known<'a>>,
    /// Where the API lies.
    pub(super) base: &'static str,
    /// The path of the request below it; a new document lies below that.
    pub(super) path: &'a str,
    pub(super) pretty: bool,
}

/// What a caller is told that is known.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// Its own token.
    pub(super) token: &'a str,
    /// The process that answers.
    pub(super) node: &'a str,
}

/// The part of an envelope that says who answers, and when.
#[derive(Serialize)]
struct Answering<'a> {
    node: &'a str,
    /// ISO 8601.
    timestamp: String,
    version: &'static str,
}

impl<'a> Answering<'a> {
    fn to(known: Known<'a>) -> Self {
        let timestamp = time::now().format(&Rfc3339).unwrap_or_default();
        Self { node: known.node, timestamp, version: env!("CARGO_PKG_VERSION") }
    }
}

#[derive(Serialize)]
struct Success<'a> {
    #[serde(flatten)]
    answering: Option<Answering<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_start_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_size: Option<usize>,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_key: Option<&'a str>,
    status: &'static str,
}

#[derive(Serialize)]
struct Failure<'a> {
    #[serde(flatten)]
    answering: Option<Answering<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_token: Option<&'a str>,
    data: Value,
    error: &'a str,
    message: &'a str,
    request_id: &'a str,
    status: &'static str,
}

pub(super) fn success(frame: &Frame<'_>, reply: &Reply) -> Response {
    let page = reply.page.as_ref();
    let read = reply.data.for_people(frame);
    let (data, pieces) = match read.as_ref().unwrap_or(&reply.data) {
        Data::Value(value) => (Some(value), None),
        Data::Written(pieces) => (None, Some(pieces)),
    };
    let body = Success {
        answering: frame.known.map(Answering::to),
        auth_token: reply.issued.as_deref().or(frame.known.map(|known| known.token)),
        data,
        next_start_key: page.and_then(|page| page.next_start_key.as_deref()),
        page_size: page.map(|page| page.page_size),
        request_id: frame.request_id,
        revision: reply.revision.as_deref(),
        start_key: page.and_then(|page| page.start_key.as_deref()),
        status: "success",
    };
    let mut response = match pieces {
        None => render(frame, reply.status, &body),
        Some(pieces) => render_around(frame, reply.status, pieces, &body),
    };
    if let Some(etag) = reply.revision.as_deref().and_then(etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    let location = reply.location.as_deref().map(|id| format!("{}{}/{id}", frame.base, frame.path));
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// A file, or what goes on, by itself.
pub(super) fn download(reply: Reply) -> Response {
    if let Some(live) = reply.live {
        return live;
    }
    let Some(File { media_type, name, size, body }) = reply.file else { return Response::new(Body::empty()) };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_LENGTH, size.into());
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.extend(disposition.ok().map(|disposition| (header::CONTENT_DISPOSITION, disposition)));
    response
}

/// 304: the client's copy is current.
pub(super) fn not_modified(revision: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    if let Some(etag) = etag(revision) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

pub(super) fn failure(frame: &Frame<'_>, error: &Error) -> Response {
    let status = error.status();
    if status.is_server_error() {
        tracing::warn!(%error, "request failed");
    }
    let body = Failure {
        answering: frame.known.map(Answering::to),
        auth_token: frame.known.map(|known| known.token),
        data: error.data(),
        error: status.as_str(),
        message: error.message(),
        request_id: frame.request_id,
        status: "error",
    };
    let mut response = render(frame, status, &body);
    let extra = match error {
        Error::MethodNotAllowed { allow } => HeaderValue::from_str(allow).ok().map(|allow| (header::ALLOW, allow)),
        Error::Unauthenticated => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        Error::TooMany(exceeded) => Some(exceeded.retry_after()),
        Error::Plugin(refusal) => refusal.retry_after().map(|seconds| (header::RETRY_AFTER, seconds.into())),
        _ if status == StatusCode::SERVICE_UNAVAILABLE => Some((header::RETRY_AFTER, HeaderValue::from_static("1"))),
        _ => None,
    };
    response.headers_mut().extend(extra);
    response
}

fn etag(revision: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{revision}\"")).ok()
}

fn render(frame: &Frame<'_>, status: StatusCode, body: &impl Serialize) -> Response {
    json(frame, body).map_or_else(unwritten, |json| with_body(status, Body::from(json)))
}

/// The envelope around data that is JSON already, whose pieces go out as they are.
fn render_around(frame: &Frame<'_>, status: StatusCode, pieces: &[Bytes], envelope: &impl Serialize) -> Response {
    let envelope = match json(frame, envelope) {
        Ok(envelope) => Bytes::from(envelope),
        Err(error) => return unwritten(error),
    };
    // Its object, which has a status at least, goes on after the data.
    let rest = envelope.slice(envelope.len().min(1)..);
    let (before, between) = (Bytes::from_static(b"{\"data\":"), Bytes::from_static(b","));
    let frames: Vec<Bytes> = [before].into_iter().chain(pieces.iter().cloned()).chain([between, rest]).collect();
    let length: usize = frames.iter().map(Bytes::len).sum();
    let frames = futures::stream::iter(frames.into_iter().map(Ok::<_, Infallible>));
    let mut response = with_body(status, Body::from_stream(frames));
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

fn json(frame: &Frame<'_>, body: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    if frame.pretty { serde_json::to_vec_pretty(body) } else { serde_json::to_vec(body) }
}

fn with_body(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn unwritten(error: serde_json::Error) -> Response {
    tracing::error!(%error, "a reply could not be written as JSON");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
