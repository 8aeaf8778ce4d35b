//! A server's REST API, as the holder of a key.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Connections;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::time::timeout;

use super::args::ServerArgs;
use crate::Failure;

/// Time for an answer to begin; an upload takes as long.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes of an answer.
const LARGEST: usize = 4 << 20;

/// A server and whose plugins are meant.
pub struct Server {
    base: String,
    bearer: String,
    connections: Connections<HttpsConnector<HttpConnector>, Body>,
}

impl Server {
    /// The server that the options name.
    pub fn of(args: &ServerArgs) -> Result<Self, Failure> {
        let key = args.key.as_ref().ok_or("an API key is missing: say `--key KEY`, or set STROWGER_KEY")?;
        let url = args.url.trim_end_matches('/');
        if !url.starts_with("http://") && !url.starts_with("https://") || url.parse::<Uri>().is_err() {
            let wanted = "--url or STROWGER_URL is to be http://HOST:PORT or https://HOST:PORT";
            return Err(format!("'{}' is not a server's URL: {wanted}", args.url).into());
        }
        let base = match &args.account {
            Some(account) => format!("{url}/v2/accounts/{account}/plugins"),
            None => format!("{url}/v2/plugins"),
        };
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let connections = Connections::builder(TokioExecutor::new()).build(connector);
        Ok(Self { base, bearer: format!("Bearer {}", key.expose()), connections })
    }

    /// The `data` of a question's answer.
    pub async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.data(Method::GET, path, "application/json", Body::empty()).await
    }

    /// The `data` of what a change answers.
    pub async fn post(&self, path: &str, data: &Value) -> Result<Value, Failure> {
        let body = serde_json::json!({ "data": data }).to_string();
        self.data(Method::POST, path, "application/json", Body::from(body)).await
    }

    /// The `data` of what is put in a place.
    pub async fn put(&self, path: &str, data: &Value) -> Result<Value, Failure> {
        let body = serde_json::json!({ "data": data }).to_string();
        self.data(Method::PUT, path, "application/json", Body::from(body)).await
    }

    /// The `data` of what is taken away.
    pub async fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.data(Method::DELETE, path, "application/json", Body::empty()).await
    }

    /// The `data` of what an upload answers.
    pub async fn upload(&self, path: &str, component: Vec<u8>) -> Result<Value, Failure> {
        self.data(Method::POST, path, "application/wasm", Body::from(component)).await
    }

    async fn data(&self, method: Method, path: &str, media_type: &str, body: Body) -> Result<Value, Failure> {
        let response = self.ask(method, path, media_type, body).await?;
        let status = response.status();
        let bytes = collected(response).await?;
        let mut answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if status.is_success() {
            return Ok(answer.get_mut("data").map(Value::take).unwrap_or_default());
        }
        Err(refusal(status, &answer).into())
    }

    /// An answer whose body is read as it comes.
    pub async fn stream(&self, path: &str) -> Result<Body, Failure> {
        let response = self.ask(Method::GET, path, "text/event-stream", Body::empty()).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(Body::new(response.into_body()));
        }
        let answer = serde_json::from_slice(&collected(response).await?).unwrap_or_default();
        Err(refusal(status, &answer).into())
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        media_type: &str,
        body: Body,
    ) -> Result<Response<hyper::body::Incoming>, Failure> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(header::AUTHORIZATION, &self.bearer)
            .header(header::CONTENT_TYPE, media_type)
            .header(header::ACCEPT, "application/json, text/event-stream")
            .body(body)?;
        let answered = timeout(PATIENCE, self.connections.request(request)).await;
        let answered = answered.map_err(|_| format!("{}: no answer within {PATIENCE:?}", self.base))?;
        answered.map_err(|error| {
            let hint = "is a server running there? --url or STROWGER_URL says which, `strowger serve` starts one";
            format!("{} cannot be reached: {}; {hint}", self.base, root(&error)).into()
        })
    }
}

/// The innermost cause: the outer ones only say that there is one.
fn root(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

async fn collected(response: Response<hyper::body::Incoming>) -> Result<Bytes, Failure> {
    let body = timeout(PATIENCE, Limited::new(response.into_body(), LARGEST).collect()).await?;
    Ok(body.map_err(|error| error.to_string())?.to_bytes())
}

/// A refusal with every field that it names: `data` of an error holds them by path and rule.
fn refusal(status: StatusCode, answer: &Value) -> String {
    let words = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str);
    let told = match (status, words("/data/cause"), words("/data/message").or_else(|| words("/message"))) {
        (StatusCode::UNAUTHORIZED, ..) => ": it does not know the key of --key or STROWGER_KEY".to_owned(),
        (StatusCode::NOT_FOUND, Some(cause), _) => format!(": it has no '{cause}' that this key may see"),
        (_, _, Some(message)) => format!(": {message}"),
        (_, _, None) => String::new(),
    };
    let mut text = format!("the server answers {status}{told}");
    for (path, rules) in answer.get("data").and_then(Value::as_object).into_iter().flatten() {
        for (rule, told) in rules.as_object().into_iter().flatten() {
            let words = told.get("message").and_then(Value::as_str).map_or_else(|| told.to_string(), ToOwned::to_owned);
            text.push_str(&format!("\n  {path}: {words} ({rule})"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_names_each_field_and_its_rule() {
        let answer =
            json!({"message": "invalid request", "data": {"version": {"pattern": {"message": "1 to 64 letters"}}}});
        let told = refusal(StatusCode::BAD_REQUEST, &answer);
        assert_eq!(told, "the server answers 400 Bad Request: invalid request\n  version: 1 to 64 letters (pattern)");
        assert_eq!(refusal(StatusCode::NOT_FOUND, &Value::Null), "the server answers 404 Not Found");
    }

    #[test]
    fn a_refusal_says_what_stands_against_it() {
        let conflict = json!({"message": "conflict", "data": {"message": "plugin 'x' has no version to go back to"}});
        let told = refusal(StatusCode::CONFLICT, &conflict);
        assert_eq!(told, "the server answers 409 Conflict: plugin 'x' has no version to go back to");
        let nothing = json!({"message": "bad_identifier", "data": {"message": "bad identifier", "cause": "9"}});
        let told = refusal(StatusCode::NOT_FOUND, &nothing);
        assert_eq!(told, "the server answers 404 Not Found: it has no '9' that this key may see");
    }
}
