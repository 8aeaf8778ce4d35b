use std::path::Path;

use serde_json::{Value, json};

use super::*;

fn problems(document: &Value) -> Vec<String> {
    let read = read(Path::new("cases.json"), document.to_string().as_bytes());
    match read.unwrap_err() {
        CasesError::Problems(problems) => problems.0.iter().map(ToString::to_string).collect(),
        other => panic!("{other}"),
    }
}

fn case(expect: Value) -> Value {
    json!({"name": "one", "request": {"To-DID": "+1"}, "expect": expect})
}

#[test]
fn both_formats_say_the_same() {
    let toml = r#"
        about = "one case"
        settings = { route_by = "resources" }
        [[carriers]]
        id = "a"
        name = "A"
        gateways = [{ server = "a.example" }]
        [[cases]]
        name = "one"
        request = { To-DID = "+1", Flags = ["gold"] }
        expect = { carriers = ["a"], dropped = { b = "flags" } }
    "#;
    let json = json!({
        "about": "one case",
        "settings": {"route_by": "resources"},
        "carriers": [{"id": "a", "name": "A", "gateways": [{"server": "a.example"}]}],
        "cases": [{
            "name": "one",
            "request": {"To-DID": "+1", "Flags": ["gold"]},
            "expect": {"carriers": ["a"], "dropped": {"b": "flags"}},
        }],
    });
    let without_caller = |suite: &Suite| format!("{:?}{:?}", suite.world.account, suite.cases);
    let toml = read(Path::new("x.toml"), toml.as_bytes()).unwrap();
    let json = read(Path::new("x.JSON"), json.to_string().as_bytes()).unwrap();
    assert_eq!(without_caller(&toml[0]), without_caller(&json[0]));
}

#[test]
fn a_field_of_the_wrong_type_is_told_by_the_name_of_its_case() {
    let mut second = case(json!({"carriers": "a"}));
    second["name"] = json!("by night");
    let told = problems(&json!({"cases": [case(json!({"carriers": []})), second]}));
    assert_eq!(told, ["cases[1] \"by night\": expect.carriers: invalid type: string \"a\", expected a sequence"]);
}

#[test]
fn unknown_keys_are_told_with_those_that_are_known() {
    for (document, place) in [
        (json!({"casse": []}), "casse: unknown field `casse`, expected one of `about`, `carriers`"),
        (json!({}), "the file: missing field `cases`"),
        (json!({"cases": [], "settings": {"hnt": "local"}}), "settings"),
        (json!({"cases": [case(json!({"carrier": []}))]}), "cases[0] \"one\": expect.carrier: unknown field"),
        (json!({"cases": [case(json!({"endpoints": {}}))]}), "cases[0] \"one\": expect.endpoints: invalid type"),
        (json!({"cases": [], "settings": {"hunt": "near"}}), "settings.hunt: unknown variant `near`"),
    ] {
        let told = problems(&document);
        assert!(told.len() == 1 && told[0].starts_with(place), "{told:?}");
    }
}

#[test]
fn everything_else_that_is_wrong_is_told_at_once() {
    let told = problems(&json!({
        "carriers": [
            {"id": "a", "name": "A", "gateways": [{"server": ""}]},
            {"id": "a", "name": "A", "gateways": [{"server": "x"}]},
            {"name": "no id", "gateways": [{"server": "x"}]},
        ],
        "global": {"selectors": [{"name": "lcr"}]},
        "cases": [
            {"name": " ", "request": {"To-DID": 7}, "expect": {"carriers": []}},
            case(json!({})),
            case(json!({"refused": true})),
            case(json!({"refused": true, "carriers": []})),
        ],
    }));
    let places: Vec<&str> = told.iter().map(|problem| problem.rsplit_once(": ").unwrap().0).collect();
    for place in [
        "carriers[0] \"a\": gateways.0.server",
        "carriers[1] \"a\": id",
        "carriers[2]: id",
        "global.selectors[0]: selector",
        "global.selectors[0]: resource",
        "cases[0] \" \": name",
        "cases[0] \" \": request.To-DID",
        "cases[1] \"one\": expect",
        "cases[2] \"one\": expect",
    ] {
        assert!(places.contains(&place), "{place}: {told:#?}");
    }
    assert_eq!(told.len(), 10, "{told:#?}");
}

#[test]
fn what_is_no_file_of_cases_is_refused() {
    assert!(matches!(read(Path::new("cases.yaml"), b""), Err(CasesError::Format)));
    assert!(matches!(read(Path::new("cases"), b"{}"), Err(CasesError::Format)));
    let large = vec![b' '; LARGEST_FILE + 1];
    assert!(matches!(read(Path::new("cases.json"), &large), Err(CasesError::TooLarge(LARGEST_FILE))));
    for (name, text) in [("a.json", "{\n\"cases\": ["), ("a.toml", "\ncases = ["), ("a.toml", "\u{0}")] {
        let Err(CasesError::Syntax(told)) = read(Path::new(name), text.as_bytes()) else { panic!("{text}") };
        assert!(told.contains("line"), "{told}");
    }
    assert_eq!(problems(&json!({"cases": []})), ["cases: a file has 1 to 10000 cases"]);
}

#[test]
fn a_difference_in_order_is_shown_as_a_patch_with_the_reasons_of_what_is_missing() {
    let verdict = Verdict {
        case: "one".into(),
        differences: vec![Difference::Carriers {
            expected: vec!["a".into(), "b".into(), "c".into()],
            got: vec!["b".into(), "a".into()],
        }],
        dropped: vec![DroppedBy {
            carrier: "c".into(),
            step: 2,
            module: "filter_regex".into(),
            reason: "no rule".into(),
        }],
        notes: Vec::new(),
    };
    let shown = "  carriers (- expected, + got):
    - a
      b
    - c  dropped by step 2, filter_regex: no rule
    + a
  dropped on the way:
      c  by step 2, filter_regex: no rule
";
    assert_eq!(verdict.to_string(), shown);
}
