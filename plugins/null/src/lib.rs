//! `null`: drops every carrier.

use strowger_sdk::explain::Trace;
use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, NoParameters, PluginError};

/// Nobody.
pub struct Null;

impl Selector for Null {
    type Parameters = NoParameters;
    const DESCRIPTION: Description = Description::new("Drops every carrier", NoParameters::SCHEMA);

    fn prepare(_: NoParameters, _: &[Carrier]) -> Result<Self, PluginError> {
        Ok(Self)
    }

    fn select(&self, _: &Call, rows: Vec<u32>) -> Result<Selection, PluginError> {
        let trace = Trace::of_decision();
        for row in rows {
            trace.reason(row, || "every carrier is dropped".into());
        }
        Ok(Vec::new().into())
    }
}

strowger_sdk::export_selector!(Null);

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strowger_sdk::testing::Trial;

    use super::*;

    #[test]
    fn nobody_is_left() {
        let trial = Trial::of(&json!([{"id": "a"}, {"id": "b"}]));
        assert!(trial.run::<Null>(&json!({})).ids().is_empty());
    }
}
