//! `GET /openapi.json`.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use super::document;
use crate::hex;
use crate::transport::precondition::Preconditions;

struct Rendered {
    json: Bytes,
    revision: String,
}

static RENDERED: LazyLock<Rendered> = LazyLock::new(|| {
    let json = Bytes::from(document().to_string());
    let revision = hex::encode(Sha256::digest(&json).into_iter().take(16));
    Rendered { json, revision }
});

/// The document, unless the client has it already. It needs no token and holds no secret, so that anybody may keep it.
pub(crate) async fn serve(headers: HeaderMap) -> Response {
    let Rendered { json, revision } = &*RENDERED;
    let known = Preconditions::from_headers(&headers).has_current(revision);
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { json.clone().into_response() };
    let headers = response.headers_mut();
    if !known {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers.extend(HeaderValue::from_str(&format!("\"{revision}\"")).ok().map(|etag| (header::ETAG, etag)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
