use std::sync::Arc;

use strowger_model::CallRecord;
use strowger_model::call_record::{CallStatus, TerminatedBy};
use strowger_store::{MemoryStore, StoreExt};

use super::*;
use crate::stored::recent;

/// A moment to count from.
const NOON: i64 = 1_700_000_000;

struct World {
    store: Arc<MemoryStore>,
    accounts: Vec<AccountId>,
}

impl World {
    /// Accounts whose calls began at these seconds after noon, and were numbered in that order.
    async fn with(calls: &[&[i64]]) -> Self {
        let (store, mut accounts) = (MemoryStore::new(), Vec::new());
        for seconds in calls {
            let account = AccountId::random();
            accounts.push(account);
            for second in *seconds {
                let mut record = call(account, *second);
                let end = record.attempted_at;
                if second % 2 == 0 {
                    record.answered(end);
                    record.completed(TerminatedBy::Caller, end);
                } else {
                    record.refused(CallStatus::Busy, 486, "Busy Here", end);
                }
                store.commit(recent(&record, std::time::Duration::from_secs(60)).into_iter().collect()).await.unwrap();
            }
        }
        Self { store, accounts }
    }

    fn past(&self, skip: usize, limit: usize) -> Past<'_> {
        Past { accounts: &self.accounts, since: None, before: None, skip, limit }
    }

    async fn read(&self, past: Past<'_>, filter: &RecentFilter) -> (Vec<String>, usize, bool) {
        let page = RecentCalls { past, filter }.read(&*self.store).await.unwrap();
        (page.entries.into_iter().map(|call| call.to).collect(), page.total, page.more)
    }

    async fn page(&self, skip: usize, limit: usize) -> (Vec<String>, usize, bool) {
        self.read(self.past(skip, limit), &RecentFilter::default()).await
    }

    async fn all(&self, filter: RecentFilter) -> Vec<String> {
        self.between(None, None, filter).await
    }

    async fn between(&self, since: Option<i64>, before: Option<i64>, filter: RecentFilter) -> Vec<String> {
        self.read(Past { since, before, ..self.past(0, 1_000) }, &filter).await.0
    }
}

fn call(account: AccountId, second: i64) -> CallRecord {
    let mut record = CallRecord::trying(
        account,
        CallDirection::Outbound,
        "+1508".into(),
        format!("{second}"),
        "call@192.0.2.1".into(),
    );
    record.attempted_at = ::time::OffsetDateTime::from_unix_timestamp(NOON + second).unwrap();
    record
}

#[tokio::test]
async fn the_latest_is_first_whosever_it_is() {
    let world = World::with(&[&[1, 5, 3], &[], &[4, 2]]).await;
    assert_eq!(world.all(RecentFilter::default()).await, ["5", "4", "3", "2", "1"]);
}

#[tokio::test]
async fn a_page_tells_whether_others_follow_and_how_many_there_are() {
    let seconds: Vec<i64> = (0..700).collect();
    let world = World::with(&[&seconds]).await;
    assert_eq!(world.page(0, 2).await, (vec!["699".into(), "698".into()], 700, true));
    assert_eq!(world.page(698, 2).await, (vec!["1".into(), "0".into()], 700, false));
    assert_eq!(world.page(700, 2).await, (vec![], 700, false));
}

#[tokio::test]
async fn every_filter_leaves_out_what_it_should() {
    let world = World::with(&[&[1, 2, 3, 12]]).await;
    let of = RecentFilter::default;
    assert_eq!(world.between(Some(NOON + 2), Some(NOON + 12), of()).await, ["3", "2"]);
    assert_eq!(world.all(RecentFilter { answered: Some(true), ..of() }).await, ["12", "2"]);
    assert_eq!(world.all(RecentFilter { answered: Some(false), ..of() }).await, ["3", "1"]);
    assert_eq!(world.all(RecentFilter { text: Some("2".into()), ..of() }).await, ["12", "2"]);
    assert_eq!(world.all(RecentFilter { text: Some("150".into()), ..of() }).await.len(), 4);
    assert_eq!(world.all(RecentFilter { direction: Some(CallDirection::Inbound), ..of() }).await, [""; 0]);
    assert_eq!(world.all(RecentFilter { trunk: Some("carrier-9".into()), ..of() }).await, [""; 0]);
}

#[tokio::test]
async fn a_call_is_found_by_its_id_in_the_asked_time_only() {
    let world = World::with(&[&[1], &[2]]).await;
    let asked = RecentCalls { past: world.past(0, 1), filter: &RecentFilter::default() };
    let latest = asked.read(&*world.store).await.unwrap().entries.remove(0);
    let filter = RecentFilter { text: Some(latest.call_sid.to_string()), ..RecentFilter::default() };
    assert_eq!(world.all(filter.clone()).await, ["2"]);
    assert!(world.between(None, Some(NOON), filter).await.is_empty());
}
