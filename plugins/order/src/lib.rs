//! `order`: sorts carriers by a number of each, stable. Carriers without that number come last in both directions.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Deserialize;
use strowger_sdk::reference::CarrierValue;
use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, PluginError, rows};

/// What to sort by.
pub struct Order {
    parameters: Parameters,
    weights: Vec<u32>,
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
        Ok(Self { parameters, weights: pool.iter().map(|carrier| carrier.weight_cost).collect() })
    }

    fn select(&self, _: &Call, mut rows: Vec<u32>) -> Result<Selection, PluginError> {
        if rows.len() > 1 {
            let direction = self.direction()?;
            let values = self.values()?;
            rows.sort_by(|a, b| match (values(*a), values(*b)) {
                (Some(a), Some(b)) => direction.of(a.total_cmp(&b)),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            });
        }
        Ok(rows.into())
    }
}

enum Direction {
    Ascend,
    Descend,
}

impl Direction {
    fn of(&self, ascending: Ordering) -> Ordering {
        match self {
            Self::Ascend => ascending,
            Self::Descend => ascending.reverse(),
        }
    }
}

impl Order {
    fn direction(&self) -> Result<Direction, PluginError> {
        match self.parameters.direction.as_str() {
            "ascend" => Ok(Direction::Ascend),
            "descend" => Ok(Direction::Descend),
            other => Err(PluginError::failed(format!("'{other}' is no direction: expected ascend or descend"))),
        }
    }

    /// The number of a row.
    fn values(&self) -> Result<Box<dyn Fn(u32) -> Option<f64> + '_>, PluginError> {
        match self.parameters.value.parse() {
            Ok(CarrierValue::WeightCost) => {
                Ok(Box::new(|row| self.weights.get(row as usize).map(|&weight| f64::from(weight))))
            }
            Ok(CarrierValue::Database(name)) => {
                let hits = rows::values(&name);
                let values: BTreeMap<u32, f64> = hits.rows.into_iter().zip(hits.values).collect();
                Ok(Box::new(move |row| values.get(&row).copied().filter(|value| !value.is_nan())))
            }
            Ok(CarrierValue::Flags | CarrierValue::Rules | CarrierValue::CidRules) | Err(_) => {
                let value = &self.parameters.value;
                let message = format!("cannot sort by '{value}': expected resource:weight_cost or database:{{name}}");
                Err(PluginError::failed(message))
            }
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
