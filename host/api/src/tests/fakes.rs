//! A router and a call manager that answer what a test can foresee.

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use strowger_model::call_record::CallDirection;
use strowger_model::{AccountId, CallRecord, Chain, Sid, Violation, Violations};
use strowger_routing::{Direction, Route, RouteError, RouteRequest};

use crate::{CallError, Calls, ModuleRow, Outcome, Placed, Routing};

/// Knows one module, `get_resources`, which takes no parameters.
pub(super) struct FakeRouting;

#[async_trait]
impl Routing for FakeRouting {
    async fn route(&self, request: RouteRequest) -> Result<Route, RouteError> {
        assert!(request.explain, "a dry run is explained");
        let owner = request.owner.to_string();
        Ok(Route { resources: vec![owner], ..Route::default() })
    }

    fn format(
        &self,
        direction: Direction,
        request: &Map<String, Value>,
        _formatters: &Map<String, Value>,
    ) -> Result<Map<String, Value>, RouteError> {
        let mut formatted = request.clone();
        formatted.insert("inbound".into(), json!(matches!(direction, Direction::Inbound)));
        Ok(formatted)
    }

    fn check_chain(&self, chain: &Chain) -> Result<(), Violations> {
        self.check_modules(chain)?;
        match chain.steps.iter().position(|step| step.parameters != json!({})) {
            Some(index) => Err(Violation::new(format!("rules.{index}.get_resources"), "maxProperties", "none").into()),
            None => Ok(()),
        }
    }

    fn check_modules(&self, chain: &Chain) -> Result<(), Violations> {
        let unknown = chain.steps.iter().enumerate().filter(|(_, step)| step.module != "get_resources");
        let violations =
            unknown.map(|(index, step)| Violation::new(format!("rules.{index}.{step}"), "enum", "unknown"));
        Violations(violations.collect()).into_result()
    }

    fn modules(&self) -> Vec<ModuleRow> {
        vec![ModuleRow {
            name: "get_resources".into(),
            version: "0.1.0".into(),
            kind: "selector",
            summary: "Puts the pool's carriers into the chain".into(),
            capabilities: Vec::new(),
            parameters: json!({"type": "object"}),
            digest: "00".into(),
        }]
    }
}

/// Keeps the calls that it is given; refuses where the body says so.
#[derive(Default)]
pub(super) struct FakeCalls {
    pub(super) records: Mutex<Vec<CallRecord>>,
}

impl FakeCalls {
    /// A call of the account, and its id.
    pub(super) fn add(&self, account: AccountId, from: &str) -> Sid {
        let record =
            CallRecord::trying(account, CallDirection::Outbound, from.into(), "+16172375089".into(), "c1@host".into());
        let sid = record.call_sid;
        self.records.lock().push(record);
        sid
    }

    fn found(&self, account: AccountId, call: Sid) -> Result<CallRecord, CallError> {
        let records = self.records.lock();
        let found = records.iter().find(|record| record.account_sid == account && record.call_sid == call);
        found.cloned().ok_or(CallError::NotFound)
    }
}

#[async_trait]
impl Calls for FakeCalls {
    async fn create(&self, account: AccountId, body: &Value) -> Result<Placed, CallError> {
        match body["from"].as_str() {
            None => Err(CallError::Invalid("missing from parameter".into())),
            Some("overload") => Err(CallError::Overloaded),
            Some("fault") => Err(CallError::Fault("/etc/strowger is gone".into())),
            Some(from) => Ok(Placed { sid: self.add(account, from), call_id: "c1@host".into() }),
        }
    }

    async fn list(&self, account: AccountId) -> Result<Vec<CallRecord>, CallError> {
        let records = self.records.lock();
        Ok(records.iter().filter(|record| record.account_sid == account).cloned().collect())
    }

    async fn get(&self, account: AccountId, call: Sid) -> Result<CallRecord, CallError> {
        self.found(account, call)
    }

    async fn update(&self, account: AccountId, call: Sid, body: &Value) -> Result<Outcome, CallError> {
        let action = body["call_status"].as_str();
        if action.is_none() {
            return Err(CallError::Invalid("no valid options supplied to updateCall".into()));
        }
        self.found(account, call)?;
        match action {
            Some("completed") => Ok(Outcome::Done),
            Some("slow") => Ok(Outcome::UnderWay),
            _ => Err(CallError::Refused("current call state is incompatible with requested action".into())),
        }
    }

    async fn delete(&self, account: AccountId, call: Sid) -> Result<(), CallError> {
        self.found(account, call)?;
        self.records.lock().retain(|record| record.call_sid != call);
        Ok(())
    }
}
