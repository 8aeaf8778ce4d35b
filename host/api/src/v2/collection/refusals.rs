//! Why items of a collection were not written.

use serde_json::{Map, Value, json};
use strowger_model::Violations;

/// Bytes of JSON that the errors of one reply have in detail. A file with one wrong column breaks all of its rows in the same way.
const DETAILED: usize = 4 << 20;

/// Why one item was not written.
#[derive(Debug, Clone)]
pub(super) enum Refusal {
    /// There is nothing that it could be merged into.
    Missing,
    /// It breaks these rules.
    Broken(Violations),
}

/// The refusals of a request by the ids of their items.
#[derive(Debug, Clone, Default)]
pub(super) struct Refusals {
    errors: Map<String, Value>,
    bytes: usize,
}

impl Refusals {
    /// One more. Two of the same id are told together.
    pub(super) fn with(mut self, id: String, refusal: Refusal) -> Self {
        let told = match refusal {
            Refusal::Missing => json!("resource does not exist"),
            Refusal::Broken(violations) if self.bytes > DETAILED => {
                json!(format!("{} rules are broken", violations.0.len()))
            }
            Refusal::Broken(violations) => violations.to_data(),
        };
        self.bytes = self.bytes.saturating_add(told.to_string().len());
        match (self.errors.get_mut(&id), told) {
            (Some(Value::Object(before)), Value::Object(told)) => before.extend(told),
            (Some(_), _) => {}
            (None, told) => {
                self.errors.insert(id, told);
            }
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    pub(super) fn into_errors(self) -> Map<String, Value> {
        self.errors
    }
}

#[cfg(test)]
mod tests {
    use strowger_model::Violation;

    use super::*;

    fn broken(path: &str, message: String) -> Refusal {
        Refusal::Broken(Violation::new(path, "invalid", message).into())
    }

    #[test]
    fn refusals_of_one_id_are_told_together() {
        let refusals =
            Refusals::default().with("a".into(), broken("x", "m".into())).with("a".into(), broken("y", "n".into()));
        let expected = json!({"a": {"x": {"invalid": {"message": "m"}}, "y": {"invalid": {"message": "n"}}}});
        assert_eq!(Value::Object(refusals.into_errors()), expected);
    }

    #[test]
    fn a_reply_does_not_grow_without_end() {
        let long = "m".repeat(1 << 20);
        let refusals = (0..100).fold(Refusals::default(), |all, n| all.with(n.to_string(), broken("x", long.clone())));
        let errors = Value::Object(refusals.into_errors());
        assert_eq!((errors.as_object().unwrap().len(), &errors["99"]), (100, &json!("1 rules are broken")));
        assert!(errors.to_string().len() < 2 * DETAILED);
    }
}
