use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{account, numbered};
use crate::{Direction, Entry, MAX_ENTRIES, Name, Position, Store};

async fn read(store: &Arc<dyn Store>, stream: &Name, after: Option<Position>, direction: Direction) -> Vec<Value> {
    let entries = store.read(stream, after, direction, 3).await.unwrap();
    entries.into_iter().map(|entry| entry.body).collect()
}

pub(super) async fn entries_are_read_in_both_directions_from_anywhere(store: &Arc<dyn Store>) {
    let stream = Name::new(account(), "audit");
    assert!(store.read(&stream, None, Direction::Ascending, 10).await.unwrap().is_empty());
    assert!(store.append(&stream, Vec::new(), 100).await.unwrap().is_empty());
    let mut positions = store.append(&stream, vec![numbered(0), json!("text"), json!(null)], 100).await.unwrap();
    positions.extend(store.append(&stream, vec![numbered(3), numbered(4)], 100).await.unwrap());
    assert!(positions.is_sorted_by(|one, next| one < next), "{positions:?}");
    let entries = store.read(&stream, None, Direction::Ascending, 10).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.position).collect::<Vec<_>>(), positions);
    let bodies: Vec<_> = entries.into_iter().map(|entry| entry.body).collect();
    assert_eq!(bodies, [numbered(0), json!("text"), json!(null), numbered(3), numbered(4)]);

    let (up, down) = (Direction::Ascending, Direction::Descending);
    assert_eq!(read(store, &stream, None, up).await, bodies[..3]);
    assert_eq!(read(store, &stream, Some(positions[2]), up).await, bodies[3..]);
    assert!(read(store, &stream, Some(positions[4]), up).await.is_empty());
    assert_eq!(read(store, &stream, None, down).await, [numbered(4), numbered(3), json!(null)]);
    assert_eq!(read(store, &stream, Some(positions[2]), down).await, [json!("text"), numbered(0)]);
    assert!(read(store, &stream, Some(positions[0]), down).await.is_empty());
    let between = Position { number: positions[4].number + 1, ..positions[4] };
    assert_eq!(read(store, &stream, Some(between), down).await[0], numbered(4), "a position needs no entry");
}

pub(super) async fn a_stream_keeps_its_last_entries(store: &Arc<dyn Store>) {
    let stream = Name::new(account(), "audit");
    for n in 0..30 {
        store.append(&stream, (n * 10..n * 10 + 10).map(numbered).collect(), 100).await.unwrap();
    }
    let entries = store.read(&stream, None, Direction::Ascending, MAX_ENTRIES).await.unwrap();
    assert!((100..=150).contains(&entries.len()), "{}", entries.len());
    let bodies: Vec<_> = entries.into_iter().map(|entry| entry.body).collect();
    assert_eq!(bodies, (300 - bodies.len()..300).map(numbered).collect::<Vec<_>>());
}

pub(super) async fn one_read_has_a_bound(store: &Arc<dyn Store>) {
    let stream = Name::new(account(), "audit");
    store.append(&stream, (0..MAX_ENTRIES + 5).map(numbered).collect(), 5_000).await.unwrap();
    let first = store.read(&stream, None, Direction::Ascending, usize::MAX).await.unwrap();
    assert_eq!(first.len(), MAX_ENTRIES);
    let last = first.last().map(|entry| entry.position);
    assert_eq!(store.read(&stream, last, Direction::Ascending, usize::MAX).await.unwrap().len(), 5);
}

pub(super) async fn streams_are_listed_and_apart(store: &Arc<dyn Store>) {
    let owner = account();
    for name in ["audit", "audit:a", "b", "zebra"] {
        store.append(&Name::new(owner, name), vec![json!(name)], 10).await.unwrap();
    }
    store.append(&Name::new(account(), "another"), vec![json!(1)], 10).await.unwrap();
    let names = async |after, limit| store.streams(owner, after, limit).await.unwrap();
    assert_eq!(names(None, 10).await, ["audit", "audit:a", "b", "zebra"]);
    assert_eq!(names(None, 2).await, ["audit", "audit:a"]);
    assert_eq!(names(Some("audit:a"), 2).await, ["b", "zebra"]);
    assert_eq!(names(Some("audit:b"), 1).await, ["b"]);
    assert!(names(Some("zebra"), 2).await.is_empty());
    assert_eq!(read(store, &Name::new(owner, "audit"), None, Direction::Ascending).await, [json!("audit")]);
}

pub(super) async fn many_append_together(store: &Arc<dyn Store>) {
    let stream = Name::new(account(), "audit");
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let (store, stream) = (store.clone(), stream.clone());
        tasks.spawn(async move {
            for n in 0..10 {
                store.append(&stream, vec![json!([task, n]), json!([task, n, "second"])], 1_000).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let entries = store.read(&stream, None, Direction::Ascending, 1_000).await.unwrap();
    assert_eq!(entries.len(), 160);
    assert!(entries.is_sorted_by(|one, next| one.position < next.position));
    for pair in entries.chunks(2) {
        assert_eq!((&pair[0].body[0], &pair[0].body[1]), (&pair[1].body[0], &pair[1].body[1]), "together");
    }
}

pub(super) async fn entries_are_put_back_where_they_stood(store: &Arc<dyn Store>) {
    let stream = Name::new(account(), "audit");
    let entry = |millisecond, n| Entry { position: Position { millisecond, number: n as u64 }, body: numbered(n) };
    let entries = vec![entry(1, 7), entry(5, 0), entry(5, 1)];
    store.append_at(&stream, entries.clone()).await.unwrap();
    // Sent again, as after an answer that was lost.
    store.append_at(&stream, entries.clone()).await.unwrap();
    assert_eq!(store.read(&stream, None, Direction::Ascending, 10).await.unwrap(), entries);
    assert_eq!(store.streams(stream.owner, None, 10).await.unwrap(), ["audit"]);
    let next = store.append(&stream, vec![numbered(9)], 100).await.unwrap();
    assert!(next[0] > entries[2].position, "the stream goes on behind them");
}
