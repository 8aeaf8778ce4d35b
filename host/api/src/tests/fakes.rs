//! A router and a call manager that answer what a test can foresee.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use strowger_calls::{
    CallFilter, CallPage, CreateCall, CreateError, CreatedCall, QueueEvent, Update, UpdateError, Updated,
};
use strowger_model::call_record::CallDirection;
use strowger_model::{AccountId, CallRecord, Chain, Owner, QueuedCall, Sid, Violation, Violations};
use strowger_routing::whois::Addresses;
use strowger_routing::{CheckError, Direction, ReplayError, Replayed, Route, RouteError, RouteRequest, Trial};
use strowger_store::StoreError;

use crate::{Calls, Routing};

/// What every name resolves to.
pub(super) const RESOLVED: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 53));

/// Knows one module, `get_resources`, which takes no parameters.
pub(super) struct FakeRouting;

#[async_trait]
impl Routing for FakeRouting {
    async fn route(&self, request: RouteRequest) -> Result<Route, RouteError> {
        assert!(request.explain, "a dry run is explained");
        let owner = request.owner.to_string();
        Ok(Route { resources: vec![owner], ..Route::default() })
    }

    async fn format(
        &self,
        _: Owner,
        direction: Direction,
        request: &Map<String, Value>,
        _formatters: &Map<String, Value>,
    ) -> Result<Map<String, Value>, RouteError> {
        let mut formatted = request.clone();
        formatted.insert("inbound".into(), json!(matches!(direction, Direction::Inbound)));
        Ok(formatted)
    }

    async fn check_rules(&self, owner: Owner, rules: &Value) -> Result<Chain, CheckError> {
        let chain = Chain::parse(rules)?;
        self.check_modules(owner, &chain).await?;
        match chain.steps.iter().position(|step| step.parameters != json!({})) {
            Some(index) => {
                Err(Violations::from(Violation::new(format!("rules.{index}.get_resources"), "maxProperties", "none"))
                    .into())
            }
            None => Ok(chain),
        }
    }

    async fn check_modules(&self, _: Owner, chain: &Chain) -> Result<(), CheckError> {
        let unknown = chain.steps.iter().enumerate().filter(|(_, step)| step.module != "get_resources");
        let violations =
            unknown.map(|(index, step)| Violation::new(format!("rules.{index}.{step}"), "enum", "unknown"));
        Ok(Violations(violations.collect()).into_result()?)
    }

    async fn routing_of(&self, owner: Owner, call: &str) -> Result<Option<Value>, StoreError> {
        Ok(Some(json!({"call": call, "owner": owner.to_string()})))
    }

    async fn settled(&self) {}

    async fn replay(&self, _: Owner, _: Trial, count: usize) -> Result<Replayed, ReplayError> {
        Ok(Replayed { compared: count, same: count, complete: true, ..Replayed::default() })
    }

    async fn addresses(&self, names: BTreeSet<String>) -> Addresses {
        let mut addresses = Addresses::default();
        names.iter().for_each(|name| addresses.insert(name, [RESOLVED]));
        addresses
    }
}

/// Keeps the calls that it is given; refuses where the caller's number says so.
#[derive(Default)]
pub(super) struct FakeCalls {
    pub(super) records: Mutex<Vec<CallRecord>>,
}

impl FakeCalls {
    /// A call of the account, and its id.
    pub(super) fn add(&self, account: AccountId, from: &str) -> Sid {
        let (from, to) = (from.to_owned(), "+16172375089".to_owned());
        let record = CallRecord::trying(account, CallDirection::Outbound, from, to, "c1@host".into());
        let sid = record.call_sid;
        self.records.lock().push(record);
        sid
    }

    fn found(&self, account: AccountId, call: Sid) -> Option<CallRecord> {
        let records = self.records.lock();
        records.iter().find(|record| record.account_sid == account && record.call_sid == call).cloned()
    }
}

#[async_trait]
impl Calls for FakeCalls {
    async fn queue_event(&self, _: QueuedCall, _: QueueEvent) {}

    async fn create(&self, account: AccountId, request: CreateCall) -> Result<CreatedCall, CreateError> {
        match request.from.as_str() {
            "+1overload" => Err(CreateError::AtCapacity),
            "+1broken" => Err(CreateError::Store(StoreError::Fault("/var/lib/strowger is gone".into()))),
            "+1inactive" => Err(CreateError::Inactive),
            "+1nowhere" => Err(CreateError::NoCarrier { sid: self.add(account, "+1"), number: "+2".into() }),
            from => Ok(CreatedCall { sid: self.add(account, from), call_id: "c1@host".into() }),
        }
    }

    async fn page(
        &self,
        account: AccountId,
        filter: &CallFilter,
        skip: usize,
        limit: usize,
    ) -> Result<CallPage, StoreError> {
        let mut records = self.records.lock().clone();
        records.retain(|record| {
            let from = filter.from.as_ref().is_none_or(|from| *from == record.from);
            let status = filter.status.is_none_or(|status| status == record.call_status);
            record.account_sid == account && from && status
        });
        let more = records.len() > skip.saturating_add(limit);
        Ok(CallPage { calls: records.into_iter().skip(skip).take(limit).collect(), more })
    }

    async fn get(&self, account: AccountId, call: Sid) -> Result<Option<CallRecord>, StoreError> {
        Ok(self.found(account, call))
    }

    async fn update(&self, account: AccountId, call: Sid, update: Update) -> Result<Updated, UpdateError> {
        self.found(account, call).ok_or(UpdateError::NotFound)?;
        match update {
            Update::Complete => Ok(Updated::Done),
            Update::Tag(_) => Ok(Updated::UnderWay),
            _ => Err(UpdateError::Incompatible(call)),
        }
    }

    async fn delete(&self, account: AccountId, call: Sid) -> Result<Updated, UpdateError> {
        self.found(account, call).ok_or(UpdateError::NotFound)?;
        self.records.lock().retain(|record| record.call_sid != call);
        Ok(Updated::Done)
    }
}
