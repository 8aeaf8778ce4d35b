//! Keys through `strowger:plugin/kv`.

use serde::Deserialize;
use serde_json::{Value, json};
use strowger_sdk::kv::{self, Error};

/// One access.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    Get(String),
    Set(String, usize, Option<u32>),
    Delete(String),
    Increment(String, i64, Option<u32>),
    Keys(String, Option<String>, u32),
    /// Keys with that prefix, of so many bytes each, until one is refused; answers how many there are then.
    Fill(String, usize),
}

impl Step {
    pub(crate) fn take(self) -> Value {
        match self {
            Self::Get(key) => told(kv::get(&key).map(|value| value.map(|value| value.len()))),
            Self::Set(key, bytes, ttl) => told(kv::set(&key, &vec![b'x'; bytes], ttl)),
            Self::Delete(key) => told(kv::delete(&key)),
            Self::Increment(key, by, ttl) => told(kv::increment(&key, by, ttl)),
            Self::Keys(prefix, after, limit) => told(kv::keys(&prefix, after.as_deref(), limit)),
            Self::Fill(prefix, bytes) => fill(&prefix, bytes),
        }
    }
}

fn fill(prefix: &str, bytes: usize) -> Value {
    for count in 0..10_000 {
        if let Err(error) = kv::set(&format!("{prefix}{count:04}"), &vec![b'x'; bytes], None) {
            return json!([count, format!("{error:?}")]);
        }
    }
    json!("there is no end to it")
}

fn told<T: serde::Serialize>(outcome: Result<T, Error>) -> Value {
    match outcome {
        Ok(value) => json!(value),
        Err(error) => json!({"error": format!("{error:?}")}),
    }
}
