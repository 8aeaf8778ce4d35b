//! `filter_prefix`: keeps or drops the carriers that have a prefix of a number. With `order` on the same selector rows after it,
//! this is least-cost routing: the host remembers which prefix was the longest for each carrier.

mod carriers;

use serde::Deserialize;
use strowger_sdk::filter::{self, Action, Mode};
use strowger_sdk::reference::{CallValue, CarrierValue};
use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, PluginError};

use crate::carriers::{Prefixes, Verdict};

/// Which number is looked up where, and what follows.
pub struct FilterPrefix {
    number: CallValue,
    prefixes: Prefixes,
    action: Action,
    mode: Mode,
}

/// As the chain names them.
#[derive(Deserialize)]
pub struct Parameters {
    value_a: CallValue,
    value_b: CarrierValue,
    action: Action,
    #[serde(default)]
    mode: Mode,
}

impl Selector for FilterPrefix {
    type Parameters = Parameters;
    const DESCRIPTION: Description = Description::new(
        "Looks for prefixes of the number among those of each carrier",
        include_str!("parameters.json"),
    );

    fn prepare(parameters: Parameters, pool: &[Carrier]) -> Result<Self, PluginError> {
        let Parameters { value_a, value_b, action, mode } = parameters;
        Ok(Self { number: value_a, prefixes: Prefixes::of(value_b, pool)?, action, mode })
    }

    fn select(&self, call: &Call, mut rows: Vec<u32>) -> Result<Selection, PluginError> {
        let number = self.number.text(call)?;
        let found = self.prefixes.find(&number);
        let stays = |verdict| match verdict {
            Verdict::Empty => self.mode == Mode::EmptyOk,
            Verdict::Found => self.action == Action::Keep,
            Verdict::NotFound => self.action == Action::Drop,
        };
        let why = |row| self.why_dropped(found.verdict(row), &number);
        filter::retain(&mut rows, |row| stays(found.verdict(row)), why);
        Ok(rows.into())
    }
}

impl FilterPrefix {
    fn why_dropped(&self, verdict: Verdict, number: &str) -> String {
        let what = self.prefixes.name();
        match verdict {
            Verdict::Empty => format!("has no {what}"),
            Verdict::Found => format!("{what} have a prefix of {number}"),
            Verdict::NotFound => format!("{what} have no prefix of {number}"),
        }
    }
}

strowger_sdk::export_selector!(FilterPrefix);

#[cfg(test)]
mod tests;
