//! `order`: sorts carriers by a number of each, stable. Carriers without that number come last in both directions.

mod ranks;

use serde::Deserialize;
use strowger_sdk::reference::CarrierValue;
use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, PluginError, rows};

use crate::ranks::{Direction, Ranks};

/// What to sort by.
pub struct Order {
    parameters: Parameters,
    /// By weight; in the usual direction where the parameters name none.
    weights: Ranks,
}

/// As the chain names them. They are read when there is something to sort: a chain saved before its parameters were checked goes
/// on to work where nothing is.
#[derive(Deserialize)]
pub struct Parameters {
    value: String,
    #[serde(default = "ascend")]
    direction: String,
}

fn ascend() -> String {
    "ascend".into()
}

impl Selector for Order {
    type Parameters = Parameters;
    const DESCRIPTION: Description =
        Description::new("Sorts carriers by weight or by the value of a selector row", include_str!("parameters.json"));

    fn prepare(parameters: Parameters, pool: &[Carrier]) -> Result<Self, PluginError> {
        let weights = (0..).zip(pool).map(|(row, carrier)| (row, f64::from(carrier.weight_cost)));
        let direction = parameters.direction().unwrap_or(Direction::Ascending);
        Ok(Self { parameters, weights: Ranks::of(weights, direction) })
    }

    fn select(&self, _: &Call, rows: Vec<u32>) -> Result<Selection, PluginError> {
        if rows.len() < 2 {
            return Ok(rows.into());
        }
        let direction = self.parameters.direction()?;
        let sorted = match self.parameters.value.parse() {
            Ok(CarrierValue::WeightCost) => self.weights.sort(&rows),
            Ok(CarrierValue::Database(name)) => {
                let hits = rows::values(&name);
                Ranks::of(hits.rows.into_iter().zip(hits.values), direction).sort(&rows)
            }
            Ok(CarrierValue::Flags | CarrierValue::Rules | CarrierValue::CidRules) | Err(_) => {
                let value = &self.parameters.value;
                let message = format!("cannot sort by '{value}': expected resource:weight_cost or database:{{name}}");
                return Err(PluginError::failed(message));
            }
        };
        Ok(sorted.into())
    }
}

impl Parameters {
    fn direction(&self) -> Result<Direction, PluginError> {
        match self.direction.as_str() {
            "ascend" => Ok(Direction::Ascending),
            "descend" => Ok(Direction::Descending),
            other => Err(PluginError::failed(format!("'{other}' is no direction: expected ascend or descend"))),
        }
    }
}

strowger_sdk::export_selector!(Order);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use strowger_sdk::testing::Trial;

    use super::*;

    fn pool() -> Value {
        json!([
            {"id": "a", "weight_cost": 50}, {"id": "b", "weight_cost": 10},
            {"id": "c", "weight_cost": 50}, {"id": "d", "weight_cost": 0},
        ])
    }

    fn sorted(value: &str, direction: &str) -> String {
        let rows = json!([
            {"name": "lcr", "selector": "1", "resource": "c", "value": "0.1"},
            {"name": "lcr", "selector": "1", "resource": "a", "value": "0.02"},
            {"name": "lcr", "selector": "1", "resource": "b", "value": "free"},
        ]);
        let parameters = json!({"value": value, "direction": direction});
        Trial::of(&pool()).rows(&rows).run::<Order>(&parameters).ids().join(" ")
    }

    #[test]
    fn the_cheapest_comes_first_and_equals_keep_their_order() {
        assert_eq!(sorted("resource:weight_cost", "ascend"), "d b a c");
        assert_eq!(sorted("resource:weight_cost", "descend"), "a c b d");
    }

    #[test]
    fn who_has_no_value_comes_last_in_both_directions() {
        assert_eq!(sorted("database:lcr", "ascend"), "a c b d");
        assert_eq!(sorted("database:lcr", "descend"), "c a b d");
    }

    #[test]
    fn ascending_is_the_default() {
        assert_eq!(
            Trial::of(&pool()).run::<Order>(&json!({"value": "resource:weight_cost"})).ids(),
            ["d", "b", "a", "c"]
        );
    }

    #[test]
    fn what_cannot_be_sorted_by_fails_only_where_there_is_something_to_sort() {
        for parameters in [json!({"value": "bogus"}), json!({"value": "resource:weight_cost", "direction": "sideways"})]
        {
            let trial = Trial::of(&pool());
            assert!(matches!(trial.try_run::<Order>(&parameters), Err(PluginError::Failed(_))));
            assert_eq!(trial.step::<Order>(&parameters, vec![1]).unwrap().rows, [1]);
        }
    }
}
