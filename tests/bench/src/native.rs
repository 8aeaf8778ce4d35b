//! The same algorithm in native Rust: flags, one set of rules, caller id rules, a stable sort by weight.

use regex::bytes::{RegexSet, RegexSetBuilder};
use serde_json::Value;
use strowger_sandbox::{Carrier, RequestFields, RoutedCall};

/// The default chain over one pool.
pub struct NativeChain {
    flags: Vec<Vec<String>>,
    rules: RegexSet,
    /// The carrier of each pattern of `rules`.
    carrier_of_rule: Vec<usize>,
    weights: Vec<u32>,
}

impl NativeChain {
    /// Prepares the chain.
    ///
    /// # Panics
    /// Where a rule of the pool is no regular expression.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a benchmark without its subject must stop")]
    pub fn prepare(pool: &[Carrier]) -> Self {
        let rules = pool.iter().enumerate().flat_map(|(carrier, c)| c.rules.iter().map(move |rule| (carrier, rule)));
        let (carrier_of_rule, patterns): (Vec<usize>, Vec<&String>) = rules.unzip();
        let set = RegexSetBuilder::new(patterns).unicode(false).size_limit(256 << 20).build();
        Self {
            flags: pool.iter().map(|carrier| carrier.flags.clone()).collect(),
            rules: set.expect("the rules compile"),
            carrier_of_rule,
            weights: pool.iter().map(|carrier| carrier.weight_cost).collect(),
        }
    }

    /// One decision: the chosen rows.
    #[must_use]
    pub fn decide(&self, call: &RoutedCall, fields: &RequestFields) -> Vec<u32> {
        let asked = fields.get("Flags").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut matched = vec![false; self.flags.len()];
        for rule in self.rules.matches(call.number.as_bytes()) {
            let carrier = self.carrier_of_rule.get(rule).and_then(|carrier| matched.get_mut(*carrier));
            carrier.into_iter().for_each(|slot| *slot = true);
        }
        let fits = |flags: &Vec<String>| {
            if asked.is_empty() { flags.is_empty() } else { asked.iter().all(|flag| flags.iter().any(|f| flag == f)) }
        };
        let candidates = self.flags.iter().zip(&matched).zip(&self.weights).zip(0_u32..);
        let mut kept: Vec<(u32, u32)> = candidates
            .filter(|(((flags, matched), _), _)| **matched && fits(flags))
            .map(|((_, weight), row)| (*weight, row))
            .collect();
        kept.sort_by_key(|(weight, _)| *weight);
        kept.into_iter().map(|(_, row)| row).collect()
    }
}
