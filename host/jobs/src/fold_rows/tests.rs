use serde_json::Map;
use strowger_rows::SelectorRow;
use strowger_store::MemoryStore;

use super::*;

fn input(name: &str) -> Input {
    Input { account: Some(AccountId::random()), name: name.into() }
}

async fn jobs(store: &dyn Store) -> Vec<Job> {
    let found = store.all(Owner::System, Kind::Job).await.unwrap();
    found.into_iter().map(|found| serde_json::from_value(found.body).unwrap()).collect()
}

#[tokio::test]
async fn a_table_waits_for_one_job_at_a_time() {
    let store = MemoryStore::new();
    let (one, other) = (input("lcr"), input("lcr"));
    for input in [&one, &one, &other, &one] {
        queue(&*store, input.clone()).await.unwrap();
    }
    let mut queued = jobs(&*store).await;
    assert_eq!(queued.len(), 2);
    let first = queued.remove(usize::from(queued[1].input == json!(one)));
    crate::cancel(&*store, first.id).await.unwrap();
    queue(&*store, one).await.unwrap();
    assert_eq!(jobs(&*store).await.len(), 3, "one that is over makes room");
}

#[tokio::test]
async fn the_rows_stay_what_they_are() {
    let store: Arc<dyn Store> = MemoryStore::new();
    let rows = SelectorRows::new(Arc::clone(&store));
    let input = input("lcr");
    let row = |selector: u32| SelectorRow {
        name: "lcr".into(),
        selector: selector.to_string(),
        resource: "r".into(),
        value: None,
        start_time: None,
        stop_time: None,
        extra: Map::new(),
    };
    rows.put(input.owner(), (0..20).map(row).collect(), None).await.unwrap();
    let job = Job::new(NAME, None, json!(input));
    let context = Context { store: Arc::clone(&store), job, leases: Vec::new() };
    let before = rows.book(input.owner()).await.unwrap().names();
    let done = FoldRows::new(rows.clone()).step(&context, None).await.unwrap();
    assert!(matches!(done, Step::Done { .. }));
    assert_eq!(rows.book(input.owner()).await.unwrap().names(), before);
    assert!(store.all(input.owner(), Kind::SelectorRow).await.unwrap().is_empty());
}
