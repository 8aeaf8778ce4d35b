//! A running server and requests to it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use reqwest::Method;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::process::{ADMIN_KEY, Process, ServerOptions};

/// A server under test, as one test sees it.
#[derive(Clone)]
pub struct Server {
    process: Arc<Process>,
    /// Address of the REST APIs.
    pub http: SocketAddr,
    /// Address of SIP.
    pub sip: SocketAddr,
    /// Folder of WAV files.
    pub media: PathBuf,
    // Its connections belong to the runtime of the test, so that no two tests share it.
    client: reqwest::Client,
}

/// An account under test.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id as `/v2` spells it.
    pub id: String,
    /// Its id as `/v1` spells it.
    pub sid: String,
    /// A key that opens it and nothing else.
    pub key: String,
}

impl Server {
    /// The server that the tests of a binary share. It ends when nobody holds it: a test with one tenant after the other holds it
    /// throughout.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn shared() -> Self {
        static SHARED: Mutex<Weak<Process>> = Mutex::new(Weak::new());
        let process = tokio::task::spawn_blocking(|| {
            let mut shared = SHARED.lock().expect("not poisoned");
            shared.upgrade().unwrap_or_else(|| {
                let process = Arc::new(Process::start(&ServerOptions::default()));
                *shared = Arc::downgrade(&process);
                process
            })
        });
        Self::around(process.await.expect("the server starts"))
    }

    /// A server of the test's own.
    pub async fn start() -> Self {
        Self::start_with(ServerOptions::default()).await
    }

    /// A server of the test's own; returns when it listens.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn start_with(options: ServerOptions) -> Self {
        let process = tokio::task::spawn_blocking(move || Process::start(&options)).await;
        Self::around(Arc::new(process.expect("the server starts")))
    }

    fn around(process: Arc<Process>) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { http: process.http, sip: process.sip, media: process.media.clone(), process, client }
    }

    /// A request to be completed and given to [`Answer::to`].
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.http))
    }

    /// Sends a request with a key and a JSON body.
    pub async fn send(&self, method: Method, path: &str, key: Option<&str>, body: Option<&Value>) -> Answer {
        let request = self.request(method, path);
        let request = key.into_iter().fold(request, |request, key| request.bearer_auth(key));
        Answer::to(body.into_iter().fold(request, |request, body| request.json(body))).await
    }

    /// Sends raw bytes as a JSON body, for bodies that are none.
    pub async fn send_raw(&self, method: Method, path: &str, key: &str, body: Vec<u8>) -> Answer {
        let request = self.request(method, path).bearer_auth(key).header("content-type", "application/json");
        Answer::to(request.body(body)).await
    }

    /// An administrator's request.
    pub async fn admin(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.send(method, path, Some(ADMIN_KEY), body).await
    }

    /// A service provider, an account of it, and the account's key.
    pub async fn account(&self, name: &str) -> Account {
        static COUNTER: AtomicU64 = AtomicU64::new(1);
        // Names of providers are unique in an installation.
        let provider = format!("provider {} of {name}", COUNTER.fetch_add(1, Ordering::Relaxed));
        let provider = self.created("/v1/ServiceProviders", json!({ "name": provider })).await;
        let account = json!({ "name": name, "service_provider_sid": text(&provider, "sid") });
        let sid = text(&self.created("/v1/Accounts", account).await, "sid");
        let key = text(&self.created("/v1/ApiKeys", json!({ "account_sid": sid })).await, "token");
        Account { id: sid.replace('-', ""), sid, key }
    }

    async fn created(&self, path: &str, body: Value) -> Value {
        self.admin(Method::POST, path, Some(&body)).await.with_status(201).body
    }

    /// The lines of standard output after the one that says where the server listens.
    #[must_use]
    pub fn printed(&self) -> Vec<String> {
        self.process.printed()
    }

    /// Standard error so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Bytes of memory that the server holds (`VmRSS` of proc(5)).
    ///
    /// # Panics
    /// Where it has ended.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("the server runs");
        let kilobytes =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.expect("proc tells it") * 1_024
    }

    /// Ends the server at once, as a crash would.
    pub fn kill(self) {
        self.process.kill();
    }
}

fn text(body: &Value, name: &str) -> String {
    body.get(name).and_then(Value::as_str).unwrap_or_else(|| panic!("no {name} in {body}")).to_owned()
}
