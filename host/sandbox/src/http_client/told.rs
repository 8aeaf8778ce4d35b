//! Failures in the words of `wasi:http`.

use std::error::Error as StdError;
use std::io;

use wasmtime_wasi_http::Error;

use super::MAX_RESPONSE_HEAD;

/// Why no connection was opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the address is not public and not allowed")]
    Prohibited,
    #[error("the name cannot be resolved: {0}")]
    Lookup(io::Error),
    #[error("the name was not resolved in time")]
    LookupTime,
    #[error("all connections of the account are taken")]
    Connections,
}

impl Refusal {
    fn told(&self) -> Error {
        match self {
            Self::Prohibited => Error::DestinationIpProhibited,
            Self::Lookup(_) => Error::DnsError { rcode: None, info_code: None },
            Self::LookupTime => Error::DnsTimeout,
            Self::Connections => Error::ConnectionLimitReached,
        }
    }
}

/// The cause that says most; it lies below what hyper makes of it.
pub(super) fn told(error: &hyper_util::client::legacy::Error) -> Error {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(told) = cause_told(current) {
            return told;
        }
        cause = current.source();
    }
    if error.is_connect() { Error::DestinationUnavailable } else { Error::HttpProtocolError }
}

fn cause_told(cause: &(dyn StdError + 'static)) -> Option<Error> {
    if let Some(refusal) = cause.downcast_ref::<Refusal>() {
        return Some(refusal.told());
    }
    if let Some(Error::HttpRequestBodySize(limit)) = cause.downcast_ref::<Error>() {
        return Some(Error::HttpRequestBodySize(*limit));
    }
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        return hyper_told(error);
    }
    cause.downcast_ref::<io::Error>().map(io_told)
}

/// Of hyper's own failures those that have a name of their own; others lie in their source.
pub(super) fn hyper_told(error: &hyper::Error) -> Option<Error> {
    if error.is_parse_too_large() {
        return Some(Error::HttpResponseHeaderSectionSize(u32::try_from(MAX_RESPONSE_HEAD).ok()));
    }
    if error.is_incomplete_message() {
        return Some(Error::HttpResponseIncomplete);
    }
    error.is_parse().then_some(Error::HttpProtocolError)
}

fn io_told(error: &io::Error) -> Error {
    // What an I/O error wraps is not its source, and the connector wraps the one of TLS in another.
    if let Some(inner) = error.get_ref() {
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return tls_told(tls);
        }
        if let Some(wrapped) = inner.downcast_ref::<io::Error>() {
            return io_told(wrapped);
        }
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Error::ConnectionRefused,
        io::ErrorKind::TimedOut => Error::ConnectionTimeout,
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
            Error::ConnectionTerminated
        }
        _ => Error::DestinationUnavailable,
    }
}

fn tls_told(error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => Error::TlsCertificateError,
        rustls::Error::AlertReceived(alert) => {
            Error::TlsAlertReceived { alert_id: Some(u8::from(*alert)), alert_message: Some(format!("{alert:?}")) }
        }
        _ => Error::TlsProtocolError,
    }
}
