//! `filter_regex`: keeps or drops the carriers of which a regular expression matches a text of the call. Keeping by the carriers'
//! `rules` also sets the part of the number that each of them dials.

mod carriers;

use std::collections::BTreeMap;

use serde::Deserialize;
use strowger_sdk::explain::Trace;
use strowger_sdk::filter::{Action, Mode};
use strowger_sdk::reference::{CallValue, CarrierValue};
use strowger_sdk::selector::{Adjustment, Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, PluginError};

use crate::carriers::{Expressions, Verdict};

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
        let trace = Trace::of_decision();
        let mut matched = self.expressions.match_against(&text);
        let mut by_rule: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        rows.retain(|&row| {
            let verdict = matched.verdict(row);
            let stays = match verdict {
                Verdict::Empty => self.mode == Mode::EmptyOk,
                Verdict::Matches(_) => self.action == Action::Keep,
                Verdict::Differs => self.action == Action::Drop,
            };
            match verdict {
                Verdict::Matches(Some(rule)) if self.rewrites => by_rule.entry(rule).or_default().push(row),
                _ if !stays => trace.reason(row, || self.why_dropped(verdict, &text)),
                _ => {}
            }
            stays
        });
        let mut selection = Selection::from(rows);
        for (rule, rows) in by_rule {
            if let dialled @ Some(_) = matched.captured(rule) {
                selection.adjust(Adjustment { dialled, ..Adjustment::of(rows) });
            }
        }
        Ok(selection)
    }
}

impl FilterRegex {
    fn why_dropped(&self, verdict: Verdict, text: &str) -> String {
        let what = self.expressions.name();
        match verdict {
            Verdict::Empty => format!("has no {what}"),
            Verdict::Matches(_) => format!("{what} match {text}"),
            Verdict::Differs => format!("no {what} match {text}"),
        }
    }
}

strowger_sdk::export_selector!(FilterRegex);

#[cfg(test)]
mod tests;
