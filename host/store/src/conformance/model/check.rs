use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use proptest_state_machine::ReferenceStateMachine;
use serde_json::{Value, json};
use strowger_model::Owner;

use super::{Answer, Content, Expectation, Model, Operation, Run, Step};
use crate::listing::by_second;
use crate::{
    Author, Batch, Direction, Expect, Key, Kind, Lease, Listing, Name, Revision, Scan, Store, StoreError, StoreExt,
    Write,
};

const LIFETIME: Duration = Duration::from_secs(600);

/// Takes the steps with an owner of their own and compares the store with the model after each.
pub(crate) async fn check(store: &Arc<dyn Store>, run: Run) {
    let mut model = Model::empty();
    let mut machine = Machine { store: store.clone(), owner: super::super::account(), leases: BTreeMap::new() };
    for step in run.steps {
        if let Some(taken) = &run.taken {
            taken.fetch_add(1, Ordering::SeqCst);
        }
        model = <Model as ReferenceStateMachine>::apply(model, &step);
        assert_eq!(machine.take(&step).await, model.answer, "{step:?}");
        machine.compare(&model).await;
    }
}

/// The store, and what clients of it remember.
struct Machine {
    store: Arc<dyn Store>,
    owner: Owner,
    /// The last lease of each name and holder.
    leases: BTreeMap<(u8, u8), Lease>,
}

impl Machine {
    fn name(&self, number: u8) -> Name {
        Name::new(self.owner, format!("n{number}"))
    }

    fn audit(&self) -> Name {
        Name::new(self.owner, "audit")
    }

    fn key(&self, document: u8) -> Key {
        Key::new(self.owner, Kind::Application, document.to_string())
    }

    fn lease(&self, lease: u8, holder: u8) -> Lease {
        let never = || Lease { name: self.name(lease), holder: holder.to_string(), token: 0 };
        self.leases.get(&(lease, holder)).cloned().unwrap_or_else(never)
    }

    async fn take(&mut self, step: &Step) -> Answer {
        match step {
            Step::Apply { writes, fence, is_audited } => self.apply(writes, *fence, *is_audited).await,
            Step::Count { counter, by } => {
                Answer::Counted(self.store.count(&self.name(*counter), i64::from(*by), None).await.unwrap())
            }
            Step::Acquire { lease, holder } => {
                let taken = self.store.acquire(&self.name(*lease), &holder.to_string(), LIFETIME).await.unwrap();
                let is_taken = taken.is_some();
                self.leases.extend(taken.map(|taken| ((*lease, *holder), taken)));
                Answer::Taken(is_taken)
            }
            Step::Renew { lease, holder } => {
                Answer::Extended(self.store.renew(&self.lease(*lease, *holder), LIFETIME).await.unwrap())
            }
            Step::Release { lease, holder } => {
                self.store.release(&self.lease(*lease, *holder)).await.unwrap();
                Answer::Done
            }
            Step::Append { stream, entries } => {
                let entries = vec![json!("entry"); usize::from(*entries)];
                let count = entries.len();
                let positions = self.store.append(&self.name(*stream), entries, 1_000).await.unwrap();
                assert_eq!(positions.len(), count);
                Answer::Done
            }
        }
    }

    async fn apply(&self, operations: &[Operation], fence: Option<(u8, u8)>, is_audited: bool) -> Answer {
        let mut writes = Vec::new();
        for operation in operations {
            writes.push(self.write(operation).await);
        }
        let author = is_audited.then(|| Author { stream: self.audit(), by: json!("proptest") });
        let fence = fence.map(|(lease, holder)| self.lease(lease, holder));
        match self.store.apply(Batch { fence, ..Batch::of(writes).by(author) }).await {
            Ok(revisions) => {
                let expected: Vec<_> = operations.iter().map(|operation| operation.becomes.is_some()).collect();
                assert_eq!(revisions.iter().map(Option::is_some).collect::<Vec<_>>(), expected);
                Answer::Done
            }
            Err(StoreError::Conflict(_)) => Answer::Conflict,
            Err(StoreError::Fenced(_)) => Answer::Fenced,
            Err(error) => panic!("{error}"),
        }
    }

    async fn write(&self, operation: &Operation) -> Write {
        let key = self.key(operation.document);
        let current = self.store.get(&key).await.unwrap().map(|document| document.revision);
        let stale = Revision("0-0000000000000000".into());
        let expect = match operation.expect {
            Expectation::Anything => Expect::Anything,
            Expectation::Absent => Expect::Absent,
            Expectation::Present => Expect::Present,
            Expectation::Current => Expect::Revision(current.unwrap_or(stale)),
            Expectation::Stale => Expect::Revision(stale),
        };
        match operation.becomes {
            Some(content) => Write::put(key, body(content), expect),
            None => Write::delete(key, expect),
        }
    }

    async fn compare(&self, model: &Model) {
        let documents = self.read(Scan::of(self.owner, Kind::Application)).await;
        let expected: Vec<_> = model.documents.iter().map(|(id, content)| (id.to_string(), body(*content))).collect();
        assert_eq!(documents, expected);
        let name = |content: &Content| content.name.map(|name| format!("n{name}"));
        self.compare_listing(Listing::Name, model, name).await;
        self.compare_listing(Listing::Created, model, |content| Some(by_second(content.created.into()))).await;

        let history = self.store.history(self.owner, None, 1_000).await.unwrap();
        assert_eq!((history.notices.len() as u64, history.position), (model.changes as u64, model.changes as u64));
        let audited: Vec<_> = self.stream(&self.audit()).await.iter().map(|entry| entry["id"].clone()).collect();
        assert_eq!(audited, model.audited.iter().map(|id| json!(id.to_string())).collect::<Vec<_>>());
        for number in 0..2 {
            let held = self.store.held(&self.name(number)).await.unwrap().map(|lease| lease.holder);
            assert_eq!(held, model.leases.get(&number).map(ToString::to_string));
            let entries = self.stream(&self.name(number)).await.len();
            assert_eq!(entries, model.streams.get(&number).copied().unwrap_or(0));
        }
    }

    async fn compare_listing(&self, listing: Listing, model: &Model, sort: impl Fn(&Content) -> Option<String>) {
        let listed = model.documents.iter().filter_map(|(id, content)| Some((sort(content)?, id, content)));
        let mut expected: Vec<_> = listed.collect();
        expected.sort();
        let mut expected: Vec<_> = expected.into_iter().map(|(_, id, at)| (id.to_string(), body(*at))).collect();
        let scan = Scan::of(self.owner, Kind::Application).by(listing).limit(2);
        assert_eq!(self.read(scan.clone()).await, expected, "{listing:?}");
        expected.reverse();
        assert_eq!(self.read(scan.direction(Direction::Descending)).await, expected, "{listing:?}");
    }

    async fn read(&self, scan: Scan) -> Vec<(String, Value)> {
        let documents = self.store.collect(scan).await.unwrap();
        documents.into_iter().map(|document| (document.key.id, document.body)).collect()
    }

    async fn stream(&self, name: &Name) -> Vec<Value> {
        let entries = self.store.read(name, None, Direction::Ascending, 1_000).await.unwrap();
        entries.into_iter().map(|entry| entry.body).collect()
    }
}

fn body(content: Content) -> Value {
    let mut body = json!({"pvt_created": content.created});
    if let Some(name) = content.name {
        body["name"] = json!(format!("n{name}"));
    }
    body
}
