//! Several who change the same rows, and what they leave behind.

use std::sync::Arc;

use strowger_store::archive::{self, Repair};
use strowger_store::{Direction, Kind, MemoryStore, RedbStore, Store, StoreExt};

use super::support::{World, row};
use crate::publication::{Mode, Publication, Published};
use crate::{RowFilter, RowId, RowLimits, RowsError, SelectorRow, SelectorRows};

fn many(name: &str, count: u32, value: &str) -> Vec<SelectorRow> {
    (0..count).map(|n| row(name, &format!("7{n:04}"), "a", value)).collect()
}

async fn whole(store: &Arc<dyn Store>) {
    let report = archive::check(store, Repair::No).await.unwrap();
    assert!(report.is_whole(), "{:?}", report.problems);
}

#[tokio::test]
async fn publishing_twice_does_it_once() {
    let world = World::new();
    let run = world.rows.stage(world.owner, many("lcr", 10, "1")).await.unwrap();
    let publication = Publication { id: "task".into(), runs: vec![run], mode: Mode::Upsert, fence: None, author: None };
    let first = world.rows.publish(world.owner, publication.clone()).await.unwrap();
    assert_eq!(first, Published { added: 10, changed: 0, removed: 0 });
    assert_eq!(world.rows.publish(world.owner, publication).await.unwrap(), first);
    assert_eq!(world.selectors("lcr").await.len(), 10);
    let blobs = world.store.all(world.owner, Kind::Blob).await.unwrap();
    assert_eq!(blobs.len(), 1, "the run has gone and the part is there");
    whole(&world.store).await;
}

#[tokio::test]
async fn all_names_of_a_publication_are_seen_at_once() {
    let world = World::new();
    let (x, y) = (many("x", 5, "1"), many("y", 5, "1"));
    world.publish("1", Mode::Upsert, vec![x, y]).await.unwrap();
    let other = SelectorRows::new(Arc::clone(&world.store));
    let watching = {
        let (other, owner) = (other.clone(), world.owner);
        tokio::spawn(async move {
            for _ in 0..200 {
                let book = other.book(owner).await.unwrap();
                let values = |name: &str| {
                    let filter = RowFilter { name: Some(name.into()), resource: None };
                    book.page(&filter, None, Direction::Ascending, 10)
                        .into_iter()
                        .map(|stored| stored.row.value)
                        .collect::<Vec<_>>()
                };
                let (x, y) = (values("x"), values("y"));
                assert_eq!(x, y);
                assert_eq!(x.len(), 5);
                tokio::task::yield_now().await;
            }
        })
    };
    for n in 2..20 {
        let value = n.to_string();
        let runs = vec![many("x", 5, &value), many("y", 5, &value)];
        world.publish(&value, Mode::Replace, runs).await.unwrap();
    }
    watching.await.unwrap();
}

#[tokio::test]
async fn rows_that_are_put_and_removed_while_others_fold_are_not_lost() {
    let world = World::new();
    world.rows.put(world.owner, many("lcr", 40, "0"), None).await.unwrap();
    let (owner, store) = (world.owner, Arc::clone(&world.store));
    let folding = tokio::spawn(async move {
        let rows = SelectorRows::new(store);
        for _ in 0..20 {
            rows.fold(owner, "lcr").await.unwrap();
        }
    });
    for n in 0..20 {
        let put = row("lcr", &format!("7{n:04}"), "a", "1");
        world.rows.put(world.owner, vec![put], None).await.unwrap();
        let gone = RowId::of(&row("lcr", &format!("7{:04}", n + 20), "a", ""));
        world.rows.remove(world.owner, &gone, None, None).await.unwrap();
    }
    folding.await.unwrap();
    let book = SelectorRows::new(Arc::clone(&world.store)).book(world.owner).await.unwrap();
    let page = book.page(&RowFilter::default(), None, Direction::Ascending, 100);
    assert_eq!(page.len(), 20);
    assert!(page.iter().all(|stored| stored.row.value.as_deref() == Some("1")));
    whole(&world.store).await;
}

#[tokio::test]
async fn two_publications_of_the_same_name_are_both_there() {
    let world = World::new();
    let other = World { rows: SelectorRows::new(Arc::clone(&world.store)), store: Arc::clone(&world.store), ..world };
    let rows = |from: u32| (from..from + 50).map(|n| row("lcr", &format!("{n:05}"), "a", "1")).collect::<Vec<_>>();
    let third = SelectorRows::new(Arc::clone(&other.store));
    let world = World { rows: third, store: Arc::clone(&other.store), owner: other.owner };
    let (a, b) =
        tokio::join!(world.publish("a", Mode::Upsert, vec![rows(0)]), other.publish("b", Mode::Upsert, vec![rows(50)]));
    assert_eq!((a.unwrap().added, b.unwrap().added), (50, 50));
    assert_eq!(world.selectors("lcr").await.len(), 100);
    whole(&world.store).await;
}

#[tokio::test]
async fn what_was_published_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let owner = {
        let store: Arc<dyn Store> = RedbStore::open(&path).unwrap();
        let world = World::over(store);
        world.publish("1", Mode::Upsert, vec![many("lcr", 100, "1")]).await.unwrap();
        world.rows.put(world.owner, vec![row("lcr", "99", "b", "2")], None).await.unwrap();
        world.store.close().await;
        world.owner
    };
    let store: Arc<dyn Store> = RedbStore::open(&path).unwrap();
    let world = World { rows: SelectorRows::new(Arc::clone(&store)), store, owner };
    assert_eq!(world.selectors("lcr").await.len(), 101);
    whole(&world.store).await;
}

#[tokio::test]
async fn tables_are_copied_with_their_parts() {
    let world = World::new();
    world.publish("1", Mode::Upsert, vec![many("lcr", 100, "1")]).await.unwrap();
    world.rows.put(world.owner, vec![row("lcr", "99", "b", "2")], None).await.unwrap();
    let copy: Arc<dyn Store> = MemoryStore::new();
    archive::migrate(&*world.store, &*copy).await.unwrap();
    let copied = World { rows: SelectorRows::new(Arc::clone(&copy)), store: copy, owner: world.owner };
    assert_eq!(copied.selectors("lcr").await, world.selectors("lcr").await);
}

#[tokio::test]
async fn many_rows_of_one_request_go_into_parts() {
    let world = World::new();
    world.rows.put(world.owner, many("lcr", 3_000, "1"), None).await.unwrap();
    assert!(world.store.all(world.owner, Kind::SelectorRow).await.unwrap().is_empty());
    assert_eq!(world.rows.book(world.owner).await.unwrap().names(), [("lcr".to_owned(), 3_000)]);
}

#[tokio::test]
async fn a_row_that_somebody_else_has_changed_is_not_overwritten() {
    let world = World::new();
    world.rows.put(world.owner, vec![row("lcr", "7", "a", "1")], None).await.unwrap();
    let id = RowId::of(&row("lcr", "7", "a", "1"));
    let seen = world.rows.book(world.owner).await.unwrap().get(&id).unwrap().revision;
    let put = |value: &str| row("lcr", "7", "a", value);
    world.rows.replace(world.owner, &id, put("2"), Some(&seen), None).await.unwrap();
    let refused = world.rows.replace(world.owner, &id, put("3"), Some(&seen), None).await;
    assert!(matches!(refused, Err(RowsError::Changed { .. })));
    let refused = world.rows.remove(world.owner, &id, Some(&seen), None).await;
    assert!(matches!(refused, Err(RowsError::Changed { .. })));
}

#[tokio::test]
async fn an_owner_has_so_many_names_and_rows() {
    let store: Arc<dyn Store> = MemoryStore::new();
    let limits = RowLimits { names: 2, rows: 10, ..RowLimits::default() };
    let rows = SelectorRows::with_limits(Arc::clone(&store), limits);
    let world = World { rows, ..World::over(store) };
    let put = async |rows| world.rows.put(world.owner, rows, None).await;
    put(many("x", 2, "1")).await.unwrap();
    put(many("y", 2, "1")).await.unwrap();
    assert!(matches!(put(many("z", 1, "1")).await, Err(RowsError::TooMany { most: 2, .. })));
    assert!(matches!(put(many("x", 9, "1")).await, Err(RowsError::TooMany { most: 10, .. })));
    let published = world.publish("1", Mode::Upsert, vec![many("x", 9, "1")]).await;
    assert!(matches!(published, Err(RowsError::TooMany { most: 10, .. })));
    assert!(world.publish("2", Mode::Upsert, vec![many("x", 8, "1")]).await.is_ok());
}

#[tokio::test]
async fn the_least_used_book_goes_first() {
    let store: Arc<dyn Store> = MemoryStore::new();
    let limits = RowLimits { memory: 1, ..RowLimits::default() };
    let rows = SelectorRows::with_limits(Arc::clone(&store), limits);
    let [a, b] = [(); 2].map(|()| strowger_model::AccountId::random().into());
    rows.put(a, many("lcr", 5, "1"), None).await.unwrap();
    rows.put(b, many("lcr", 6, "1"), None).await.unwrap();
    assert!(rows.resident(a).is_none());
    assert!(rows.resident(b).is_some());
    assert_eq!(rows.book(a).await.unwrap().rows(), 5);
}
