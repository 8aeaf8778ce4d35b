//! The routing conformance vectors, driven over REST.

use serde_json::{Map, Value, json};
use strowger_tests::{Method, Server, Tenant};

use crate::tenant;

fn vectors(group: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../../vectors/routing.json")).expect("the vectors are JSON");
    let group = all["groups"][group].as_array().expect("a group").clone();
    assert!(!group.is_empty());
    group
}

/// An account that has the carriers and rows of a vector.
async fn tenant_of(vector: &Value) -> Tenant {
    let tenant = tenant().await;
    for resource in vector["resources"].as_array().into_iter().flatten() {
        let mut data = resource.as_object().unwrap().clone();
        let id = data.remove("_id").expect("a vector's carrier has an id");
        data.insert("id".into(), id);
        let _ = tenant.v2(Method::PUT, "/resources", json!({ "data": data })).await.with_status(201);
    }
    let rows: Vec<&Value> = vector["rows"].as_array().into_iter().flatten().map(|row| &row["value"]).collect();
    if !rows.is_empty() {
        let _ = tenant.v2(Method::PUT, "/resource_selectors/rows", json!({ "data": rows })).await.with_status(201);
    }
    tenant
}

/// Routes a vector's request, with these fields besides.
async fn routed(tenant: &Tenant, request: &Value, more: Value) -> strowger_tests::Answer {
    let mut data = request.as_object().unwrap().clone();
    data.extend(more.as_object().unwrap().clone());
    tenant.v2(Method::POST, "/resource_selectors/route", json!({ "data": data })).await
}

#[tokio::test]
async fn selector_chain() {
    let _shared = Server::shared().await;
    for vector in vectors("selector_chain") {
        let tenant = tenant_of(&vector).await;
        let answer = routed(&tenant, &vector["request"], json!({"rules": vector["rules"]})).await;
        if vector["expect"].is_string() {
            let refused = answer.with_status(400);
            assert_eq!(refused.body["message"], "validation error", "{}", vector["id"]);
            continue;
        }
        let route = answer.with_status(200);
        assert_eq!(route.data()["resources"], vector["expect"]["resources"], "{}: {}", vector["id"], route.text);
    }
}

#[tokio::test]
async fn classic_routing() {
    let _shared = Server::shared().await;
    for vector in vectors("classic_routing") {
        let tenant = tenant_of(&vector).await;
        let route = routed(&tenant, &vector["request"], json!({"route_by": "resources"})).await.with_status(200);
        let endpoints = route.data()["endpoints"].as_array().unwrap();
        let shown = |endpoint: &Value| json!({"resource_id": endpoint["resource_id"], "route": endpoint["route"], "weight": endpoint["weight"]});
        let answered: Vec<Value> = endpoints.iter().map(shown).collect();
        assert_eq!(json!(answered), vector["expect"], "{}: {}", vector["id"], route.text);
        let expected = vector["expected_endpoints"].as_array().into_iter().flatten();
        for (endpoint, expected) in endpoints.iter().zip(expected) {
            let mut expected = expected.clone();
            // The vector's carriers are the installation's, these are an account's.
            if let Some(variables) = expected["Custom-Channel-Vars"].as_object_mut() {
                assert_eq!(variables.remove("Global-Resource"), Some(json!(true)));
            }
            assert_fields(&vector, &endpoint["fields"], expected.as_object().unwrap());
        }
    }
}

#[tokio::test]
async fn endpoint_formatting() {
    let _shared = Server::shared().await;
    for vector in vectors("endpoint_formatting") {
        let tenant = tenant_of(&vector).await;
        let route = routed(&tenant, &vector["request"], json!({"route_by": "resources"})).await.with_status(200);
        let (endpoints, expected) = (&route.data()["endpoints"], vector["expect"].as_array().unwrap());
        assert_eq!(endpoints.as_array().map(Vec::len), Some(expected.len()), "{}", vector["id"]);
        for (index, expected) in expected.iter().enumerate() {
            let mut expected = expected.as_object().unwrap().clone();
            let id = expected.remove("resource_id");
            assert_eq!(Some(&endpoints[index]["resource_id"]), id.as_ref(), "{}", vector["id"]);
            assert_fields(&vector, &endpoints[index]["fields"], &expected);
        }
    }
}

fn assert_fields(vector: &Value, fields: &Value, expected: &Map<String, Value>) {
    for (field, value) in expected {
        assert_eq!(&fields[field], value, "{} {field}", vector["id"]);
    }
}

#[tokio::test]
async fn rules_capture() {
    let _shared = Server::shared().await;
    for vector in vectors("rules_capture") {
        let resource = json!({"_id": "a", "name": "A", "gateways": [{"server": "h"}], "rules": vector["rules"]});
        let tenant = tenant_of(&json!({"resources": [resource]})).await;
        let request = json!({"To-DID": vector["number"], "Bypass-E164": true});
        let route = routed(&tenant, &request, json!({"route_by": "resources"})).await.with_status(200);
        let dialled = route.data()["endpoints"].get(0).map(|endpoint| &endpoint["fields"]["To-DID"]);
        assert_eq!(dialled, Some(&vector["expect"]).filter(|expect| expect.is_string()), "{}", vector["id"]);
    }
}

#[tokio::test]
async fn invite_parameters() {
    let _shared = Server::shared().await;
    for vector in vectors("invite_parameters") {
        let resource = json!({"_id": "a", "name": "A", "gateways": [vector["gateway"]], "rules": ["."]});
        let tenant = tenant_of(&json!({"resources": [resource]})).await;
        let question = json!({"To-DID": "+15125550177", "route_by": "resources"});
        let route = routed(&tenant, &vector["request"], question).await.with_status(200);
        let built = route.data()["endpoints"][0]["fields"].get("SIP-Invite-Parameters").cloned();
        assert_eq!(built.unwrap_or_else(|| json!([])), vector["expect"], "{}: {}", vector["id"], route.text);
    }
}

#[tokio::test]
async fn emergency_order() {
    let _shared = Server::shared().await;
    for vector in vectors("emergency_order") {
        let gateway = |id: &Value| json!([{"server": id, "emergency": vector["emergency"]}]);
        let resource = |id: &Value| json!({"_id": id, "name": id, "rules": ["^911$"], "gateways": gateway(id)});
        let resources: Vec<Value> = vector["endpoints"].as_array().unwrap().iter().map(resource).collect();
        let tenant = tenant_of(&json!({ "resources": resources })).await;
        let route = routed(&tenant, &json!({"To-DID": "911"}), json!({"route_by": "resources"})).await.with_status(200);
        assert_eq!(route.data()["resources"], vector["expect"], "{}", vector["id"]);
    }
}

#[tokio::test]
async fn formatters() {
    let tenant = tenant().await;
    for vector in vectors("formatters") {
        let data = json!({
            "direction": vector["direction"], "request": vector["request"], "formatters": vector["formatters"],
        });
        let formatted = tenant.v2(Method::POST, "/resources/format", json!({ "data": data })).await.with_status(200);
        assert_eq!(formatted.data(), &vector["expect"], "{}: {}", vector["id"], vector["note"]);
    }
}

#[tokio::test]
async fn number_conversion() {
    let tenant = tenant().await;
    for vector in vectors("number_conversion") {
        let number = vector["number"].as_str().unwrap().replace('+', "%2B");
        let path = format!("/phone_numbers/classifiers/{number}");
        let described = tenant.v2(Method::GET, &path, Value::Null).await.with_status(200);
        let mut described = described.data().as_object().unwrap().clone();
        let class = described.shift_remove("classifier").unwrap_or_default();
        described.insert("classify".into(), class);
        assert_eq!(Value::Object(described), vector["expect"], "{}", vector["id"]);
    }
}

/// A patched document is the one that the vector expects, as the host stores it; where that is no carrier, the patch is refused.
#[tokio::test]
async fn patch_merge() {
    let _shared = Server::shared().await;
    for vector in vectors("patch_merge") {
        let tenant = tenant().await;
        let _ = tenant.v2(Method::PUT, "/resources", json!({"data": vector["doc"]})).await.with_status(201);
        let patched = tenant.v2(Method::PATCH, "/resources/r1", json!({"data": vector["patch"]})).await;
        let mut expected = vector["expect"].clone();
        expected["id"] = json!("expected");
        let expected = tenant.v2(Method::PUT, "/resources", json!({ "data": expected })).await;
        if expected.status.is_client_error() {
            assert_eq!(patched.status.as_u16(), 400, "{}: {}", vector["id"], patched.text);
            continue;
        }
        let mut stored = patched.with_status(200).data().clone();
        stored["id"] = json!("expected");
        assert_eq!(&stored, expected.data(), "{}", vector["id"]);
    }
}
