//! The schemas that chains are checked with when they are saved.

use serde_json::{Value, json};
use strowger_plugin_classic::Classic;
use strowger_plugin_filter_list::FilterList;
use strowger_plugin_filter_prefix::FilterPrefix;
use strowger_plugin_filter_regex::FilterRegex;
use strowger_plugin_formatter::RequestFormatter;
use strowger_plugin_get_resources::GetResources;
use strowger_plugin_http_webhook::HttpWebhook;
use strowger_plugin_null::Null;
use strowger_plugin_order::Order;
use strowger_sdk::Description;
use strowger_sdk::call_hook::CallHook;
use strowger_sdk::formatter::Formatter;
use strowger_sdk::selector::Selector;

/// Paths of what is wrong.
fn faults(description: &Description, parameters: &Value) -> Vec<String> {
    let schema: Value = description.parameters().parse().unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    validator.iter_errors(parameters).map(|fault| fault.instance_path().to_string()).collect()
}

fn accepts<S: Selector>(parameters: Value) {
    assert_eq!(faults(&S::DESCRIPTION, &parameters), Vec::<String>::new(), "{parameters}");
    assert!(serde_json::from_value::<S::Parameters>(parameters).is_ok());
}

fn refuses<S: Selector>(parameters: Value, path: &str) {
    assert_eq!(faults(&S::DESCRIPTION, &parameters), [path], "{parameters}");
}

fn with(parameters: &Value, key: &str, value: impl Into<Value>) -> Value {
    let mut changed = parameters.clone();
    changed[key] = value.into();
    changed
}

fn without(parameters: &Value, key: &str) -> Value {
    let mut changed = parameters.clone();
    changed.as_object_mut().unwrap().remove(key);
    changed
}

/// What the three filters have in common.
fn is_strict<S: Selector>(parameters: &Value) {
    accepts::<S>(parameters.clone());
    for key in ["value_a", "value_b", "action"] {
        refuses::<S>(without(parameters, key), "");
    }
    refuses::<S>(with(parameters, "action", "maybe"), "/action");
    refuses::<S>(with(parameters, "mode", "loose"), "/mode");
    refuses::<S>(with(parameters, "value_b", "resource:name"), "/value_b");
    refuses::<S>(with(parameters, "value_b", "database:"), "/value_b");
    refuses::<S>(with(parameters, "value_a", "request:"), "/value_a");
    refuses::<S>(with(parameters, "valueA", "request:Flags"), "");
}

#[test]
fn modules_without_parameters_take_none() {
    accepts::<GetResources>(json!({}));
    accepts::<Null>(json!({}));
    accepts::<Classic>(json!({}));
    refuses::<GetResources>(json!({"pool": "global"}), "");
    refuses::<Classic>(json!([]), "");
}

#[test]
fn filter_list() {
    let parameters = json!({"value_a": "request:Flags", "value_b": "resource:flags", "action": "keep"});
    is_strict::<FilterList>(&parameters);
    accepts::<FilterList>(with(&parameters, "value_a", "service_plans"));
    for mode in ["exact", "subset", "ne_subset", "ne_subset_or_exact", "intersect", "disjoint"] {
        accepts::<FilterList>(with(&parameters, "mode", mode));
    }
    refuses::<FilterList>(with(&parameters, "value_a", "number"), "/value_a");
}

#[test]
fn filter_regex() {
    let parameters = json!({"value_a": "number", "value_b": "resource:rules", "action": "keep", "mode": "empty_fail"});
    is_strict::<FilterRegex>(&parameters);
    accepts::<FilterRegex>(with(&parameters, "value_b", "database:areas"));
    refuses::<FilterRegex>(with(&parameters, "value_a", "service_plans"), "/value_a");
    refuses::<FilterRegex>(with(&parameters, "value_b", "resource:weight_cost"), "/value_b");
}

#[test]
fn filter_prefix() {
    let parameters = json!({"value_a": "number", "value_b": "database:lcr", "action": "keep", "mode": "empty_ok"});
    is_strict::<FilterPrefix>(&parameters);
    accepts::<FilterPrefix>(with(&parameters, "value_b", "resource:flags"));
    refuses::<FilterPrefix>(with(&parameters, "value_b", "resource:rules"), "/value_b");
}

#[test]
fn order() {
    accepts::<Order>(json!({"value": "resource:weight_cost"}));
    accepts::<Order>(json!({"value": "database:lcr", "direction": "descend"}));
    refuses::<Order>(json!({}), "");
    refuses::<Order>(json!({"value": "request:Flags"}), "/value");
    refuses::<Order>(json!({"value": "resource:flags"}), "/value");
    refuses::<Order>(json!({"value": "resource:weight_cost", "direction": "sideways"}), "/direction");
}

#[test]
fn formatter() {
    let faults = |formatters: Value| faults(&RequestFormatter::DESCRIPTION, &formatters).len();
    assert_eq!(
        faults(json!({"from": {"regex": "x", "prefix": "+1"}, "to": [{"strip": true}, {"direction": "both"}]})),
        0
    );
    for refused in [json!([]), json!({"from": "x"}), json!({"a b": {}}), json!({"from": {"directions": "both"}})] {
        assert_ne!(faults(refused.clone()), 0, "{refused}");
    }
}

#[test]
fn http_webhook() {
    let faults = |hook: Value| faults(&HttpWebhook::DESCRIPTION, &hook);
    assert!(faults(json!({"url": "https://example.com/hook#rc=2", "method": "POST", "username": null})).is_empty());
    assert_eq!(faults(json!({"url": "https://user:secret@example.com/"})), ["/url"]);
    assert_eq!(faults(json!({"url": "ws://example.com/"})), ["/url"]);
    assert_eq!(faults(json!({"url": "https://example.com/", "method": "PUT"})), ["/method"]);
}
