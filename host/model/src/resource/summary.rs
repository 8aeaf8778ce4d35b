//! The row of a list.

use serde_json::{Value, json};

use super::DEFAULT_WEIGHT;

/// A resource as a list shows it. Lists of the older documents have the weight as text, in `weight`.
#[must_use]
pub fn summary(id: &str, body: &Value) -> Value {
    let weight = body.get("weight_cost").cloned().unwrap_or_else(|| json!(DEFAULT_WEIGHT));
    let text = weight.as_str().map_or_else(|| weight.to_string(), str::to_owned);
    json!({
        "id": id,
        "name": body.get("name"),
        "enabled": body.get("enabled").unwrap_or(&Value::Bool(true)),
        "weight_cost": weight,
        "weight": text,
    })
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
}
