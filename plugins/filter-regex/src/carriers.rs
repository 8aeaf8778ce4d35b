//! The carriers' expressions: compiled once from the pool, or matched by the host where they are selector rows.

use strowger_sdk::filter::RowSet;
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
    /// One matches.
    Matches,
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
            Self::Field { patterns, .. } => Matched::Field(patterns.match_against(text)),
            Self::Database(name) => Matched::Database {
                present: rows::present(name).into_iter().collect(),
                matching: rows::matching(name, text).rows.into_iter().collect(),
            },
        }
    }
}

/// The carriers' expressions beside one text.
pub(crate) enum Matched<'t> {
    Field(Matches<'t>),
    Database { present: RowSet, matching: RowSet },
}

impl Matched<'_> {
    #[inline]
    pub(crate) fn verdict(&self, row: u32) -> Verdict {
        let (empty, matches) = match self {
            Self::Field(matches) => (matches.none_of(row), matches.first(row).is_some()),
            Self::Database { present, matching } => (!present.has(row), matching.has(row)),
        };
        match (matches, empty) {
            (true, _) => Verdict::Matches,
            (false, true) => Verdict::Empty,
            (false, false) => Verdict::Differs,
        }
    }

    /// The verdicts that there may be.
    pub(crate) fn possible(&self) -> impl Iterator<Item = Verdict> {
        let (empty, matches, differs) = match self {
            Self::Field(matches) => (matches.none_of_any(), !matches.none(), !matches.all()),
            Self::Database { .. } => (true, true, true),
        };
        let verdicts = [(Verdict::Empty, empty), (Verdict::Matches, matches), (Verdict::Differs, differs)];
        verdicts.into_iter().filter_map(|(verdict, possible)| possible.then_some(verdict))
    }
}
