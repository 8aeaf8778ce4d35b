//! Stored documents that are not as they must be: neither the log nor the answer repeats what is in them.

use std::io::Write;
use std::sync::Arc;

use http::StatusCode;
use parking_lot::Mutex;
use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_store::{Expect, Key, Kind, StoreExt};

use super::harness::{ADMIN, Api};
use super::sessions::open;

/// A number where a text must be: what is read of it would be quoted by whoever says so.
const SECRET: u64 = 8_675_309_004_711;

/// Everything that is logged by this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn store(api: &Api, kind: Kind, id: &str, body: Value) {
    api.store.put(Key::new(Owner::System, kind, id), body, Expect::Anything).await.unwrap();
}

#[tokio::test]
async fn a_damaged_document_is_named_and_not_quoted() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let api = Api::new().await;
    let key = json!({"kid": "1", "secret": SECRET, "created": 0, "retires": null});
    store(&api, Kind::Setting, "token_keys", json!({"keys": [key]})).await;
    let provider = json!({"name": "P", "service_provider_sid": api.other.provider, "registration_hook": {"url": "https://hook.example", "password": SECRET}});
    store(&api, Kind::ServiceProvider, &api.other.provider.to_string(), provider).await;

    let traded = open(&api, "/v2/api_auth", json!({"api_key": api.own.account_token})).await;
    let shown = api.get(&format!("/v2/accounts/{}", api.other.provider.hex()), ADMIN).await;
    let listed = api.get("/v1/ServiceProviders", ADMIN).await;
    for answer in [&traded, &shown, &listed] {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
        assert!(!answer.text.contains(&SECRET.to_string()), "{}", answer.text);
    }
    let log = log.text();
    assert!(log.contains("token_keys") && log.contains("keys[0].secret"), "{log}");
    assert!(log.contains(&api.other.provider.to_string()), "{log}");
    assert!(!log.contains(&SECRET.to_string()), "{log}");
}
