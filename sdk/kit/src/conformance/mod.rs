//! The conformance kit: hostile and edge inputs. A plugin must answer each within the contract and its limits, and a selector or
//! formatter the same twice.

mod call_hook;
mod formatter;
mod message_provider;
mod parameters;
mod report;
mod selector;

use std::sync::Arc;

use serde_json::{Map, Value};
use strowger_sandbox::{FaultKind, Module, Usage};

pub use report::{Conformance, Line};

use crate::measure::{Answer, Question, ask};
use crate::{Kind, Loaded, Project, cases};

pub(crate) use formatter::request;
pub(crate) use message_provider::{usual_message, usual_request};
pub(crate) use parameters::sample;
pub(crate) use selector::pool;

/// A check: what it tries, and the questions that do.
struct Check {
    what: &'static str,
    questions: Vec<Question>,
    /// More than a plugin must manage: it may run into a limit, and must do so in order.
    is_plenty: bool,
}

impl Check {
    fn new(what: &'static str, questions: Vec<Question>) -> Self {
        Self { what, questions, is_plenty: false }
    }

    fn plenty(what: &'static str, questions: Vec<Question>) -> Self {
        Self { is_plenty: true, ..Self::new(what, questions) }
    }
}

/// Runs the kit for the project's kind.
pub async fn run(project: &Project, loaded: &Loaded) -> Conformance {
    let usual = usual(project, &loaded.module);
    let checks = match project.kind {
        Kind::Selector => selector::checks(&usual),
        Kind::Formatter => formatter::checks(&usual),
        Kind::CallHook => call_hook::checks(&usual),
        Kind::MessageProvider => message_provider::checks(&usual, &usual_request(project)),
    };
    let mut lines = Vec::with_capacity(checks.len() + 1);
    for check in &checks {
        lines.push(tried(project.kind, &loaded.module, check).await);
    }
    if project.kind == Kind::Selector {
        lines.push(selector::many_calls(&loaded.module, &usual));
    }
    Conformance { lines }
}

/// Parameters that the plugin can use: those of its cases, or else what its schema lets one make up.
pub(crate) fn usual(project: &Project, module: &Module) -> Map<String, Value> {
    let files = project.cases();
    let of_cases = files.iter().find_map(|path| cases::read(path).ok()).map(|file| file.parameters);
    of_cases.filter(|parameters| !parameters.is_empty()).unwrap_or_else(|| sample(&module.parameters))
}

async fn tried(kind: Kind, module: &Arc<Module>, check: &Check) -> Line {
    let mut line = Line::of(check.what);
    for question in &check.questions {
        let once = ask(module, question).await;
        line.saw(&once);
        match problem(&once) {
            Some(limit) if check.is_plenty && is_of_limit(&once) => line.reached(limit),
            Some(problem) => line.problem(problem),
            None => {}
        }
        if kind.may_wait() {
            // Its clock and its chance are real: it may say something else the next time.
            continue;
        }
        let again = ask(module, question).await;
        let both_at_limits = check.is_plenty && is_of_limit(&once) && is_of_limit(&again);
        if !both_at_limits && !same(&once, &again) {
            line.problem("not the same twice".into());
        }
    }
    line
}

/// What breaks the contract. To refuse is within it.
fn problem(answer: &Answer) -> Option<String> {
    match &answer.result {
        Ok(_) => None,
        Err(fault) if matches!(fault.kind, FaultKind::BadParameter { .. } | FaultKind::Refused(_)) => None,
        Err(fault) => Some(format!("{} ({})", fault.kind, fault.phase.name())),
    }
}

/// Whether it ended at a limit, as a typed error.
fn is_of_limit(answer: &Answer) -> bool {
    let kind = answer.result.as_ref().err().map(|fault| &fault.kind);
    matches!(kind, Some(FaultKind::Fuel(_) | FaultKind::Time(_) | FaultKind::Memory(_) | FaultKind::Stack))
}

/// Same answer, same fuel. Time differs.
fn same(one: &Answer, other: &Answer) -> bool {
    let fuel = |usage: &Usage| usage.fuel;
    one.result == other.result
        && (fuel(&one.prepared), fuel(&one.usage)) == (fuel(&other.prepared), fuel(&other.usage))
        && one.reasons == other.reasons
}
