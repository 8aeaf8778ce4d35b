//! Formatters of the pool's carriers, prepared once and used again.

use std::collections::HashMap;

use parking_lot::Mutex;
use serde_json::{Map, Value};
use strowger_sandbox::{PluginFault, PreparedRewriter, RewriteDirection, Sandbox};

/// The module that formats requests and endpoints.
pub(crate) const FORMATTER: &str = "formatter";
/// Rewriters kept for the next call; each is an instance, and instances are few.
const IDLE: usize = 64;

/// Idle rewriters by the carrier's row in the pool.
#[derive(Default)]
pub(crate) struct Rewriters(Mutex<Idle>);

#[derive(Default)]
struct Idle {
    by_row: HashMap<u32, Vec<PreparedRewriter>>,
    count: usize,
}

impl Rewriters {
    /// Rewrites the endpoint of a carrier. A rewriter that failed is not used again.
    pub(crate) fn outbound(
        &self,
        sandbox: &Sandbox,
        row: u32,
        formatters: &Map<String, Value>,
        fields: &Map<String, Value>,
    ) -> Result<Map<String, Value>, PluginFault> {
        let mut rewriter = match self.take(row) {
            Some(rewriter) => rewriter,
            None => sandbox.prepare_rewriter(FORMATTER, formatters)?,
        };
        let rewritten = rewriter.apply(RewriteDirection::Outbound, fields)?;
        self.put_back(row, rewriter);
        Ok(rewritten)
    }

    fn take(&self, row: u32) -> Option<PreparedRewriter> {
        let mut idle = self.0.lock();
        let rewriter = idle.by_row.get_mut(&row)?.pop()?;
        idle.count -= 1;
        Some(rewriter)
    }

    fn put_back(&self, row: u32, rewriter: PreparedRewriter) {
        let mut idle = self.0.lock();
        if idle.count < IDLE {
            idle.by_row.entry(row).or_default().push(rewriter);
            idle.count += 1;
        }
    }
}
