//! The row of a list.

use serde_json::{Value, json};

use super::DEFAULT_WEIGHT;

/// Fields that a row has where the resource has them.
const OPTIONAL: [&str; 2] = ["template_name", "classifiers"];

/// A resource as a list shows it. Lists of the older documents have the weight as text, in `weight`.
#[must_use]
pub fn summary(id: &str, body: &Value) -> Value {
    let weight = body.get("weight_cost").cloned().unwrap_or_else(|| json!(DEFAULT_WEIGHT));
    let text = weight.as_str().map_or_else(|| weight.to_string(), str::to_owned);
    let mut row = json!({
        "id": id,
        "name": body.get("name"),
        "enabled": body.get("enabled").unwrap_or(&Value::Bool(true)),
        "weight_cost": weight,
        "weight": text,
    });
    if let Value::Object(row) = &mut row {
        let present = OPTIONAL.iter().filter_map(|field| Some(((*field).to_owned(), body.get(*field)?.clone())));
        row.extend(present.filter(|(_, value)| !value.is_null()));
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_the_weight_in_both_forms_and_no_secrets() {
        let body = json!({"name": "Carrier1", "weight_cost": 7, "gateways": [{"password": "DrWoody"}]});
        let row = json!({"id": "r", "name": "Carrier1", "enabled": true, "weight_cost": 7, "weight": "7"});
        assert_eq!(summary("r", &body), row);
    }

    #[test]
    fn a_row_has_the_template_and_the_classifiers_of_a_resource_that_has_them() {
        let body = json!({"name": "C", "template_name": "T", "classifiers": {"did_us": {"enabled": true}}});
        let row = summary("r", &body);
        assert_eq!((&row["template_name"], &row["classifiers"]), (&body["template_name"], &body["classifiers"]));
    }
}
