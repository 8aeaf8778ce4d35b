//! Tries the carriers whose name contains a given text first, and leaves the order alone otherwise.

use serde::Deserialize;
use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, PluginError};

struct PreferName {
    preferred: Vec<bool>,
}

#[derive(Deserialize)]
struct Parameters {
    name: String,
}

impl Selector for PreferName {
    type Parameters = Parameters;
    const DESCRIPTION: Description =
        Description::new("Tries carriers of a name first", include_str!("parameters.json"));

    fn prepare(parameters: Parameters, pool: &[Carrier]) -> Result<Self, PluginError> {
        let preferred = pool.iter().map(|carrier| carrier.name.contains(&parameters.name)).collect();
        Ok(Self { preferred })
    }

    fn select(&self, _: &Call, mut rows: Vec<u32>) -> Result<Selection, PluginError> {
        rows.sort_by_key(|&row| !self.preferred.get(row as usize).copied().unwrap_or(false));
        Ok(rows.into())
    }
}

strowger_sdk::export_selector!(PreferName);

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strowger_sdk::testing::Trial;

    use super::*;

    #[test]
    fn preferred_carriers_move_to_the_front() {
        let pool =
            json!([{"id": "a", "name": "Other"}, {"id": "b", "name": "West Acme"}, {"id": "c", "name": "Acme East"}]);
        let trial = Trial::of(&pool);
        assert_eq!(trial.run::<PreferName>(&json!({"name": "Acme"})).ids(), ["b", "c", "a"]);
        assert_eq!(trial.run::<PreferName>(&json!({"name": "Nobody"})).ids(), ["a", "b", "c"]);
    }
}
