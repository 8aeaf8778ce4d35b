//! The documented shape of a file of cases.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use strowger_model::chain::RouteBy;
use strowger_model::{AccountId, Owner, resource, selector_row, time};
use strowger_rows::SelectorRow;

use super::error::{Problems, item};
use super::read::{MOST_CARRIERS, MOST_CASES, MOST_ROWS};
use super::suite::{Case, Checks, Documents, Expect, Expected, ExpectedError, Settings, Suite, World};

type Object = Map<String, Value>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// For whoever reads it.
    #[serde(rename = "about")]
    _about: Option<String>,
    #[serde(default)]
    carriers: Vec<Object>,
    #[serde(default)]
    selectors: Vec<Object>,
    chain: Option<Value>,
    #[serde(default)]
    settings: Settings,
    #[serde(default)]
    global: Global,
    cases: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Global {
    carriers: Vec<Object>,
    selectors: Vec<Object>,
    chain: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    request: Object,
    route_by: Option<RouteBy>,
    chain: Option<Value>,
    time: Option<Value>,
    expect: Expectation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    carriers: Option<Vec<String>>,
    endpoints: Option<Vec<Object>>,
    #[serde(default)]
    dropped: BTreeMap<String, String>,
    number: Option<String>,
    error: Option<String>,
    #[serde(default)]
    refused: bool,
}

/// The one suite of a file.
pub(super) fn suite(document: &Value) -> Result<Suite, Problems> {
    let file: File = serde_path_to_error::deserialize(document).map_err(|error| {
        let mut problems = Problems::default();
        problems.push(place(document, &error.path().to_string()), error.inner().to_string());
        problems
    })?;
    let mut problems = Problems::default();
    let account = documents("", file.carriers, file.selectors, file.chain, &mut problems);
    let global = documents("global.", file.global.carriers, file.global.selectors, file.global.chain, &mut problems);
    if file.cases.is_empty() || file.cases.len() > MOST_CASES {
        problems.push("cases", format!("a file has 1 to {MOST_CASES} cases"));
    }
    let entries = file.cases.into_iter().enumerate();
    let cases = entries.filter_map(|(index, entry)| case(index, entry, &mut problems)).collect();
    let world = World {
        caller: Owner::Account(AccountId::random()),
        account,
        settings: file.settings,
        global,
        checks: Checks::Saved,
    };
    problems.into_result().map(|()| Suite { world, cases })
}

/// A path of serde's with the name of the carrier or the case that it leads through.
fn place(document: &Value, path: &str) -> String {
    let named = |list: &str, key: &str| {
        let (index, rest) = path.strip_prefix(list)?.strip_prefix('[')?.split_once(']')?;
        let index: usize = index.parse().ok()?;
        let item = item(list, index, document.get(list)?.get(index)?.get(key));
        let rest = rest.trim_start_matches('.');
        Some(if rest.is_empty() { item } else { format!("{item}: {rest}") })
    };
    let named = named("cases", "name").or_else(|| named("carriers", "id"));
    named.unwrap_or_else(|| if path == "." { "the file".into() } else { path.to_owned() })
}

fn documents(
    at: &str,
    carriers: Vec<Object>,
    rows: Vec<Object>,
    chain: Option<Value>,
    problems: &mut Problems,
) -> Documents {
    for (list, length, most) in [("carriers", carriers.len(), MOST_CARRIERS), ("selectors", rows.len(), MOST_ROWS)] {
        if length > most {
            problems.push(format!("{at}{list}"), format!("a file has at most {most} of them"));
            return Documents::default();
        }
    }
    let mut ids = HashSet::new();
    let entries = carriers.into_iter().enumerate();
    let carriers = entries.filter_map(|(index, fields)| carrier(at, index, fields, &mut ids, problems)).collect();
    let entries = rows.into_iter().enumerate();
    let rows = entries.filter_map(|(index, fields)| row(at, index, fields, problems)).collect();
    Documents { carriers, rows, chain }
}

fn carrier(
    at: &str,
    index: usize,
    mut fields: Object,
    ids: &mut HashSet<String>,
    problems: &mut Problems,
) -> Option<(String, Value)> {
    let id = fields.shift_remove("id");
    let place = item(&format!("{at}carriers"), index, id.as_ref());
    if let Err(broken) = resource::validate(&mut fields) {
        problems.extend(&place, broken);
    }
    match id {
        Some(Value::String(id)) if !id.is_empty() => {
            if !ids.insert(id.clone()) {
                problems.push(format!("{place}: id"), "another carrier has this id");
            }
            fields.insert("id".into(), json!(id));
            Some((id, Value::Object(fields)))
        }
        _ => {
            problems.push(format!("{place}: id"), "a carrier has an id, which is text");
            None
        }
    }
}

fn row(at: &str, index: usize, mut fields: Object, problems: &mut Problems) -> Option<SelectorRow> {
    let place = item(&format!("{at}selectors"), index, None);
    if let Err(broken) = selector_row::validate(&mut fields) {
        problems.extend(&place, broken);
        return None;
    }
    let row = SelectorRow::from_document(fields).map_err(|error| problems.push(place, error.to_string()));
    row.ok()
}

fn case(index: usize, entry: Entry, problems: &mut Problems) -> Option<Case> {
    let place = item("cases", index, Some(&json!(entry.name)));
    if entry.name.trim().is_empty() {
        problems.push(format!("{place}: name"), "a case has a name");
    }
    let number = entry.request.get("To-DID").and_then(Value::as_str).unwrap_or_default();
    if number.is_empty() {
        problems.push(format!("{place}: request.To-DID"), "the number to route is required, and is text");
    }
    let time = entry.time.as_ref().and_then(time::unix_of);
    if entry.time.is_some() && time.is_none() {
        problems.push(format!("{place}: time"), time::MOMENT);
    }
    match expect(entry.expect, entry.chain.is_some()) {
        Ok(expect) => {
            let case = Case::new(entry.name, entry.request, expect);
            Some(Case { route_by: entry.route_by, time, chain: entry.chain, ..case })
        }
        Err(reason) => {
            problems.push(format!("{place}: expect"), reason);
            None
        }
    }
}

fn expect(expected: Expectation, has_chain: bool) -> Result<Expect, &'static str> {
    let Expectation { carriers, endpoints, dropped, number, error, refused } = expected;
    let says_more =
        carriers.is_some() || endpoints.is_some() || !dropped.is_empty() || number.is_some() || error.is_some();
    match (refused, says_more) {
        (true, true) => Err("a chain that is refused routes nothing: `refused` stands alone"),
        (true, false) if !has_chain => Err("`refused` is about the case's own `chain`, which it does not have"),
        (true, false) => Ok(Expect::Refused),
        (false, false) => Err("one of carriers, endpoints, dropped, number, error, refused is required"),
        (false, true) => {
            let error = error.map_or(ExpectedError::None, ExpectedError::Kind);
            Ok(Expect::Routed(Expected { carriers, endpoints, dropped, number: number.map(Some), error }))
        }
    }
}
