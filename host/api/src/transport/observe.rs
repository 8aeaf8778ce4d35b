//! Around every request: its id, a tracing span and its metrics.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, Method, header};
use tracing::Instrument;

use super::request_id::{self, RequestId};
use crate::table::Verb;

/// The route that answered, as its table writes it; a label of bounded variety.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MatchedRoute {
    /// `/v1` or `/v2`.
    pub(crate) api: &'static str,
    /// The path below it.
    pub(crate) path: &'static str,
}

const UNMATCHED: MatchedRoute = MatchedRoute { api: "none", path: "unmatched" };

/// The outermost layer. The query is left out of the span: it may hold what must not be logged.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let id = RequestId::from_headers(request.headers());
    let method = request.method().clone();
    let span = tracing::info_span!("request", id = id.as_str(), %method, path = request.uri().path());
    let id_header = id.header_value();
    request.extensions_mut().insert(id);

    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let elapsed = started.elapsed();

    let MatchedRoute { api, path } = response.extensions().get().copied().unwrap_or(UNMATCHED);
    let status = response.status();
    span.in_scope(|| tracing::debug!(status = status.as_u16(), route = path, micros = elapsed.as_micros(), "answered"));
    let (method, status) = (method_label(&method), status.as_str().to_owned());
    metrics::counter!("strowger_http_requests_total", "api" => api, "route" => path, "method" => method, "status" => status)
        .increment(1);
    metrics::histogram!("strowger_http_request_seconds", "api" => api, "route" => path).record(elapsed.as_secs_f64());

    let headers = response.headers_mut();
    if let Some(id) = id_header {
        headers.insert(request_id::HEADER, id);
    }
    // Replies carry documents with passwords and the caller's token.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Clients may invent methods; a label may not grow with them.
fn method_label(method: &Method) -> &'static str {
    Verb::from_method(method).map_or("other", Verb::name)
}
