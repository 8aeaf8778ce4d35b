//! The carriers' prefixes: their flags, numbered once, or their selector rows, which the host indexes.

use strowger_sdk::filter::RowSet;
use strowger_sdk::interned::{Interned, Marks};
use strowger_sdk::reference::CarrierValue;
use strowger_sdk::selector::Carrier;
use strowger_sdk::{PluginError, rows};

/// Each carrier's prefixes.
pub(crate) enum Prefixes {
    Flags(Interned),
    /// The selectors of the carriers' rows of that name.
    Database(String),
}

/// What is known of one carrier.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Verdict {
    /// It has no prefixes.
    Empty,
    Found,
    NotFound,
}

impl Prefixes {
    pub(crate) fn of(value: CarrierValue, pool: &[Carrier]) -> Result<Self, PluginError> {
        match value {
            CarrierValue::Flags => Ok(Self::Flags(Interned::new(pool.iter().map(|carrier| carrier.flags.as_slice())))),
            CarrierValue::Database(name) => Ok(Self::Database(name)),
            CarrierValue::WeightCost | CarrierValue::Rules | CarrierValue::CidRules => {
                Err(PluginError::bad_parameter("value_b", "pattern", "prefixes are resource:flags or database:{name}"))
            }
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Flags(_) => "flags",
            Self::Database(name) => name,
        }
    }

    pub(crate) fn find(&self, number: &str) -> Found<'_> {
        match self {
            Self::Flags(flags) => Found::Flags { flags, marks: Marks::new(flags, numbers_of_prefixes(flags, number)) },
            Self::Database(name) => Found::Database {
                present: rows::present(name).into_iter().collect(),
                found: rows::prefixes(name, number).rows.into_iter().collect(),
            },
        }
    }
}

/// Numbers of the flags that begin the number: one look-up for each of its lengths.
fn numbers_of_prefixes(flags: &Interned, number: &str) -> Vec<u32> {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let ends = digits.char_indices().map(|(start, digit)| start + digit.len_utf8());
    ends.filter_map(|end| flags.number(digits.get(..end)?)).collect()
}

/// The carriers' prefixes beside one number.
pub(crate) enum Found<'p> {
    Flags { flags: &'p Interned, marks: Marks },
    Database { present: RowSet, found: RowSet },
}

impl Found<'_> {
    pub(crate) fn verdict(&self, row: u32) -> Verdict {
        let (empty, found) = match self {
            Self::Flags { flags, marks } => (flags.list(row).is_empty(), marks.count(flags.list(row)) > 0),
            Self::Database { present, found } => (!present.has(row), found.has(row)),
        };
        match (empty, found) {
            (true, _) => Verdict::Empty,
            (false, true) => Verdict::Found,
            (false, false) => Verdict::NotFound,
        }
    }
}
