//! `filter_regex`: keeps or drops the carriers of which a regular expression matches a text of the call. Keeping by the carriers'
//! `rules` also sets the part of the number that each of them dials.

mod carriers;
mod dialled;

use serde::Deserialize;
use strowger_sdk::filter::{self, Action, Mode};
use strowger_sdk::reference::{CallValue, CarrierValue};
use strowger_sdk::selector::{Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, PluginError};

use crate::carriers::{Expressions, Matched, Verdict};

/// What is matched with what, and what follows.
pub struct FilterRegex {
    text: CallValue,
    expressions: Expressions,
    action: Action,
    mode: Mode,
    rewrites: bool,
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

impl Selector for FilterRegex {
    type Parameters = Parameters;
    const DESCRIPTION: Description = Description::new(
        "Matches a text of the call with each carrier's regular expressions",
        include_str!("parameters.json"),
    );

    fn prepare(parameters: Parameters, pool: &[Carrier]) -> Result<Self, PluginError> {
        let Parameters { value_a, value_b, action, mode } = parameters;
        let rewrites = value_a == CallValue::Number && value_b == CarrierValue::Rules && action == Action::Keep;
        Ok(Self { text: value_a, expressions: Expressions::of(value_b, pool)?, action, mode, rewrites })
    }

    fn select(&self, call: &Call, mut rows: Vec<u32>) -> Result<Selection, PluginError> {
        let text = self.text.text(call)?;
        let matched = self.expressions.match_against(&text);
        if !matched.possible().all(|verdict| self.keeps(verdict)) {
            let why = |row| self.why_dropped(matched.verdict(row), &text);
            filter::retain(&mut rows, |row| self.keeps(matched.verdict(row)), why);
        }
        match matched {
            Matched::Field(mut matches) if self.rewrites => Ok(dialled::set(rows, &mut matches)),
            Matched::Field(_) | Matched::Database { .. } => Ok(rows.into()),
        }
    }
}

impl FilterRegex {
    fn keeps(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Empty => self.mode == Mode::EmptyOk,
            Verdict::Matches => self.action == Action::Keep,
            Verdict::Differs => self.action == Action::Drop,
        }
    }

    fn why_dropped(&self, verdict: Verdict, text: &str) -> String {
        let what = self.expressions.name();
        match verdict {
            Verdict::Empty => format!("has no {what}"),
            Verdict::Matches => format!("{what} match {text}"),
            Verdict::Differs => format!("no {what} match {text}"),
        }
    }
}

strowger_sdk::export_selector!(FilterRegex);

#[cfg(test)]
mod tests;
