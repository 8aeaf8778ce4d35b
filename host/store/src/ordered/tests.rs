//! What only a clock that is set shows, over both engines.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use strowger_model::{AccountId, Owner};

use crate::clock::Clock;
use crate::{
    Batch, Direction, Expect, Key, Kind, Listing, MemoryStore, Name, RedbStore, Scan, Store, StoreExt, Upload, Write,
};

const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);

/// A store and the clock that it goes by.
type Timed = (Clock, Arc<dyn Store>);

/// Both stores, empty.
fn stores() -> (tempfile::TempDir, [Timed; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = [Clock::default(), Clock::default()];
    let memory: Arc<dyn Store> = MemoryStore::with_clock(one.clone());
    let embedded = RedbStore::open_with_clock(&folder.path().join("store.redb"), other.clone()).unwrap();
    (folder, [(one, memory), (other, embedded)])
}

fn account() -> Owner {
    AccountId::random().into()
}

#[tokio::test]
async fn positions_of_a_stream_ascend_though_the_clock_is_set_back() {
    let (_folder, stores) = stores();
    for (clock, store) in stores {
        let stream = Name::new(account(), "audit");
        let mut positions = store.append(&stream, vec![json!(1)], 1).await.unwrap();
        clock.set_back(HOUR);
        positions.extend(store.append(&stream, vec![json!(2), json!(3)], 0).await.unwrap());
        // Nothing of the stream is left but where it ended.
        assert!(store.read(&stream, None, Direction::Ascending, 10).await.unwrap().is_empty());
        positions.extend(store.append(&stream, vec![json!(4)], 10).await.unwrap());
        assert!(positions.is_sorted_by(|one, next| one < next), "{positions:?}");
    }
}

#[tokio::test]
async fn an_upload_that_nothing_keeps_goes_within_the_hour() {
    let (_folder, stores) = stores();
    for (clock, store) in stores {
        let owner = account();
        let [kept, forgotten] = ["kept", "forgotten"].map(|id| Upload { owner, id: id.into() });
        for upload in [&kept, &forgotten] {
            store.put_chunk(upload, 0, Bytes::from_static(b"a")).await.unwrap();
        }
        store.apply(Batch { keep: vec![kept.clone()], ..Batch::default() }).await.unwrap();
        clock.advance(HOUR - MINUTE);
        assert!(store.chunk(&forgotten, 0).await.unwrap().is_some());
        clock.advance(MINUTE);
        assert_eq!(store.chunk(&forgotten, 0).await.unwrap(), None);
        assert!(store.apply(Batch { keep: vec![forgotten], ..Batch::default() }).await.is_err());
        assert!(store.chunk(&kept, 0).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn what_is_over_leaves_no_trace() {
    let (_folder, stores) = stores();
    for (clock, store) in stores {
        let owner = account();
        let key = |n: usize| Key::new(owner, Kind::Application, n.to_string());
        // More than one round of the sweeper removes.
        let write = |n| Write::put(key(n), json!({"name": "a"}), Expect::Absent).expires_in(MINUTE);
        store.commit((0..700).map(write).collect()).await.unwrap();
        store.put_chunk(&Upload { owner, id: "u".into() }, 0, Bytes::from_static(b"a")).await.unwrap();
        clock.advance(HOUR);
        let listed = || Scan::of(owner, Kind::Application).by(Listing::Name);
        assert!(store.collect(listed()).await.unwrap().is_empty(), "hidden at once");
        let told = async {
            while store.history(owner, None, 1_000).await.unwrap().position < 1 + 700 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(MINUTE, told).await.unwrap();
        // Set back, the clock would show what was only hidden.
        clock.set_back(HOUR);
        assert!(store.all(owner, Kind::Application).await.unwrap().is_empty());
        assert!(store.collect(listed()).await.unwrap().is_empty());
        assert_eq!(store.chunk(&Upload { owner, id: "u".into() }, 0).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_lease_lapses_when_its_time_has_come() {
    let (_folder, stores) = stores();
    for (clock, store) in stores {
        let name = Name::new(account(), "job");
        let lease = store.acquire(&name, "a", MINUTE).await.unwrap().unwrap();
        clock.advance(MINUTE / 2);
        assert!(store.renew(&lease, MINUTE).await.unwrap());
        clock.advance(MINUTE / 2);
        assert_eq!(store.held(&name).await.unwrap().as_ref(), Some(&lease));
        clock.advance(MINUTE / 2);
        assert!(!store.renew(&lease, MINUTE).await.unwrap());
        let next = store.acquire(&name, "a", MINUTE).await.unwrap().unwrap();
        assert!(next.token > lease.token);
    }
}
