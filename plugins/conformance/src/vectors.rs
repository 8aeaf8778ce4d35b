//! The routing vectors.

use serde_json::{Value, json};
use strowger_plugin_formatter::RequestFormatter;
use strowger_sdk::formatter::{Direction, Formatter};
use strowger_sdk::testing::Trial;

use crate::chain;

fn vectors(group: &str) -> Vec<Value> {
    let file = include_str!("../../../tests/vectors/routing.json").parse::<Value>().unwrap();
    file["groups"][group].as_array().unwrap().clone()
}

fn ids(vector: &Value, rows: &[u32]) -> Vec<Value> {
    let enabled: Vec<&Value> =
        vector["resources"].as_array().unwrap().iter().filter(|carrier| carrier["enabled"] != json!(false)).collect();
    rows.iter().map(|&row| enabled[row as usize]["_id"].clone()).collect()
}

#[test]
fn selector_chain() {
    for vector in vectors("selector_chain") {
        match chain::run(&chain::trial(&vector), &vector["rules"]) {
            Err(chain::UnknownModule) => assert!(vector["expect"].is_string(), "{}", vector["id"]),
            Ok(routed) => {
                assert_eq!(json!(ids(&vector, &routed.rows)), vector["expect"]["resources"], "{}", vector["id"]);
            }
        }
    }
}

/// A carrier once, whatever the number of its gateways, which are the host's.
#[test]
fn classic_routing() {
    let rules = json!([{"get_resources": {}}, {"classic": {}}]);
    for vector in vectors("classic_routing") {
        let routed = chain::run(&chain::trial(&vector), &rules).unwrap();
        let has_gateway = |id: &Value| {
            let carriers = vector["resources"].as_array().unwrap();
            let gateways = &carriers.iter().find(|carrier| carrier["_id"] == *id).unwrap()["gateways"];
            gateways.as_array().unwrap().iter().any(|gateway| gateway["enabled"] != json!(false))
        };
        let named = routed.rows.iter().zip(ids(&vector, &routed.rows)).filter(|(_, id)| has_gateway(id));
        let answered: Vec<Value> = named
            .map(|(&row, id)| match routed.adjustment(row).and_then(|face| face.variant.as_ref()) {
                Some(variant) => format!("{}-{variant}", id.as_str().unwrap()).into(),
                None => id,
            })
            .collect();
        let mut expected: Vec<Value> =
            vector["expect"].as_array().unwrap().iter().map(|endpoint| endpoint["resource_id"].clone()).collect();
        expected.dedup();
        assert_eq!(answered, expected, "{}", vector["id"]);
    }
}

#[test]
fn rules_capture() {
    for vector in vectors("rules_capture") {
        let number = vector["number"].as_str().unwrap();
        let trial = Trial::of(&json!([{"id": "a", "rules": vector["rules"]}])).calling(number);
        let keep = json!({"value_a": "number", "value_b": "resource:rules", "action": "keep"});
        for rules in
            [json!([{"get_resources": {}}, {"filter_regex": keep}]), json!([{"get_resources": {}}, {"classic": {}}])]
        {
            let routed = chain::run(&trial, &rules).unwrap();
            let dialled = routed.rows.first().map(|&row| {
                routed.adjustment(row).and_then(|change| change.dialled.clone()).unwrap_or_else(|| number.into())
            });
            assert_eq!(dialled.as_deref(), vector["expect"].as_str(), "{} {rules}", vector["id"]);
        }
    }
}

#[test]
fn formatters() {
    for vector in vectors("formatters") {
        let direction = match vector["direction"].as_str().unwrap() {
            "inbound" => Direction::Inbound,
            _ => Direction::Outbound,
        };
        let mut fields = vector["request"].as_object().unwrap().clone();
        let prepared = RequestFormatter::prepare(vector["formatters"].as_object().unwrap().clone()).unwrap();
        prepared.apply(direction, &mut fields).unwrap();
        assert_eq!(Value::Object(fields), vector["expect"], "{}", vector["id"]);
    }
}
