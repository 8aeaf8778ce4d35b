//! A customer's web server: it takes webhooks, notes them and answers with verbs.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::eventually;

/// A webhook that arrived.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Path of the URL.
    pub path: String,
    /// Query of the URL, as it was sent; empty where there is none.
    pub query: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as it was sent.
    pub bytes: Bytes,
    /// Body as JSON; null where it is none.
    pub body: Value,
}

#[derive(Default)]
struct Shared {
    answers: Mutex<HashMap<String, VecDeque<(StatusCode, Value)>>>,
    requests: Mutex<Vec<Request>>,
}

/// A web server on a free port; ended when dropped.
pub struct WebApp {
    shared: Arc<Shared>,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl WebApp {
    /// Starts a server whose path `/call` answers with these verbs; every other path takes what it is told and answers nothing.
    pub async fn start(verbs: Value) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), verbs).await
    }

    /// As [`Self::start`], at an address.
    ///
    /// # Panics
    /// Where it is taken.
    pub async fn start_at(address: SocketAddr, verbs: Value) -> Self {
        let shared = Arc::new(Shared::default());
        let app = Router::new().fallback(take).with_state(Arc::clone(&shared));
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("the server serves") });
        let started = Self { shared, address, serving };
        started.answers("/call", verbs);
        started
    }

    /// What a path answers with from here on.
    pub fn answers(&self, path: &str, verbs: Value) {
        self.answers_with(path, 200, verbs);
    }

    /// As [`Self::answers`], with another status.
    pub fn answers_with(&self, path: &str, status: u16, body: Value) {
        self.answers_in_turn(path, [(status, body)]);
    }

    /// What a path answers with one time after the other; the last answer stays.
    ///
    /// # Panics
    /// Where a status is none.
    pub fn answers_in_turn(&self, path: &str, answers: impl IntoIterator<Item = (u16, Value)>) {
        let answers = answers.into_iter().map(|(status, body)| (StatusCode::from_u16(status).expect("a status"), body));
        self.shared.answers.lock().expect("not poisoned").insert(path.to_owned(), answers.collect());
    }

    /// The URL of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What came to a path so far.
    ///
    /// # Panics
    /// Where a test has panicked while it looked.
    #[must_use]
    pub fn requests(&self, path: &str) -> Vec<Request> {
        let requests = self.shared.requests.lock().expect("not poisoned");
        requests.iter().filter(|request| request.path == path).cloned().collect()
    }

    /// The status events of a call, waited for until one says that it is over.
    pub async fn events(&self, call_sid: &str) -> Vec<Value> {
        eventually("the last status event", async || {
            let told = self.requests("/status").into_iter().map(|request| request.body);
            let events: Vec<Value> = told.filter(|event| field(event, "call_sid") == call_sid).collect();
            let is_last =
                |event: &Value| ["completed", "failed", "busy", "no-answer"].contains(&field(event, "call_status"));
            events.last().is_some_and(is_last).then_some(events)
        })
        .await
    }
}

impl Drop for WebApp {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn field<'a>(event: &'a Value, name: &str) -> &'a str {
    event.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn next(answers: &mut VecDeque<(StatusCode, Value)>) -> Option<(StatusCode, Value)> {
    if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
}

async fn take(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> (StatusCode, [(header::HeaderName, &'static str); 1], String) {
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let path = uri.path().to_owned();
    let query = uri.query().unwrap_or_default().to_owned();
    let answer = shared.answers.lock().expect("not poisoned").get_mut(&path).and_then(next);
    shared.requests.lock().expect("not poisoned").push(Request { method, path, query, headers, bytes, body });
    let (status, body) = answer.unwrap_or((StatusCode::OK, json!([])));
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string())
}
