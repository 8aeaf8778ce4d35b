//! The response envelope.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use strowger_store::Revision;

use super::error::Error;

/// What a handler answers.
pub(crate) struct Reply {
    status: StatusCode,
    pub(super) data: Value,
    pub(super) revision: Option<String>,
    location: Option<String>,
    page: Option<PageKeys>,
    /// A token that was issued by this request.
    issued: Option<String>,
}

/// Where a list begins and goes on.
pub(crate) struct PageKeys {
    pub(super) page_size: usize,
    pub(super) start_key: Option<String>,
    pub(super) next_start_key: Option<String>,
}

impl Reply {
    pub(super) fn ok(data: impl Into<Value>) -> Self {
        Self { status: StatusCode::OK, data: data.into(), revision: None, location: None, page: None, issued: None }
    }

    /// 201 with the new document's id as its location.
    pub(super) fn created(data: impl Into<Value>, id: impl Into<String>) -> Self {
        Self { status: StatusCode::CREATED, location: Some(id.into()), ..Self::ok(data) }
    }

    /// 201 for what has no id of its own.
    pub(super) fn loaded(data: impl Into<Value>) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(data) }
    }

    /// 201 with a token in the envelope.
    pub(super) fn issued(data: impl Into<Value>, token: String) -> Self {
        Self { issued: Some(token), ..Self::loaded(data) }
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
    /// The caller's own token, once it has been found valid.
    pub(super) auth_token: Option<&'a str>,
    /// Where the API lies.
    pub(super) base: &'static str,
    /// The path of the request below it; a new document lies below that.
    pub(super) path: &'a str,
    pub(super) pretty: bool,
}

#[derive(Serialize)]
struct Success<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_token: Option<&'a str>,
    data: &'a Value,
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
    let body = Success {
        auth_token: reply.issued.as_deref().or(frame.auth_token),
        data: &reply.data,
        next_start_key: page.and_then(|page| page.next_start_key.as_deref()),
        page_size: page.map(|page| page.page_size),
        request_id: frame.request_id,
        revision: reply.revision.as_deref(),
        start_key: page.and_then(|page| page.start_key.as_deref()),
        status: "success",
    };
    let mut response = render(frame, reply.status, &body);
    if let Some(etag) = reply.revision.as_deref().and_then(etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    let location = reply.location.as_deref().map(|id| format!("{}{}/{id}", frame.base, frame.path));
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
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
        auth_token: frame.auth_token,
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
    let rendered = if frame.pretty { serde_json::to_vec_pretty(body) } else { serde_json::to_vec(body) };
    match rendered {
        Ok(json) => {
            let mut response = Response::new(Body::from(json));
            *response.status_mut() = status;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        Err(error) => {
            tracing::error!(%error, "a reply could not be written as JSON");
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}
