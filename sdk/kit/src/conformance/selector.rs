//! What selectors are tried with.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, Owner};
use strowger_sandbox::{Carrier, Module, RequestFields, RoutedCall};

use super::parameters::{of_wrong_types, with_unknown};
use super::{Check, Line, problem};
use crate::cases::sample_call;
use crate::measure::{Question, Select, choose};
use crate::pool::{Rows, carrier};

/// Calls that one prepared step answers.
const CALLS: u32 = 200;
const UNICODE: [&str; 6] =
    ["", "Größe", "電話局", "\u{202e}egarots", "e\u{301}\u{1f4de}\u{200d}\u{1f525}", "\u{0}\u{7f}\\\"'"];

/// Carriers of all sorts, `count` of them.
pub(crate) fn pool(count: u32) -> Vec<Carrier> {
    let one = |index: u32| {
        let document = json!({
            "id": format!("{index:08x}"), "name": format!("Carrier {} {}", index % 17, if index.is_multiple_of(3) { "Acme" } else { "Other" }),
            "weight_cost": index % 100, "flags": if index.is_multiple_of(2) { json!(["fax"]) } else { json!([]) },
            "rules": [format!("^\\+?1{}(\\d+)$", index % 10)], "cid_rules": [], "gateways": [{"server": "192.0.2.1"}],
        });
        carrier(&object(document))
    };
    (0..count).map(one).collect()
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(object) = value { object } else { Map::new() }
}

/// The usual parameters over these carriers, all of which come in.
fn asked(usual: &Map<String, Value>, pool: Vec<Carrier>) -> Select {
    let request = json!({"To-DID": "+15125550177", "Outbound-Caller-ID-Number": "+12025550100", "Flags": ["fax"], "Account-ID": "a"});
    Select {
        parameters: Value::Object(usual.clone()).to_string(),
        rows: (0..).take(pool.len()).collect(),
        pool,
        call: sample_call(),
        request: Arc::new(RequestFields::new(object(request))),
        selector_rows: Arc::default(),
    }
}

fn questions(selects: impl IntoIterator<Item = Select>) -> Vec<Question> {
    selects.into_iter().map(|select| Question::Select(Box::new(select))).collect()
}

pub(super) fn checks(usual: &Map<String, Value>) -> Vec<Check> {
    let few = || asked(usual, pool(5));
    let with =
        |parameters: Vec<Map<String, Value>>| questions(parameters.iter().map(|parameters| asked(parameters, pool(5))));
    vec![
        Check::new("no carrier", questions([asked(usual, Vec::new())])),
        Check::new("one carrier", questions([asked(usual, pool(1))])),
        Check::new("no carrier left of a pool", questions([Select { rows: Vec::new(), ..few() }])),
        Check::new("some carriers, in another order", questions([Select { rows: vec![4, 0, 3], ..few() }])),
        Check::new("1,000 carriers", questions([asked(usual, pool(1_000))])),
        Check::plenty("10,000 carriers", questions([asked(usual, pool(10_000))])),
        Check::new("carriers that are all the same", questions([asked(usual, vec![first(); 50])])),
        Check::new("carriers with nothing in them", questions([asked(usual, vec![carrier(&Map::new()); 3])])),
        Check::new("names of every script", questions([asked(usual, scripts())])),
        Check::new(
            "names of 64 KB",
            questions([asked(usual, vec![Carrier { name: "x".repeat(65_536), ..first() }; 3])]),
        ),
        Check::new("a call without caller id or request", questions([bare(few())])),
        Check::new("numbers that are none", questions(numbers(&few()))),
        Check::new("selector rows, some twice", questions([Select { selector_rows: selector_rows(), ..few() }])),
        Check::new("members that nobody knows, or none", with(with_unknown(usual))),
        Check::new("members of every wrong type", with(of_wrong_types(usual))),
    ]
}

fn first() -> Carrier {
    pool(1).into_iter().next().unwrap_or_else(|| carrier(&Map::new()))
}

fn scripts() -> Vec<Carrier> {
    let named = |name: &&str| Carrier { name: (*name).to_owned(), flags: vec![(*name).to_owned()], ..first() };
    UNICODE.iter().map(named).collect()
}

fn bare(select: Select) -> Select {
    let call = RoutedCall { cid_number: None, ..select.call };
    Select { call, request: Arc::default(), ..select }
}

fn numbers(select: &Select) -> Vec<Select> {
    let of = |number: String| {
        let call = RoutedCall { cid_number: Some(number.clone()), number, time: u64::MAX };
        Select { call, ..select.clone() }
    };
    let long = "9".repeat(10_000);
    UNICODE
        .into_iter()
        .map(ToOwned::to_owned)
        .chain(["+".into(), "911".into(), "sip:a@b".into(), long])
        .map(of)
        .collect()
}

fn selector_rows() -> Arc<Rows> {
    let rows = json!([
        {"name": "lcr", "selector": "1", "resource": "00000000", "value": "0.1"},
        {"name": "lcr", "selector": "1", "resource": "00000000", "value": "0.1"},
        {"name": "lcr", "selector": "1512", "resource": "00000001", "value": "not a number"},
        {"name": "lcr", "selector": "", "resource": "00000002"},
        {"name": "lcr", "selector": "1512", "resource": "00000003", "value": "-1e300", "start_time": 1, "stop_time": 2},
    ]);
    let documents: Vec<Map<String, Value>> = rows.as_array().into_iter().flatten().cloned().map(object).collect();
    Arc::new(Rows::new(&documents, &pool(5)))
}

/// One step answers call after call the same way: it neither leaks nor remembers.
pub(super) fn many_calls(module: &Arc<Module>, usual: &Map<String, Value>) -> Line {
    let mut line = Line::of("200 calls of one prepared step");
    let select = asked(usual, pool(100));
    let owner = Owner::Account(AccountId::random());
    let Ok(mut step) = module.prepare_step(owner, &select.parameters, &select.pool) else { return line };
    let mut earlier = None;
    for _ in 0..CALLS {
        let answer = choose(&mut step, &select);
        line.saw(&answer);
        if let Some(problem) = problem(&answer) {
            line.problem(problem);
            break;
        }
        if earlier.as_ref().is_some_and(|earlier| *earlier != answer.result) {
            line.problem("a later call is answered otherwise".into());
        }
        earlier = Some(answer.result);
    }
    line
}
