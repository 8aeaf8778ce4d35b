//! Nobody sees or names what is somebody else's.

use serde_json::{Value, json};
use strowger_tests::{Method, Tenant};

use crate::{chain, component, upload};

#[tokio::test]
async fn a_strangers_plugin_is_as_if_it_were_not_there() {
    let owner = Tenant::new(json!([])).await;
    let stranger = Tenant::new(json!([])).await;
    upload(&owner, "secret-sauce", "1", component("order")).await;
    let (id, key) = (&owner.account.id, &stranger.account.key);
    for (method, path) in [
        (Method::GET, "/plugins"),
        (Method::GET, "/plugins/secret-sauce"),
        (Method::GET, "/plugins/secret-sauce/versions/1"),
        (Method::GET, "/plugins/secret-sauce/versions/1/component"),
        (Method::DELETE, "/plugins/secret-sauce"),
        (Method::POST, "/plugins/secret-sauce/rollback"),
    ] {
        let path = format!("/v2/accounts/{id}{path}");
        let refused = stranger.server.send(method, &path, Some(key), None).await;
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
    }
    let _ = stranger.v2(Method::GET, "/plugins/secret-sauce", Value::Null).await.with_status(404);
    let refused = chain(&stranger, json!([{"secret-sauce": {"value": "weight_cost"}}])).await.with_status(400);
    assert!(!refused.text.contains("\"secret-sauce\",") && refused.text.contains("enum"), "{}", refused.text);
}
