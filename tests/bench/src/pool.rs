//! A pool like an operator's: two rules a carrier, flags on some, weights all over.

use std::sync::Arc;

use serde_json::json;
use strowger_sandbox::{Carrier, RequestFields, RoutedCall};

/// That many carriers.
#[must_use]
pub fn carriers(count: u32) -> Vec<Carrier> {
    (0..count).map(carrier).collect()
}

fn carrier(index: u32) -> Carrier {
    let area = 200 + index % 700;
    let flags = if index.is_multiple_of(4) { vec!["fax".to_owned()] } else { Vec::new() };
    let rules = vec![format!("^\\+1({area}\\d{{7}})$"), "^\\+?1?([2-9]\\d{9})$".to_owned()];
    let document = json!({"name": format!("Carrier {index}"), "flags": flags, "rules": rules});
    Carrier {
        id: format!("{index:032x}"),
        name: format!("Carrier {index}"),
        weight_cost: (index * 37) % 101,
        flags,
        rules,
        cid_rules: Vec::new(),
        document: document.to_string(),
    }
}

/// A call without flags, and its request.
#[must_use]
pub fn request() -> (RoutedCall, Arc<RequestFields>) {
    let call =
        RoutedCall { number: "+15125550177".into(), cid_number: Some("+12025550100".into()), time: 1_700_000_000 };
    let fields = json!({"To-DID": call.number, "Outbound-Caller-ID-Number": call.cid_number, "Flags": []});
    (call, Arc::new(RequestFields::new(fields.as_object().cloned().unwrap_or_default())))
}
