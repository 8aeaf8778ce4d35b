//! A decision as it is handed to the writer, and as it is kept.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use strowger_model::chain::RouteBy;
use strowger_model::{Owner, document};
use strowger_sandbox::{Adjustment, RoutedCall};

use crate::compare::{self, Chosen};
use crate::resolved::ResolvedChain;
use crate::snapshot::Snapshot;
use crate::trace::{StepFailure, StepTrace};

/// Bytes of a request that are kept.
const REQUEST: usize = 16 << 10;
/// The fields that are kept of a larger one.
const SMALL: [&str; 6] =
    ["To-DID", "Account-ID", "Outbound-Caller-ID-Number", "Flags", "Hunt-Account-ID", "Bypass-E164"];

/// What a call was decided with, and what came of it. It holds on to the documents that were decided with, and is not kept for long.
#[derive(Clone)]
pub struct Decided {
    pub(crate) owner: Owner,
    pub(crate) call_id: Option<String>,
    /// The request as it was asked.
    pub(crate) fields: Map<String, Value>,
    pub(crate) call: RoutedCall,
    pub(crate) way: RouteBy,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) chain: Arc<ResolvedChain>,
    pub(crate) rows: Vec<u32>,
    pub(crate) adjustments: Vec<Adjustment>,
    pub(crate) trace: Vec<StepTrace>,
    pub(crate) failure: Option<StepFailure>,
}

impl Decided {
    /// As it is kept: bounded, and without secrets.
    pub(crate) fn to_value(&self) -> Value {
        let (request, is_whole) = bounded(document::without_secrets(&self.fields));
        let mut kept = json!({
            "number": self.call.number,
            "time": self.call.time,
            "request": request,
            "route_by": self.way,
            "pool": {"digest": self.snapshot.pool.digest, "carriers": self.snapshot.pool.rows.len()},
            "chain": {"digest": self.chain.digest, "plugins": self.plugins()},
            "steps": self.trace,
            "carriers": self.carriers(),
            "chosen": self.rows.len(),
            "micros": self.trace.iter().map(|step| step.micros).sum::<u64>(),
            "fuel": self.fuel(),
        });
        if let Some(kept) = kept.as_object_mut() {
            let call_id = self.call_id.as_ref().map(|call| ("call".to_owned(), json!(call)));
            let caller = self.call.cid_number.as_ref().map(|number| ("caller".to_owned(), json!(number)));
            let hunted =
                (self.chain.owner != self.owner).then(|| ("hunted".to_owned(), json!(self.chain.owner.to_string())));
            let failure = self.failure.as_ref().map(|failure| ("error".to_owned(), json!(failure)));
            let cut = (!is_whole).then(|| ("truncated".to_owned(), json!(true)));
            kept.extend([call_id, caller, hunted, failure, cut].into_iter().flatten());
        }
        kept
    }

    /// The chosen carriers, in order, each with what the steps changed about it.
    pub(crate) fn carriers(&self) -> Vec<Value> {
        compare::carriers(&self.snapshot.pool, &self.rows, &self.adjustments)
    }

    /// What came of it.
    pub(crate) fn chosen(&self) -> Chosen {
        Chosen::of(&self.snapshot.pool, &self.rows, &self.adjustments, self.failure.as_ref())
    }

    pub(crate) fn fuel(&self) -> u64 {
        self.trace.iter().map(|step| step.fuel).sum()
    }

    fn plugins(&self) -> Vec<Value> {
        let rungs = self.chain.steps.iter().flat_map(|step| &step.rungs);
        let one = |rung: &crate::resolved::ResolvedRung| {
            let digest = rung.module.as_ref().ok().map(|module| module.digest.clone());
            json!({"plugin": &*rung.plugin, "rung": rung.rung, "digest": digest})
        };
        rungs.map(one).collect()
    }
}

/// A request that is too large is kept in its main fields only, and so is told from one that can be decided again.
fn bounded(fields: Map<String, Value>) -> (Map<String, Value>, bool) {
    if serde_json::to_string(&fields).is_ok_and(|text| text.len() <= REQUEST) {
        return (fields, true);
    }
    let small = |(name, value): &(String, Value)| SMALL.contains(&name.as_str()) && value.to_string().len() <= 1_024;
    (fields.into_iter().filter(small).collect(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_request_is_kept_in_its_main_fields() {
        let fields = |text: usize| {
            let fields = json!({"To-DID": "+1", "Custom-Channel-Vars": {"x": "y".repeat(text)}});
            fields.as_object().unwrap().clone()
        };
        assert_eq!(bounded(fields(10)), (fields(10), true));
        let (kept, is_whole) = bounded(fields(REQUEST));
        assert_eq!((Value::Object(kept), is_whole), (json!({"To-DID": "+1"}), false));
    }
}
