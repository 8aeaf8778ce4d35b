//! A chain of the built-in selectors on the SDK's in-memory host.

use serde_json::{Value, json};
use strowger_plugin_classic::Classic;
use strowger_plugin_filter_list::FilterList;
use strowger_plugin_filter_prefix::FilterPrefix;
use strowger_plugin_filter_regex::FilterRegex;
use strowger_plugin_get_resources::GetResources;
use strowger_plugin_null::Null;
use strowger_plugin_order::Order;
use strowger_sdk::PluginError;
use strowger_sdk::selector::{Adjustment, Selection};
use strowger_sdk::testing::Trial;

/// What a chain made of a call: rows of the pool, and the last adjustment of each.
pub struct Routed {
    pub rows: Vec<u32>,
    adjustments: Vec<Adjustment>,
}

impl Routed {
    pub fn adjustment(&self, row: u32) -> Option<&Adjustment> {
        self.adjustments.iter().rev().find(|adjustment| adjustment.rows.contains(&row))
    }
}

/// A module that there is none of.
#[derive(Debug)]
pub struct UnknownModule;

/// A vector's enabled carriers and its request, as the host hands them to a step.
pub fn trial(vector: &Value) -> Trial {
    let enabled = |carrier: &&Value| carrier["enabled"] != json!(false);
    let carriers: Value = vector["resources"].as_array().unwrap().iter().filter(enabled).map(as_saved).collect();
    let request = vector["request"].as_object().unwrap();
    let number = request["To-DID"].as_str().unwrap();
    let mut trial = Trial::of(&carriers).calling(&strowger_model::number::normalise(number)).at(1_700_000_000);
    if let Some(caller) = request.get("Outbound-Caller-ID-Number") {
        trial = trial.from(caller.as_str().unwrap());
    }
    for (name, value) in request {
        trial = trial.field(name, value.clone());
    }
    let rows: Value = vector["rows"].as_array().into_iter().flatten().map(|row| row["value"].clone()).collect();
    trial.rows(&rows)
}

/// Runs a `rules` array. A step that fails leaves no carrier, as the vectors want it.
pub fn run(trial: &Trial, rules: &Value) -> Result<Routed, UnknownModule> {
    let mut routed = Routed { rows: Vec::new(), adjustments: Vec::new() };
    for (module, parameters) in rules.as_array().unwrap().iter().flat_map(|rule| rule.as_object().unwrap()) {
        let Selection { rows, adjustments } =
            step(trial, module, parameters, routed.rows)?.unwrap_or_else(|_| Vec::new().into());
        routed.rows = rows;
        routed.adjustments.extend(adjustments);
    }
    Ok(routed)
}

fn step(
    trial: &Trial,
    module: &str,
    parameters: &Value,
    rows: Vec<u32>,
) -> Result<Result<Selection, PluginError>, UnknownModule> {
    Ok(match module {
        "get_resources" => trial.step::<GetResources>(parameters, rows),
        "filter_list" => trial.step::<FilterList>(parameters, rows),
        "filter_regex" => trial.step::<FilterRegex>(parameters, rows),
        "filter_prefix" => trial.step::<FilterPrefix>(parameters, rows),
        "order" => trial.step::<Order>(parameters, rows),
        "null" => trial.step::<Null>(parameters, rows),
        "classic" => trial.step::<Classic>(parameters, rows),
        _ => return Err(UnknownModule),
    })
}

/// Saving a document casts its numbers and gives it its id.
fn as_saved(document: &Value) -> Value {
    let mut saved = document.clone();
    saved["id"] = document["_id"].clone();
    if let Some(weight) = document["weight_cost"].as_str() {
        saved["weight_cost"] = weight.parse::<u32>().unwrap().into();
    }
    saved
}
