//! The conformance vectors, whose groups have shapes of their own.

use serde_json::{Map, Value, json};
use strowger_model::Owner;
use strowger_model::chain::RouteBy;
use strowger_rows::SelectorRow;

use super::error::{CasesError, Problems, item};
use super::suite::{Case, Checks, Documents, Expect, Expected, ExpectedError, Settings, Suite, World};

/// The groups that are about routes; the others are about single functions.
const GROUPS: [(&str, Convert); 7] = [
    ("selector_chain", selector_chain),
    ("classic_routing", classic_routing),
    ("rules_capture", rules_capture),
    ("endpoint_formatting", endpoint_formatting),
    ("invite_parameters", invite_parameters),
    ("shortdial_correction", shortdial_correction),
    ("emergency_order", emergency_order),
];

/// A vector as a suite of one case; `None` where it has not the shape of its group.
type Convert = fn(&Value, String) -> Option<Suite>;

/// Whether a document is a file of vectors.
pub(super) fn are(document: &Value) -> bool {
    document.get("groups").is_some_and(Value::is_object)
}

/// Every vector that is about a route.
pub(super) fn suites(document: &Value) -> Result<Vec<Suite>, CasesError> {
    let mut problems = Problems::default();
    let mut suites = Vec::new();
    for (group, convert) in GROUPS {
        let vectors = document.get("groups").and_then(|groups| groups.get(group)).and_then(Value::as_array);
        for (index, vector) in vectors.into_iter().flatten().enumerate() {
            let id = vector.get("id");
            match convert(vector, format!("{group} {}", id.and_then(Value::as_str).unwrap_or_default())) {
                Some(suite) => suites.push(suite),
                None => problems.push(item(group, index, id), "the vector has not the shape of its group"),
            }
        }
    }
    problems.into_result()?;
    Ok(suites)
}

fn selector_chain(vector: &Value, name: String) -> Option<Suite> {
    let rows = vector.get("rows").map_or(Some(&[][..]), |rows| rows.as_array().map(Vec::as_slice))?;
    let rows = rows.iter().map(row).collect::<Option<_>>()?;
    let expect = match vector.get("expect")? {
        Value::String(_) => Expect::Refused,
        expect => Expect::Routed(Expected {
            carriers: Some(texts(expect.get("resources")?)?),
            error: ExpectedError::Whichever,
            ..Expected::default()
        }),
    };
    let case = Case::new(name, object(vector.get("request")?)?, expect);
    let case = Case { chain: Some(vector.get("rules")?.clone()), ..case };
    Some(suite(Documents { rows, ..documents(vector.get("resources")?)? }, case))
}

fn classic_routing(vector: &Value, name: String) -> Option<Suite> {
    let mut endpoints: Vec<Map<String, Value>> = objects(vector.get("expect")?)?;
    let in_full = vector.get("expected_endpoints").and_then(Value::as_array).into_iter().flatten();
    for (endpoint, fields) in endpoints.iter_mut().zip(in_full) {
        endpoint.extend(object(fields)?);
    }
    classic(documents(vector.get("resources")?)?, name, object(vector.get("request")?)?, endpoints)
}

fn rules_capture(vector: &Value, name: String) -> Option<Suite> {
    let carrier = json!([{"_id": "a", "name": "A", "gateways": [{"server": "h"}], "rules": vector.get("rules")?}]);
    let request = json!({"To-DID": vector.get("number")?, "Bypass-E164": true});
    let dialled = vector.get("expect")?;
    let endpoints = if dialled.is_string() { json!([{"To-DID": dialled}]) } else { json!([]) };
    classic(documents(&carrier)?, name, object(&request)?, objects(&endpoints)?)
}

fn endpoint_formatting(vector: &Value, name: String) -> Option<Suite> {
    let endpoints = objects(vector.get("expect")?)?;
    classic(documents(vector.get("resources")?)?, name, object(vector.get("request")?)?, endpoints)
}

fn invite_parameters(vector: &Value, name: String) -> Option<Suite> {
    let carrier = json!([{"_id": "a", "name": "A", "gateways": [vector.get("gateway")?], "rules": [".*"]}]);
    let mut request = object(vector.get("request")?)?;
    request.entry("To-DID").or_insert_with(|| json!("+15125550177"));
    let list = vector.get("expect")?;
    let parameters = if list.as_array()?.is_empty() { &Value::Null } else { list };
    classic(documents(&carrier)?, name, request, objects(&json!([{ "SIP-Invite-Parameters": parameters }]))?)
}

/// The carrier takes longer numbers only, so that correction is tried, and seen where it is made.
fn shortdial_correction(vector: &Value, name: String) -> Option<Suite> {
    let number = vector.get("number")?.as_str()?;
    let longer = format!("^.{{{},}}$", number.len() + 1);
    let carrier = json!([{"_id": "a", "name": "A", "gateways": [{"server": "h"}], "rules": [longer]}]);
    let mut request = object(vector.get("request")?)?;
    request.insert("To-DID".into(), json!(number));
    let corrected = vector.get("expect")?.as_str().map(ToOwned::to_owned);
    let expected = Expected { number: Some(corrected), ..Expected::default() };
    let case = Case::new(name, request, Expect::Routed(expected));
    Some(suite(documents(&carrier)?, Case { route_by: Some(RouteBy::Resources), ..case }))
}

fn emergency_order(vector: &Value, name: String) -> Option<Suite> {
    let emergency = vector.get("emergency")?;
    let carrier = |id: &Value| json!({"_id": id, "name": id, "gateways": [{"server": id, "emergency": emergency}], "rules": ["^911$"]});
    let carriers: Value = vector.get("endpoints")?.as_array()?.iter().map(carrier).collect();
    let expected: Value = vector.get("expect")?.as_array()?.iter().map(|id| json!({ "resource_id": id })).collect();
    classic(documents(&carriers)?, name, object(&json!({"To-DID": "911"}))?, objects(&expected)?)
}

fn classic(
    global: Documents,
    name: String,
    request: Map<String, Value>,
    endpoints: Vec<Map<String, Value>>,
) -> Option<Suite> {
    let expected = Expected { endpoints: Some(endpoints), ..Expected::default() };
    let case = Case::new(name, request, Expect::Routed(expected));
    Some(suite(global, Case { route_by: Some(RouteBy::Resources), ..case }))
}

/// The vectors' carriers are the installation's, and so are their calls.
fn suite(global: Documents, case: Case) -> Suite {
    let (account, settings) = (Documents::default(), Settings::default());
    let checks = Checks::Tried;
    Suite { world: World { caller: Owner::System, account, settings, global, checks }, cases: vec![case] }
}

fn documents(resources: &Value) -> Option<Documents> {
    let carrier = |resource: &Value| Some((resource.get("_id")?.as_str()?.to_owned(), resource.clone()));
    let carriers = resources.as_array()?.iter().map(carrier).collect::<Option<_>>()?;
    Some(Documents { carriers, ..Documents::default() })
}

fn row(row: &Value) -> Option<SelectorRow> {
    SelectorRow::from_document(object(row.get("value")?)?).ok()
}

fn object(value: &Value) -> Option<Map<String, Value>> {
    value.as_object().cloned()
}

fn objects(value: &Value) -> Option<Vec<Map<String, Value>>> {
    value.as_array()?.iter().map(object).collect()
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(ToOwned::to_owned)).collect()
}
