//! Every rule of a carrier resource, from the table in `tests/vectors/resource_rules.json`.

use std::collections::BTreeSet;

use serde_json::Map;

use super::*;

const TABLE: &str = include_str!("../../../../../../tests/vectors/resource_rules.json");
const SCHEMA: &str = include_str!("../../../../schemas/resource.json");

fn cases(group: &str) -> Vec<(String, Value, Value)> {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let rows = table[group].as_array().unwrap().iter();
    rows.map(|row| (row[0].as_str().unwrap().to_owned(), expanded(&row[1]), row[2].clone())).collect()
}

/// The value that a case means: `$repeat` and `$keys` stand for long ones.
fn expanded(value: &Value) -> Value {
    let count = |key: &str| value.get(key).and_then(Value::as_u64).map(|count| usize::try_from(count).unwrap());
    match (count("$repeat"), count("$keys"), value.get("of")) {
        (Some(count), _, Some(Value::String(text))) => json!(text.repeat(count)),
        (Some(count), _, Some(list)) => json!(vec![list[0].clone(); count]),
        (_, Some(count), Some(of)) => {
            Value::Object((0..count).map(|n| (format!("k{n}"), of.clone())).collect::<Map<String, Value>>())
        }
        _ => match value {
            Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), expanded(value))).collect(),
            other => other.clone(),
        },
    }
}

/// A whole carrier with that value at that path.
fn carrier(path: &str, value: Value) -> Value {
    let mut carrier = json!({"name": "Carrier", "gateways": [{"server": "carrier.example"}]});
    match path {
        "" => carrier.as_object_mut().unwrap().extend(value.as_object().unwrap().clone()),
        path => *place(&mut carrier, path) = value,
    }
    carrier
}

/// The place, which is made where it is not there.
fn place<'a>(carrier: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.').fold(carrier, |value, key| match key.parse::<usize>() {
        Ok(index) => {
            if !value.is_array() {
                *value = json!([]);
            }
            let items = value.as_array_mut().unwrap();
            items.resize(items.len().max(index + 1), Value::Null);
            &mut items[index]
        }
        Err(_) => {
            if !value.is_object() {
                *value = json!({});
            }
            value.as_object_mut().unwrap().entry(key).or_insert(Value::Null)
        }
    })
}

#[test]
fn every_case_that_breaks_a_rule_is_told_by_path_and_constraint() {
    let mut wrong = Vec::new();
    for (path, value, expected) in cases("refused") {
        let shown: String = value.to_string().chars().take(60).collect();
        match validated(carrier(&path, value)) {
            Ok(_) => wrong.push(format!("{path} = {shown} is taken")),
            Err(told) if json!(constraints(&told)) != expected => {
                wrong.push(format!("{path} = {shown}: {:?} instead of {expected}", constraints(&told)));
            }
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_that_is_taken_is_stored_as_it_is_meant() {
    for (path, value, expected) in cases("stored") {
        let mut stored =
            validated(carrier(&path, value.clone())).unwrap_or_else(|told| panic!("{path} = {value}: {told}"));
        assert_eq!(place(&mut stored, &path), &expected, "{path} = {value}");
    }
}

#[test]
fn no_rule_of_the_schema_is_without_a_case() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut rules = BTreeSet::new();
    collect_rules(&schema, &schema, "", &mut rules);
    let told: BTreeSet<String> = cases("refused")
        .into_iter()
        .flat_map(|(_, _, told)| told.as_array().unwrap().clone())
        .map(|told| told.as_str().unwrap().to_owned())
        .collect();
    let missing: Vec<&String> = rules.iter().filter(|rule| !told.iter().any(|told| is_of(told, rule))).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(rules.len() > 150, "{}", rules.len());
}

/// Whether what was told is of that rule, in whose path `*` is any key or index.
fn is_of(told: &str, rule: &str) -> bool {
    let ((told_path, told_constraint), (path, constraint)) =
        (told.rsplit_once(' ').unwrap(), rule.rsplit_once(' ').unwrap());
    let (told_path, path): (Vec<_>, Vec<_>) = (told_path.split('.').collect(), path.split('.').collect());
    let same = told_path.iter().zip(&path).all(|(told, key)| *key == "*" || told == key);
    told_constraint == constraint && told_path.len() == path.len() && same
}

/// Every rule of a schema as `path keyword`.
fn collect_rules(root: &Value, schema: &Value, path: &str, rules: &mut BTreeSet<String>) {
    const KEYWORDS: [&str; 11] = [
        "enum",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "maxItems",
        "uniqueItems",
        "maxProperties",
        "pattern",
        "minItems",
        "type",
    ];
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|to| root.pointer(to.strip_prefix('#')?))
    {
        collect_rules(root, target, path, rules);
    }
    for keyword in KEYWORDS.into_iter().filter(|keyword| schema.get(*keyword).is_some()) {
        // That a document is an object is seen before its rules are.
        if !(path.is_empty() && keyword == "type") {
            rules.insert(format!("{path} {keyword}"));
        }
    }
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        rules.insert(format!("{} required", below(name.as_str().unwrap())));
    }
    for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        collect_rules(root, field, &below(name), rules);
    }
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => drop(rules.insert(format!("{} additionalProperties", below("*")))),
        Some(field) => collect_rules(root, field, &below("*"), rules),
        None => {}
    }
    if let Some(items) = schema.get("items") {
        collect_rules(root, items, &below("*"), rules);
    }
}
