//! The routing conformance vectors, through the real components and the one routing engine.

mod support;

use std::path::Path;

use serde_json::{Value, json};
use strowger_routing::{Direction, cases};
use support::{Fixture, sandbox, vectors};

#[tokio::test]
async fn every_vector_that_is_about_a_route() {
    let bytes = include_bytes!("../../../tests/vectors/routing.json");
    let suites = cases::read(Path::new("routing.json"), bytes).unwrap();
    let mut wrong = String::new();
    for suite in &suites {
        for verdict in cases::run(&sandbox().await, suite).await.unwrap().iter().filter(|verdict| !verdict.passed()) {
            wrong += &format!("{}\n{verdict}", verdict.case);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(suites.len(), 95, "every vector is tried");
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
        let formatted = fixture.router.format(direction, vector["request"].as_object().unwrap(), formatters).unwrap();
        assert_eq!(Value::Object(formatted), vector["expect"], "{}: {}", vector["id"], vector["note"]);
    }
}
