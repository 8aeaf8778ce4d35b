//! WebSockets whose other end is the test.

use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use strowger_sandbox::Received;
use tokio::sync::mpsc;

use crate::ports::{Socket, Sockets};

/// The application's end of a WebSocket.
pub(crate) struct Application {
    pub(crate) url: String,
    pub(crate) authorization: Option<String>,
    messages: mpsc::UnboundedReceiver<Value>,
    says: mpsc::UnboundedSender<Received>,
}

impl Application {
    /// The next message; null when the host has said goodbye.
    pub(crate) async fn hears(&mut self) -> Value {
        self.messages.recv().await.unwrap()
    }

    /// The next message, which must be of that type.
    pub(crate) async fn hears_of(&mut self, kind: &str) -> Value {
        let message = self.hears().await;
        assert_eq!(message["type"], kind, "{message}");
        message
    }

    pub(crate) fn says(&self, message: &Value) {
        self.says.send(Received::Text(message.to_string())).unwrap();
    }

    pub(crate) fn acknowledges(&self, message: &Value, data: Value) {
        self.says(&json!({"type": "ack", "msgid": message["msgid"], "data": data}));
    }

    pub(crate) fn closes(&self, gracefully: bool) {
        self.says.send(Received::Closed { gracefully }).unwrap();
    }
}

/// Hands each WebSocket that is opened to the test; refuses as many as it is told to first.
pub(crate) struct FakeSockets {
    opened: mpsc::UnboundedSender<Application>,
    refused: Mutex<usize>,
}

impl FakeSockets {
    pub(crate) fn new() -> (Arc<Self>, mpsc::UnboundedReceiver<Application>) {
        let (opened, applications) = mpsc::unbounded_channel();
        (Arc::new(Self { opened, refused: Mutex::new(0) }), applications)
    }

    pub(crate) fn refuse(&self, times: usize) {
        *self.refused.lock() = times;
    }
}

struct FakeSocket {
    sends: mpsc::UnboundedSender<Value>,
    says: mpsc::UnboundedReceiver<Received>,
}

#[async_trait]
impl Sockets for FakeSockets {
    async fn open(&self, url: &str, authorization: Option<String>) -> Result<Box<dyn Socket>, String> {
        let mut refused = self.refused.lock();
        if *refused > 0 {
            *refused -= 1;
            return Err("cannot be reached".into());
        }
        let (sends, messages) = mpsc::unbounded_channel();
        let (says, said) = mpsc::unbounded_channel();
        // A test that wants none of them has dropped the other end.
        let _ = self.opened.send(Application { url: url.into(), authorization, messages, says });
        Ok(Box::new(FakeSocket { sends, says: said }))
    }
}

#[async_trait]
impl Socket for FakeSocket {
    async fn send(&mut self, text: String) -> Result<(), String> {
        self.sends.send(serde_json::from_str(&text).unwrap()).map_err(|_| "was lost".into())
    }

    async fn receive(&mut self) -> Received {
        self.says.recv().await.unwrap_or(Received::Closed { gracefully: false })
    }

    async fn close(self: Box<Self>) {
        let _ = self.sends.send(Value::Null);
    }
}
