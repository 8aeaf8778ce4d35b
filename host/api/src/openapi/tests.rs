//! What must hold of the document.

use std::collections::HashSet;

use serde_json::Value;

use super::{catalogue, document, listed, operation, schemas};

/// Set it to have the golden file written anew: `STROWGER_RENEW_OPENAPI=1 cargo test -p strowger-api golden`.
const RENEW: &str = "STROWGER_RENEW_OPENAPI";

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/openapi/golden.json");

#[test]
fn every_endpoint_is_described() {
    let subjects = catalogue::subjects();
    let endpoints = listed::endpoints();
    let bare: Vec<String> = endpoints
        .iter()
        .filter(|listed| catalogue::find(&subjects, **listed).is_none())
        .map(|listed| format!("{} {}", listed.verb.name(), listed.shown()))
        .collect();
    assert!(bare.is_empty(), "without a description in host/api/src/openapi: {bare:#?}");
}

#[test]
fn every_description_is_of_an_endpoint() {
    let subjects = catalogue::subjects();
    let endpoints = listed::endpoints();
    let used: HashSet<*const _> = endpoints
        .iter()
        .filter_map(|listed| catalogue::find(&subjects, *listed))
        .map(|(_, description)| std::ptr::from_ref(description))
        .collect();
    for description in subjects.iter().flat_map(|subject| &subject.descriptions) {
        let (verb, path) = (description.verb.name(), description.path);
        assert!(used.contains(&std::ptr::from_ref(description)), "{verb} {path} is described and not there");
        assert!(!description.answers.is_empty(), "{verb} {path} answers nothing");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let subjects = catalogue::subjects();
    let mut names = HashSet::new();
    for listed in listed::endpoints() {
        let Some((_, description)) = catalogue::find(&subjects, listed) else { continue };
        let name = operation::id(listed, description);
        assert!(names.insert(name.clone()), "{name} is the name of two operations");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap_or(reference);
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[test]
fn every_body_has_an_example_that_its_schema_accepts() {
    let subjects = catalogue::subjects();
    let descriptions = subjects.iter().flat_map(|subject| &subject.descriptions);
    let shapes =
        descriptions.flat_map(|it| it.takes.iter().copied().chain(it.answers.iter().map(|answer| answer.shape)));
    for name in shapes.filter_map(super::description::Shape::schema) {
        let example = super::examples::of(name).unwrap_or_else(|| panic!("{name} has no example"));
        let root = serde_json::json!({
            "$ref": format!("#/components/schemas/{name}"),
            "components": {"schemas": schemas::components()},
        });
        let validator = jsonschema::validator_for(&root).unwrap();
        let faults: Vec<String> = validator.iter_errors(&example).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
}

#[test]
fn the_document_is_the_golden_one() {
    let document = format!("{:#}\n", document());
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(GOLDEN, &document).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap_or_default();
    let lines = golden.lines().zip(document.lines());
    let differing = lines.enumerate().find(|(_, (golden, now))| golden != now);
    if let Some((number, (golden, now))) = differing {
        panic!(
            "line {}: the golden file has\n{golden}\nand the code makes\n{now}\n{RENEW}=1 has it written anew",
            number + 1
        );
    }
    assert_eq!(golden.lines().count(), document.lines().count(), "{RENEW}=1 has the golden file written anew");
}
