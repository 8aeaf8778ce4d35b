//! The routing conformance vectors, through the real components and the one routing engine.
#![expect(clippy::unwrap_used, reason = "a vector that cannot be read must stop the test")]

mod support;

use serde_json::{Map, Value, json};
use strowger_model::{Chain, Owner};
use strowger_routing::{Direction, Route, RouteBy, RouteRequest};
use support::{Fixture, vectors};

fn request(vector: &Value) -> Map<String, Value> {
    vector["request"].as_object().unwrap().clone()
}

async fn routed(
    fixture: &Fixture,
    fields: Map<String, Value>,
    route_by: Option<RouteBy>,
    rules: Option<Chain>,
) -> Route {
    let request = RouteRequest { owner: Owner::System, fields, route_by, rules, explain: true };
    fixture.router.route(request).await.unwrap()
}

#[tokio::test]
async fn selector_chain() {
    for vector in vectors("selector_chain") {
        let fixture = Fixture::with_resources(&vector["resources"]).await;
        fixture.save_rows(vector.get("rows").unwrap_or(&json!([]))).await;
        let chain = Chain::parse(&vector["rules"]).unwrap();
        let known = fixture.router.check_modules(&chain).is_ok();
        if vector["expect"].is_string() {
            assert!(!known, "{}: {}", vector["id"], vector["expect"]);
            continue;
        }
        assert!(known, "{}", vector["id"]);
        let route = routed(&fixture, request(&vector), None, Some(chain)).await;
        assert_eq!(json!(route.resources), vector["expect"]["resources"], "{}: {:?}", vector["id"], route.failure);
    }
}

#[tokio::test]
async fn classic_routing() {
    for vector in vectors("classic_routing") {
        let fixture = Fixture::with_resources(&vector["resources"]).await;
        let route = routed(&fixture, request(&vector), Some(RouteBy::Resources), None).await;
        let answered: Vec<Value> = route
            .endpoints
            .iter()
            .map(|e| json!({"resource_id": e.resource_id, "route": e.route, "weight": e.weight}))
            .collect();
        assert_eq!(json!(answered), vector["expect"], "{}: {:?}", vector["id"], route.trace);
        for (endpoint, expected) in
            route.endpoints.iter().zip(vector["expected_endpoints"].as_array().into_iter().flatten())
        {
            for (field, value) in expected.as_object().unwrap() {
                assert_eq!(endpoint.fields.get(field), Some(value), "{} {field}", vector["id"]);
            }
        }
    }
}

#[tokio::test]
async fn rules_capture() {
    for vector in vectors("rules_capture") {
        let resource = json!([{"_id": "a", "name": "A", "gateways": [{"server": "h"}], "rules": vector["rules"]}]);
        let fixture = Fixture::with_resources(&resource).await;
        let fields = json!({"To-DID": vector["number"], "Bypass-E164": true});
        let route = routed(&fixture, fields.as_object().unwrap().clone(), Some(RouteBy::Resources), None).await;
        let dialled = route.endpoints.first().map(|endpoint| endpoint.fields["To-DID"].clone());
        let expected = Some(&vector["expect"]).filter(|expect| expect.is_string()).cloned();
        assert_eq!(dialled, expected, "{}", vector["id"]);
    }
}

#[tokio::test]
async fn endpoint_formatting() {
    for vector in vectors("endpoint_formatting") {
        let fixture = Fixture::with_resources(&vector["resources"]).await;
        let route = routed(&fixture, request(&vector), Some(RouteBy::Resources), None).await;
        let expected = vector["expect"].as_array().unwrap();
        assert_eq!(route.endpoints.len(), expected.len(), "{}", vector["id"]);
        for (endpoint, expected) in route.endpoints.iter().zip(expected) {
            assert_eq!(json!(endpoint.resource_id), expected["resource_id"], "{}", vector["id"]);
            for (field, value) in expected.as_object().unwrap().iter().filter(|(field, _)| *field != "resource_id") {
                assert_eq!(endpoint.fields.get(field), Some(value), "{} {field}", vector["id"]);
            }
        }
    }
}

#[tokio::test]
async fn formatters() {
    let fixture = Fixture::with_resources(&json!([])).await;
    for vector in vectors("formatters") {
        let direction = match vector["direction"].as_str().unwrap() {
            "inbound" => Direction::Inbound,
            _ => Direction::Outbound,
        };
        let formatters = vector["formatters"].as_object().unwrap();
        let formatted = fixture.router.format(direction, &request(&vector), formatters).unwrap();
        assert_eq!(Value::Object(formatted), vector["expect"], "{}: {}", vector["id"], vector["note"]);
    }
}

#[tokio::test]
async fn emergency_order() {
    for vector in vectors("emergency_order") {
        let ids = vector["endpoints"].as_array().unwrap();
        let emergency = vector["emergency"].as_bool().unwrap();
        let resources: Vec<Value> = ids
            .iter()
            .map(|id| json!({"_id": id, "name": id, "gateways": [{"server": id, "emergency": emergency}], "rules": ["^911$"]}))
            .collect();
        let fixture = Fixture::with_resources(&json!(resources)).await;
        let fields = json!({"To-DID": "911"});
        let route = routed(&fixture, fields.as_object().unwrap().clone(), Some(RouteBy::Resources), None).await;
        let order: Vec<&str> = route.endpoints.iter().map(|endpoint| endpoint.resource_id.as_str()).collect();
        assert_eq!(json!(order), vector["expect"], "{}", vector["id"]);
    }
}
