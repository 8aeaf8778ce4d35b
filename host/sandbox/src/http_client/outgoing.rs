//! The requests of one instance.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http::uri::Scheme;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Limited};
use strowger_model::Owner;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::response::{Bounded, Terms};
use super::told::told;
use super::{HttpClients, RESPONSE_TIMEOUT};
use crate::grants::HttpGrant;
use crate::host_pattern::Target;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::plugin_log::LogLevel;

/// What `wasi:http` asks for every request. Without a grant nothing goes out.
pub(crate) struct Outgoing {
    clients: Arc<HttpClients>,
    granted: Option<Granted>,
    owner: Owner,
    journal: Arc<Journal>,
    limits: Arc<Limits>,
}

struct Granted {
    grant: Arc<HttpGrant>,
    /// Requests that may be under way at once.
    turns: Arc<Semaphore>,
    /// Requests that this instance may still send.
    left: u32,
}

/// A request that may be sent.
struct Permitted {
    target: Target,
    turn: OwnedSemaphorePermit,
}

impl Outgoing {
    pub(crate) fn new(
        clients: Arc<HttpClients>,
        grant: Option<Arc<HttpGrant>>,
        owner: Owner,
        journal: Arc<Journal>,
        limits: Arc<Limits>,
    ) -> Self {
        let granted = grant.map(|grant| Granted {
            grant,
            turns: Arc::new(Semaphore::new(limits.http_concurrent)),
            left: limits.http_requests,
        });
        Self { clients, granted, owner, journal, limits }
    }

    /// Everything that can be said before a name is looked up.
    fn permit(&mut self, request: &Request<WasiBody>) -> Result<Permitted, Error> {
        let denied = |target: &dyn std::fmt::Display, why: &str| {
            self.journal.write(LogLevel::Warn, &format!("request to {target} denied: {why}"));
        };
        let Some(granted) = &mut self.granted else {
            denied(&"any host", "the plugin is not granted HTTP");
            return Err(Error::HttpRequestDenied);
        };
        let target = Target::of(request.uri()).inspect_err(|_| denied(&"no host", "its URL cannot be used"))?;
        if !granted.grant.hosts.iter().any(|pattern| pattern.permits(&target)) {
            denied(&target, "it is not on the list of hosts that the plugin is granted");
            return Err(Error::HttpRequestDenied);
        }
        // A tunnel would lead anywhere.
        if request.method() == Method::CONNECT {
            denied(&target, "CONNECT is no request");
            return Err(Error::HttpRequestMethodInvalid);
        }
        let Some(left) = granted.left.checked_sub(1) else {
            denied(&target, &format!("more than {} requests in one invocation", self.limits.http_requests));
            return Err(Error::HttpRequestDenied);
        };
        let Ok(turn) = Arc::clone(&granted.turns).try_acquire_owned() else {
            denied(&target, &format!("more than {} requests at once", self.limits.http_concurrent));
            return Err(Error::ConnectionLimitReached);
        };
        granted.left = left;
        Ok(Permitted { target, turn })
    }

    fn send(
        &mut self,
        request: Request<WasiBody>,
        options: RequestOptions,
    ) -> Result<impl Future<Output = Result<Response<WasiBody>, Error>> + Send + use<>, Error> {
        let Permitted { target, turn } = self.permit(&request)?;
        let client = self.clients.pool(self.owner).client();
        let (journal, limit) = (Arc::clone(&self.journal), self.limits.http_response_bytes);
        let request = bounded(request, self.limits.http_request_bytes);
        let (wait, between) = (at_most(options.first_byte_timeout), at_most(options.between_bytes_timeout));
        Ok(async move {
            let answered = tokio::time::timeout(wait, client.request(request)).await;
            let answered = answered.map_err(|_| Error::HttpResponseTimeout).and_then(|r| r.map_err(|e| told(&e)));
            let response = answered.inspect_err(|error| {
                if let Some(why) = denial(error) {
                    journal.write(LogLevel::Warn, &format!("request to {target} denied: {why}"));
                }
            })?;
            Ok(response.map(|body| Bounded::boxed(body, Terms { target, journal, limit, wait: between, _turn: turn })))
        })
    }
}

fn at_most(asked: Option<Duration>) -> Duration {
    asked.map_or(RESPONSE_TIMEOUT, |asked| asked.min(RESPONSE_TIMEOUT))
}

fn bounded(request: Request<WasiBody>, limit: usize) -> Request<WasiBody> {
    request.map(|body| {
        let limited = Limited::new(body, limit).map_err(move |error| match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(_) => Error::HttpRequestBodySize(u64::try_from(limit).ok()),
        });
        limited.boxed_unsync()
    })
}

/// Of failures those that are the host's own doing.
pub(super) fn denial(error: &Error) -> Option<&'static str> {
    match error {
        Error::DestinationIpProhibited => Some("its address is neither public nor allowed by the operator"),
        Error::ConnectionLimitReached => Some("all connections of the account are taken"),
        Error::TlsCertificateError => {
            Some("its certificate is not valid for that host, or of no authority that is trusted")
        }
        Error::HttpRequestBodySize(_) => Some("its body is too large"),
        Error::HttpResponseHeaderSectionSize(_) => Some("the headers of its response are too large"),
        _ => None,
    }
}

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Result<(Response<WasiBody>, Io), Error>;

impl WasiHttpHooks for Outgoing {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Io,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        match self.send(request, options.unwrap_or_default()) {
            Ok(sending) => Box::new(async move {
                let connection: Io = Box::new(async { Ok(()) });
                Ok((sending.await?, connection))
            }),
            Err(error) => Box::new(async move { Err(error) }),
        }
    }

    /// Webhooks inside a data centre are plain HTTP; the URL says which.
    fn default_scheme(&mut self) -> Option<Scheme> {
        Some(Scheme::HTTP)
    }
}
