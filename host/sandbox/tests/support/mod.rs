//! A sandbox with a hostile call hook, a log that is kept, and web servers on loopback.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "helpers of tests, of which each test uses some")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use serde_json::Value;
use strowger_model::AccountId;
use strowger_sandbox::hook::{Call, CallDirection, CallStatus, Event, EventKind, Verb};
use strowger_sandbox::{Grants, LogLevel, LogLine, PluginFault, PluginLog, Sandbox, SandboxConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Keeps every line.
#[derive(Debug, Default, Clone)]
pub struct Kept(Arc<Mutex<Vec<(LogLevel, String)>>>);

impl PluginLog for Kept {
    fn write(&self, line: LogLine<'_>) {
        self.0.lock().push((line.level, line.message.to_owned()));
    }
}

impl Kept {
    /// All of them.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().iter().map(|(_, line)| line.clone()).collect()
    }

    /// Those of the host and of standard error.
    pub fn warnings(&self) -> Vec<String> {
        self.0.lock().iter().filter(|(level, _)| *level == LogLevel::Warn).map(|(_, line)| line.clone()).collect()
    }
}

/// What became of an event.
#[derive(Debug)]
pub struct Asked {
    /// The answer.
    pub answer: Result<Option<Vec<Verb>>, PluginFault>,
    /// What was said.
    pub log: Kept,
}

impl Asked {
    /// What the hook tells in its `tag` verb.
    pub fn told(&self) -> Value {
        match self.answer.as_ref().map(Option::as_deref) {
            Ok(Some([Verb::Tag(tag)])) => tag.parse::<Value>().unwrap().get("told").unwrap().clone(),
            other => panic!("{other:?}"),
        }
    }
}

/// A small sandbox.
pub fn config() -> SandboxConfig {
    SandboxConfig { instances: 50, ..SandboxConfig::default() }
}

/// Asks the hostile call hook.
pub async fn ask(config: SandboxConfig, grants: Grants, hook: &Value) -> Asked {
    ask_of(AccountId::random(), config, grants, hook).await
}

/// Asks it about a call of that account.
pub async fn ask_of(account: AccountId, config: SandboxConfig, grants: Grants, hook: &Value) -> Asked {
    let log = Kept::default();
    let sandbox = Sandbox::new(SandboxConfig { log: Some(Arc::new(log.clone())), ..config }).unwrap();
    sandbox.install("hostile", "1", strowger_hostile::CALL_HOOK, grants).await.unwrap();
    let answer = sandbox.call_hook("hostile", account, &event(hook)).await;
    Asked { answer, log }
}

/// An event with that hook.
pub fn event(hook: &Value) -> Event {
    let call = Call {
        call_sid: "0e0681b0-d49f-4fb8-b973-b5a3c6758de1".into(),
        account_sid: "fef61e75-cec3-496c-a7bc-8368e4d02a04".into(),
        application_sid: None,
        call_id: "c-1@127.0.0.1".into(),
        direction: CallDirection::Outbound,
        from: "+12025550100".into(),
        to: "+15125550177".into(),
        status: CallStatus::InProgress,
        sip_status: 200,
        sip_reason: "OK".into(),
        duration: None,
        tag: None,
    };
    Event { kind: EventKind::SessionNew, call, time: 0, payload: "{}".into(), hook: hook.to_string() }
}

/// Answers every request alike.
pub struct Server {
    /// Where it listens.
    pub port: u16,
    requests: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// On any port of that address.
    pub async fn start(address: &str, status: &str, body: &str, headers: &str) -> Self {
        Self::start_on(address, 0, status, body, headers).await
    }

    /// On that port.
    pub async fn start_on(address: &str, port: u16, status: &str, body: &str, headers: &str) -> Self {
        let listener = TcpListener::bind((address, port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(AtomicUsize::new(0));
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len());
        let close = headers.contains("connection: close");
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, accepted) = (Arc::clone(&requests), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::SeqCst);
                let (answer, counted) = (answer.clone(), Arc::clone(&counted));
                tokio::spawn(async move { answer_all(stream, &answer, close, &counted).await });
            }
        });
        Self { port, requests, connections }
    }

    /// With TLS, on any port of that address.
    pub async fn start_secure(address: &str, tls: &TlsAcceptor, status: &str, body: &str, headers: &str) -> Self {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(AtomicUsize::new(0));
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len());
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, accepted, tls) = (Arc::clone(&requests), Arc::clone(&connections), tls.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::SeqCst);
                let (answer, counted, tls) = (answer.clone(), Arc::clone(&counted), tls.clone());
                tokio::spawn(async move {
                    // A client that does not trust the certificate ends the handshake.
                    let Ok(stream) = tls.accept(stream).await else { return };
                    answer_all(stream, &answer, false, &counted).await;
                });
            }
        });
        Self { port, requests, connections }
    }

    /// Connections that were opened.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Requests that came.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn answer_all(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &str, close: bool, counted: &AtomicUsize) {
    let mut request = Vec::new();
    while stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {
        if !request.windows(4).any(|end| end == b"\r\n\r\n") {
            continue;
        }
        request.clear();
        counted.fetch_add(1, Ordering::SeqCst);
        if stream.write_all(answer.as_bytes()).await.is_err() || close {
            break;
        }
    }
}
