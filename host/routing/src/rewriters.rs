//! Formatters of the pool's carriers, prepared once and used again.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Map, Value};
use strowger_sandbox::{FaultKind, PluginFault, PreparedRewriter, RewriteDirection, Sandbox};

use crate::own_formatter::OwnFormatter;

/// The module that formats requests and endpoints where an account names no other.
pub(crate) const FORMATTER: &str = "formatter";
/// Rewriters kept for the next call; each is an instance, and instances are few.
const IDLE: usize = 64;

/// Idle rewriters by the carrier's row in the pool.
#[derive(Default)]
pub(crate) struct Rewriters {
    own: Option<OwnFormatter>,
    idle: Mutex<Idle>,
}

#[derive(Default)]
struct Idle {
    by_row: HashMap<u32, Vec<PreparedRewriter>>,
    count: usize,
    /// What cannot be prepared, and will not be the next time either, until the account, the plugin or a carrier changes.
    broken: HashMap<u32, PluginFault>,
}

/// An endpoint as it was rewritten.
pub(crate) struct Rewritten {
    pub(crate) fields: Map<String, Value>,
    pub(crate) elapsed: Duration,
    pub(crate) fuel: u64,
}

impl Rewriters {
    /// Those of an account that names its own formatter, or of one that does not.
    pub(crate) fn new(own: Option<OwnFormatter>) -> Self {
        Self { own, idle: Mutex::default() }
    }

    /// The account's own formatter.
    pub(crate) fn own(&self) -> Option<&OwnFormatter> {
        self.own.as_ref()
    }

    /// Rewrites the endpoint of a carrier. A rewriter that failed is not used again.
    pub(crate) fn outbound(
        &self,
        sandbox: &Sandbox,
        row: u32,
        formatters: &Map<String, Value>,
        fields: &Map<String, Value>,
    ) -> Result<Rewritten, PluginFault> {
        // One that does not look at the carrier's document is the same for all.
        let row = if self.own.as_ref().is_some_and(OwnFormatter::has_parameters) { 0 } else { row };
        let mut rewriter = match self.take(row) {
            Some(rewriter) => rewriter,
            None => self.prepare(sandbox, row, formatters)?,
        };
        let rewritten = rewriter.apply(RewriteDirection::Outbound, fields)?;
        let usage = rewriter.usage();
        self.put_back(row, rewriter);
        Ok(Rewritten { fields: rewritten, elapsed: usage.elapsed, fuel: usage.fuel })
    }

    fn prepare(
        &self,
        sandbox: &Sandbox,
        row: u32,
        formatters: &Map<String, Value>,
    ) -> Result<PreparedRewriter, PluginFault> {
        let Some(own) = &self.own else { return sandbox.prepare_rewriter(FORMATTER, formatters) };
        if let Some(fault) = self.idle.lock().broken.get(&row) {
            return Err(fault.clone());
        }
        let prepared = own.prepare(formatters);
        if let Err(fault) = &prepared
            && !matches!(fault.kind, FaultKind::Overloaded(_))
        {
            self.idle.lock().broken.insert(row, fault.clone());
        }
        prepared
    }

    fn take(&self, row: u32) -> Option<PreparedRewriter> {
        let mut idle = self.idle.lock();
        let rewriter = idle.by_row.get_mut(&row)?.pop()?;
        idle.count -= 1;
        Some(rewriter)
    }

    fn put_back(&self, row: u32, rewriter: PreparedRewriter) {
        let mut idle = self.idle.lock();
        if idle.count < IDLE {
            idle.by_row.entry(row).or_default().push(rewriter);
            idle.count += 1;
        }
    }
}
