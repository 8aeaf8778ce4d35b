//! Regular expressions of a resource: none that is stored can fail during a call.

use serde_json::{Map, Value};

use super::texts;
use crate::{Violation, Violations, pattern};

const EXPRESSIONS: [&[&str]; 7] = [
    &["rules"],
    &["cid_rules"],
    &["rules_test"],
    &["classifiers", "*", "regex"],
    &["formatters", "*", "regex"],
    &["flat_rate_whitelist"],
    &["flat_rate_blacklist"],
];

pub(super) fn check(document: &Map<String, Value>, violations: &mut Violations) {
    let expressions: Vec<_> = EXPRESSIONS.iter().flat_map(|keys| texts(document, keys)).collect();
    let total: usize = expressions.iter().map(|(_, expression)| expression.len()).sum();
    if total > pattern::MAX_TOTAL {
        // Compiling them all would cost what this bound is there to save.
        let message = format!("All expressions of a resource together have at most {} bytes", pattern::MAX_TOTAL);
        violations.push(Violation::new("rules", "maxLength", message).target(pattern::MAX_TOTAL));
        return;
    }
    for (path, expression) in expressions {
        if let Err(reason) = pattern::check(expression) {
            let message = format!("Not a regular expression that can be used: {reason}");
            violations.push(Violation::new(path, "wrong_format", message).value(expression));
        }
    }
}
