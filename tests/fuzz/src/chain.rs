//! Routing chains, from the text of `rules` to a decision of the built-in selectors.

use std::collections::HashSet;

use serde_json::{Map, Value};
use strowger_model::Chain;
use strowger_model::chain::{Step, check_parameters};
use strowger_plugin_classic::Classic;
use strowger_plugin_filter_list::FilterList;
use strowger_plugin_filter_prefix::FilterPrefix;
use strowger_plugin_filter_regex::FilterRegex;
use strowger_plugin_get_resources::GetResources;
use strowger_plugin_null::Null;
use strowger_plugin_order::Order;
use strowger_sdk::selector::{Selection, Selector};
use strowger_sdk::testing::Trial;
use strowger_sdk::{Description, PluginError};

use crate::check_refusal;

/// Carriers of one trial: enough for every way through a selector.
const MOST_CARRIERS: usize = 64;

/// `{"rules", "resources"?, "request"?, "rows"?}`, as the routing vectors have it. A chain that is accepted is written as it was
/// read, and its steps answer with rows of the pool, each once.
pub fn chain(text: &[u8]) {
    let Ok(case) = serde_json::from_slice::<Map<String, Value>>(text) else { return };
    let chain = match Chain::parse(case.get("rules").unwrap_or(&Value::Null)) {
        Ok(chain) => chain,
        Err(refusal) => return check_refusal(&refusal),
    };
    assert_eq!(Chain::parse(&chain.to_rules()).as_ref(), Ok(&chain), "a chain is read as it is written");
    let trial = trial(&case);
    let mut rows = Vec::new();
    for (index, step) in chain.steps.iter().enumerate() {
        let Some(module) = Module::named(&step.module) else { return };
        if let Err(refusal) = module.check(index, step) {
            return check_refusal(&refusal);
        }
        match (module.run)(&trial, &step.parameters, rows) {
            Ok(selection) => rows = checked(selection, trial.pool().len()),
            Err(_) => return,
        }
    }
}

/// A built-in selector.
struct Module {
    description: Description,
    run: fn(&Trial, &Value, Vec<u32>) -> Result<Selection, PluginError>,
}

impl Module {
    fn of<S: Selector>() -> Self {
        Self { description: S::DESCRIPTION, run: Trial::step::<S> }
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            "get_resources" => Some(Self::of::<GetResources>()),
            "filter_list" => Some(Self::of::<FilterList>()),
            "filter_regex" => Some(Self::of::<FilterRegex>()),
            "filter_prefix" => Some(Self::of::<FilterPrefix>()),
            "order" => Some(Self::of::<Order>()),
            "null" => Some(Self::of::<Null>()),
            "classic" => Some(Self::of::<Classic>()),
            _ => None,
        }
    }

    fn check(&self, index: usize, step: &Step) -> Result<(), strowger_model::Violations> {
        let schema = serde_json::from_str(self.description.parameters()).unwrap_or_default();
        check_parameters(&schema, index, step)
    }
}

fn trial(case: &Map<String, Value>) -> Trial {
    let list = |key: &str| case.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let carriers = list("resources").iter().take(MOST_CARRIERS).map(|carrier| {
        let mut carrier = carrier.as_object().cloned().unwrap_or_default();
        if let Some(id) = carrier.get("_id").cloned() {
            carrier.insert("id".into(), id);
        }
        Value::Object(carrier)
    });
    let rows: Value =
        list("rows").iter().take(MOST_CARRIERS).map(|row| row.get("value").unwrap_or(row).clone()).collect();
    let request = case.get("request").and_then(Value::as_object).cloned().unwrap_or_default();
    let text = |key: &str| request.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut trial = Trial::of(&carriers.collect()).calling(&strowger_model::number::normalise(text("To-DID")));
    if request.contains_key("Outbound-Caller-ID-Number") {
        trial = trial.from(text("Outbound-Caller-ID-Number"));
    }
    for (name, value) in &request {
        trial = trial.field(name, value.clone());
    }
    trial.at(1_700_000_000).rows(&rows)
}

/// What the sandbox demands of a selection.
fn checked(selection: Selection, pool: usize) -> Vec<u32> {
    let Selection { rows, adjustments } = selection;
    let is_row = |row: &u32| (*row as usize) < pool;
    assert!(rows.iter().all(is_row), "a row outside the pool");
    assert_eq!(rows.iter().collect::<HashSet<_>>().len(), rows.len(), "a row twice");
    let adjusted: Vec<&u32> = adjustments.iter().flat_map(|adjustment| &adjustment.rows).collect();
    assert!(adjusted.len() <= pool && adjusted.into_iter().all(is_row), "adjustments beyond the pool");
    rows
}
