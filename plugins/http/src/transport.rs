//! `wasi:http`.

use std::fmt;
use std::time::Duration;

use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, FutureIncomingResponse, Headers, IncomingBody, IncomingResponse, Method as HttpMethod, OutgoingBody,
    OutgoingRequest, RequestOptions, Scheme, http_error_code,
};
use wasip2::io::streams::{InputStream, StreamError};

use crate::{Attempt, Method, Request, Response};

/// From the request to the response's headers.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Of a response's body.
const MAX_BODY: usize = 1 << 20;
/// What one `blocking-write-and-flush` takes.
const WRITE_CHUNK: usize = 4096;
const READ_CHUNK: u64 = 64 << 10;

/// The server could not be asked.
#[derive(Debug, Clone)]
pub struct TransportError {
    /// How far it came.
    pub failure: Failure,
    reason: &'static str,
}

/// How far the request came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Failure {
    /// No connection.
    Connect,
    /// No response in time.
    Response,
    /// Another attempt would not help.
    Permanent,
}

/// Without the URL: its query is nobody's business but its owner's.
impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl TransportError {
    /// `reason` goes on where a sentence begins with the server.
    #[must_use]
    pub const fn new(failure: Failure, reason: &'static str) -> Self {
        Self { failure, reason }
    }

    fn refused(reason: &'static str) -> impl FnOnce(()) -> Self {
        move |()| Self::new(Failure::Permanent, reason)
    }

    fn of(code: &ErrorCode) -> Self {
        let (failure, reason) = match code {
            ErrorCode::DnsTimeout | ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound => {
                (Failure::Connect, "has a host that cannot be resolved")
            }
            ErrorCode::DestinationUnavailable => (Failure::Connect, "cannot be reached"),
            ErrorCode::ConnectionRefused => (Failure::Connect, "refused the connection"),
            ErrorCode::ConnectionTerminated | ErrorCode::HttpResponseIncomplete => {
                (Failure::Connect, "closed the connection")
            }
            ErrorCode::ConnectionTimeout => (Failure::Connect, "did not accept a connection in time"),
            ErrorCode::HttpResponseTimeout | ErrorCode::ConnectionReadTimeout => {
                (Failure::Response, "did not answer in time")
            }
            ErrorCode::DestinationIpProhibited | ErrorCode::DestinationIpUnroutable => {
                (Failure::Permanent, "has an address that may not be reached from here")
            }
            ErrorCode::TlsProtocolError | ErrorCode::TlsCertificateError | ErrorCode::TlsAlertReceived(_) => {
                (Failure::Permanent, "could not be trusted: the TLS handshake failed")
            }
            ErrorCode::HttpResponseBodySize(_) => (Failure::Permanent, TOO_LONG),
            _ => (Failure::Permanent, "did not speak HTTP as it should"),
        };
        Self::new(failure, reason)
    }
}

const TOO_LONG: &str = "answered more than 1 MiB";
const CUT_SHORT: &str = "broke off its answer";

/// Sends a request and reads the response to its end. Redirects are not followed.
///
/// # Errors
/// Why there is no response.
pub fn send(request: &Request) -> Attempt {
    let outgoing = OutgoingRequest::new(headers(request)?);
    let method = match request.method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
    };
    let scheme = if request.secure { Scheme::Https } else { Scheme::Http };
    let malformed = "has a url that cannot be used";
    outgoing.set_method(&method).map_err(TransportError::refused(malformed))?;
    outgoing.set_scheme(Some(&scheme)).map_err(TransportError::refused(malformed))?;
    outgoing.set_authority(Some(&request.authority)).map_err(TransportError::refused(malformed))?;
    outgoing.set_path_with_query(Some(&request.path_with_query)).map_err(TransportError::refused(malformed))?;
    let body = outgoing.body().map_err(TransportError::refused(malformed))?;
    let future = outgoing_handler::handle(outgoing, Some(options())).map_err(|code| TransportError::of(&code))?;
    write(body, request.body.as_deref().unwrap_or_default())?;
    read(&response(&future)?)
}

/// Waits.
pub fn pause(wait: Duration) {
    subscribe_duration(nanoseconds(wait)).block();
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn headers(request: &Request) -> Result<Headers, TransportError> {
    let mut list: Vec<(String, Vec<u8>)> =
        request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into_bytes())).collect();
    // Servers that are scripts read a body only where its length is told (RFC 9110 section 8.6).
    if let Some(body) = request.body.as_ref().filter(|body| !body.is_empty()) {
        list.push(("content-length".to_owned(), body.len().to_string().into_bytes()));
    }
    Headers::from_list(&list)
        .map_err(|_| TransportError::new(Failure::Permanent, "has credentials that no header can hold"))
}

/// A host that knows none of these limits has its own.
fn options() -> RequestOptions {
    let options = RequestOptions::new();
    let _ = options.set_connect_timeout(Some(nanoseconds(CONNECT_TIMEOUT)));
    let _ = options.set_first_byte_timeout(Some(nanoseconds(RESPONSE_TIMEOUT)));
    let _ = options.set_between_bytes_timeout(Some(nanoseconds(RESPONSE_TIMEOUT)));
    options
}

/// A server may answer before it has read everything: what it says then counts more than what could not be written.
fn write(body: OutgoingBody, text: &str) -> Result<(), TransportError> {
    if !text.is_empty() {
        let stream = body.write().map_err(TransportError::refused("takes no body"))?;
        for chunk in text.as_bytes().chunks(WRITE_CHUNK) {
            if stream.blocking_write_and_flush(chunk).is_err() {
                break;
            }
        }
    }
    let _ = OutgoingBody::finish(body, None);
    Ok(())
}

fn response(future: &FutureIncomingResponse) -> Result<IncomingResponse, TransportError> {
    let answered = future.get().or_else(|| {
        future.subscribe().block();
        future.get()
    });
    match answered {
        Some(Ok(Ok(response))) => Ok(response),
        Some(Ok(Err(code))) => Err(TransportError::of(&code)),
        Some(Err(())) | None => Err(TransportError::new(Failure::Response, "did not answer")),
    }
}

fn read(response: &IncomingResponse) -> Attempt {
    let headers = response.headers();
    let header = |name: &str| headers.get(name).into_iter().next().unwrap_or_default();
    let content_type = String::from_utf8_lossy(&header("content-type")).into_owned();
    let retry_after = String::from_utf8_lossy(&header("retry-after")).trim().parse().ok();
    drop(headers);
    let body = response.consume().map_err(TransportError::refused(CUT_SHORT))?;
    let read = {
        let stream = body.stream().map_err(TransportError::refused(CUT_SHORT))?;
        read_to_end(&stream)
    };
    drop(IncomingBody::finish(body));
    Ok(Response { status: response.status(), content_type, retry_after, body: read? })
}

fn read_to_end(stream: &InputStream) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    loop {
        match stream.blocking_read(READ_CHUNK) {
            Ok(chunk) => body.extend(chunk),
            Err(StreamError::Closed) => return Ok(body),
            Err(StreamError::LastOperationFailed(error)) => return Err(broken_off(http_error_code(&error))),
        }
        if body.len() > MAX_BODY {
            return Err(TransportError::new(Failure::Permanent, TOO_LONG));
        }
    }
}

/// The host may have a smaller limit than ours.
fn broken_off(code: Option<ErrorCode>) -> TransportError {
    let reason = match code {
        Some(ErrorCode::HttpResponseBodySize(_)) => TOO_LONG,
        _ => CUT_SHORT,
    };
    TransportError::new(Failure::Permanent, reason)
}
