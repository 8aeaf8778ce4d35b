//! `get_resources`: adds each carrier of the pool, once, to those that came in. The account and the request decide which pool it is.

use strowger_sdk::filter::RowSet;
use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, NoParameters, PluginError};

/// The rows of the pool.
pub struct GetResources {
    pool: Vec<u32>,
}

impl Selector for GetResources {
    type Parameters = NoParameters;
    const DESCRIPTION: Description =
        Description::new("Adds the carriers of the pool to the list", NoParameters::SCHEMA);

    fn prepare(_: NoParameters, pool: &[Carrier]) -> Result<Self, PluginError> {
        Ok(Self { pool: (0..).zip(pool).map(|(row, _)| row).collect() })
    }

    fn select(&self, _: &Call, mut rows: Vec<u32>) -> Result<Selection, PluginError> {
        if rows.is_empty() {
            return Ok(self.pool.clone().into());
        }
        let present: RowSet = rows.iter().copied().collect();
        rows.extend(self.pool.iter().filter(|&&row| !present.has(row)));
        Ok(rows.into())
    }
}

strowger_sdk::export_selector!(GetResources);

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strowger_sdk::testing::Trial;

    use super::*;

    fn added_to(rows: Vec<u32>) -> Vec<u32> {
        let trial = Trial::of(&json!([{"id": "a"}, {"id": "b"}, {"id": "c"}]));
        trial.step::<GetResources>(&json!({}), rows).unwrap().rows
    }

    #[test]
    fn an_empty_list_becomes_the_pool() {
        assert_eq!(added_to(vec![]), [0, 1, 2]);
    }

    #[test]
    fn who_is_there_keeps_the_place_and_is_not_added_again() {
        assert_eq!(added_to(vec![2, 0]), [2, 0, 1]);
        assert_eq!(added_to(vec![0, 1, 2]), [0, 1, 2]);
    }
}
