//! A selector that writes all that its host shows it to its log, a line for each place that it looked at: `rows: {…}`. It looks for
//! names and keys that it is told, and keeps what it sees in its memory for whoever comes next.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};
use strowger_sdk::explain::Trace;
use strowger_sdk::log::{self, Level};
use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, PluginError, numbers, regex, request, rows};
use wasip2::cli::environment;
use wasip2::filesystem::preopens;
use wasip2::random::random;

/// What earlier invocations have left in this memory.
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Rows that are asked for, whether the pool has them or not.
const ROWS: u32 = 8;

struct Spy(Parameters);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// What is remembered of this step.
    #[serde(default)]
    note: String,
    /// Fields of the request.
    #[serde(default)]
    fields: Vec<String>,
    /// Names of selector rows.
    #[serde(default)]
    names: Vec<String>,
    /// Selectors.
    #[serde(default)]
    keys: Vec<String>,
}

impl Selector for Spy {
    type Parameters = Parameters;
    const DESCRIPTION: Description = Description::new("Writes down what it is shown", include_str!("parameters.json"));

    fn prepare(parameters: Parameters, pool: &[Carrier]) -> Result<Self, PluginError> {
        tell("memory", &json!(seen()));
        let carriers: Vec<&str> = pool.iter().map(|carrier| carrier.document.as_str()).collect();
        tell("pool", &json!(carriers));
        remember(&parameters.note);
        Ok(Self(parameters))
    }

    fn select(&self, call: &Call, rows: Vec<u32>) -> Result<Selection, PluginError> {
        tell("memory", &json!(seen()));
        tell("call", &json!([call.number(), call.cid_number()]));
        remember(call.number());
        let fields: Vec<_> = self.0.fields.iter().map(|name| request::field(name)).collect();
        tell("request", &json!(fields));
        self.0.names.iter().for_each(|name| tell("rows", &self.all_rows(name)));
        (0..ROWS).for_each(|row| Trace::of_decision().reason(row, || format!("seen by the spy of {}", self.0.note)));
        tell("numbers", &json!(numbers::classifiers().iter().map(|class| &class.name).collect::<Vec<_>>()));
        let set = regex::RegexSet::compile(&self.0.keys).map(|set| set.matches(&self.0.note));
        tell("regex", &json!(set.ok()));
        tell("machine", &machine());
        Ok(rows.into())
    }
}

impl Spy {
    /// Everything that there is to be had of a name.
    fn all_rows(&self, name: &str) -> Value {
        let told = |hits: rows::Hits| json!([hits.rows, hits.lengths, hits.values]);
        let keys = self.0.keys.iter();
        let keys = keys.map(|key| [rows::exact(name, key), rows::prefixes(name, key), rows::matching(name, key)]);
        json!({
            "name": name,
            "present": rows::present(name),
            "selectors": (0..ROWS).map(|row| rows::selectors(name, row)).collect::<Vec<_>>(),
            "values": told(rows::values(name)),
            "keys": keys.map(|found| found.map(told)).collect::<Vec<_>>(),
        })
    }
}

fn machine() -> Value {
    json!({
        "environment": environment::get_environment(),
        "arguments": environment::get_arguments(),
        "folders": preopens::get_directories().len(),
        "chance": random::get_random_u64().to_string(),
    })
}

fn seen() -> Vec<String> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn remember(what: &str) {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).push(what.to_owned());
}

fn tell(place: &str, what: &Value) {
    log::log(Level::Info, &format!("{place}: {what}"));
}

strowger_sdk::export_selector!(Spy);
