//! What a publication holds in memory, and what it leaves as it was.

use strowger_store::{Direction, Kind, MemoryStore, StoreExt};

use super::support::{SMALL, World, row};
use crate::publication::{Mode, Publication, Published};
use crate::{RowFilter, RowLimits, SelectorRow, StagedRun};

const LIMITS: RowLimits = RowLimits { part_rows: 100, section_rows: 10, merged_runs: 4, ..SMALL };

fn range(from: usize, until: usize, value: &str) -> Vec<SelectorRow> {
    (from..until).map(|n| row("lcr", &format!("7{n:05}"), "a", value)).collect()
}

impl World {
    async fn parts(&self) -> Vec<String> {
        let book = self.rows.book(self.owner).await.unwrap();
        book.table("lcr").unwrap().base.parts.iter().map(|part| part.blob.clone()).collect()
    }
}

#[tokio::test]
async fn however_many_rows_are_published_few_are_in_memory() {
    let world = World::within(MemoryStore::new(), LIMITS);
    // Each run has other rows in the middle of those of all, and all have one in common, whose last value counts.
    let run = |n: usize| {
        let own = (0..60).map(|m| row("lcr", &format!("7{:05}", m * 70 + n), "a", "1"));
        let others = [row("lcr", "9", "a", &n.to_string()), row(&format!("other-{:02}", n % 10), "1", "a", "1")];
        own.chain(others).collect::<Vec<_>>()
    };
    let published = world.publish("1", Mode::Upsert, (0..70).map(run).collect()).await.unwrap();
    assert_eq!(published, Published { added: 70 * 60 + 1 + 10, changed: 0, removed: 0 });
    assert_eq!(world.rows.gauge().now(), 0);
    assert_eq!(world.rows.gauge().most(), 4, "sections, of more than four hundred");
    let book = world.rows.book(world.owner).await.unwrap();
    let filter = RowFilter { name: Some("lcr".into()), resource: None };
    let last = book.page(&filter, None, Direction::Descending, 1).remove(0);
    assert_eq!(last.row.value.as_deref(), Some("69"), "the later run counts, however the runs are merged");
    assert_eq!(book.names().len(), 11);
    let blobs = world.store.all(world.owner, Kind::Blob).await.unwrap();
    assert_eq!(blobs.len(), world.parts().await.len() + 10, "nothing but parts is left");
}

#[tokio::test]
async fn parts_in_which_nothing_changes_stay_as_they_are() {
    let world = World::within(MemoryStore::new(), LIMITS);
    world.publish("1", Mode::Upsert, vec![range(0, 1_000, "1")]).await.unwrap();
    let before = world.parts().await;
    assert_eq!(before.len(), 10);
    let others: Vec<SelectorRow> = (0..7).map(|n| row("lcr", &format!("7003{n:02}x"), "a", "2")).collect();
    let published = world.publish("2", Mode::Upsert, vec![others, range(510, 512, "3")]).await.unwrap();
    assert_eq!(published, Published { added: 7, changed: 2, removed: 0 });
    let after = world.parts().await;
    let stay = before.iter().filter(|part| after.contains(part)).count();
    assert_eq!((stay, after.len()), (8, 10), "one part has new rows, another one changed ones");

    // Of a part that is nearly gone the rest goes to the next one, and no further.
    world.publish("3", Mode::Delete, vec![range(101, 199, "")]).await.unwrap();
    let last = world.parts().await;
    let stay = after.iter().filter(|part| last.contains(part)).count();
    assert_eq!((stay, last.len()), (8, 9));
    let book = world.rows.book(world.owner).await.unwrap();
    assert_eq!(book.rows(), 1_000 + 7 - 98);
}

#[tokio::test]
async fn rows_that_are_staged_and_given_up_go() {
    let world = World::within(MemoryStore::new(), LIMITS);
    let mut batch = strowger_store::Batch::default();
    for (staging, number) in [("one", 0), ("one", 1), ("other", 0)] {
        let run = StagedRun::of(staging, number);
        world.rows.stage_in(world.owner, &run, range(0, 50, "1"), &mut batch).await.unwrap();
    }
    world.store.apply(batch).await.unwrap();
    assert_eq!(world.rows.stagings(world.owner).await.unwrap().into_iter().collect::<Vec<_>>(), ["one", "other"]);
    assert_eq!(world.rows.discard(world.owner, "one").await.unwrap(), 2);
    assert_eq!(world.rows.discard(world.owner, "one").await.unwrap(), 0);
    let runs = vec![StagedRun::of("other", 0)];
    let publication = Publication { id: "p".into(), runs, mode: Mode::Upsert, fence: None, author: None };
    assert_eq!(world.rows.publish(world.owner, publication).await.unwrap().added, 50);
    assert!(world.rows.stagings(world.owner).await.unwrap().is_empty());
}

#[tokio::test]
async fn staged_rows_that_are_not_what_was_written_are_refused() {
    let world = World::within(MemoryStore::new(), LIMITS);
    world.publish("1", Mode::Upsert, vec![range(0, 10, "1")]).await.unwrap();
    let run = world.rows.stage(world.owner, range(5, 50, "2")).await.unwrap();
    let mut described = world.store.get(&run.key(world.owner)).await.unwrap().unwrap();
    described.body["digest"] = serde_json::json!("0".repeat(64));
    world.store.put(described.key, described.body, strowger_store::Expect::Present).await.unwrap();
    let publication = Publication { id: "2".into(), runs: vec![run], mode: Mode::Replace, fence: None, author: None };
    let refused = world.rows.publish(world.owner, publication).await;
    assert!(matches!(refused, Err(crate::RowsError::Damaged(_))), "{refused:?}");
    assert_eq!(world.rows.book(world.owner).await.unwrap().rows(), 10);
}

#[tokio::test]
async fn rows_of_other_times_are_deleted_wherever_a_part_begins() {
    let world = World::within(MemoryStore::new(), RowLimits { part_rows: 4, ..LIMITS });
    let timed = |start| SelectorRow { start_time: Some(start), ..row("lcr", "7", "a", "1") };
    let others = [row("lcr", "1", "a", "1"), row("lcr", "8", "a", "1")];
    world.publish("1", Mode::Upsert, vec![(0..20).map(timed).chain(others).collect()]).await.unwrap();
    let published = world.publish("2", Mode::Delete, vec![vec![row("lcr", "7", "a", "")]]).await.unwrap();
    assert_eq!(published.removed, 20);
    assert_eq!(world.selectors("lcr").await, ["1", "8"]);
}
