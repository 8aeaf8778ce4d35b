//! A small document of a web server that the host itself asks for: the same addresses as for plugins, the same trust, bounded in size and
//! time.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::Incoming;
use strowger_model::Owner;
use tokio::time::timeout;

use super::HttpClients;
use super::outgoing::denial;
use super::told::told;

/// What is asked for. Redirects are not followed.
#[derive(Debug, Clone)]
pub struct FetchRequest {
    /// For whom: their connections are used.
    pub owner: Owner,
    /// The method; there is no body.
    pub method: Method,
    /// `http://…` or `https://…`; a fragment is not sent.
    pub url: String,
    /// Further headers.
    pub headers: HeaderMap,
    /// Most bytes of the answer's body.
    pub limit: usize,
    /// The time for all of it.
    pub wait: Duration,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Bytes,
}

/// Why there is no answer. Without the URL: its query is nobody's business but its owner's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL.
    #[error("has a url that cannot be used")]
    Url,
    /// The time.
    #[error("did not answer in time")]
    Time,
    /// The size.
    #[error("answered more than {0} bytes")]
    Size(usize),
    /// No connection, or no HTTP.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
}

impl HttpClients {
    pub(crate) async fn fetch(&self, request: FetchRequest) -> Result<Fetched, FetchError> {
        let (limit, wait) = (request.limit, request.wait);
        let answered = async {
            let response = self.answered(request).await?;
            Ok(Fetched { status: response.status(), body: whole(response.into_body(), limit).await? })
        };
        timeout(wait, answered).await.map_err(|_| FetchError::Time)?
    }

    async fn answered(&self, asked: FetchRequest) -> Result<Response<Incoming>, FetchError> {
        let uri: Uri = asked.url.split('#').next().unwrap_or_default().parse().map_err(|_| FetchError::Url)?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(FetchError::Url);
        }
        let nothing = Empty::new().map_err(|never: Infallible| match never {});
        let mut request = Request::new(nothing.boxed_unsync());
        (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (asked.method, uri, asked.headers);
        self.pool(asked.owner).client().request(request).await.map_err(|error| {
            let told = told(&error);
            FetchError::Unreachable(denial(&told).map_or_else(|| told.to_string(), str::to_owned))
        })
    }
}

async fn whole(body: Incoming, limit: usize) -> Result<Bytes, FetchError> {
    let collected = Limited::new(body, limit).collect().await;
    let collected = collected.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
        Some(_) => FetchError::Size(limit),
        None => FetchError::Unreachable("its answer breaks off".to_owned()),
    });
    Ok(collected?.to_bytes())
}
