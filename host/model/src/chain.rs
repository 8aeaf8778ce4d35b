//! Routing chains: the ordered steps of `/v2/resource_selectors/rules`.

mod fallback;
mod parse;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::document::escaped;
use crate::schema::Schema;
use crate::{Violation, Violations};

pub use fallback::{Fallback, MAX_FALLBACKS};

/// Most steps that a chain may have.
pub const MAX_STEPS: usize = 64;

/// Most bytes of JSON that one step's parameters may have.
pub const MAX_PARAMETERS: usize = 64 * 1024;

/// What a call does when a step fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// The call gets a routing error.
    #[default]
    Fail,
    /// The carriers go on as if the step were not there.
    Skip,
    /// No carrier is left.
    Empty,
}

impl OnError {
    /// The name that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Skip => "skip",
            Self::Empty => "empty",
        }
    }
}

/// One step: a selector plugin and what it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The plugin's name.
    pub module: String,
    /// The version it is pinned to; `None` is the active one.
    pub version: Option<String>,
    /// Its parameters, an object.
    pub parameters: Value,
    /// What answers in its place when it fails, the first one first.
    pub fallbacks: Vec<Fallback>,
    /// What happens when all of them fail.
    pub on_error: OnError,
}

impl Step {
    /// Where its parameters lie in a document whose step of that index it is: `rules.0.filter_list`.
    #[must_use]
    pub fn path(&self, index: usize) -> String {
        format!("rules.{index}.{}", escaped(&self.to_string()))
    }

    /// Every plugin that may answer, as the chain names it, with its parameters.
    pub fn candidates(&self) -> impl Iterator<Item = (String, &Value)> {
        let own = std::iter::once((self.to_string(), &self.parameters));
        own.chain(self.fallbacks.iter().map(|fallback| (fallback.to_string(), fallback.parameters_of(self))))
    }
}

/// As a chain names it: `name` or `name@version`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.module)?;
        self.version.iter().try_for_each(|version| write!(f, "@{version}"))
    }
}

/// A chain of steps; each gets the carriers that the one before it passed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The steps, first one first.
    pub steps: Vec<Step>,
}

impl Chain {
    /// Reads a `rules` array. Whether the modules exist is the sandbox's to say.
    ///
    /// # Errors
    /// Every broken rule, with paths such as `rules.0.filter_list`.
    pub fn parse(rules: &Value) -> Result<Self, Violations> {
        parse::chain(rules)
    }

    /// Reads a `rules` array as far as it can be read: the good steps, each with its place, and what is wrong with the others. For
    /// checks that have more to say of the good ones.
    #[must_use]
    pub fn parse_steps(rules: &Value) -> (Vec<(usize, Step)>, Violations) {
        parse::steps(rules)
    }

    /// What routes where nobody has configured anything.
    #[must_use]
    pub fn default_chain() -> Self {
        Self {
            steps: vec![
                step("get_resources", json!({})),
                step("filter_list", json!({"value_a": "request:Flags", "value_b": "resource:flags", "action": "keep"})),
                step("filter_regex", regex_parameters("number", "resource:rules", "empty_fail")),
                step("filter_regex", regex_parameters("cid_number", "resource:cid_rules", "empty_ok")),
                step("order", json!({"value": "resource:weight_cost", "direction": "ascend"})),
            ],
        }
    }

    /// Routing by rules, classifiers and flags without a configured chain.
    #[must_use]
    pub fn classic() -> Self {
        Self { steps: vec![step("get_resources", json!({})), step("classic", json!({}))] }
    }

    /// The chain as the `rules` array that it is read from.
    #[must_use]
    pub fn to_rules(&self) -> Value {
        self.steps.iter().map(rule).collect()
    }
}

/// Why a module's parameter schema is no schema, where it is none.
#[must_use]
pub fn schema_fault(schema: &Value) -> Option<String> {
    Schema::compile(schema.clone()).err().map(|error| error.chars().take(200).collect())
}

/// Checks a step's parameters by its module's JSON Schema.
///
/// # Errors
/// Every rule that they break, with paths such as `rules.0.filter_list.action`.
pub fn check_parameters(schema: &Value, step_index: usize, step: &Step) -> Result<(), Violations> {
    check_parameters_at(schema, step.path(step_index), &step.parameters)
}

/// Checks parameters that lie elsewhere than a step's own.
///
/// # Errors
/// As [`check_parameters`], with paths below `path`.
pub fn check_parameters_at(schema: &Value, path: String, parameters: &Value) -> Result<(), Violations> {
    match Schema::compile(schema.clone()) {
        Ok(schema) => schema.check(&path, parameters).into_result(),
        Err(error) => {
            let reason: String = error.chars().take(200).collect();
            Err(Violation::new(path, "schema", format!("The module's schema cannot be used: {reason}")).into())
        }
    }
}

fn step(module: &str, parameters: Value) -> Step {
    Step { module: module.to_owned(), version: None, parameters, fallbacks: Vec::new(), on_error: OnError::Fail }
}

fn regex_parameters(value_a: &str, value_b: &str, mode: &str) -> Value {
    json!({"value_a": value_a, "value_b": value_b, "action": "keep", "mode": mode})
}

fn rule(step: &Step) -> Value {
    let mut rule = Map::new();
    rule.insert(step.to_string(), step.parameters.clone());
    if step.on_error != OnError::Fail {
        rule.insert("on_error".into(), step.on_error.as_str().into());
    }
    fallback::write(&step.fallbacks, &mut rule);
    Value::Object(rule)
}

/// How an account is routed, in the words of the documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteBy {
    /// By its chain of selectors.
    #[default]
    #[serde(alias = "stepswitch_resource_selectors")]
    ResourceSelectors,
    /// By flags, classifiers, rules and weights: [`Chain::classic`].
    #[serde(alias = "stepswitch_resources")]
    Resources,
}

impl RouteBy {
    /// The name that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResourceSelectors => "resource_selectors",
            Self::Resources => "resources",
        }
    }
}

/// A name that is no way of routing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a way of routing: expected resources or resource_selectors")]
pub struct UnknownRouteBy;

impl FromStr for RouteBy {
    type Err = UnknownRouteBy;

    fn from_str(text: &str) -> Result<Self, UnknownRouteBy> {
        match text {
            "resource_selectors" | "stepswitch_resource_selectors" => Ok(Self::ResourceSelectors),
            "resources" | "stepswitch_resources" => Ok(Self::Resources),
            _ => Err(UnknownRouteBy),
        }
    }
}

#[cfg(test)]
mod tests;
