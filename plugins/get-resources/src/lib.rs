//! `get_resources`: adds each carrier of the pool, once, to those that came in.

use serde::Deserialize;
use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, PluginError};

/// The pool.
pub struct GetResources {
    carriers: usize,
}

/// None: the account and the request decide which pool it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {}

impl Selector for GetResources {
    type Parameters = Parameters;
    const DESCRIPTION: Description =
        Description::new("Adds the carriers of the pool to the list", include_str!("parameters.json"));

    fn prepare(_: Parameters, pool: &[Carrier]) -> Result<Self, PluginError> {
        Ok(Self { carriers: pool.len() })
    }

    fn select(&self, _: &Call, mut rows: Vec<u32>) -> Result<Selection, PluginError> {
        let mut missing = vec![true; self.carriers];
        for &row in &rows {
            if let Some(missing) = missing.get_mut(row as usize) {
                *missing = false;
            }
        }
        rows.extend((0..).zip(missing).filter_map(|(row, missing)| missing.then_some(row)));
        Ok(rows.into())
    }
}

strowger_sdk::export_selector!(GetResources);
