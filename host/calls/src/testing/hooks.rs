//! Call hooks that answer from a list.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::Value;
use strowger_model::AccountId;
use strowger_sandbox::hook::{Event, EventKind, OtherVerb, Verb};

use crate::ports::Hooks;

type Answer = Result<Value, String>;

/// An event as the hook saw it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) kind: EventKind,
    pub(crate) url: String,
    pub(crate) payload: Value,
    pub(crate) hook: Value,
}

/// Answers by the URL of the hook; `null` answers none. A URL without answers takes everything.
#[derive(Default)]
pub(crate) struct FakeHooks {
    answers: Mutex<HashMap<String, VecDeque<(Duration, Answer)>>>,
    asked: Mutex<Vec<Asked>>,
}

impl FakeHooks {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn answer(&self, url: &str, verbs: Value) {
        self.answer_after(url, Duration::ZERO, Ok(verbs));
    }

    pub(crate) fn fail(&self, url: &str, reason: &str) {
        self.answer_after(url, Duration::ZERO, Err(reason.to_owned()));
    }

    pub(crate) fn answer_after(&self, url: &str, wait: Duration, answer: Answer) {
        self.answers.lock().entry(url.to_owned()).or_default().push_back((wait, answer));
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().clone()
    }

    /// What the events to that URL said of one field.
    pub(crate) fn told(&self, url: &str, field: &str) -> Vec<Value> {
        let asked = self.asked();
        asked.iter().filter(|asked| asked.url == url).map(|asked| asked.payload[field].clone()).collect()
    }
}

#[async_trait]
impl Hooks for FakeHooks {
    async fn ask(&self, _: &str, _: AccountId, event: &Event) -> Result<Option<Vec<Verb>>, String> {
        let hook: Value = serde_json::from_str(&event.hook).unwrap();
        let url = hook["url"].as_str().unwrap().to_owned();
        let payload = serde_json::from_str(&event.payload).unwrap();
        self.asked.lock().push(Asked { kind: event.kind, url: url.clone(), payload, hook });
        let next = self.answers.lock().get_mut(&url).and_then(VecDeque::pop_front);
        let Some((wait, answer)) = next else { return Ok(None) };
        tokio::time::sleep(wait).await;
        Ok(answer?.as_array().map(|verbs| verbs.iter().map(verb).collect()))
    }
}

/// As the webhook plugin answers: every verb by name, to be read by the host.
fn verb(value: &Value) -> Verb {
    let mut properties = value.as_object().cloned().unwrap();
    let name = properties.remove("verb").unwrap().as_str().unwrap().to_owned();
    Verb::Other(OtherVerb { name, properties: Value::Object(properties).to_string() })
}
