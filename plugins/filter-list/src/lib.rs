//! `filter_list`: keeps or drops the carriers whose list (flags, mostly) stands in a given relation to a list of the call.

mod carriers;
mod relation;

use serde::Deserialize;
use strowger_sdk::filter::Action;
use strowger_sdk::reference::{CallValue, CarrierValue};
use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, PluginError};

use crate::carriers::Lists;
use crate::relation::{Mode, Overlap};

/// What a carrier's list is compared with, and what follows.
pub struct FilterList {
    wanted: CallValue,
    lists: Lists,
    mode: Mode,
    action: Action,
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

impl Selector for FilterList {
    type Parameters = Parameters;
    const DESCRIPTION: Description =
        Description::new("Compares a list of the call with one of each carrier", include_str!("parameters.json"));

    fn prepare(parameters: Parameters, pool: &[Carrier]) -> Result<Self, PluginError> {
        let Parameters { value_a, value_b, action, mode } = parameters;
        Ok(Self { wanted: value_a, lists: Lists::of(value_b, pool)?, mode, action })
    }

    fn select(&self, _: &Call, mut rows: Vec<u32>) -> Result<Selection, PluginError> {
        let mut wanted = self.wanted.list()?;
        wanted.sort_unstable();
        wanted.dedup();
        let compared = self.lists.compare(&wanted);
        let why = |row| self.why_dropped(&wanted, compared.overlap(row), |text| compared.has(row, text));
        compared.retain(&mut rows, |overlap| overlap.is(self.mode) == (self.action == Action::Keep), why);
        Ok(rows.into())
    }
}

impl FilterList {
    fn why_dropped(&self, wanted: &[String], overlap: Overlap, has: impl Fn(&str) -> bool) -> String {
        let what = self.lists.name();
        let part = |present: bool| {
            let texts: Vec<&str> = wanted.iter().map(String::as_str).filter(|text| has(text) == present).collect();
            texts.join(",")
        };
        match self.mode {
            _ if self.action == Action::Drop => format!("{what} match: {}", part(true)),
            Mode::Intersect => format!("{what} have none of {}", part(false)),
            Mode::Disjoint => format!("{what} have {}", part(true)),
            Mode::NeSubset if wanted.is_empty() => "nothing is asked for".into(),
            Mode::NeSubsetOrExact if wanted.is_empty() => format!("{what} where none is asked for"),
            Mode::Exact if overlap.common == wanted.len() => format!("{what} beyond those asked for"),
            Mode::Exact | Mode::Subset | Mode::NeSubset | Mode::NeSubsetOrExact => {
                format!("{what} missing: {}", part(false))
            }
        }
    }
}

strowger_sdk::export_selector!(FilterList);

#[cfg(test)]
mod tests;
