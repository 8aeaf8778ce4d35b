//! The only way out for a plugin's HTTP: pooled connections, resolved addresses checked by the [`AddressPolicy`], time and size bound.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::Scheme;
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::grants::HttpGrant;
use crate::guard::AddressPolicy;

/// Bytes of a response body.
const MAX_RESPONSE: usize = 4 << 20;
/// From sending a request to the headers of its response.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const IDLE_PER_HOST: usize = 32;

/// Resolves names and drops every address that the policy does not permit.
#[derive(Clone)]
struct GuardedResolver {
    policy: Arc<AddressPolicy>,
}

impl tower_service::Service<Name> for GuardedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let policy = Arc::clone(&self.policy);
        Box::pin(async move {
            let resolved = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<SocketAddr> = resolved.filter(|address| policy.permits(address.ip())).collect();
            if permitted.is_empty() {
                return Err(prohibited());
            }
            Ok(permitted.into_iter())
        })
    }
}

fn prohibited() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "the address is not public and not allowed")
}

/// The client, and the hook through which `wasi:http` requests reach it. Cloning shares the connection pool.
#[derive(Clone)]
pub(crate) struct GuardedClient {
    policy: Arc<AddressPolicy>,
    /// What the plugin that sends is granted.
    grant: Option<HttpGrant>,
    client: Client<HttpsConnector<HttpConnector<GuardedResolver>>, WasiBody>,
}

impl GuardedClient {
    pub(crate) fn new(policy: AddressPolicy) -> Self {
        let policy = Arc::new(policy);
        let mut http = HttpConnector::new_with_resolver(GuardedResolver { policy: Arc::clone(&policy) });
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECT_TIMEOUT));
        http.set_nodelay(true);
        let https =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .build(https);
        Self { policy, grant: None, client }
    }

    /// The client for a plugin; all share one pool of connections.
    pub(crate) fn granted(&self, grant: Option<HttpGrant>) -> Self {
        Self { grant, ..self.clone() }
    }

    /// The connector resolves names only: a literal address in the URL is checked here.
    fn check_literal(&self, uri: &http::Uri) -> Result<(), Error> {
        let host = uri.host().ok_or(Error::HttpRequestUriInvalid)?;
        let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        match literal {
            Some(address) if !self.policy.permits(address) => Err(Error::DestinationIpProhibited),
            _ => Ok(()),
        }
    }

    async fn send(self, request: http::Request<WasiBody>, wait: Duration) -> Result<http::Response<WasiBody>, Error> {
        if self.grant.is_none() {
            return Err(Error::HttpRequestDenied);
        }
        self.check_literal(request.uri())?;
        let response = tokio::time::timeout(wait, self.client.request(request)).await;
        let response = response.map_err(|_| Error::HttpResponseTimeout)?.map_err(|error| told(&error))?;
        Ok(response.map(bounded))
    }
}

fn bounded(body: hyper::body::Incoming) -> WasiBody {
    Limited::new(body, MAX_RESPONSE)
        .map_err(|error| match error.downcast::<hyper::Error>() {
            Ok(error) => Error::Hyper(*error),
            Err(_) => Error::HttpResponseBodySize(u64::try_from(MAX_RESPONSE).ok()),
        })
        .boxed_unsync()
}

/// The guest is told why in `wasi:http` terms; what the resolver refused comes out of the connector as an I/O error.
fn told(error: &hyper_util::client::legacy::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(io) = current.downcast_ref::<io::Error>() {
            return match io.kind() {
                io::ErrorKind::PermissionDenied => Error::DestinationIpProhibited,
                io::ErrorKind::ConnectionRefused => Error::ConnectionRefused,
                io::ErrorKind::TimedOut => Error::ConnectionTimeout,
                io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Error::ConnectionTerminated,
                _ => Error::DestinationUnavailable,
            };
        }
        cause = current.source();
    }
    if error.is_connect() { Error::DestinationUnavailable } else { Error::HttpProtocolError }
}

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Result<(http::Response<WasiBody>, Io), Error>;

impl WasiHttpHooks for GuardedClient {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Io,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let asked = options.and_then(|options| options.first_byte_timeout);
        let wait = asked.map_or(RESPONSE_TIMEOUT, |asked| asked.min(RESPONSE_TIMEOUT));
        let client = self.clone();
        Box::new(async move {
            let response = client.send(request, wait).await?;
            let connection: Io = Box::new(async { Ok(()) });
            Ok((response, connection))
        })
    }

    /// Webhooks inside a data centre are plain HTTP; the URL says which.
    fn default_scheme(&mut self) -> Option<Scheme> {
        Some(Scheme::HTTP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(uri: &str) -> Result<(), Error> {
        GuardedClient::new(AddressPolicy::default()).check_literal(&uri.parse().unwrap())
    }

    #[test]
    fn a_literal_private_address_is_refused_before_a_socket_opens() {
        for uri in
            ["http://127.0.0.1:6379/", "http://[::1]/", "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/"]
        {
            assert!(matches!(verdict(uri), Err(Error::DestinationIpProhibited)), "{uri}");
        }
        assert!(verdict("http://93.184.216.34/").is_ok());
    }

    #[tokio::test]
    async fn a_name_with_a_private_address_behind_it_is_refused() {
        let mut resolver = GuardedResolver { policy: Arc::new(AddressPolicy::default()) };
        let name: Name = "localhost".parse().unwrap();
        let refused = tower_service::Service::call(&mut resolver, name).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    }
}
