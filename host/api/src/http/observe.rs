//! Around every request: its id, a tracing span and its metrics.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, header};
use tracing::Instrument;

use super::request_id::{self, RequestId};

/// The route that answered, as its table writes it; a label of bounded variety.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MatchedRoute(pub(crate) &'static str);

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

    let route = response.extensions().get().map_or("unmatched", |MatchedRoute(path)| *path);
    let status = response.status().as_u16();
    span.in_scope(|| tracing::debug!(status, route, micros = elapsed.as_micros(), "answered"));
    let labels = [("method", label(&method)), ("route", route.to_owned()), ("status", status.to_string())];
    metrics::counter!("strowger_http_requests_total", &labels).increment(1);
    metrics::histogram!("strowger_http_request_seconds", "route" => route).record(elapsed.as_secs_f64());

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
fn label(method: &http::Method) -> String {
    crate::table::Verb::from_method(method).map_or("other", crate::table::Verb::name).to_owned()
}
