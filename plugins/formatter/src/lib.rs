//! `formatter`: rewrites the fields of a request or of a carrier's endpoint by a document's `formatters`.

mod change;
mod diversion;
mod names;
mod options;

use serde_json::{Map, Value};
use strowger_sdk::formatter::{Direction, Formatter};
use strowger_sdk::numbers::Format;
use strowger_sdk::{Description, PluginError};

use crate::change::Change;
use crate::names::Names;
use crate::options::Options;

const SIP_HEADERS: &str = "Custom-SIP-Headers";

/// A document's formatters, in its order.
pub struct RequestFormatter {
    rules: Vec<Rule>,
}

/// The formatters of one field.
struct Rule {
    field: String,
    options: Vec<Options>,
}

impl Formatter for RequestFormatter {
    type Parameters = Map<String, Value>;
    const DESCRIPTION: Description =
        Description::new("Rewrites numbers and names in requests and endpoints", include_str!("parameters.json"));

    fn prepare(formatters: Self::Parameters) -> Result<Self, PluginError> {
        let rule = |(field, options): (String, Value)| {
            let options = match options {
                Value::Array(options) => options.iter().map(Options::read).collect(),
                option => vec![Options::read(&option)],
            };
            Rule { field, options }
        };
        Ok(Self { rules: formatters.into_iter().map(rule).collect() })
    }

    fn apply(&self, direction: Direction, fields: &mut Map<String, Value>) -> Result<(), PluginError> {
        self.format(direction, fields, &invite_format);
        let format = invite_format(fields);
        if let Some(Value::Object(headers)) = fields.get_mut(SIP_HEADERS) {
            self.format(direction, headers, &|_| format);
        }
        Ok(())
    }
}

impl RequestFormatter {
    /// `invite_format` is asked at each field's turn: an earlier one may have rewritten it.
    fn format(
        &self,
        direction: Direction,
        fields: &mut Map<String, Value>,
        invite_format: &dyn Fn(&Map<String, Value>) -> Option<Format>,
    ) {
        let names = Names::of(fields);
        for rule in &self.rules {
            let Some((name, shape)) = names.find(&rule.field, direction) else { continue };
            let Some(value) = fields.get(name) else { continue };
            let format = invite_format(fields);
            let options = rule.options.iter().filter(|options| options.are_for(direction));
            match options.filter_map(|options| options.change(value, shape, format)).next() {
                Some(Change::Strip) => {
                    fields.shift_remove(name);
                }
                Some(Change::Replace(value)) => {
                    fields.insert(name.to_owned(), value);
                }
                None => {}
            }
        }
    }
}

/// The number format that the request's `Invite-Format` names, where it names one.
fn invite_format(fields: &Map<String, Value>) -> Option<Format> {
    let (_, value) = fields.iter().find(|(name, _)| names::fold(name) == "invite_format")?;
    match value.as_str()? {
        "e164" => Some(Format::E164),
        "npan" => Some(Format::Npan),
        "1npan" => Some(Format::OneNpan),
        "strip_plus" => Some(Format::StripPlus),
        _ => None,
    }
}

strowger_sdk::export_formatter!(RequestFormatter);

#[cfg(test)]
mod tests;
