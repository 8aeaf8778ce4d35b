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

/// The segment after this one is a token.
const BEFORE_TOKEN: &str = "user_auth";

/// Characters of a path's segment that are logged: those of an id, and too few of a token to be one.
const LOGGED: usize = 40;

/// The outermost layer. The query is left out of the span: it may hold what must not be logged.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let id = RequestId::from_headers(request.headers());
    let method = request.method().clone();
    let span = tracing::info_span!("request", id = id.as_str(), %method, path = loggable(request.uri().path()));
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
    // Replies carry documents with passwords and the caller's token; what holds neither says otherwise itself.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Clients may invent methods; a label may not grow with them.
fn method_label(method: &Method) -> &'static str {
    Verb::from_method(method).map_or("other", Verb::name)
}

/// A path without what somebody could log in with.
fn loggable(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').collect();
    let before = std::iter::once("").chain(segments.iter().copied());
    let logged = segments.iter().zip(before).map(|(segment, before)| match before {
        BEFORE_TOKEN => "…".to_owned(),
        _ => segment.chars().take(LOGGED).collect(),
    });
    logged.collect::<Vec<String>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_logged_with_its_ids_and_without_a_token() {
        let resource = "/v2/accounts/0e0681b0d49f4fb8b973b5a3c6758de1/resources/RES-4";
        assert_eq!(loggable(resource), resource);
        assert_eq!(loggable("/v2/user_auth/eyJhbGciOiJIUzI1NiJ9.e30.c2ln"), "/v2/user_auth/…");
        assert_eq!(loggable("/v2/user_auth"), "/v2/user_auth");
        assert_eq!(loggable(&format!("/v2/{}", "f".repeat(64))), format!("/v2/{}", "f".repeat(40)));
        assert_eq!(loggable("/"), "/");
    }
}
