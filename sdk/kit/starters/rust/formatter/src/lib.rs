//! Removes the leading `+` of one field.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use strowger_sdk::formatter::{Direction, Formatter};
use strowger_sdk::{Description, PluginError};

#[derive(Deserialize)]
struct Parameters {
    field: String,
}

struct StripPlus(Parameters);

impl Formatter for StripPlus {
    type Parameters = Parameters;
    const DESCRIPTION: Description =
        Description::new("Removes the leading + of one field", include_str!("parameters.json"));

    fn prepare(parameters: Parameters) -> Result<Self, PluginError> {
        Ok(Self(parameters))
    }

    fn apply(&self, _: Direction, fields: &mut Map<String, Value>) -> Result<(), PluginError> {
        if let Some(value) = fields.get_mut(&self.0.field)
            && let Some(number) = value.as_str().and_then(|text| text.strip_prefix('+'))
        {
            *value = json!(number);
        }
        Ok(())
    }
}

strowger_sdk::export_formatter!(StripPlus);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plus_goes() {
        let formatter = StripPlus::prepare(Parameters { field: "To-DID".into() }).unwrap();
        let mut fields = Map::from_iter([("To-DID".to_owned(), json!("+15125550177"))]);
        formatter.apply(Direction::Outbound, &mut fields).unwrap();
        assert_eq!(fields["To-DID"], "15125550177");
    }
}
