//! Which carriers a call's flags let in.

use strowger_sdk::PluginError;
use strowger_sdk::explain::Trace;
use strowger_sdk::interned::{Interned, Marks};
use strowger_sdk::reference::CallValue;
use strowger_sdk::selector::Carrier;

use crate::document::Document;

/// Flags of the carriers.
pub(crate) struct Flags {
    lists: Interned,
    demands: Vec<Demand>,
}

/// What a carrier makes of flags.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Demand {
    /// Takes calls without flags, and calls of which it has every flag.
    Usual,
    /// As usual, but no calls without flags.
    Flags,
    /// Takes any call that has flags, and calls without if not also `required`.
    Ignores { required: bool },
}

impl Flags {
    pub(crate) fn of(pool: &[Carrier], documents: &[Document]) -> Self {
        let demand = |document: &Document| match (document.ignore_flags, document.require_flags) {
            (true, required) => Demand::Ignores { required },
            (false, true) => Demand::Flags,
            (false, false) => Demand::Usual,
        };
        Self {
            lists: Interned::new(pool.iter().map(|carrier| carrier.flags.as_slice())),
            demands: documents.iter().map(demand).collect(),
        }
    }

    /// Takes out the rows that the request's flags do not let in.
    pub(crate) fn admit(&self, rows: &mut Vec<u32>, trace: Trace) -> Result<(), PluginError> {
        let mut asked = CallValue::Request("Flags".into()).list()?;
        asked.retain(|flag| !flag.is_empty());
        asked.sort_unstable();
        asked.dedup();
        let known = Marks::new(&self.lists, asked.iter().filter_map(|flag| self.lists.number(flag)));
        rows.retain(|&row| {
            let admitted = match self.demands.get(row as usize).copied().unwrap_or(Demand::Usual) {
                Demand::Flags | Demand::Ignores { required: true } if asked.is_empty() => false,
                Demand::Ignores { .. } => true,
                Demand::Usual | Demand::Flags => known.count(self.lists.list(row)) == asked.len(),
            };
            if !admitted {
                trace.reason(row, || self.why_dropped(row, &asked));
            }
            admitted
        });
        Ok(())
    }

    fn why_dropped(&self, row: u32, asked: &[String]) -> String {
        if asked.is_empty() {
            return "requires flags, and the call has none".into();
        }
        let own = self.lists.list(row);
        let lacks = |flag: &&String| !self.lists.number(flag).is_some_and(|number| own.contains(&number));
        let missing: Vec<&str> = asked.iter().filter(lacks).map(String::as_str).collect();
        format!("flags missing: {}", missing.join(","))
    }
}
