//! The carriers' expressions: compiled once from the pool, or matched by the host where they are selector rows.

use std::collections::BTreeSet;

use strowger_sdk::patterns::{Matches, Patterns};
use strowger_sdk::reference::CarrierValue;
use strowger_sdk::selector::Carrier;
use strowger_sdk::{PluginError, rows};

/// Each carrier's expressions.
pub(crate) enum Expressions {
    /// A field of the carriers; named for reasons.
    Field { name: &'static str, patterns: Patterns },
    /// The selectors of the carriers' rows of that name.
    Database(String),
}

/// What the expressions of one carrier say.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Verdict {
    /// It has none.
    Empty,
    /// One matches: the first in listed order, where that is known.
    Matches(Option<u32>),
    /// None matches.
    Differs,
}

impl Expressions {
    pub(crate) fn of(value: CarrierValue, pool: &[Carrier]) -> Result<Self, PluginError> {
        let field = |name, list: fn(&Carrier) -> &Vec<String>| {
            let patterns =
                Patterns::compile(pool.iter().map(|carrier| list(carrier).as_slice())).map_err(|invalid| {
                    let message = format!("a carrier's {name} have '{}': {}", invalid.pattern, invalid.message);
                    PluginError::bad_parameter("value_b", "wrong_format", message)
                })?;
            Ok(Self::Field { name, patterns })
        };
        match value {
            CarrierValue::Rules => field("rules", |carrier| &carrier.rules),
            CarrierValue::CidRules => field("cid_rules", |carrier| &carrier.cid_rules),
            CarrierValue::Flags => field("flags", |carrier| &carrier.flags),
            CarrierValue::Database(name) => Ok(Self::Database(name)),
            CarrierValue::WeightCost => {
                Err(PluginError::bad_parameter("value_b", "pattern", "resource:weight_cost is no list of expressions"))
            }
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Field { name, .. } => name,
            Self::Database(name) => name,
        }
    }

    pub(crate) fn match_against<'t>(&'t self, text: &'t str) -> Matched<'t> {
        match self {
            Self::Field { patterns, .. } => Matched::Field { patterns, matches: patterns.match_against(text) },
            Self::Database(name) => Matched::Database {
                present: rows::present(name).into_iter().collect(),
                matching: rows::matching(name, text).rows.into_iter().collect(),
            },
        }
    }
}

/// The carriers' expressions beside one text.
pub(crate) enum Matched<'t> {
    Field { patterns: &'t Patterns, matches: Matches<'t> },
    Database { present: BTreeSet<u32>, matching: BTreeSet<u32> },
}

impl Matched<'_> {
    pub(crate) fn verdict(&self, row: u32) -> Verdict {
        match self {
            Self::Field { patterns, .. } if patterns.none_of(row) => Verdict::Empty,
            Self::Field { matches, .. } => {
                matches.first(row).map_or(Verdict::Differs, |pattern| Verdict::Matches(Some(pattern)))
            }
            Self::Database { matching, .. } if matching.contains(&row) => Verdict::Matches(None),
            Self::Database { present, .. } if present.contains(&row) => Verdict::Differs,
            Self::Database { .. } => Verdict::Empty,
        }
    }

    /// The part of the text that the expression captures, where that is less than the text.
    pub(crate) fn captured(&mut self, pattern: u32) -> Option<String> {
        match self {
            Self::Field { matches, .. } => matches.captured(pattern),
            Self::Database { .. } => None,
        }
    }
}
