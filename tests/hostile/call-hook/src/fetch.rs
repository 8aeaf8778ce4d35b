//! Requests through `wasi:http`.

use serde_json::{Value, json};
use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme,
};
use wasip2::io::streams::StreamError;

const CHUNK: usize = 4096;

/// What came back.
pub(crate) enum Outcome {
    Answered { status: u16, location: Option<String>, body: usize },
    Failed(String),
}

impl Outcome {
    pub(crate) fn tell(&self) -> Value {
        match self {
            Self::Answered { status, body, .. } => json!({"status": status, "body": body}),
            Self::Failed(code) => json!({"error": code}),
        }
    }
}

/// Fetches, and goes where it is sent.
pub(crate) fn following(mut url: String) -> Value {
    let mut seen = Vec::new();
    for _ in 0..5 {
        let outcome = once(&url, &[]);
        seen.push(outcome.tell());
        match outcome {
            Outcome::Answered { location: Some(location), .. } => url = location,
            _ => break,
        }
    }
    Value::Array(seen)
}

pub(crate) fn once(url: &str, body: &[u8]) -> Outcome {
    match begin(url, body).and_then(|future| await_response(&future)).map(|response| read(&response)) {
        Ok(outcome) => outcome,
        Err(code) => Outcome::Failed(name(&code)),
    }
}

/// Begins them all before it looks at any.
pub(crate) fn at_once(url: &str, count: usize) -> Value {
    let begun: Vec<_> = (0..count).map(|_| begin(url, &[])).collect();
    let answered = begun.iter().map(|begun| match begun {
        Ok(future) => {
            await_response(future).map_or_else(|code| json!(name(&code)), |response| json!(response.status()))
        }
        Err(code) => json!(name(code)),
    });
    answered.collect()
}

fn begin(url: &str, body: &[u8]) -> Result<FutureIncomingResponse, ErrorCode> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let request = OutgoingRequest::new(Fields::new());
    let method = if body.is_empty() { Method::Get } else { Method::Post };
    let scheme = if scheme == "https" { Scheme::Https } else { Scheme::Http };
    let set = request
        .set_method(&method)
        .and_then(|()| request.set_scheme(Some(&scheme)))
        .and_then(|()| request.set_authority(Some(authority)))
        .and_then(|()| request.set_path_with_query(Some(if path.is_empty() { "/" } else { path })));
    set.map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    let outgoing = request.body().map_err(|()| ErrorCode::HttpProtocolError)?;
    let future = outgoing_handler::handle(request, None)?;
    if let Ok(stream) = outgoing.write() {
        // A host that wants no more of it says so in the response.
        let _ = body.chunks(CHUNK).try_for_each(|chunk| stream.blocking_write_and_flush(chunk));
    }
    let _ = OutgoingBody::finish(outgoing, None);
    Ok(future)
}

fn await_response(future: &FutureIncomingResponse) -> Result<IncomingResponse, ErrorCode> {
    future.subscribe().block();
    future.get().and_then(Result::ok).unwrap_or(Err(ErrorCode::InternalError(None)))
}

fn read(response: &IncomingResponse) -> Outcome {
    let location = response.headers().get("location").into_iter().next();
    let Ok(incoming) = response.consume() else { return Outcome::Failed("no body".into()) };
    let Ok(stream) = incoming.stream() else { return Outcome::Failed("no stream".into()) };
    let mut body = 0;
    loop {
        match stream.blocking_read(64 << 10) {
            Ok(chunk) => body += chunk.len(),
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(error)) => {
                return Outcome::Failed(error.to_debug_string());
            }
        }
    }
    let location = location.map(|location| String::from_utf8_lossy(&location).into_owned());
    Outcome::Answered { status: response.status(), location, body }
}

/// `DestinationIpProhibited`, without what it carries.
fn name(code: &ErrorCode) -> String {
    let text = format!("{code:?}");
    text.split(['(', ' ', '{']).next().unwrap_or_default().rsplit("::").next().unwrap_or_default().to_owned()
}
